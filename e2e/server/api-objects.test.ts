import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api, Reply } from './server.ts'
import { at, configMap, listAt, namesOf, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const maps = '/api/v1/namespaces/default/configmaps'
const post = (path: string, body: JsonObject) => api.ask({ method: 'POST', path, body })
const put = (path: string, body: JsonObject) => api.ask({ method: 'PUT', path, body })
const get = (path: string) => api.ask({ path })
const remove = (path: string, body?: JsonObject) => api.ask({ method: 'DELETE', path, ...(body === undefined ? {} : { body }) })
const merge = (path: string, body: JsonObject) =>
  api.ask({ method: 'PATCH', path, body, headers: { 'content-type': 'application/merge-patch+json' } })
const meta = ({ json }: Reply, key: string) => at(json, 'metadata', key)
const namespace = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

describe('creation', () => {
  test('the server gives uid, creation time and version', async () => {
    const made = await post(maps, {
      ...configMap('fresh'),
      metadata: { name: 'fresh', uid: 'mine', generation: 7, creationTimestamp: '1999-01-01T00:00:00Z' },
    })
    expect(made.status).toBe(201)
    expect(meta(made, 'uid')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(meta(made, 'creationTimestamp')).toMatch(/^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(meta(made, 'namespace')).toBe('default')
    expect(meta(made, 'generation')).toBeUndefined()
    expect(Number(meta(made, 'resourceVersion'))).toBeGreaterThan(0)
  })

  test('a second one of the same name is refused', async () => {
    await post(maps, configMap('twice'))
    const { status, json } = await post(maps, configMap('twice'))
    expect([status, json['reason'], json['message']]).toEqual([409, 'AlreadyExists', 'configmaps "twice" already exists'])
    expect(json['details']).toEqual({ name: 'twice', kind: 'configmaps' })
  })

  test('generateName makes names with five letters more', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => post(maps, { ...configMap(''), metadata: { generateName: 'made-' } })))
    const names = made.map((reply) => String(meta(reply, 'name')))
    for (const name of names) expect(name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(new Set(names).size).toBe(10)
  })

  test('a prefix that is too long is cut, so that the name is not', async () => {
    const made = await post(maps, { ...configMap(''), metadata: { generateName: 'x'.repeat(70) } })
    expect(String(meta(made, 'name'))).toHaveLength(63)
  })

  test.each([
    ['no name', { metadata: {} }, 422, 'Invalid', /name or generateName is required/],
    [
      'a name with capitals',
      { metadata: { name: 'Bad_Name' } },
      422,
      'Invalid',
      /^ConfigMap "Bad_Name" is invalid: metadata\.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain/,
    ],
    ['a label that is none', { metadata: { name: 'a', labels: { 'a b': 'c' } } }, 422, 'Invalid', /metadata\.labels: Invalid value: "a b"/],
    [
      'another namespace',
      { metadata: { name: 'a', namespace: 'other' } },
      400,
      'BadRequest',
      /^the namespace of the provided object does not match the namespace sent on the request$/,
    ],
    [
      'another kind',
      { kind: 'Secret', metadata: { name: 'a' } },
      400,
      'BadRequest',
      /^Secret in version "v1" cannot be handled as a ConfigMap/,
    ],
    [
      'a version of its own',
      { metadata: { name: 'a', resourceVersion: '1' } },
      500,
      undefined,
      /^resourceVersion should not be set on objects to be created$/,
    ],
    [
      'data of the wrong type',
      { metadata: { name: 'a' }, data: { a: 1 } },
      400,
      'BadRequest',
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap\.data of type string$/,
    ],
  ])('an object with %s is refused', async (_, body, code, reason, message) => {
    const { status, json } = await post(maps, { apiVersion: 'v1', kind: 'ConfigMap', ...body })
    expect([status, json['kind'], json['code'], json['reason']]).toEqual([code, 'Status', code, reason])
    expect(json['message']).toMatch(message)
  })

  test('nothing is made in a namespace that is not there', async () => {
    const { status, json } = await post('/api/v1/namespaces/nowhere/configmaps', configMap('a'))
    expect([status, json['message']]).toEqual([404, 'namespaces "nowhere" not found'])
  })
})

describe('updates', () => {
  test('the version that was read must still be the one there', async () => {
    const made = await post(maps, configMap('versions', { data: { a: '1' } }))
    const first = await put(`${maps}/versions`, { ...made.json, data: { a: '2' } })
    expect(first.status).toBe(200)
    const stale = await put(`${maps}/versions`, { ...made.json, data: { a: '3' } })
    expect([stale.status, stale.json['reason'], stale.json['message']]).toEqual([
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "versions": the object has been modified; please apply your changes to the latest version and try again',
    ])
    expect((await put(`${maps}/versions`, configMap('versions', { data: { a: '4' } }))).status).toBe(200)
  })

  test('one that changes nothing keeps the version', async () => {
    const made = await post(maps, configMap('same', { data: { a: '1' } }))
    const again = await put(`${maps}/same`, made.json)
    expect(meta(again, 'resourceVersion')).toBe(meta(made, 'resourceVersion'))
  })

  test('uid and creation time stay; another uid is a conflict', async () => {
    const made = await post(maps, configMap('stays'))
    const changed = await put(`${maps}/stays`, {
      ...configMap('stays', { data: { a: '1' } }),
      metadata: { name: 'stays', creationTimestamp: '1999-01-01T00:00:00Z' },
    })
    expect([meta(changed, 'uid'), meta(changed, 'creationTimestamp')]).toEqual([meta(made, 'uid'), meta(made, 'creationTimestamp')])
    const other = await put(`${maps}/stays`, { ...configMap('stays'), metadata: { name: 'stays', uid: 'another' } })
    expect([other.status, other.json['reason']]).toEqual([409, 'Conflict'])
    expect(String(other.json['message'])).toContain(
      `Precondition failed: UID in precondition: another, UID in object meta: ${String(meta(made, 'uid'))}`,
    )
  })

  test('the name of the body is the name of the path', async () => {
    await post(maps, configMap('path'))
    const { status, json } = await put(`${maps}/path`, configMap('body'))
    expect([status, json['message']]).toEqual([400, 'the name of the object (body) does not match the name on the URL (path)'])
  })

  test('what is not there cannot be updated', async () => {
    const { status, json } = await put(`${maps}/absent`, configMap('absent'))
    expect([status, json['message']]).toEqual([404, 'configmaps "absent" not found'])
  })

  test('generation counts changes of the spec only', async () => {
    const selector = { matchLabels: { app: 'g' } }
    const template = { metadata: { labels: { app: 'g' } }, spec: { containers: [{ name: 'a', image: 'b' }] } }
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'generations' }, spec: { replicas: 0, selector, template } }
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    expect(meta(await post(deployments, body), 'generation')).toBe(1)
    expect(meta(await merge(`${deployments}/generations`, { metadata: { labels: { a: 'b' } } }), 'generation')).toBe(1)
    expect(meta(await merge(`${deployments}/generations`, { spec: { paused: true } }), 'generation')).toBe(2)
  })

  test('a spec does not change through the status, nor the status through the spec', async () => {
    const body = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'parts' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
    }
    await post('/api/v1/persistentvolumes', body)
    await merge('/api/v1/persistentvolumes/parts/status', { spec: { storageClassName: 'other' }, status: { message: 'hello' } })
    const after = await get('/api/v1/persistentvolumes/parts')
    expect([at(after.json, 'spec', 'storageClassName'), at(after.json, 'status', 'message')]).toEqual([undefined, 'hello'])
    await merge('/api/v1/persistentvolumes/parts', { status: { message: 'bye' } })
    expect(at((await get('/api/v1/persistentvolumes/parts')).json, 'status', 'message')).toBe('hello')
  })
})

