import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { Answer } from './answer.ts'
import type { PodSecurityConfiguration } from './configuration.ts'
import { privilegedConfiguration } from './configuration.ts'
import { podSecurityPlugin } from './plugin.ts'
import { clusterOfTest, deploymentOfTest, namespaceOfTest, podOfTest, requestOfTest } from './test-cluster.ts'

const exempting: PodSecurityConfiguration = {
  ...privilegedConfiguration,
  exemptions: { usernames: ['root'], runtimeClasses: ['sandboxed'], namespaces: ['kube-system'] },
}

function ask(request: PolicyRequest, cluster: ClusterView, configuration = exempting, clock = (): number => 0): Answer {
  const plugin = podSecurityPlugin({ configuration, newestMinor: 36, results: 'overrides', clock })
  return plugin.validate(request, cluster) as Answer
}

const inDemo = (labels: Readonly<Record<string, string>>): ClusterView => clusterOfTest([namespaceOfTest('demo', labels)])
const messageOf = (answer: Answer): string | undefined => (answer.allowed ? undefined : answer.status.message)
const annotation = (answer: Answer, key: string): string | undefined => answer.auditAnnotations[`pod-security.kubernetes.io/${key}`]

const host: JsonObject = { hostPID: true }
const hostText = 'host namespaces (hostPID=true)'
const mainText =
  'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'

test.each<readonly [string, Readonly<Record<string, string>>, string | undefined]>([
  [
    'what violates the enforced level is refused',
    { enforce: 'baseline' },
    `pods "a" is forbidden: violates PodSecurity "baseline:latest": ${hostText}`,
  ],
  [
    'a version that is not yet there is the newest, and is named as it is written',
    { enforce: 'baseline', 'enforce-version': 'v1.999' },
    `pods "a" is forbidden: violates PodSecurity "baseline:v1.999": ${hostText}`,
  ],
  ['nothing is refused where nothing is enforced', { warn: 'restricted', audit: 'restricted' }, undefined],
  [
    'a level without meaning is the strictest',
    { enforce: 'bad' },
    `pods "a" is forbidden: violates PodSecurity "restricted:latest": ${hostText}, ${mainText}`,
  ],
  ['a level to warn of without meaning warns of nothing', { warn: 'bad' }, undefined],
])('a Pod: %s', (_, labels, message) => {
  expect(messageOf(ask(requestOfTest(podOfTest('a', host)), inDemo(labels)))).toBe(message)
})

test('a Pod is audited and warned about by the levels of each', () => {
  const answer = ask(requestOfTest(podOfTest('a', host)), inDemo({ audit: 'baseline', warn: 'restricted', 'warn-version': 'v1.7' }))
  expect(answer).toEqual({
    allowed: true,
    warnings: [
      `would violate PodSecurity "restricted:v1.7": ${hostText}, runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true)`,
    ],
    auditAnnotations: {
      'pod-security.kubernetes.io/enforce-policy': 'privileged:latest',
      'pod-security.kubernetes.io/audit-violations': `would violate PodSecurity "baseline:latest": ${hostText}`,
    },
  })
})

test('a refused Pod is warned of nothing, and the audit log has what it would have', () => {
  const answer = ask(requestOfTest(podOfTest('a', host)), inDemo({ enforce: 'baseline', audit: 'baseline', warn: 'baseline' }))
  expect(answer.warnings).toEqual([])
  expect(annotation(answer, 'audit-violations')).toBe(`would violate PodSecurity "baseline:latest": ${hostText}`)
})

test('labels that mean nothing are in the audit log of each Pod', () => {
  const answer = ask(requestOfTest(podOfTest('a')), inDemo({ audit: 'bad', 'warn-version': 'v1.01' }))
  expect(annotation(answer, 'error')).toBe(
    'Failed to parse policy: [metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "bad": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v1.01": must be "latest" or "v1.x"]',
  )
})

