import { expect, test } from 'vitest'
import { nameOf } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { Facts, Question } from '../../../policy/facts.ts'
import type { PolicyOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { creationOf } from '../../../policy/request.ts'
import { createExpander } from '../expansion/expand.ts'
import { createRequestExpander } from '../expansion/request.ts'
import { compileExpansions, expansionTemplateKind } from '../expansion/kind.ts'
import { mutateRoute, mutatingWebhookConfiguration } from './admission.ts'
import { mutatorPolicyKinds, mutatorRefusal } from './check.ts'
import { compileMutators } from './policies.ts'
import type { CompiledMutators } from './policies.ts'
import { assignText, factsOf, manifestOf, manifestsOf, mutatorText, podOf, specOf } from './testbed.ts'

const surroundings = { configuration: { isExcluded: (_: string, namespace: string) => namespace === 'kube-system' }, providers: new Map() }
const compile = (...texts: readonly string[]): CompiledMutators => compileMutators(manifestsOf(texts.join('---\n')), surroundings)

const requestOf = (object: KubeObject, more: Partial<PolicyRequest> = {}): PolicyRequest =>
  creationOf(object, { uid: 'u', resource: 'pods', namespace: 'nn', now: new Date(0), ...more })

/** As the engine does it: each policy sees the object that the one before left. */
function decide({ policies }: CompiledMutators, original: PolicyRequest, facts: Facts = factsOf()): readonly PolicyOutcome[] {
  let request = original
  return policies.map((policy) => {
    const outcome = policy.evaluate('mutate', request, facts)
    if (outcome.object !== undefined) request = { ...request, object: outcome.object }
    return outcome
  })
}

const lines = (outcomes: readonly PolicyOutcome[]): readonly string[] =>
  outcomes.flatMap(({ policy, rules }) => rules.map(({ result, message }) => `${policy.name} ${result}: ${message}`))
const finalSpec = (outcomes: readonly PolicyOutcome[]): unknown =>
  specOf(outcomes.map(({ object }) => object).findLast((object) => object !== undefined) ?? {})

const mustExist = 'pathTests: [{subPath: spec.b, condition: MustExist}]'
const two = compile(
  assignText('spec.b.c', '1', mustExist, 'a'),
  assignText('spec.b', '{}', 'pathTests: [{subPath: spec.b, condition: MustNotExist}]', 'b'),
  assignText('spec.q', '1', '', 'q'),
)

test('mutators act together, and each that changed something says so', () => {
  const outcomes = decide(two, requestOf(podOf('{q: 1}')))
  expect(finalSpec(outcomes)).toEqual({ q: 1, b: { c: 1 } })
  expect(lines(outcomes)).toEqual(['a pass: mutated', 'b pass: mutated'])
})

test('an object that stays as it is has no outcomes', () => {
  expect(decide(two, requestOf(podOf('{q: 1, b: {c: 1}}'))).every(({ rules, object }) => rules.length === 0 && object === undefined)).toBe(
    true,
  )
})

test.each([
  ['DELETE', { operation: 'DELETE' as const }],
  ['an excluded namespace', { namespace: 'kube-system' }],
  ['no object', { object: undefined }],
  ['a subresource', { subresource: 'status' }],
])('%s is not mutated', (_, more) => {
  expect(decide(two, requestOf(podOf('{}'), more)).every(({ rules, object }) => rules.length === 0 && object === undefined)).toBe(true)
})

test('another request with the same object is another run', () => {
  const onUpdate = compile(
    mutatorText(
      'Assign',
      'spec.a',
      'applyTo: [{groups: [""], versions: [v1], kinds: [Pod], operations: [UPDATE]}], parameters: {assign: {value: 1}}',
    ),
  )
  const object = podOf('{}')
  const facts = factsOf()
  expect(lines(decide(onUpdate, requestOf(object), facts))).toEqual([])
  expect(lines(decide(onUpdate, requestOf(object, { operation: 'UPDATE' }), facts))).toEqual(['m pass: mutated'])
})

test('an error is told once, and is the answer of the webhook', () => {
  const broken = compile(assignText('spec.a.b', '1', '', 'a'), assignText('spec.c', '1', '', 'c'))
  const request = requestOf(podOf('{a: x}'))
  const outcomes = decide(broken, request)
  const message =
    'mutation u for mutator Assign.mutations.gatekeeper.sh /a failed for  Pod nn p: ' +
    'mismatch between path entry (type: object) and received object (type: string). Path: b'
  expect(lines(outcomes)).toEqual([`a error: ${message}`])
  expect(mutateRoute.answer(request, outcomes)).toMatchObject({ allowed: false, code: 500, message })
  expect(mutateRoute.answer(request, [])).toMatchObject({ allowed: true })
})

test('what is not known yet is asked for and does not stay', () => {
  const selected = compile(
    mutatorText('Assign', 'spec.a', 'match: {namespaceSelector: {matchLabels: {team: a}}}, parameters: {assign: {value: 1}}'),
  )
  const missing: Question[] = []
  const request = requestOf(podOf('{}'))
  decide(selected, request, { read: (question) => void missing.push(question), missing })
  expect(missing).toEqual([{ ask: 'namespaceLabels', name: 'nn' }])
  const known = factsOf((question) => (question.ask === 'namespaceLabels' ? { team: 'a' } : undefined))
  expect(finalSpec(decide(selected, request, known))).toEqual({ a: 1 })
})

test('bad mutators and those in conflict are rejected, pointing into the manifest', () => {
  const text = [
    assignText('spec..a', '1', '', 'bad'),
    assignText('spec.a[k: x].b', '1', '', 'x'),
    assignText('spec.a.b', '1', '', 'z'),
    assignText('spec.ok', '1', '', 'ok'),
  ]
  const { policies, rejected } = compile(...text)
  expect(policies.map(({ name }) => name)).toEqual(['ok'])
  expect(rejected.map(({ manifest, diagnostics }) => [nameOf(manifest.object), diagnostics.map(({ code }) => code)])).toEqual([
    ['bad', ['invalid-mutator']],
    ['x', ['conflicting-mutators']],
    ['z', ['conflicting-mutators']],
  ])
  const [bad] = rejected[0]?.diagnostics ?? []
  expect(bad?.source.text.slice(bad.span.start - 6, bad.span.end)).toBe('"spec..')
})

test.each([
  [assignText('spec.a', '1'), []],
  [
    mutatorText('Assign', 'spec.a', 'parameters: {pathTests: [{subPath: spec, condition: Perhaps}]}'),
    ['spec.parameters.pathTests[0].condition'],
  ],
  [mutatorText('ModifySet', 'spec.a', 'parameters: {operation: twist}'), ['spec.parameters.operation']],
  [mutatorText('AssignImage', 'spec.a', 'parameters: {assignTag: 5}'), ['spec.parameters.assignTag']],
  [mutatorText('AssignMetadata', 'spec.a', 'match: {namespaces: ["a*b"]}'), ['spec.match.namespaces[0]']],
])('%# the structure of %s is checked', (text, fields) => {
  const manifest = manifestOf(text)
  const kind = mutatorPolicyKinds.find((one) => one.kind === manifest.object.kind && one.apiVersions.includes(manifest.object.apiVersion))
  expect(kind?.check(manifest).map(({ message }) => message.split(': ')[0])).toEqual(fields)
})

test('admission refuses with the text of upstream', () => {
  expect(mutatorRefusal(manifestOf(assignText('', '1')))).toBe('empty path')
  expect(mutatorRefusal(manifestOf(assignText('spec.a', '1')))).toBeUndefined()
})

test('the selectors are the kinds that a mutator is for', () => {
  const metadata = (match: string): string =>
    mutatorText('AssignMetadata', 'metadata.labels.a', `${match} parameters: {assign: {value: v}}`)
  const selectors = (text: string): unknown =>
    compile(text).policies[0]?.selectors.map(({ group, version, kind }) => `${group}/${version}/${kind}`)
  expect(selectors(assignText('spec.a', '1'))).toEqual(['/v1/Pod'])
  expect(selectors(metadata(''))).toEqual(['*/*/*'])
  expect(selectors(metadata('match: {kinds: [{apiGroups: [apps], kinds: [Deployment]}]},'))).toEqual(['apps/*/Deployment'])
})

test('the webhook is there while there are mutators', () => {
  const context = { resources: [], clientConfig: (path: string) => ({ url: path }), ownNamespace: 'kanon', settings: undefined }
  expect(mutatingWebhookConfiguration(two.policies, context)).toMatchObject({
    webhooks: [{ name: 'mutation.gatekeeper.sh', clientConfig: { url: '/v1/mutate' } }],
  })
  expect(mutatingWebhookConfiguration([], context)).not.toHaveProperty('webhooks')
})

test('status says whether a mutator is enforced', () => {
  const manifest = manifestOf(assignText('spec.a', '1'))
  const message = 'the following mutators have conflicting schemas: []'
  const status = mutatorPolicyKinds[0]?.status?.(manifest, { ready: false, message }, new Date(0))
  expect(status).toMatchObject({ byPod: [{ enforced: false, errors: [{ message, type: 'SchemaConflict' }] }] })
})

const expansionText = (from: string, to: string): string =>
  `apiVersion: expansion.gatekeeper.sh/v1beta1\nkind: ExpansionTemplate\nmetadata: {name: ${from}-${to}}\n` +
  `spec: {applyTo: [{groups: [""], versions: [v1], kinds: [${from}]}], templateSource: spec, generatedGVK: {group: "", version: v1, kind: ${to}}}\n`

test('a request is expanded once', () => {
  const { expander } = compileExpansions(manifestsOf(expansionText('Pod', 'Inner')))
  const expand = createRequestExpander(expander, two.system)
  const request = requestOf(podOf('{q: 1}'))
  const facts = factsOf()
  const made = expand(request, facts)
  expect(made.ok && made.value.map(({ object }) => object.kind)).toEqual(['Inner'])
  expect(expand(request, facts)).toBe(made)
  expect(createRequestExpander(createExpander([]), two.system)(request, facts)).toEqual({ ok: true, value: [] })
})

test('expansion templates in a cycle and bad ones are rejected', () => {
  const texts = [expansionText('A', 'B'), expansionText('B', 'A'), expansionText('C', 'C'), expansionText('D', 'E')]
  const { expander, rejected } = compileExpansions(manifestsOf(texts.join('---\n')))
  expect(expander.templates.map(({ name }) => name)).toEqual(['D-E'])
  expect(rejected.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))).toEqual([
    'ExpansionTemplate C-C generates GVK /v1, Kind=C, but also applies to that same GVK',
    'template forms expansion cycle',
    'template forms expansion cycle',
  ])
  expect(expansionTemplateKind.check(manifestOf(expansionText('A', 'B').replace('spec: {', 'spec: {enforcementAction: 5, ')))).toHaveLength(
    1,
  )
})