describe('deletion', () => {
  test('answers with a Status that says what went', async () => {
    const made = await post(maps, configMap('gone'))
    const { status, json } = await remove(`${maps}/gone`)
    expect(status).toBe(200)
    expect(json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'gone', kind: 'configmaps', uid: meta(made, 'uid') },
    })
    expect((await get(`${maps}/gone`)).status).toBe(404)
  })

  test('an object with a finalizer stays, marked, until it is taken away', async () => {
    await post(maps, { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const marked = await remove(`${maps}/held`)
    expect(meta(marked, 'deletionTimestamp')).toBeDefined()
    expect(meta(await get(`${maps}/held`), 'deletionGracePeriodSeconds')).toBe(0)
    const more = await merge(`${maps}/held`, { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } })
    expect([more.status, more.json['message']]).toEqual([
      422,
      'ConfigMap "held" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
    ])
    await merge(`${maps}/held`, { metadata: { finalizers: null } })
    expect((await get(`${maps}/held`)).status).toBe(404)
  })

  test('preconditions hold it back', async () => {
    const made = await post(maps, configMap('precise'))
    const wrong = await remove(`${maps}/precise`, { preconditions: { uid: 'another' } })
    expect([wrong.status, wrong.json['reason']]).toEqual([409, 'Conflict'])
    expect((await remove(`${maps}/precise`, { preconditions: { resourceVersion: '1' } })).status).toBe(409)
    expect((await remove(`${maps}/precise`, { preconditions: { uid: meta(made, 'uid') ?? null } })).status).toBe(200)
  })

  test('a collection goes by its selector', async () => {
    for (const [name, group] of [
      ['x1', 'x'],
      ['x2', 'x'],
      ['y1', 'y'],
    ] as const)
      await post(maps, { ...configMap(name), metadata: { name, labels: { group } } })
    expect((await remove(`${maps}?labelSelector=group%3Dx`)).status).toBe(200)
    expect(namesOf((await get(`${maps}?labelSelector=group`)).json)).toEqual(['y1'])
  })

  const owned = async (name: string, owner: Reply): Promise<void> => {
    const reference = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: String(meta(owner, 'name')),
      uid: meta(owner, 'uid') ?? null,
      blockOwnerDeletion: true,
    }
    await post(maps, { ...configMap(name), metadata: { name, ownerReferences: [reference] } })
  }
  const isGone = (name: string) => async () => (await get(`${maps}/${name}`)).status === 404

  test('what an object owns goes after it', async () => {
    await owned('child', await post(maps, configMap('parent')))
    await remove(`${maps}/parent`)
    await until('the end of the child', isGone('child'))
  })

  test('in the foreground the owner goes last', async () => {
    const parent = await post(maps, configMap('front'))
    await owned('front-child', parent)
    await merge(`${maps}/front-child`, { metadata: { finalizers: ['example.com/hold'] } })
    const marked = await remove(`${maps}/front`, { propagationPolicy: 'Foreground' })
    expect(meta(marked, 'finalizers')).toEqual(['foregroundDeletion'])
    await until('the deletion of the child', async () => meta(await get(`${maps}/front-child`), 'deletionTimestamp') !== undefined)
    expect((await get(`${maps}/front`)).status).toBe(200)
    await merge(`${maps}/front-child`, { metadata: { finalizers: null } })
    await until('the end of the owner', isGone('front'))
  })

  test('an orphan stays, without its owner', async () => {
    await owned('orphan', await post(maps, configMap('leaving')))
    await remove(`${maps}/leaving?propagationPolicy=Orphan`)
    await until('the end of the owner', isGone('leaving'))
    expect(meta(await get(`${maps}/orphan`), 'ownerReferences')).toBeUndefined()
  })

  test('a namespace goes with all that is in it, and takes nothing new meanwhile', async () => {
    await post('/api/v1/namespaces', namespace('doomed'))
    await post('/api/v1/namespaces/doomed/configmaps', {
      ...configMap('held'),
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    })
    const going = await remove('/api/v1/namespaces/doomed')
    expect(at(going.json, 'status', 'phase')).toBe('Terminating')
    const refused = await post('/api/v1/namespaces/doomed/configmaps', configMap('late'))
    expect([refused.status, refused.json['message']]).toEqual([
      403,
      'configmaps "late" is forbidden: unable to create new content in namespace doomed because it is being terminated',
    ])
    expect(listAt(refused.json, 'details', 'causes')[0]?.['reason']).toBe('NamespaceTerminating')
    await until(
      'deletion inside',
      async () => meta(await get('/api/v1/namespaces/doomed/configmaps/held'), 'deletionTimestamp') !== undefined,
    )
    await merge('/api/v1/namespaces/doomed/configmaps/held', { metadata: { finalizers: null } })
    await until('the end of the namespace', async () => (await get('/api/v1/namespaces/doomed')).status === 404)
  })

  test.each(['default', 'kube-system'])('the namespace %s stays', async (name) => {
    const { status, json } = await remove(`/api/v1/namespaces/${name}`)
    expect([status, json['message']]).toEqual([403, `namespaces "${name}" is forbidden: this namespace may not be deleted`])
  })

  test('a new namespace has its label, its account and its certificate', async () => {
    const made = await post('/api/v1/namespaces', namespace('furnished'))
    expect(meta(made, 'labels')).toEqual({ 'kubernetes.io/metadata.name': 'furnished' })
    expect(at(made.json, 'spec', 'finalizers')).toEqual(['kubernetes'])
    await until('a service account', async () => (await get('/api/v1/namespaces/furnished/serviceaccounts/default')).status === 200)
    await until('the certificate', async () => (await get('/api/v1/namespaces/furnished/configmaps/kube-root-ca.crt')).status === 200)
  })
})

