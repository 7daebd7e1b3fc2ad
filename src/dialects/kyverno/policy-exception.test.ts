import { describe, expect, test } from 'vitest'
import type { RuleOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { kyverno } from './dialect.ts'
import { anyPod, evaluateText, factsOf, manifestsOf, objectOf, podOf, policyText, requesterOf, requestOf } from './testbed.ts'

const policy = policyText(`{name: r, match: ${anyPod}, validate: {message: m, deny: {}}}`)
const skipped = (...names: string[]): string => `skip: rule is skipped due to policy exceptions${names.join(', ')}`
const failed = 'fail: m'

interface Exception {
  readonly name?: string
  readonly apiVersion?: string
  readonly exceptions?: string
  readonly match?: string
  readonly more?: string
}

const exceptionText = ({
  name = 'e',
  apiVersion = 'kyverno.io/v2',
  exceptions = '{policyName: policy, ruleNames: [r]}',
  match = anyPod,
  more = '',
}: Exception = {}): string =>
  `---\napiVersion: ${apiVersion}\nkind: PolicyException\nmetadata: {name: ${name}, namespace: ns}\nspec: {exceptions: [${exceptions}], match: ${match}${more}}\n`

const outcomes = (texts: readonly string[], request: PolicyRequest = requestOf(podOf()), text = policy): readonly RuleOutcome[] =>
  evaluateText(
    text + texts.join(''),
    'validate',
    request,
    factsOf((question) => (question.ask === 'namespaceLabels' ? { team: 'a' } : undefined)),
  ).rules
const said = (texts: readonly string[], request?: PolicyRequest, text?: string): readonly string[] =>
  outcomes(texts, request, text).map(({ result, message }) => `${result}: ${message}`)

describe('which rules an exception covers', () => {
  test.each([
    ['the rule by its name', '{policyName: policy, ruleNames: [r]}', skipped('ns/e')],
    ['the rule by a wildcard', "{policyName: policy, ruleNames: ['*']}", skipped('ns/e')],
    ['one of several names', '{policyName: policy, ruleNames: [x, r]}', skipped('ns/e')],
    ['one of several entries', '{policyName: x, ruleNames: [r]}, {policyName: policy, ruleNames: [r]}', skipped('ns/e')],
    ['another rule', '{policyName: policy, ruleNames: [x]}', failed],
    ['another policy', '{policyName: other, ruleNames: [r]}', failed],
    ['a policy of a namespace', '{policyName: ns/policy, ruleNames: [r]}', failed],
    ['no rule', '{policyName: policy, ruleNames: []}', failed],
  ])('%s', (_, exceptions, expected) => {
    expect(said([exceptionText({ exceptions })])).toEqual([expected])
  })

  test('a Policy goes by its namespace and name', () => {
    const text = policy.replace('ClusterPolicy', 'Policy').replace('{name: policy}', '{name: policy, namespace: nn}')
    expect(said([exceptionText({ exceptions: '{policyName: nn/policy, ruleNames: [r]}' })], undefined, text)).toEqual([skipped('ns/e')])
    expect(said([exceptionText()], undefined, text)).toEqual([failed])
  })

  test.each([
    ['r', 'Deployment', failed],
    ['autogen-r', 'Deployment', skipped('ns/e')],
    ["'*r'", 'Deployment', skipped('ns/e')],
    ['autogen-r', 'Pod', failed],
  ])('rules made by autogen are to be named, and their kinds too: %s of a %s', (rule, kind, expected) => {
    const deployment = objectOf('{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: nn}}')
    const exception = exceptionText({
      exceptions: `{policyName: policy, ruleNames: [${rule}]}`,
      match: `{any: [{resources: {kinds: [${kind}]}}]}`,
    })
    expect(said([exception], requestOf(deployment))).toEqual([expected])
  })

  test.each(['kyverno.io/v2', 'kyverno.io/v2beta1', 'kyverno.io/v2alpha1'])('the version %s', (apiVersion) => {
    expect(said([exceptionText({ apiVersion })])).toEqual([skipped('ns/e')])
  })
})

describe('which requests an exception is about', () => {
  test.each([
    ['a name', '{any: [{resources: {kinds: [Pod], names: [p]}}]}', skipped('ns/e')],
    ['another name', '{any: [{resources: {kinds: [Pod], names: [q]}}]}', failed],
    ['all filters hold', '{all: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Pod], namespaces: [nn]}}]}', skipped('ns/e')],
    ['one of them does not', '{all: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Pod], namespaces: [x]}}]}', failed],
    ['labels of the namespace', '{any: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {team: a}}}}]}', skipped('ns/e')],
    ['a user that asks', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: User, name: u}]}]}', skipped('ns/e')],
    ['another user', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: User, name: v}]}]}', failed],
    ['nothing', '{}', failed],
  ])('%s', (_, match, expected) => {
    expect(said([exceptionText({ match })], requestOf(podOf(), { requester: requesterOf('u') }))).toEqual([expected])
  })

  test('a namespaceSelector says nothing about a Namespace', () => {
    const text = policyText('{name: r, match: {any: [{resources: {kinds: [Namespace]}}]}, validate: {message: m, deny: {}}}')
    const match = '{any: [{resources: {kinds: [Namespace], namespaceSelector: {matchLabels: {team: z}}}}]}'
    const namespace = objectOf('{apiVersion: v1, kind: Namespace, metadata: {name: nn}}')
    expect(said([exceptionText({ match })], requestOf(namespace), text)).toEqual([skipped('ns/e')])
  })

  test.each([
    ['hold', "{all: [{key: '{{request.object.metadata.name}}', operator: Equals, value: p}]}", skipped('ns/e')],
    ['do not hold', '{all: [{key: a, operator: Equals, value: b}]}', failed],
    ['any holds', '{any: [{key: a, operator: Equals, value: b}, {key: a, operator: Equals, value: a}]}', skipped('ns/e')],
    ['use a variable that is missing', "{all: [{key: '{{request.object.x}}', operator: Equals, value: p}]}", failed],
  ])('its conditions %s', (_, conditions, expected) => {
    expect(said([exceptionText({ more: `, conditions: ${conditions}` })])).toEqual([expected])
  })
})