test('a namespace that nobody knows is an error of the server', () => {
  const answer = ask(requestOfTest(podOfTest('a')), clusterOfTest([]))
  expect(messageOf(answer)).toBe('Internal error occurred: failed to lookup namespace "demo"')
  expect(annotation(answer, 'error')).toBe('Internal error occurred: failed to lookup namespace "demo": namespaces "demo" not found')
})

test.each<readonly [string, Partial<PolicyRequest>, JsonObject, string | undefined]>([
  ['its namespace', { namespace: 'kube-system' }, host, 'namespace'],
  [
    'its user',
    { requester: { userInfo: { username: 'root', uid: '', groups: [], extra: {} }, roles: [], clusterRoles: [] } },
    host,
    'user',
  ],
  ['its runtime class', {}, { ...host, runtimeClassName: 'sandboxed' }, 'runtimeClass'],
])('a Pod is exempt for %s', (_, changes, spec, exempt) => {
  const answer = ask(requestOfTest(podOfTest('a', spec), changes), inDemo({ enforce: 'restricted' }))
  expect([answer.allowed, annotation(answer, 'exempt')]).toEqual([true, exempt])
})

test.each(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status'])(
  '%s of a Pod is not looked at',
  (subresource) => {
    const answer = ask(requestOfTest(podOfTest('a', host), { subresource, operation: 'UPDATE' }), inDemo({ enforce: 'baseline' }))
    expect(answer).toEqual({ allowed: true, warnings: [], auditAnnotations: {} })
  },
)

const main = { name: 'main', image: 'nginx' }

test.each<readonly [string, JsonObject, JsonObject, boolean]>([
  ['nothing', {}, {}, false],
  ['tolerations', {}, { tolerations: [{ operator: 'Exists' }] }, false],
  ['an image', {}, { containers: [{ name: 'main', image: 'nginx:1' }] }, true],
  ['the number of containers', {}, { containers: [main, { name: 'b', image: 'b' }] }, true],
  ['an init container', { initContainers: [main] }, { initContainers: [{ name: 'main', image: 'other' }] }, true],
  ['a new ephemeral container', {}, { ephemeralContainers: [main] }, true],
  ['an ephemeral container that went', { ephemeralContainers: [main] }, {}, false],
  [
    'the order of ephemeral containers',
    { ephemeralContainers: [main, { name: 'b' }] },
    { ephemeralContainers: [{ name: 'b' }, main] },
    false,
  ],
])('an update of %s is looked at or not', (_, before, after, isJudged) => {
  const request = requestOfTest(podOfTest('a', { ...host, ...after }), {
    operation: 'UPDATE',
    oldObject: podOfTest('a', { ...host, ...before }),
  })
  expect(ask(request, inDemo({ enforce: 'baseline' })).allowed).toBe(!isJudged)
})

test.each<readonly [string, readonly string[]]>([
  ['enforce', ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)']],
  ['warn', ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)']],
  ['audit', []],
])('a Deployment is never refused: %s', (mode, warnings) => {
  const answer = ask(requestOfTest(deploymentOfTest('web', host)), inDemo({ [mode]: 'baseline' }))
  expect([answer.allowed, answer.warnings, annotation(answer, 'enforce-policy')]).toEqual([true, warnings, undefined])
})

const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c', namespace: 'demo' },
  spec: { jobTemplate: { spec: { template: { spec: { ...host, containers: [] } } } } },
}

test('the Pod template of a CronJob is found; one without a template passes', () => {
  expect(ask(requestOfTest(cronJob), inDemo({ warn: 'baseline' })).warnings).toHaveLength(1)
  expect(ask(requestOfTest({ ...cronJob, spec: {} }), inDemo({ warn: 'baseline' })).warnings).toEqual([])
})

test('a workload of an unknown namespace passes, and the audit log says why', () => {
  const answer = ask(requestOfTest(cronJob), clusterOfTest([]))
  expect([answer.allowed, annotation(answer, 'error')]).toEqual([true, 'failed to lookup namespace "demo": namespaces "demo" not found'])
})
