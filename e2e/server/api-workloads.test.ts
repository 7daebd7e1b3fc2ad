import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { Api } from './server.ts'
import { at, listAt, startApi, until } from './server.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const services = '/api/v1/namespaces/default/services'
const pods = '/api/v1/namespaces/default/pods'
const get = (path: string) => api.ask({ path })
const post = (path: string, body: JsonObject) => api.ask({ method: 'POST', path, body })
const merge = (path: string, body: JsonObject) =>
  api.ask({ method: 'PATCH', path, body, headers: { 'content-type': 'application/merge-patch+json' } })

const service = (name: string, spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
const selecting = (spec: JsonObject = {}): JsonObject => ({ selector: { app: 'a' }, ports: [{ port: 80 }], ...spec })
const keysOf = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value).sort() : [])

describe('a Service that changes its type', () => {
  const changed = async (name: string, spec: JsonObject, change: JsonObject) => {
    await post(services, service(name, spec))
    const { status, json } = await merge(`${services}/${name}`, { spec: change })
    expect(status).toBe(200)
    return at(json, 'spec')
  }

  test('gives up its node ports and its external policy as ClusterIP', async () => {
    const spec = await changed('to-cluster-ip', selecting({ type: 'NodePort' }), { type: 'ClusterIP' })
    expect(listAt(spec, 'ports')).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }])
    expect(at(spec, 'externalTrafficPolicy')).toBeUndefined()
  })

  test('gives up its addresses as ExternalName', async () => {
    const spec = await changed('to-name', selecting(), { type: 'ExternalName', externalName: 'x.y' })
    expect(keysOf(spec)).toEqual(['externalName', 'ports', 'selector', 'sessionAffinity', 'type'])
  })

  test('gives up what belongs to load balancers, and keeps its node port', async () => {
    const balanced = selecting({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'a/b' })
    const made = await post(services, service('to-node-port', balanced))
    expect(at(made.json, 'spec', 'healthCheckNodePort')).toBeGreaterThanOrEqual(30_000)
    const { json } = await merge(`${services}/to-node-port`, { spec: { type: 'NodePort' } })
    for (const key of ['healthCheckNodePort', 'allocateLoadBalancerNodePorts', 'loadBalancerClass'])
      expect(at(json, 'spec', key)).toBeUndefined()
    expect(listAt(json, 'spec', 'ports')).toEqual(listAt(made.json, 'spec', 'ports'))
    expect(at(json, 'spec', 'externalTrafficPolicy')).toBe('Local')
  })

  test('gets an address when it has been a name', async () => {
    const spec = await changed('from-name', { type: 'ExternalName', externalName: 'x.y' }, { type: 'ClusterIP', ports: [{ port: 80 }] })
    expect(at(spec, 'clusterIP')).toMatch(/^10\.0\.0\.\d+$/)
    expect(at(spec, 'clusterIPs')).toEqual([at(spec, 'clusterIP')])
  })

  test('keeps its address and node port when the client leaves them out', async () => {
    const made = await post(services, service('kept', selecting({ type: 'NodePort' })))
    const put = await api.ask({ method: 'PUT', path: `${services}/kept`, body: service('kept', selecting({ type: 'NodePort' })) })
    expect(at(put.json, 'spec')).toEqual(at(made.json, 'spec'))
  })
})

test.each([
  [
    'an address of another',
    { clusterIP: '10.0.0.1' },
    'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: provided IP is already allocated',
  ],
  [
    'an address from outside',
    { clusterIP: '10.200.0.1' },
    'spec.clusterIPs: Invalid value: ["10.200.0.1"]: failed to allocate IP 10.200.0.1: the provided network does not match the current range',
  ],
  [
    'a node port out of range',
    { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
    'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  ['another family', { ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  [
    'two families',
    { ipFamilyPolicy: 'RequireDualStack' },
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
])('a Service that asks for %s is refused', async (_, spec, message) => {
  const { status, json } = await post(services, service('refused', selecting(spec)))
  expect([status, json['message']]).toEqual([422, `Service "refused" is invalid: ${message}`])
})

test('an address of a Service is an object, as long as the Service is there', async () => {
  const made = await post(services, service('addressed', selecting()))
  const path = `/apis/networking.k8s.io/v1/ipaddresses/${String(at(made.json, 'spec', 'clusterIP'))}`
  await until('the address', async () => (await get(path)).status === 200)
  expect(at((await get(path)).json, 'spec', 'parentRef', 'name')).toBe('addressed')
  await api.ask({ method: 'DELETE', path: `${services}/addressed` })
  await until('its end', async () => (await get(path)).status === 404)
})

const pod = (name: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeSelector: { none: 'x' }, containers: [{ name: 'c', image: 'i' }], ...spec },
})

