import { request } from 'node:https'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, configMap, listAt, namesOf, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  await api.ask({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lists' } } })
  await until('the certificate', async () => (await api.ask({ path: `${maps}/kube-root-ca.crt` })).status === 200)
  await api.ask({ method: 'DELETE', path: `${maps}/kube-root-ca.crt` })
  for (const [name, labels] of Object.entries(labelled)) await post(name, labels)
})
afterAll(() => api.stop())

const maps = '/api/v1/namespaces/lists/configmaps'
const labelled: Readonly<Record<string, JsonObject>> = {
  a: { tier: 'front', env: 'prod' },
  b: { tier: 'front', env: 'test' },
  c: { tier: 'back' },
  d: {},
  e: { tier: '' },
}
const post = (name: string, labels: JsonObject = {}) =>
  api.ask({ method: 'POST', path: maps, body: { ...configMap(name), metadata: { name, labels } } })
const list = (query: string) => api.ask({ path: `${maps}?${query}` })
const own = (names: readonly string[]): string => names.filter((name) => name !== 'kube-root-ca.crt').join('')

describe('selectors', () => {
  test.each([
    ['tier=front', 'ab'],
    ['tier==front', 'ab'],
    ['tier!=front', 'cde'],
    ['tier in (front,back)', 'abc'],
    ['tier in (front, back)', 'abc'],
    ['tier notin (front)', 'cde'],
    ['tier', 'abce'],
    ['!tier', 'd'],
    ['tier=', 'e'],
    ['tier=front,env!=prod', 'b'],
    ['tier=front,!env', ''],
    [' tier = front , env = test ', 'b'],
    ['', 'abcde'],
  ])('labels: %s', async (selector, names) => {
    expect(own(namesOf((await list(`labelSelector=${encodeURIComponent(selector)}`)).json))).toBe(names)
  })

  test.each(['a b', 'tier in front', 'tier in (', '=x', 'tier=a=b', 'tier,,!'])('labels: %j is refused', async (selector) => {
    const { status, json } = await list(`labelSelector=${encodeURIComponent(selector)}`)
    expect([status, json['reason']]).toEqual([400, 'BadRequest'])
  })

  test.each([
    ['metadata.name=a', 'a'],
    ['metadata.name!=a', 'bcde'],
    ['metadata.name=a,metadata.namespace=lists', 'a'],
    ['metadata.namespace=other', ''],
  ])('fields: %s', async (selector, names) => {
    expect(own(namesOf((await list(`fieldSelector=${encodeURIComponent(selector)}`)).json))).toBe(names)
  })

  test.each([
    ['data.x=1', 'field label not supported: data.x'],
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ])('fields: %s is refused', async (selector, message) => {
    const { status, json } = await list(`fieldSelector=${encodeURIComponent(selector)}`)
    expect([status, json['message']]).toEqual([400, message])
  })

  test('Pods are found by node and phase', async () => {
    const pod = (name: string, nodeName: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { nodeName, containers: [{ name: 'a', image: 'b' }] },
    })
    for (const [name, node] of [
      ['p1', 'one'],
      ['p2', 'two'],
    ] as const)
      await api.ask({ method: 'POST', path: '/api/v1/namespaces/lists/pods', body: pod(name, node) })
    expect(namesOf((await api.ask({ path: '/api/v1/pods?fieldSelector=spec.nodeName%3Dtwo' })).json)).toEqual(['p2'])
    expect(namesOf((await api.ask({ path: '/api/v1/pods?fieldSelector=status.phase%3DPending,spec.nodeName%3Done' })).json)).toEqual(['p1'])
  })
})

describe('pages', () => {
  test('every object is on one page', async () => {
    const seen: string[] = []
    let token = ''
    let pages = 0
    do {
      const { json } = await list(`limit=2&continue=${encodeURIComponent(token)}`)
      const page = namesOf(json)
      expect(page.length).toBeLessThanOrEqual(2)
      if (pages === 0) expect(at(json, 'metadata', 'remainingItemCount')).toBeGreaterThanOrEqual(3)
      seen.push(...page)
      token = String(at(json, 'metadata', 'continue') ?? '')
      pages += 1
    } while (token !== '' && pages < 10)
    expect(own(seen)).toBe('abcde')
    expect(pages).toBe(3)
  })

  test('a selected list says nothing about what remains', async () => {
    const { json } = await list('limit=1&labelSelector=tier')
    expect(at(json, 'metadata', 'continue')).toBeDefined()
    expect(at(json, 'metadata', 'remainingItemCount')).toBeUndefined()
  })

  test.each(['nonsense', 'e30', Buffer.from('{"start":7}').toString('base64url')])('the token %s is refused', async (token) => {
    const { status, json } = await list(`limit=1&continue=${token}`)
    expect([status, json['reason']]).toEqual([400, 'BadRequest'])
  })

  test.each(['x', '1.5'])('the limit %s is refused', async (limit) => {
    expect((await list(`limit=${limit}`)).status).toBe(400)
  })
})

