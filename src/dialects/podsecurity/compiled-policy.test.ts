import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { loadDocuments, toManifests } from '../../kube/yaml/yaml.ts'
import type { Answer, Facts } from '../../policy/facts.ts'
import type { PodSecurityLevel } from '../../policy/pod-security.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { podSecurity } from './dialect.ts'
import { deploymentOfTest, namespaceOfTest, podOfTest, requestOfTest } from './test-cluster.ts'
import { podSecurityTools } from './tools.ts'

const header = 'apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n'
const compile = (body: string): ReturnType<typeof podSecurity.compile> =>
  podSecurity.compile(toManifests(loadDocuments({ name: 'pss.yaml', text: header + body }).documents).manifests)

const knowing = (answer: Answer | undefined): Facts => ({ read: () => answer, missing: [] })
const noLabels = knowing({ known: true, value: {} })
const labelled = (labels: Readonly<Record<string, string>>): Facts =>
  knowing({
    known: true,
    value: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])),
  })

function say(body: string, request: PolicyRequest, facts = noLabels): readonly string[] {
  const [policy] = compile(body).policies
  if (policy === undefined) throw new Error('the configuration is not compiled')
  return policy
    .evaluate('validate', request, facts)
    .rules.map(({ rule, result, enforcement, message, at }) =>
      [rule, result, result === 'fail' ? enforcement : '', message.slice(0, 70), at.map((path) => path.join('.')).join(' ')]
        .filter((text) => text !== '')
        .join(' | '),
    )
}

const host = { hostPID: true }

test.each<readonly [string, string, PolicyRequest, Facts, readonly string[]]>([
  [
    'a Pod that meets the level',
    'defaults: {enforce: baseline}',
    requestOfTest(podOfTest('a')),
    noLabels,
    ['enforce | pass | meets PodSecurity "baseline:latest"'],
  ],
  [
    'a Pod that does not: nothing else is said of it',
    'defaults: {enforce: baseline, warn: baseline, audit: baseline}',
    requestOfTest(podOfTest('a', host)),
    noLabels,
    ['enforce | fail | deny | pods "a" is forbidden: violates PodSecurity "baseline:latest": host na | spec.hostPID'],
  ],
  [
    'modes that only tell',
    'defaults: {warn: baseline, audit: baseline}',
    requestOfTest(podOfTest('a', host)),
    noLabels,
    [
      'enforce | pass | meets PodSecurity "privileged:latest"',
      'audit | fail | audit | would violate PodSecurity "baseline:latest": host namespaces (hostPID= | spec.hostPID',
      'warn | warn | would violate PodSecurity "baseline:latest": host namespaces (hostPID= | spec.hostPID',
    ],
  ],
  [
    'a Deployment: its Pods would be refused',
    'defaults: {enforce: baseline, warn: baseline}',
    requestOfTest(deploymentOfTest('a', host)),
    noLabels,
    ['enforce | fail | audit | would violate PodSecurity "baseline:latest": host namespaces (hostPID= | spec.template.spec.hostPID'],
  ],
  [
    'an exempt namespace',
    'defaults: {enforce: baseline}\nexemptions: {namespaces: [demo]}',
    requestOfTest(podOfTest('a', host)),
    noLabels,
    ['enforce | skip | exempt by its namespace'],
  ],
  [
    'the labels of the namespace',
    'defaults: {enforce: baseline}',
    requestOfTest(podOfTest('a', host)),
    labelled({ enforce: 'privileged' }),
    ['enforce | pass | meets PodSecurity "privileged:latest"'],
  ],
  [
    'labels that mean nothing',
    '',
    requestOfTest(podOfTest('a')),
    labelled({ warn: 'bad' }),
    [
      'labels | error | Failed to parse policy: metadata.labels[pod-security.kubernetes.io/war',
      'enforce | pass | meets PodSecurity "privileged:latest"',
    ],
  ],
  [
    'a namespace of which nothing is known',
    '',
    requestOfTest(podOfTest('a')),
    knowing({ known: false, reason: 'no answer' }),
    ['enforce | error | no answer'],
  ],
  ['a question without an answer yet', '', requestOfTest(podOfTest('a')), knowing(undefined), []],
  [
    'labels of a Namespace',
    '',
    requestOfTest(namespaceOfTest('a', { enforce: 'baseline' })),
    noLabels,
    ['enforce | pass | the labels of Pod Security are valid'],
  ],
  [
    'labels of a Namespace that mean nothing',
    '',
    requestOfTest(namespaceOfTest('a', { enforce: 'bad' })),
    noLabels,
    [
      'enforce | fail | deny | Namespace "a" is invalid: metadata.labels[pod-security.kubernetes.io/e | metadata.labels.pod-security.kubernetes.io/enforce',
    ],
  ],
  [
    'labels of a Namespace that is exempt',
    'exemptions: {namespaces: [a]}',
    requestOfTest(namespaceOfTest('a', { enforce: 'baseline' })),
    noLabels,
    ['warn | warn | namespace "a" is exempt from Pod Security, and the policy (enforce=bas | metadata.labels'],
  ],
  [
    'what has no Pods',
    'defaults: {enforce: restricted}',
    requestOfTest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
    noLabels,
    [],
  ],
  [
    'a deletion',
    'defaults: {enforce: restricted}',
    requestOfTest(podOfTest('a'), { operation: 'DELETE', object: undefined }),
    noLabels,
    [],
  ],
  [
    'a Pod without containers',
    '',
    requestOfTest(podOfTest('a', { containers: [] })),
    noLabels,
    ['enforce | error | Pod "a" is invalid: spec.containers: Required value'],
  ],
  [
    'a volume without a source: the API server makes it an emptyDir',
    'defaults: {audit: restricted, audit-version: v1.0}',
    requestOfTest(podOfTest('a', { volumes: [{ name: 'v' }], securityContext: { runAsNonRoot: true } })),
    noLabels,
    ['enforce | pass | meets PodSecurity "privileged:latest"'],
  ],
  [
    'ports of a Pod in the network of the host',
    'defaults: {audit: baseline}',
    requestOfTest(podOfTest('a', { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] })),
    noLabels,
    [
      'enforce | pass | meets PodSecurity "privileged:latest"',
      'audit | fail | audit | would violate PodSecurity "baseline:latest": host namespaces (hostNetw | spec.hostNetwork spec.containers.0.ports.0.hostPort',
    ],
  ],
])('%s', (_, body, request, facts, expected) => {
  expect(say(body, request, facts)).toEqual(expected)
})