describe('what the outcome tells', () => {
  test('several exceptions are all named', () => {
    const [outcome] = outcomes([exceptionText({ name: 'a' }), exceptionText({ name: 'b' }), exceptionText({ name: 'c', match: '{}' })])
    expect(outcome).toMatchObject({
      result: 'skip',
      message: 'rule is skipped due to policy exceptionsns/a, ns/b',
      exceptions: ['ns/a', 'ns/b'],
      properties: { exceptions: 'a,b' },
    })
  })

  test('an exception may be written before its policy', () => {
    expect(said([], undefined, exceptionText() + '---\n' + policy)).toEqual([skipped('ns/e')])
  })

  test('the other rules of the policy go on', () => {
    const rule = (name: string): string => `{name: ${name}, match: ${anyPod}, validate: {message: m, deny: {}}}`
    expect(said([exceptionText()], undefined, policyText(`${rule('r')}, ${rule('s')}`))).toEqual([skipped('ns/e'), failed])
  })

  test('mutations are skipped as well', () => {
    const text = policyText(`{name: r, match: ${anyPod}, mutate: {patchStrategicMerge: {metadata: {labels: {x: y}}}}}`)
    const outcome = evaluateText(text + exceptionText(), 'mutate', requestOf(podOf()))
    expect(outcome.object).toBeUndefined()
    expect(outcome.rules).toMatchObject([{ result: 'skip', message: 'rule is skipped due to policy exceptionsns/e' }])
  })
})

test('an exception that cannot be compiled is rejected, and the policy stands', () => {
  const match = '{any: [{resources: {kinds: [Pod], selector: {matchExpressions: [{key: a, operator: Near}]}}}]}'
  const { policies, rejected } = kyverno.compile(manifestsOf(policy + exceptionText({ match })))
  expect(policies.map(({ name }) => name)).toEqual(['policy'])
  expect(rejected.map(({ manifest, diagnostics }) => [manifest.object.kind, diagnostics[0]?.code])).toEqual([
    ['PolicyException', 'invalid-exception'],
  ])
})