describe('forms', () => {
  test('built-in lists have a version and items without a kind', async () => {
    const { json } = await list('')
    expect([json['kind'], json['apiVersion']]).toEqual(['ConfigMapList', 'v1'])
    expect(Number(at(json, 'metadata', 'resourceVersion'))).toBeGreaterThan(0)
    expect(listAt(json, 'items')[0]?.['kind']).toBeUndefined()
  })

  test('metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
    const { json } = await api.ask({ path: maps, headers: { accept } })
    expect([json['kind'], json['apiVersion']]).toEqual(['PartialObjectMetadataList', 'meta.k8s.io/v1'])
    expect(Object.keys(listAt(json, 'items')[0] ?? {}).sort()).toEqual(['apiVersion', 'kind', 'metadata'])
  })

  test('a table has the columns of kubectl, and rows in their order', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
    const { json } = await api.ask({ path: `${maps}?labelSelector=tier%3Dfront`, headers: { accept } })
    expect([json['kind'], json['apiVersion']]).toEqual(['Table', 'meta.k8s.io/v1'])
    expect(listAt(json, 'columnDefinitions').map(({ name }) => name)).toEqual(['Name', 'Data', 'Age'])
    expect(listAt(json, 'rows').map(({ cells }) => (cells as readonly Json[]).slice(0, 2))).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    expect(at(listAt(json, 'rows')[0], 'object', 'kind')).toBe('PartialObjectMetadata')
  })

  test.each([
    ['None', undefined],
    ['Object', 'ConfigMap'],
    ['Metadata', 'PartialObjectMetadata'],
  ])('a table with includeObject=%s', async (include, kind) => {
    const { json } = await api.ask({
      path: `${maps}/a?includeObject=${include}`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    expect(at(listAt(json, 'rows')[0], 'object', 'kind')).toBe(kind)
  })
})

interface Event {
  readonly type: string
  readonly object: JsonObject
}
const stops: (() => void)[] = []
afterEach(() => stops.splice(0).forEach((stop) => stop()))

/** A watch as kubectl makes it. */
function watch(query: string, path = maps): { readonly events: Event[]; readonly ended: () => boolean } {
  const events: Event[] = []
  let [pending, ended] = ['', false]
  const { hostname, port } = new URL(api.server)
  const outgoing = request(
    {
      hostname,
      port,
      path: `${path}?watch=true&${query}`,
      ca: api.authority,
      cert: api.admin.certificate,
      key: api.admin.key,
      agent: false,
    },
    (incoming) => {
      incoming.on('data', (chunk: Buffer) => {
        const lines = (pending + chunk.toString('utf8')).split('\n')
        pending = lines.pop() ?? ''
        for (const line of lines) events.push(JSON.parse(line) as Event)
      })
      incoming.on('end', () => (ended = true))
      incoming.on('error', () => (ended = true))
    },
  )
  outgoing.on('error', () => (ended = true))
  outgoing.end()
  stops.push(() => outgoing.destroy())
  return { events, ended: () => ended }
}
const shown = (events: readonly Event[]): readonly string[] =>
  events
    .map(({ type, object }) => `${type} ${String(at(object, 'metadata', 'name') ?? '')}`)
    .filter((line) => !line.includes('kube-root-ca'))

describe('watches', () => {
  test('the state of now, then what happens', async () => {
    const { events } = watch('labelSelector=tier')
    await until('the state', () => events.length >= 4)
    await post('w1', { tier: 'x' })
    await api.ask({ method: 'DELETE', path: `${maps}/w1` })
    await until('the end of w1', () => shown(events).includes('DELETED w1'))
    expect(shown(events)).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'ADDED e', 'ADDED w1', 'DELETED w1'])
  })

  test('from a version on', async () => {
    const version = String(at((await list('')).json, 'metadata', 'resourceVersion'))
    await post('w2')
    const { events } = watch(`resourceVersion=${version}`)
    await until('w2', () => events.length > 0)
    expect(shown(events)).toEqual(['ADDED w2'])
    await api.ask({ method: 'DELETE', path: `${maps}/w2` })
  })

  test('what leaves the view of a selector is deleted from it, what enters is added', async () => {
    const label = (value: string | null) =>
      api.ask({
        method: 'PATCH',
        path: `${maps}/d`,
        body: { metadata: { labels: { seen: value } } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    const { events } = watch('labelSelector=seen%3Dyes&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan')
    await until('the first bookmark', () => events.length > 0)
    expect(at(events[0]?.object, 'metadata', 'annotations')).toEqual({ 'k8s.io/initial-events-end': 'true' })
    await label('yes')
    await api.ask({
      method: 'PATCH',
      path: `${maps}/d`,
      body: { data: { x: '1' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await label('no')
    await label(null)
    await until('three events', () => events.length >= 4)
    expect(shown(events).slice(1)).toEqual(['ADDED d', 'MODIFIED d', 'DELETED d'])
  })

  test('of one object', async () => {
    const { events } = watch('', `${maps}/a`)
    await until('a', () => events.length > 0)
    expect(shown(events)).toEqual(['ADDED a'])
  })

  test('as tables', async () => {
    const seen: string[] = []
    const { hostname, port } = new URL(api.server)
    const outgoing = request({
      hostname,
      port,
      path: `${maps}?watch=true&fieldSelector=metadata.name%3Da`,
      ca: api.authority,
      cert: api.admin.certificate,
      key: api.admin.key,
      agent: false,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    outgoing.on('error', () => undefined)
    outgoing.on('response', (incoming) => incoming.on('data', (chunk: Buffer) => seen.push(chunk.toString())))
    outgoing.end()
    stops.push(() => outgoing.destroy())
    await until('a table', () => seen.join('').includes('\n'))
    expect(JSON.parse(seen.join(''))).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['a', 0, expect.any(String)] }] },
    })
  })

  test('it ends when its time is over', async () => {
    const { events, ended } = watch('timeoutSeconds=1&fieldSelector=metadata.name%3Da')
    await until('the end', ended)
    expect(shown(events)).toEqual(['ADDED a'])
  })

  const noVersion = 'resourceVersion: Invalid value: "nonsense": strconv.ParseUint: parsing "nonsense": invalid syntax'
  test.each([
    ['watch=true&', 500, noVersion],
    ['', 400, `invalid resource version: ${noVersion}`],
  ])('a version that is none is refused: %s', async (query, code, message) => {
    const { status, json } = await list(`${query}resourceVersion=nonsense`)
    expect([status, json['message']]).toEqual([code, message])
  })
})