describe('a Pod without a node', () => {
  test('runs no commands and has no log', async () => {
    await post(pods, pod('nowhere'))
    const exec = await api.ask({ method: 'POST', path: `${pods}/nowhere/exec?command=ls&container=c` })
    expect([exec.status, exec.json['message']]).toEqual([400, 'pod nowhere does not have a host assigned'])
    const log = await get(`${pods}/nowhere/log`)
    expect([log.status, log.text]).toEqual([200, ''])
  })

  test('has only the containers it has', async () => {
    await post(
      pods,
      pod('two', { containers: ['c', 'd'].map((name) => ({ name, image: 'i' })), initContainers: [{ name: 'i', image: 'i' }] }),
    )
    const unnamed = 'a container name must be specified for pod two, choose one of: [i c d]'
    const wrong = 'container nope is not valid for pod two'
    const exec = async (query: string) => (await api.ask({ method: 'POST', path: `${pods}/two/exec?command=ls${query}` })).json['message']
    expect([await exec(''), await exec('&container=nope')]).toEqual([unnamed, wrong])
    const log = async (query: string) => (await get(`${pods}/two/log${query}`)).json['message']
    expect([await log(''), await log('?container=nope')]).toEqual([unnamed, wrong])
  })

  test('keeps the tolerations that the server has added when it is replaced', async () => {
    await post(pods, pod('replaced'))
    const { status, json } = await api.ask({ method: 'PUT', path: `${pods}/replaced`, body: pod('replaced', { hostname: 'h' }) })
    expect(status).toBe(422)
    expect(listAt(json, 'details', 'causes').map((cause) => cause['field'])).toEqual(['spec'])
  })
})

test('a DaemonSet counts the changes of its template', async () => {
  const path = '/apis/apps/v1/namespaces/default/daemonsets'
  const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const spec = { selector: { matchLabels: { app: 'd' } }, template }
  const generation = (json: JsonObject) => at(json, 'metadata', 'annotations', 'deprecated.daemonset.template.generation')
  const made = await post(path, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'counted' }, spec })
  expect(generation(made.json)).toBe('1')
  const same = await merge(`${path}/counted`, {
    metadata: { annotations: { 'deprecated.daemonset.template.generation': '77' } },
    spec: { minReadySeconds: 1 },
  })
  expect(generation(same.json)).toBe('1')
  const other = await merge(`${path}/counted`, { spec: { template: { spec: { hostNetwork: true } } } })
  expect(generation(other.json)).toBe('2')
})

test('a Deployment has a new generation when its annotations change, not when its labels do', async () => {
  const path = '/apis/apps/v1/namespaces/default/deployments'
  const template = { metadata: { labels: { app: 'g' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const spec = { replicas: 0, selector: { matchLabels: { app: 'g' } }, template }
  await post(path, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'annotated' }, spec })
  expect(at((await merge(`${path}/annotated`, { metadata: { labels: { a: 'b' } } })).json, 'metadata', 'generation')).toBe(1)
  expect(at((await merge(`${path}/annotated`, { metadata: { annotations: { a: 'b' } } })).json, 'metadata', 'generation')).toBe(2)
})

test.each([
  [300, 'may not specify a duration less than 10 minutes'],
  [2 ** 33, 'may not specify a duration larger than 2^32 seconds'],
])('a token for %i seconds is refused', async (expirationSeconds, why) => {
  const { status, json } = await post('/api/v1/namespaces/default/serviceaccounts/default/token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds },
  })
  const message = `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${expirationSeconds}: ${why}`
  expect([status, json['message']]).toEqual([422, message])
})

test('a ValidatingAdmissionPolicy is looked at', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }
  await post(path, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'seen' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'object.spec.replicas <= 5' }] },
  })
  await until('a status', async () => at((await get(`${path}/seen`)).json, 'status', 'observedGeneration') === 1)
  expect(at((await get(`${path}/seen`)).json, 'status')).toEqual({ observedGeneration: 1, typeChecking: {} })
})