test('a configuration that is none is not compiled, and its check says why', () => {
  const { policies, rejected } = compile('defaults: {enforce: bad}')
  expect(policies).toEqual([])
  const [first] = rejected
  const kind = podSecurity.kinds.find((one) => one.kind === 'PodSecurityConfiguration')
  expect(first === undefined ? [] : kind?.check(first.manifest)).toEqual(first?.diagnostics)
  expect(first?.diagnostics.map(({ message }) => message)).toEqual([
    'defaults.enforce: Invalid value: "bad": must be one of privileged, baseline, restricted',
  ])
})

test.each([
  ['baseline', 'baseline:latest'],
  ['restricted@v1.24', 'restricted:v1.24'],
  ['restricted@latest', 'restricted:latest'],
])('the level %s', (text, printed) => {
  const level = podSecurityTools.parseLevel(text)
  expect(level.ok ? `${level.value.level}:${level.value.version.text}` : level.error).toBe(printed)
  if (level.ok) expect(podSecurity.compile([podSecurityTools.enforcing(level.value)]).rejected).toEqual([])
})

test.each(['', '@', 'strict', 'baseline@', 'baseline@1.24', 'baseline@v1.24@v1.25', 'Baseline'])('%s is no level', (text) => {
  expect(podSecurityTools.parseLevel(text).ok).toBe(false)
})

const restricted: PodSecurityLevel = { level: 'restricted', version: { text: 'latest', minor: Infinity } }

test('no object makes it throw', () => {
  const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<Json>(null, true, 1, 'a', 'ALL', {}, []),
      fc.dictionary(
        fc.constantFrom(
          'metadata',
          'spec',
          'template',
          'containers',
          'securityContext',
          'capabilities',
          'drop',
          'volumes',
          'name',
          'labels',
          '__proto__',
        ),
        tie('json'),
        { maxKeys: 4 },
      ),
      fc.array(tie('json'), { maxLength: 3 }),
    ),
  })).json
  const object = fc
    .tuple(
      fc.constantFrom(['v1', 'Pod'], ['v1', 'Namespace'], ['apps/v1', 'Deployment'], ['batch/v1', 'CronJob'], ['v2', 'Pod']),
      json,
      json,
    )
    .map(([[apiVersion = '', kind = ''], metadata, spec]): KubeObject => ({ apiVersion, kind, metadata, spec }))
  const [policy] = compile('defaults: {enforce: restricted, warn: baseline, audit: restricted}').policies
  fc.assert(
    fc.property(object, (value) => {
      expect(Array.isArray(policy?.evaluate('validate', requestOfTest(value), noLabels).rules)).toBe(true)
      expect(() => podSecurityTools.fix(value, restricted)).not.toThrow()
      expect(() => podSecurityTools.simulate({ objects: [value], levels: [restricted], configuration: undefined })).not.toThrow()
    }),
    { numRuns: 500 },
  )
})
