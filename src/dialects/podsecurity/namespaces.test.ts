import { expect, test } from 'vitest'
import type { KubeObject } from '../../kube/object.ts'
import type { Answer } from './answer.ts'
import { privilegedConfiguration } from './configuration.ts'
import { podSecurityPlugin } from './plugin.ts'
import { clusterOfTest, namespaceOfTest, podOfTest, requestOfTest } from './test-cluster.ts'

type Labels = Readonly<Record<string, string>>

interface Update {
  readonly name?: string
  readonly before: Labels
  readonly after: Labels
  readonly pods?: readonly KubeObject[]
  readonly clock?: () => number
}

const pluginWith = (clock: () => number) =>
  podSecurityPlugin({
    configuration: {
      ...privilegedConfiguration,
      exemptions: { usernames: [], runtimeClasses: ['sandboxed'], namespaces: ['kube-system'] },
    },
    newestMinor: 36,
    results: 'overrides',
    clock,
  })

function update({ name = 'demo', before, after, pods = [], clock = () => 0 }: Update): Answer {
  const request = requestOfTest(namespaceOfTest(name, after), { operation: 'UPDATE', oldObject: namespaceOfTest(name, before) })
  return pluginWith(clock).validate(request, clusterOfTest([], pods)) as Answer
}

const create = (name: string, labels: Labels): Answer =>
  pluginWith(() => 0).validate(requestOfTest(namespaceOfTest(name, labels)), clusterOfTest([])) as Answer

const host = (name: string, metadata = {}): KubeObject => podOfTest(name, { hostPID: true }, metadata)
const level = (text: string): string => `existing pods in namespace "demo" violate the new PodSecurity enforce level "${text}"`

test.each<readonly [string, Labels, Labels, boolean]>([
  ['a stricter level', { enforce: 'privileged' }, { enforce: 'baseline' }, true],
  ['a first level', {}, { enforce: 'baseline' }, true],
  ['the same level', { enforce: 'baseline' }, { enforce: 'baseline', warn: 'restricted' }, false],
  ['a weaker level', { enforce: 'restricted' }, { enforce: 'baseline' }, false],
  ['no level', { enforce: 'restricted' }, {}, false],
  ['another version', { enforce: 'baseline' }, { enforce: 'baseline', 'enforce-version': 'v1.20' }, true],
  ['a weaker level of another version', { enforce: 'restricted' }, { enforce: 'baseline', 'enforce-version': 'v1.20' }, true],
])('Pods are looked at again for %s', (_, before, after, isLookedAt) => {
  expect(update({ before, after, pods: [host('a')] }).warnings.length > 0).toBe(isLookedAt)
})

test('Pods with the same faults are one line, named by the first', () => {
  const pods = [host('c'), podOfTest('plain'), host('a'), host('b'), podOfTest('both', { hostPID: true, hostIPC: true, hostNetwork: true })]
  const { warnings } = update({ before: {}, after: { enforce: 'restricted', 'enforce-version': 'v1.7' }, pods })
  expect(warnings).toEqual([
    level('restricted:v1.7'),
    'a (and 3 other pods): host namespaces, runAsNonRoot != true',
    'plain: runAsNonRoot != true',
  ])
})

test('Pods of an exempt runtime class are not counted', () => {
  const pods = [podOfTest('a', { hostPID: true, runtimeClassName: 'sandboxed' })]
  expect(update({ before: {}, after: { enforce: 'baseline' }, pods }).warnings).toEqual([])
})

test('of too many Pods one of each controller comes first', () => {
  const owned = (index: number): KubeObject =>
    podOfTest(`web-${index}`, {}, { ownerReferences: [{ kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }] })
  const replicas = Array.from({ length: 3000 }, (_, index) => owned(index))
  const { warnings } = update({ before: {}, after: { enforce: 'baseline' }, pods: [...replicas, host('last')] })
  expect(warnings).toEqual([
    'new PodSecurity enforce level only checked against the first 3000 of 3001 existing pods',
    level('baseline:latest'),
    'last: host namespaces',
  ])
})

test('after a second nothing more is looked at', () => {
  let now = 0
  const clock = (): number => (now += 400)
  const pods = Array.from({ length: 9 }, (_, index) => host(`p${index}`))
  expect(update({ before: {}, after: { enforce: 'baseline' }, pods, clock }).warnings).toEqual([
    'new PodSecurity enforce level only checked against the first 3 of 9 existing pods',
    level('baseline:latest'),
    'p0 (and 2 other pods): host namespaces',
  ])
})

test.each<readonly [string, Labels, readonly string[]]>([
  ['no labels', {}, []],
  ['privileged', { enforce: 'privileged' }, []],
  ['one mode', { enforce: 'restricted' }, ['enforce=restricted:latest']],
  ['a version alone', { 'audit-version': 'v1.20' }, []],
  [
    'several modes',
    { enforce: 'baseline', audit: 'restricted', 'audit-version': 'v1.24' },
    ['enforce=baseline:latest, audit=restricted:v1.24'],
  ],
])('labels on an exempt namespace are warned about: %s', (_, labels, shown) => {
  const expected = shown.map((text) => `namespace "kube-system" is exempt from Pod Security, and the policy (${text}) will be ignored`)
  expect(create('kube-system', labels)).toEqual({ allowed: true, warnings: expected, auditAnnotations: {} })
  expect(create('demo', labels).warnings).toEqual([])
})

const invalidAudit =
  'metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "bad": must be one of privileged, baseline, restricted'

test.each<readonly [string, Labels, string]>([
  ['one', { audit: 'bad' }, invalidAudit],
  [
    'several, in their order',
    { 'warn-version': '1.25', audit: 'bad' },
    `[${invalidAudit}, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.25": must be "latest" or "v1.x"]`,
  ],
])('labels that mean nothing are refused: %s', (_, labels, errors) => {
  const answer = create('demo', labels)
  expect(answer.allowed ? undefined : answer.status.message).toBe(`Namespace "demo" is invalid: ${errors}`)
  expect(update({ before: {}, after: labels }).allowed).toBe(false)
})

test('what was wrong before may stay wrong, and not become worse', () => {
  expect(update({ before: { audit: 'bad' }, after: { audit: 'bad', warn: 'baseline' } }).allowed).toBe(true)
  expect(update({ before: { audit: 'bad' }, after: { audit: 'worse' } }).allowed).toBe(false)
})

test.each(['status', 'finalize'])('%s of a namespace is not looked at', (subresource) => {
  const request = requestOfTest(namespaceOfTest('demo', { enforce: 'bad' }), { operation: 'UPDATE', subresource })
  expect(pluginWith(() => 0).validate(request, clusterOfTest([])).allowed).toBe(true)
})
