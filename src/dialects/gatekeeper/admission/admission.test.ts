import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { ServedResource, WebhookContext } from '../../../policy/admission.ts'
import type { CompiledPolicy, PolicyOutcome } from '../../../policy/policy.ts'
import { compile, constraint, factsOf, pod, request, template } from '../testbed.ts'
import { gatekeeperAdmission } from './admission.ts'
import { labelVerdict } from './ignore-label.ts'
import { validatingVerdict } from './verdict.ts'

const always = template({ rego: 'package k\nviolation[{"msg": "b"}] { true }\nviolation[{"msg": "a"}] { true }' })

function answersOf(policies: readonly CompiledPolicy[], object: KubeObject): readonly PolicyOutcome[] {
  return policies.map((policy) => policy.evaluate('validate', request(object), factsOf()))
}

const verdictOn = (object: KubeObject, ...constraints: readonly KubeObject[]) =>
  validatingVerdict(request(object), answersOf(compile(always, ...constraints).policies, object))

test('a denial has a line for each message, in the order of messages', () => {
  expect(verdictOn(pod(), constraint({}, 'two'), constraint({}, 'one'))).toEqual({
    allowed: false,
    code: 403,
    reason: 'Forbidden',
    message: '[one] a\n[two] a\n[one] b\n[two] b',
    warnings: [],
    auditAnnotations: {},
  })
})

test('what warns is told, what is tried out is not', () => {
  const warn = constraint({ enforcementAction: 'warn' }, 'w')
  const dryrun = constraint({ enforcementAction: 'dryrun' }, 'd')
  expect(verdictOn(pod(), warn, dryrun)).toMatchObject({ allowed: true, warnings: ['[w] a', '[w] b'] })
  expect(verdictOn(pod(), warn, constraint({}, 'x'))).toMatchObject({
    allowed: false,
    message: '[x] a\n[x] b',
    warnings: ['[w] a', '[w] b'],
  })
})

test('a review without an answer is an error of the server', () => {
  const { policies } = compile(template({ rego: 'package k\nviolation[{"msg": 1}] { true }' }), constraint())
  expect(validatingVerdict(request(pod()), answersOf(policies, pod()))).toMatchObject({ allowed: false, code: 500 })
})

test.each<[string, KubeObject, JsonObject]>([
  ['a template that is good', always, { allowed: true, warnings: [] }],
  [
    'a template without targets',
    template({ spec: { targets: [] } }),
    { allowed: false, code: 422, message: 'invalid ConstraintTemplate: must declare exactly one target' },
  ],
  [
    'a template whose Rego is wrong',
    template({ rego: 'package k' }),
    { allowed: false, code: 422, message: 'invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [violation]' },
  ],
  ['a constraint that is good', constraint(), { allowed: true }],
  ['a constraint with an unknown action', constraint({ enforcementAction: 'foo' }), { allowed: false, code: 422 }],
  [
    'a constraint that cannot match',
    constraint({ match: { source: 'x' } }),
    { allowed: false, code: 422, message: 'invalid Constraint: invalid source field "x"' },
  ],
])('%s', (_, object, expected) => {
  expect(validatingVerdict(request(object), [])).toMatchObject(expected)
})

test('what is wrong with what is deleted does not matter', () => {
  const wrong = template({ rego: 'package k' })
  expect(validatingVerdict(request(wrong, { operation: 'DELETE', object: undefined, oldObject: wrong }), [])).toMatchObject({
    allowed: true,
  })
})

const namespace = (name: string, labels: JsonObject = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

test.each([
  ['default', {}, true],
  ['default', { 'admission.gatekeeper.sh/ignore': 'x' }, false],
  ['gatekeeper-system', { 'admission.gatekeeper.sh/ignore': 'x' }, true],
] as const)('namespace %s with labels %j: allowed %j', (name, labels, allowed) => {
  const verdict = labelVerdict(request(namespace(name, labels)))
  expect(verdict.allowed).toBe(allowed)
  if (!allowed) expect(verdict.message).toBe('Only exempt namespace can have the admission.gatekeeper.sh/ignore label')
})

const served = (resource: string, kind: string, group = '', subresources: ServedResource['subresources'] = []): ServedResource => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced: true,
  subresources,
})

const context: WebhookContext = {
  resources: [
    served('pods', 'Pod'),
    served('services', 'Service'),
    served('deployments', 'Deployment', 'apps', [{ name: 'scale', kind: 'Scale' }]),
  ],
  clientConfig: (path) => ({ path }),
  ownNamespace: 'kanon',
  settings: undefined,
}

const rulesFor = (...matches: readonly JsonObject[]): readonly string[] => {
  const { policies } = compile(always, ...matches.map((match, at) => constraint({ match }, `c${at}`)))
  const [configuration] = gatekeeperAdmission().webhookConfigurations(policies, context)
  const [webhook] = (configuration?.['webhooks'] ?? []) as readonly JsonObject[]
  const rules = (webhook?.['rules'] ?? []) as readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[]
  return rules.map(({ apiGroups, resources }) => `${apiGroups.join(',')}: ${resources.join(',')}`)
}

const own =
  'templates.gatekeeper.sh,constraints.gatekeeper.sh,mutations.gatekeeper.sh,expansion.gatekeeper.sh,externaldata.gatekeeper.sh: *'
const pods =
  'pods,pods/attach,pods/binding,pods/ephemeralcontainers,pods/eviction,pods/exec,pods/log,pods/portforward,pods/proxy,pods/resize'

test('the webhook is sent what constraints are for', () => {
  expect(rulesFor()).toEqual([own])
  expect(rulesFor({ kinds: [{ apiGroups: [''], kinds: ['Pod'] }] })).toEqual([own, `: ${pods}`])
  expect(rulesFor({ kinds: [{ apiGroups: ['*'], kinds: ['Pod', 'Deployment'] }] })).toEqual([
    own,
    `: ${pods}`,
    'apps: deployments,deployments/scale',
  ])
  expect(rulesFor({ kinds: [{ apiGroups: ['example.com'], kinds: ['Unknown'] }] })).toEqual([own])
  expect(rulesFor({ kinds: [{ apiGroups: ['apps'], kinds: ['*'] }] })[1]).toMatch(/^apps: \*,/)
  for (const everything of [{}, { kinds: [{ apiGroups: ['autoscaling'], kinds: ['Scale'] }] }])
    expect(rulesFor(everything)[1]).toMatch(/^\*: \*,/)
})

test('the webhooks have the names and ways of Gatekeeper', () => {
  const [configuration] = gatekeeperAdmission().webhookConfigurations([], context)
  expect(configuration).toMatchObject({
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'gatekeeper-validating-webhook-configuration' },
    webhooks: [
      {
        name: 'validation.gatekeeper.sh',
        clientConfig: { path: '/v1/admit' },
        failurePolicy: 'Ignore',
        timeoutSeconds: 3,
        matchPolicy: 'Exact',
        namespaceSelector: { matchExpressions: [{ key: 'admission.gatekeeper.sh/ignore', operator: 'DoesNotExist' }, {}] },
      },
      { name: 'check-ignore-label.gatekeeper.sh', clientConfig: { path: '/v1/admitlabel' }, failurePolicy: 'Fail' },
    ],
  })
})

test('only constraints of the webhook take part in its requests', () => {
  const audit = {
    enforcementAction: 'scoped',
    scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] }],
  }
  const { policies } = compile(always, constraint({}, 'a'), constraint(audit, 'b'))
  const [route] = gatekeeperAdmission().policyRoutes
  expect(policies.filter((policy) => route?.takes(policy, '')).map(({ name }) => name)).toEqual(['a'])
})
