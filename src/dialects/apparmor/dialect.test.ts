import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { appArmorPrefix } from '../../kube/app-armor.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isKubeObject } from '../../kube/object.ts'
import { loadDocuments, loadValue, toManifests } from '../../kube/yaml/yaml.ts'
import type { WebhookContext } from '../../policy/admission.ts'
import type { Facts, Question } from '../../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { creationOf } from '../../policy/request.ts'
import { appArmor } from './dialect.ts'

const objectOf = (yaml: string): KubeObject => {
  const value = loadValue(yaml)
  if (!value.ok || !isKubeObject(value.value)) throw new Error(`no object: ${yaml}`)
  return value.value
}

const manifestsOf = (text: string): readonly Manifest[] => toManifests(loadDocuments({ name: 'p.yaml', text }).documents).manifests
const policyText = (spec: string, metadata = '{name: confined}'): string =>
  `{apiVersion: kanon.dev/v1alpha1, kind: AppArmorPolicy, metadata: ${metadata}, spec: ${spec}}`

function compileText(text: string): CompiledPolicy {
  const { policies, rejected } = appArmor.compile(manifestsOf(text))
  const [policy] = policies
  if (policy === undefined) throw new Error(rejected.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message)).join('; '))
  return policy
}

const factsOf = (nodes: readonly KubeObject[], labels: JsonObject = {}): Facts => ({
  read: (question: Question) => ({ known: true, value: question.ask === 'namespaceLabels' ? labels : nodes }),
  missing: [],
})

const requestOf = (object: KubeObject, more: Partial<PolicyRequest> = {}): PolicyRequest =>
  creationOf(object, { uid: 'u', now: new Date(0), ...more })

const podOf = (spec: string, annotations = '{}'): KubeObject =>
  objectOf(`{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ns, annotations: ${annotations}}, spec: ${spec}}`)
const silent = podOf('{containers: [{name: a}]}')
const confinedBy = (profile: string): KubeObject => podOf(`{containers: [{name: a, securityContext: {appArmorProfile: ${profile}}}]}`)
const unconfined = confinedBy('{type: Unconfined}')
const field = 'spec.containers[0].securityContext.appArmorProfile'

interface Setting {
  readonly phase?: Effect
  readonly nodes?: readonly KubeObject[]
  readonly labels?: JsonObject
  readonly request?: Partial<PolicyRequest>
}

const decide = (spec: string, object: KubeObject, { phase = 'validate', nodes = [], labels, request }: Setting = {}): PolicyOutcome =>
  compileText(policyText(spec)).evaluate(phase, requestOf(object, request), factsOf(nodes, labels))
/** `rule: result: message (enforcement)` of each rule. */
const said = (spec: string, object: KubeObject, setting?: Setting): readonly string[] =>
  decide(spec, object, setting).rules.map(({ rule, result, message, enforcement }) =>
    result === 'fail' ? `${rule}: ${message} (${enforcement})` : `${rule}: ${result}`,
  )

const notAllowed = `allowed-profiles: ${field}: Forbidden: unconfined is not an allowed profile. Allowed values: "runtime/default"`
const onlyDefault = '{allowedProfileNames: [runtime/default]}'

describe('what is allowed', () => {
  test.each<[string, string, KubeObject, readonly string[]]>([
    ['an allowed profile', onlyDefault, confinedBy('{type: RuntimeDefault}'), ['allowed-profiles: pass']],
    ['another', onlyDefault, unconfined, [`${notAllowed} (deny)`]],
    ['none', onlyDefault, silent, [`allowed-profiles: ${field}: Forbidden: AppArmor profile must be set (deny)`]],
    ['a policy that warns', '{allowedProfileNames: [runtime/default], action: Warn}', unconfined, [`${notAllowed} (warn)`]],
    ['a policy that reports', '{allowedProfileNames: [runtime/default], action: Audit}', unconfined, [`${notAllowed} (audit)`]],
    [
      'several faults in brackets',
      onlyDefault,
      podOf('{containers: [{name: a}, {name: b}]}'),
      [
        `allowed-profiles: [${field}: Forbidden: AppArmor profile must be set, ${field.replace('0', '1')}: Forbidden: AppArmor profile must be set] (deny)`,
      ],
    ],
    ['Windows', onlyDefault, podOf('{os: {name: windows}, containers: [{name: a}]}'), []],
    ['the gate', '{appArmor: Disabled}', unconfined, [`disabled: ${field}: Forbidden: AppArmor is disabled by feature-gate (deny)`]],
    ['nothing under the gate', '{appArmor: Disabled}', silent, ['disabled: pass']],
  ])('%s', (_, spec, object, expected) => {
    expect(said(spec, object)).toEqual(expected)
  })

  test('the place is that of the profile, or the nearest one', () => {
    expect(decide(onlyDefault, unconfined).rules[0]?.at).toEqual([['spec', 'containers', 0, 'securityContext', 'appArmorProfile']])
    expect(decide(onlyDefault, silent).rules[0]?.at).toEqual([['spec', 'containers', 0]])
  })
})