describe('dry run', () => {
  test.each([
    ['POST', maps, configMap('dry'), 201],
    ['PUT', `${maps}/kube-root-ca.crt`, configMap('kube-root-ca.crt', { data: { a: 'dry' } }), 200],
    ['DELETE', `${maps}/kube-root-ca.crt`, undefined, 200],
  ])('%s says what would be and changes nothing', async (method, path, body, status) => {
    await until('the certificate', async () => (await get(`${maps}/kube-root-ca.crt`)).status === 200)
    const before = (await get(`${maps}?fieldSelector=metadata.name%21%3Dx`)).json['items']
    const reply = await api.ask({ method, path: `${path}?dryRun=All`, ...(body === undefined ? {} : { body }) })
    expect(reply.status).toBe(status)
    expect((await get(`${maps}?fieldSelector=metadata.name%21%3Dx`)).json['items']).toEqual(before)
  })

  test('another value is refused', async () => {
    const { status, json } = await post(`${maps}?dryRun=Some`, configMap('dry'))
    expect(status).toBe(422)
    expect(json['message']).toContain('dryRun: Unsupported value')
  })
})

describe('unknown fields', () => {
  const wrong = (name: string) => ({ ...configMap(name), colour: 'red', metadata: { name, lables: {} } })
  const texts = ['unknown field "colour"', 'unknown field "metadata.lables"']

  test('Strict refuses', async () => {
    const { status, json } = await post(`${maps}?fieldValidation=Strict`, wrong('strict'))
    expect([status, json['reason']]).toEqual([400, 'BadRequest'])
    for (const text of texts) expect(json['message']).toContain(text)
    expect(json['message']).toContain('strict decoding error: ')
  })

  test('Warn warns, and is what is done when nothing is said', async () => {
    for (const query of ['?fieldValidation=Warn&dryRun=All', '?dryRun=All']) {
      const { status, json, warnings } = await post(`${maps}${query}`, wrong('warned'))
      expect(status).toBe(201)
      expect(json['colour']).toBeUndefined()
      for (const text of texts) expect(warnings.join('\n')).toContain(text.replaceAll('"', '\\"'))
    }
  })

  test('Ignore says nothing', async () => {
    const { status, warnings } = await post(`${maps}?fieldValidation=Ignore`, wrong('ignored'))
    expect([status, warnings]).toEqual([201, []])
  })

  test('another value is refused', async () => {
    const { status, json } = await post(`${maps}?fieldValidation=Maybe`, configMap('a'))
    expect([status, json['reason']]).toEqual([422, 'Invalid'])
  })
})
