import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api, Reply } from './server.ts'
import { at, configMap, listAt, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const post = (path: string, body: JsonObject) => api.ask({ method: 'POST', path, body })
let count = 0
/** A namespace of a test's own, with its service account. */
async function room(labels: JsonObject = {}): Promise<string> {
  const name = `room-${(count += 1)}`
  await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  await until('its account', async () => (await api.ask({ path: `/api/v1/namespaces/${name}/serviceaccounts/default` })).status === 200)
  return `/api/v1/namespaces/${name}`
}
const pod = (name: string, container: JsonObject = {}, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'nginx', ...container }], ...spec },
})
const said = ({ status, json }: Reply) => [status, json['message']]

describe('Pods', () => {
  test('get an account with its token, tolerations and a priority', async () => {
    const { json } = await post(`${await room()}/pods`, pod('a'))
    const spec = at(json, 'spec') as JsonObject
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      enableServiceLinks: true,
    })
    expect(listAt(spec, 'tolerations').map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ])
    expect(listAt(spec, 'containers')[0]).toMatchObject({ imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log' })
    expect(listAt(spec, 'containers', 0, 'volumeMounts')[0]).toMatchObject({
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    })
    expect(at(json, 'status')).toMatchObject({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  test('that want no token get none', async () => {
    const { json } = await post(`${await room()}/pods`, pod('a', {}, { automountServiceAccountToken: false }))
    expect(listAt(json, 'spec', 'containers', 0, 'volumeMounts')).toEqual([])
  })

  test('of an account that is not there are refused', async () => {
    const path = await room()
    const reply = await post(`${path}/pods`, pod('a', {}, { serviceAccountName: 'nobody' }))
    expect(said(reply)).toEqual([
      403,
      `pods "a" is forbidden: error looking up service account ${path.split('/').at(-1)}/nobody: serviceaccount "nobody" not found`,
    ])
  })

  test('have the priority of their class, which must be there', async () => {
    const path = await room()
    await post('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1000,
    })
    expect(at((await post(`${path}/pods`, pod('a', {}, { priorityClassName: 'high' }))).json, 'spec', 'priority')).toBe(1000)
    expect(said(await post(`${path}/pods`, pod('b', {}, { priorityClassName: 'none' })))).toEqual([
      403,
      'pods "b" is forbidden: no PriorityClass with name none was found',
    ])
  })

  test('are scheduled, run, and go', async () => {
    const path = await room()
    await post(`${path}/pods`, pod('a'))
    const phase = async () => at((await api.ask({ path: `${path}/pods/a` })).json, 'status', 'phase')
    await until('Running', async () => (await phase()) === 'Running')
    const deleted = await api.ask({ method: 'DELETE', path: `${path}/pods/a`, body: { gracePeriodSeconds: 0 } })
    expect(deleted.status).toBe(200)
    await until('its end', async () => (await api.ask({ path: `${path}/pods/a` })).status === 404)
  })

  test.each<[string, JsonObject, JsonObject, RegExp]>([
    ['no image', { image: '' }, {}, /spec\.containers\[0\]\.image: Required value/],
    [
      'a request above its limit',
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      {},
      /spec\.containers\[0\]\.resources\.requests: Invalid value: "2": must be less than or equal to cpu limit of 1/,
    ],
    [
      'a mount of no volume',
      { volumeMounts: [{ name: 'none', mountPath: '/x' }] },
      {},
      /spec\.containers\[0\]\.volumeMounts\[0\]\.name: Not found: "none"/,
    ],
    ['a restart policy that is none', {}, { restartPolicy: 'Sometimes' }, /spec\.restartPolicy: Unsupported value: "Sometimes"/],
    ['no containers', {}, { containers: [] }, /spec\.containers: Required value/],
  ])('with %s are invalid', async (_, container, spec, message) => {
    const { status, json } = await post('/api/v1/namespaces/kube-public/pods', pod('bad', container, spec))
    expect([status, json['reason']]).toEqual([422, 'Invalid'])
    expect(json['message']).toMatch(message)
  })

  test('change only where they may', async () => {
    const path = await room()
    const { json } = await post(`${path}/pods`, pod('a', {}, { nodeName: 'nowhere' }))
    const patch = (body: JsonObject) =>
      api.ask({ method: 'PATCH', path: `${path}/pods/a`, body, headers: { 'content-type': 'application/strategic-merge-patch+json' } })
    expect(json['kind']).toBe('Pod')
    expect((await patch({ spec: { containers: [{ name: 'main', image: 'nginx:2' }] } })).status).toBe(200)
    const refused = await patch({ spec: { hostNetwork: true } })
    expect(refused.status).toBe(422)
    expect(refused.json['message']).toContain('pod updates may not change fields other than')
  })
})

describe('limits and quotas', () => {
  const range = (limit: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits' },
    spec: { limits: [{ type: 'Container', ...limit }] },
  })
  const quota = (hard: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard } })

  test('a LimitRange fills in what is missing', async () => {
    const path = await room()
    await post(`${path}/limitranges`, range({ default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } }))
    const { json } = await post(`${path}/pods`, pod('a'))
    expect(at(json, 'spec', 'containers', 0, 'resources')).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } })
  })

  test('an annotation says what a LimitRange has filled in', async () => {
    const path = await room()
    await post(`${path}/limitranges`, range({ default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' } }))
    const { json } = await post(`${path}/pods`, pod('a', { resources: { limits: { cpu: '400m' }, requests: { memory: '1Mi' } } }))
    expect(at(json, 'metadata', 'annotations')).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory limit for container main',
    })
  })

  test('a LimitRange bounds whole Pods, ratios and claims', async () => {
    const path = await room()
    await post(`${path}/limitranges`, {
      ...range({}),
      spec: {
        limits: [
          { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
          { type: 'Pod', max: { memory: '1Gi' } },
          { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
        ],
      },
    })
    const resources = { limits: { cpu: '600m', memory: '2Gi' }, requests: { cpu: '100m' } }
    expect(said(await post(`${path}/pods`, pod('a', { resources })))).toEqual([
      403,
      'pods "a" is forbidden: [cpu max limit to request ratio per Container is 2, but provided ratio is 6.000000, maximum memory usage per Pod is 1Gi, but limit is 2Gi]',
    ])
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '3Gi' } } },
    }
    expect(said(await post(`${path}/persistentvolumeclaims`, claim))).toEqual([
      403,
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    ])
  })

  test('a LimitRange bounds', async () => {
    const path = await room()
    await post(`${path}/limitranges`, range({ max: { cpu: '1' }, min: { cpu: '100m' } }))
    const over = await post(`${path}/pods`, pod('a', { resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }))
    expect(said(over)).toEqual([403, 'pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2'])
    const under = await post(`${path}/pods`, pod('a', { resources: { requests: { cpu: '10m' }, limits: { cpu: '1' } } }))
    expect(said(under)).toEqual([403, 'pods "a" is forbidden: minimum cpu usage per Container is 100m, but request is 10m'])
  })

  test('a ResourceQuota counts objects', async () => {
    const path = await room()
    await until('the certificate', async () => (await api.ask({ path: `${path}/configmaps/kube-root-ca.crt` })).status === 200)
    await post(`${path}/resourcequotas`, quota({ configmaps: '2' }))
    expect((await post(`${path}/configmaps`, configMap('a'))).status).toBe(201)
    expect(said(await post(`${path}/configmaps`, configMap('b')))).toEqual([
      403,
      'configmaps "b" is forbidden: exceeded quota: quota, requested: configmaps=1, used: configmaps=2, limited: configmaps=2',
    ])
    await api.ask({ method: 'DELETE', path: `${path}/configmaps/a` })
    expect((await post(`${path}/configmaps`, configMap('b'))).status).toBe(201)
  })

  test('a ResourceQuota adds up what Pods ask for, and its status says how much', async () => {
    const path = await room()
    await post(`${path}/resourcequotas`, quota({ 'requests.cpu': '1' }))
    const ask = (name: string, cpu: string) => post(`${path}/pods`, pod(name, { resources: { requests: { cpu } } }))
    expect((await ask('a', '600m')).status).toBe(201)
    expect(said(await ask('b', '600m'))).toEqual([
      403,
      'pods "b" is forbidden: exceeded quota: quota, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    ])
    await until(
      'its status',
      async () => at((await api.ask({ path: `${path}/resourcequotas/quota` })).json, 'status', 'used', 'requests.cpu') === '600m',
    )
  })
})