describe('the default', () => {
  const spec = '{defaultProfileName: localhost/d}'
  test('is set where nobody chose', () => {
    const { object, rules } = decide(spec, silent, { phase: 'mutate' })
    expect(rules).toMatchObject([{ rule: 'default-profile', result: 'pass' }])
    expect(object).toEqual(confinedBy('{type: Localhost, localhostProfile: d}'))
  })
  test('is not set where somebody did', () => {
    const { object, rules } = decide(spec, unconfined, { phase: 'mutate' })
    expect(rules).toMatchObject([{ rule: 'default-profile', result: 'skip' }])
    expect(object).toBeUndefined()
  })
  test('is not set in what makes Pods, but counts there', () => {
    const deployment = objectOf(
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {containers: [{name: a}]}}}}',
    )
    const both = '{defaultProfileName: runtime/default, allowedProfileNames: [runtime/default]}'
    expect(decide(both, deployment, { phase: 'mutate' }).rules).toEqual([])
    expect(said(both, deployment)).toEqual(['allowed-profiles: pass'])
    expect(said(onlyDefault, deployment)).toEqual([
      `allowed-profiles: spec.template.${field}: Forbidden: AppArmor profile must be set (warn)`,
    ])
  })
  test('the annotations of PodSecurityPolicy say the same', () => {
    const annotations = 'apparmor.security.beta.kubernetes.io/'
    const policy = compileText(
      policyText(
        '{}',
        `{name: old, annotations: {${annotations}defaultProfileName: runtime/default, ${annotations}allowedProfileNames: 'runtime/default,localhost/x'}}`,
      ),
    )
    expect(policy.rules.map(({ name }) => name)).toEqual(['default-profile', 'allowed-profiles'])
    const [outcome] = policy.evaluate('validate', requestOf(unconfined), factsOf([])).rules
    expect(outcome?.message).toBe(
      `${field}: Forbidden: unconfined is not an allowed profile. Allowed values: "runtime/default,localhost/x"`,
    )
  })
})

describe('updates of a Pod', () => {
  const ephemeral = podOf(
    '{containers: [{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}], ephemeralContainers: [{name: e}]}',
  )
  test('what was so before is let be', () => {
    expect(said(onlyDefault, unconfined, { request: { operation: 'UPDATE', oldObject: unconfined } })).toEqual(['allowed-profiles: pass'])
  })
  test('a new ephemeral container is not', () => {
    const request = { operation: 'UPDATE', oldObject: unconfined, subresource: 'ephemeralcontainers' } as const
    expect(said(onlyDefault, ephemeral, { request })).toEqual([
      'allowed-profiles: spec.ephemeralContainers[0].securityContext.appArmorProfile: Forbidden: AppArmor profile must be set (deny)',
    ])
    const filled = decide('{defaultProfileName: runtime/default}', ephemeral, { phase: 'mutate', request }).object
    expect(filled).toMatchObject({
      spec: { ephemeralContainers: [{ name: 'e', securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }] },
    })
  })
  test('deletions are not asked', () => {
    expect(said(onlyDefault, unconfined, { request: { operation: 'DELETE', object: undefined, oldObject: unconfined } })).toEqual([])
  })
})

describe('which namespaces are meant', () => {
  test.each<[string, string, JsonObject, number]>([
    ['all', '', {}, 1],
    ['those that are named', 'namespaces: [n?], ', {}, 1],
    ['not others', 'namespaces: [x], ', {}, 0],
    ['not those that are left out', 'namespaces: ["*"], excludeNamespaces: [ns], ', {}, 0],
    ['by their labels', 'namespaceSelector: {matchLabels: {a: b}}, ', { a: 'b' }, 1],
    ['not without them', 'namespaceSelector: {matchLabels: {a: b}}, ', {}, 0],
  ])('%s', (_, where, labels, rules) => {
    expect(said(`{${where}allowedProfileNames: [runtime/default]}`, unconfined, { labels })).toHaveLength(rules)
  })
})

