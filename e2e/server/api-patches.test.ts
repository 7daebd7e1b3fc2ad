import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, configMap, listAt, startApi } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const
const maps = '/api/v1/namespaces/default/configmaps'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const patch = (path: string, type: string, body: Json) => api.ask({ method: 'PATCH', path, body, headers: { 'content-type': type } })

let count = 0
async function fresh(data: JsonObject = { a: '1', b: '2' }): Promise<string> {
  const name = `patched-${(count += 1)}`
  await api.ask({ method: 'POST', path: maps, body: configMap(name, { data }) })
  return `${maps}/${name}`
}
async function deployment(): Promise<string> {
  const name = `deployment-${(count += 1)}`
  const containers = [
    { name: 'one', image: 'one:1', env: [{ name: 'A', value: '1' }] },
    { name: 'two', image: 'two:1' },
  ]
  const spec = {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers } },
  }
  await api.ask({ method: 'POST', path: deployments, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec } })
  return `${deployments}/${name}`
}
const images = (json: JsonObject): readonly string[] =>
  listAt(json, 'spec', 'template', 'spec', 'containers').map(({ name, image }) => `${String(name)}=${String(image)}`)

describe('what each type does', () => {
  test.each<[string, keyof typeof types, Json, Json]>([
    [
      'a JSON patch',
      'json',
      [
        { op: 'replace', path: '/data/a', value: '3' },
        { op: 'remove', path: '/data/b' },
      ],
      { a: '3' },
    ],
    [
      'a JSON patch with a test',
      'json',
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'move', from: '/data/a', path: '/data/c' },
      ],
      { b: '2', c: '1' },
    ],
    ['a merge patch', 'merge', { data: { a: null, c: '3' } }, { b: '2', c: '3' }],
    ['a strategic merge patch', 'strategic', { data: { a: null, c: '3' } }, { b: '2', c: '3' }],
    ['a strategic merge patch that replaces', 'strategic', { data: { $patch: 'replace', c: '3' } }, { c: '3' }],
  ])('%s', async (_, type, body, data) => {
    const { status, json } = await patch(await fresh(), types[type], body)
    expect([status, json['data']]).toEqual([200, data])
  })

  test('a strategic merge patch knows containers by their names, a merge patch replaces the list', async () => {
    const body = { spec: { template: { spec: { containers: [{ name: 'two', image: 'two:2' }] } } } }
    expect(images((await patch(await deployment(), types.strategic, body)).json)).toEqual(['two=two:2', 'one=one:1'].sort())
    expect(images((await patch(await deployment(), types.merge, body)).json)).toEqual(['two=two:2'])
  })

  test('a strategic merge patch deletes by name', async () => {
    const body = { spec: { template: { spec: { containers: [{ name: 'one', $patch: 'delete' }] } } } }
    expect(images((await patch(await deployment(), types.strategic, body)).json)).toEqual(['two=two:1'])
  })

  test('a patch of the scale', async () => {
    const path = await deployment()
    const { json } = await patch(`${path}/scale`, types.merge, { spec: { replicas: 3 } })
    expect([json['kind'], at(json, 'spec', 'replicas')]).toEqual(['Scale', 3])
    expect(at((await api.ask({ path })).json, 'spec', 'replicas')).toBe(3)
  })
})