describe('Pod Security', () => {
  test('a namespace that enforces refuses, one that warns warns', async () => {
    const strict = await room({ 'pod-security.kubernetes.io/enforce': 'baseline' })
    const refused = await post(`${strict}/pods`, pod('a', { securityContext: { privileged: true } }))
    expect(said(refused)).toEqual([
      403,
      'pods "a" is forbidden: violates PodSecurity "baseline:latest": privileged (container "main" must not set securityContext.privileged=true)',
    ])
    const mild = await room({ 'pod-security.kubernetes.io/warn': 'baseline' })
    const warned = await post(`${mild}/pods`, pod('a', { securityContext: { privileged: true } }))
    expect(warned.status).toBe(201)
    expect(warned.warnings.join()).toContain('would violate PodSecurity \\"baseline:latest\\": privileged')
  })
})

describe('discovery', () => {
  test('every path that is listed answers', async () => {
    const { json } = await api.ask({ path: '/' })
    const paths = (json['paths'] as readonly string[]).filter((path) => !path.startsWith('/openapi'))
    expect(paths).toContain('/apis/apps/v1')
    const statuses = await Promise.all(paths.map(async (path) => [path, (await api.ask({ path })).status]))
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([])
  })

  test('every resource that can be listed is listed', async () => {
    const groups = listAt((await api.ask({ path: '/apis' })).json, 'groups').map(
      (group) => `/apis/${String(at(group, 'preferredVersion', 'groupVersion'))}`,
    )
    for (const base of ['/api/v1', ...groups]) {
      for (const resource of listAt((await api.ask({ path: base })).json, 'resources')) {
        if (!(resource['verbs'] as readonly string[]).includes('list') || String(resource['name']).includes('/')) continue
        const { status, json } = await api.ask({ path: `${base}/${String(resource['name'])}?limit=1` })
        expect([resource['name'], status, json['kind']]).toEqual([resource['name'], 200, `${String(resource['kind'])}List`])
      }
    }
  })

  test('what kubectl asks for is one document', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const reply = await api.ask({ path: '/apis', headers: { accept } })
    expect(reply.headers['content-type']).toBe(accept)
    const apps = listAt(reply.json, 'items').find((item) => at(item, 'metadata', 'name') === 'apps')
    expect(listAt(apps, 'versions', 0, 'resources').map(({ resource }) => resource)).toContain('deployments')
  })

  test('OpenAPI of a group, and of what nobody serves', async () => {
    const { json } = await api.ask({ path: '/openapi/v3' })
    const url = String(at(json, 'paths', 'apis/apps/v1', 'serverRelativeURL'))
    expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/)
    const document = await api.ask({ path: url })
    expect(at(document.json, 'components', 'schemas', 'io.k8s.api.apps.v1.Deployment', 'type')).toBe('object')
    expect((await api.ask({ path: '/openapi/v3/apis/nobody/v1' })).json['kind']).toBe('Status')
  })
})