describe('whether a node has the profile loaded', () => {
  const nodeOf = (name: string, profiles?: string, spec = '{}'): KubeObject => ({
    ...objectOf(`{apiVersion: v1, kind: Node, metadata: {name: ${name}}, spec: ${spec}}`),
    metadata: { name, annotations: profiles === undefined ? {} : { 'apparmor.kanon.dev/profiles': profiles } },
  })
  const hello = podOf('{containers: [{name: hello}]}', `{${appArmorPrefix}hello: localhost/k8s-apparmor-example-allow-write}`)
  const missing = 'loaded-profiles: localhost/k8s-apparmor-example-allow-write is not loaded on any schedulable node'
  const has = 'docker-default (enforce)\nk8s-apparmor-example-allow-write (enforce)\n'
  const lacks = 'docker-default (enforce)\n'
  test.each<[string, string, readonly KubeObject[], readonly string[]]>([
    ['one has', 'Deny', [nodeOf('a', lacks), nodeOf('b', has)], ['loaded-profiles: pass']],
    ['none has', 'Deny', [nodeOf('a', lacks)], [`${missing} (deny)`]],
    ['a warning', 'Warn', [nodeOf('a', lacks)], [`${missing} (warn)`]],
    ['only one that takes no Pods', 'Deny', [nodeOf('a', has, '{unschedulable: true}'), nodeOf('b', lacks)], [`${missing} (deny)`]],
    ['a node does not say', 'Deny', [nodeOf('a', lacks), nodeOf('b')], ['loaded-profiles: skip']],
    ['nothing is known', 'Deny', [], ['loaded-profiles: skip']],
  ])('%s', (_, action, nodes, expected) => {
    expect(said(`{whereNotLoaded: ${action}}`, hello, { nodes })).toEqual(expected)
  })
  test('a skip says why', () => {
    const [rule] = decide('{whereNotLoaded: Deny}', hello, { nodes: ['a', 'b', 'c', 'd', 'e'].map((name) => nodeOf(name)) }).rules
    expect(rule?.message).toBe('cannot tell whether localhost/k8s-apparmor-example-allow-write is loaded: a, b, c and 2 others did not say')
  })
  test('other profiles are not looked for', () => {
    expect(said('{whereNotLoaded: Deny}', unconfined, { nodes: [nodeOf('a', lacks)] })).toEqual(['loaded-profiles: pass'])
  })
})

test.each<[string, string, readonly string[]]>([
  ['a good policy', '{defaultProfileName: runtime/default, allowedProfileNames: [runtime/default]}', []],
  ['a misspelt field', '{defaultProfileNames: runtime/default}', ['error: unknown field `spec.defaultProfileNames`']],
  ['a profile that is none', '{allowedProfileNames: [docker/default]}', ['error: invalid AppArmor profile name: "docker/default"']],
  ['a profile without a name', '{defaultProfileName: localhost/}', ['error: invalid AppArmor profile name: "localhost/"']],
  [
    'a default that is not allowed',
    '{defaultProfileName: unconfined, allowedProfileNames: [runtime/default]}',
    ['error: expected the default profile to be one of those that are allowed'],
  ],
  [
    'a rule beside the gate',
    '{appArmor: Disabled, whereNotLoaded: Warn}',
    ['error: expected no other rule beside `appArmor: Disabled`: Pods with a profile are refused, whichever it is'],
  ],
  [
    'an action that there is not',
    '{allowedProfileNames: [], action: deny}',
    ['error: expected `spec.action` to be one of `Deny`, `Warn`, `Audit`, found `deny`'],
  ],
  ['a text for a list', '{allowedProfileNames: a}', ['error: expected a list of strings at `spec.allowedProfileNames`']],
  [
    'a bad selector',
    '{allowedProfileNames: [], namespaceSelector: {matchExpressions: [{key: a, operator: X}]}}',
    ['error: "X" is not a valid label selector operator'],
  ],
  ['no map', '[]', ['error: expected a map at `spec`']],
  ['nothing', '{}', ['warning: the policy asks nothing']],
])('a check of %s', (_, spec, expected) => {
  const [manifest] = manifestsOf(policyText(spec))
  if (manifest === undefined) throw new Error('no manifest')
  const found = appArmor.kinds.flatMap((kind) => kind.check(manifest))
  expect(found.map(({ severity, message }) => `${severity}: ${message}`)).toEqual(expected)
  expect(appArmor.compile([manifest]).rejected).toHaveLength(expected.some((text) => text.startsWith('error')) ? 1 : 0)
})