describe('what is refused', () => {
  test.each<[string, string, Json, number, RegExp]>([
    ['a type that is none', 'application/json', {}, 415, /Unsupported Media Type/],
    ['a JSON patch that is no list', types.json, { op: 'add' }, 400, /./],
    [
      'a JSON patch of something that is not there',
      types.json,
      [{ op: 'remove', path: '/data/none' }],
      422,
      /^the server rejected our request due to an error in our request$/,
    ],
    [
      'a JSON patch whose test fails',
      types.json,
      [{ op: 'test', path: '/data/a', value: '9' }],
      422,
      /^the server rejected our request due to an error in our request$/,
    ],
    ['a merge patch that is no object', types.merge, [], 400, /./],
    ['text that is no JSON', types.merge, '{{{', 400, /./],
    [
      'data of the wrong type',
      types.merge,
      { data: { a: { b: 1 } } },
      422,
      /cannot unmarshal object into Go struct field ConfigMap\.data of type string/,
    ],
    [
      'another name',
      types.merge,
      { metadata: { name: 'other' } },
      400,
      /the name of the object \(other\) does not match the name on the URL/,
    ],
    [
      'a version that has passed',
      types.merge,
      { metadata: { resourceVersion: '1' }, data: { a: '9' } },
      409,
      /the object has been modified/,
    ],
  ])('%s', async (_, type, body, code, message) => {
    const path = await fresh()
    const { status, json } = await patch(path, type, body)
    expect([status, json['kind'], json['code']]).toEqual([code, 'Status', code])
    expect(json['message']).toMatch(message)
    expect(at((await api.ask({ path })).json, 'data')).toEqual({ a: '1', b: '2' })
  })

  test('what is not there cannot be patched', async () => {
    const { status, json } = await patch(`${maps}/absent`, types.merge, {})
    expect([status, json['message']]).toEqual([404, 'configmaps "absent" not found'])
  })

  test('patches without a version that meet another are tried again: none is lost', async () => {
    const path = await fresh({})
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => patch(path, types.merge, { data: { [`k${i}`]: 'x' } })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(Object.keys(at((await api.ask({ path })).json, 'data') ?? {})).toHaveLength(5)
  })
})

describe('server-side apply', () => {
  const apply = (path: string, body: Json, manager = 'tester', more = '') =>
    patch(`${path}?fieldManager=${manager}${more}`, types.apply, body)
  const at1 = (name: string) => `${maps}/${name}`

  test('makes what is not there, and only changes what is its own', async () => {
    const made = await apply(at1('applied'), configMap('applied', { data: { a: '1', b: '2' } }))
    expect(made.status).toBe(201)
    expect(listAt(made.json, 'metadata', 'managedFields')[0]).toMatchObject({ manager: 'tester', operation: 'Apply' })
    await patch(`${at1('applied')}?fieldManager=other`, types.merge, { data: { c: '3' } })
    const again = await apply(at1('applied'), configMap('applied', { data: { a: '1' } }))
    expect([again.status, again.json['data']]).toEqual([200, { a: '1', c: '3' }])
  })

  test('a field of another is a conflict, unless it is forced', async () => {
    await apply(at1('contested'), configMap('contested', { data: { a: '1' } }), 'first')
    const refused = await apply(at1('contested'), configMap('contested', { data: { a: '2' } }), 'second')
    expect([refused.status, refused.json['reason']]).toEqual([409, 'Conflict'])
    expect(refused.json['message']).toBe('Apply failed with 1 conflict: conflict with "first": .data.a')
    expect(listAt(refused.json, 'details', 'causes')).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "first"', field: '.data.a' },
    ])
    const forced = await apply(at1('contested'), configMap('contested', { data: { a: '2' } }), 'second', '&force=true')
    expect([forced.status, forced.json['data']]).toEqual([200, { a: '2' }])
  })

  test('YAML is taken', async () => {
    const made = await apply(at1('yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "1"\n')
    expect([made.status, made.json['data']]).toEqual([201, { a: '1' }])
  })

  test.each<[string, string, Json, number, RegExp]>([
    ['no manager', '', configMap('x'), 422, /fieldManager: Required value: is required for apply patch/],
    ['no kind', '?fieldManager=a', { metadata: { name: 'x' } }, 400, /^invalid object type: /],
    [
      'managed fields',
      '?fieldManager=a',
      { ...configMap('x'), metadata: { name: 'x', managedFields: [{ manager: 'b' }] } },
      400,
      /managedFields must be nil/,
    ],
    ['another name', '?fieldManager=a', configMap('y'), 400, /does not match the name on the URL/],
    ['no object', '?fieldManager=a', [1], 400, /./],
  ])('%s is refused', async (_, query, body, code, message) => {
    const { status, json } = await patch(`${maps}/x${query}`, types.apply, body)
    expect([status, json['code']]).toEqual([code, code])
    expect(json['message']).toMatch(message)
  })
})