describe('admission', () => {
  const [, validate] = appArmor.admission?.policyRoutes ?? []
  const answer = (spec: string, object: KubeObject) => validate?.answer(requestOf(object), [decide(spec, object)])
  test('a refusal', () => {
    expect(answer(onlyDefault, unconfined)).toMatchObject({
      allowed: false,
      code: 403,
      reason: 'Forbidden',
      message: `AppArmor policy confined: ${notAllowed.replace('allowed-profiles: ', '')}`,
    })
  })
  test('a warning', () => {
    expect(answer('{allowedProfileNames: [runtime/default], action: Warn}', unconfined)).toMatchObject({
      allowed: true,
      warnings: [`AppArmor policy confined: ${notAllowed.replace('allowed-profiles: ', '')}`],
    })
  })
  test('a report alone', () => {
    expect(answer('{allowedProfileNames: [runtime/default], action: Audit}', unconfined)).toMatchObject({ allowed: true, warnings: [] })
  })
  test('webhooks are there while policies need them', () => {
    const context: WebhookContext = { resources: [], clientConfig: (path) => ({ url: path }), ownNamespace: 'kanon', settings: undefined }
    const namesOf = (...specs: readonly string[]): readonly string[] =>
      (
        appArmor.admission?.webhookConfigurations(
          specs.map((spec) => compileText(policyText(spec))),
          context,
        ) ?? []
      ).flatMap(({ webhooks }) => ((webhooks ?? []) as readonly { name: string }[]).map(({ name }) => name))
    expect(namesOf()).toEqual(['policy.apparmor.kanon.dev'])
    expect(namesOf('{defaultProfileName: unconfined}')).toEqual(['mutate.apparmor.kanon.dev', 'policy.apparmor.kanon.dev'])
    expect(namesOf(onlyDefault)).toEqual(['validate.apparmor.kanon.dev', 'policy.apparmor.kanon.dev'])
  })
})

test('the status says whether a policy is enforced, since when', () => {
  const [manifest] = manifestsOf(policyText(onlyDefault))
  const [kind] = appArmor.kinds
  if (manifest === undefined || kind?.status === undefined) throw new Error('no status')
  const failed = kind.status(manifest, { ready: false, message: 'why' }, new Date(0))
  expect(failed).toEqual({
    conditions: [{ lastTransitionTime: '1970-01-01T00:00:00Z', message: 'why', reason: 'Failed', status: 'False', type: 'Ready' }],
  })
  const later = { ...manifest, object: { ...manifest.object, status: failed } }
  expect(kind.status(later, { ready: false, message: 'other' }, new Date(1000))).toMatchObject({
    conditions: [{ lastTransitionTime: '1970-01-01T00:00:00Z', message: 'other' }],
  })
  expect(kind.status(later, { ready: true, policy: compileText(policyText(onlyDefault)) }, new Date(1000))).toMatchObject({
    conditions: [{ lastTransitionTime: '1970-01-01T00:00:01Z', status: 'True' }],
  })
})

test('no policy and no object makes it throw', () => {
  const keys = [
    'spec',
    'metadata',
    'name',
    'annotations',
    'allowedProfileNames',
    'defaultProfileName',
    'namespaces',
    'namespaceSelector',
    'containers',
    '__proto__',
  ]
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('runtime/default', 'localhost/', '', null, 1, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
    ),
  }))
  const [manifest] = manifestsOf(policyText(onlyDefault))
  if (manifest === undefined) throw new Error('no manifest')
  const policies = appArmor.compile([
    manifest,
    ...manifestsOf(policyText('{defaultProfileName: localhost/x, whereNotLoaded: Deny}')),
  ]).policies
  fc.assert(
    fc.property(value, value, (metadata, spec) => {
      const parts = JSON.parse(JSON.stringify({ metadata, spec })) as { readonly [key: string]: Json }
      const hostile: Manifest = { ...manifest, object: { ...parts, apiVersion: 'kanon.dev/v1alpha1', kind: 'AppArmorPolicy' } }
      for (const kind of appArmor.kinds) kind.check(hostile)
      const pod: KubeObject = { ...parts, apiVersion: 'v1', kind: 'Pod' }
      for (const policy of [...policies, ...appArmor.compile([hostile]).policies]) {
        for (const phase of ['mutate', 'validate'] as const) policy.evaluate(phase, requestOf(pod), factsOf([pod, unconfined]))
      }
    }),
  )
})
