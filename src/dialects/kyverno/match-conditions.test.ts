import { describe, expect, test } from 'vitest'
import type { PolicyRequest } from '../../policy/request.ts'
import { conditionMistake } from './match-conditions.ts'
import { anyPod, deletionOf, evaluateText, givenOf, objectOf, podOf, policyText, requesterOf, requestOf } from './testbed.ts'

const rule = `{name: r, match: ${anyPod}, validate: {message: m, deny: {}}}`
const quoted = (expression: string): string => JSON.stringify(expression)

function said(expressions: readonly string[], request: PolicyRequest = requestOf(podOf()), more = ''): readonly string[] {
  const conditions = expressions.map((expression, index) => `{name: c${index}, expression: ${quoted(expression)}}`)
  const text = policyText(rule, `webhookConfiguration: {matchConditions: [${conditions.join(', ')}]${more}},`)
  return evaluateText(text, 'validate', request).rules.map(({ result, message }) => `${result}: ${message}`)
}

const applied = ['fail: m']
const given = givenOf({})
const undecided = (expression: string, why: string): readonly string[] => [
  `error: failed to evaluate match conditions: expression '${expression}' resulted in error: ${why}`,
]
const mayGet = "authorizer.group('').resource('pods').check('get').allowed()"
const undeclared = `compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | ${mayGet}\n | ^`

describe('a policy applies where all its conditions hold', () => {
  test.each<[string, readonly string[], PolicyRequest, readonly string[]]>([
    ['no condition', [], requestOf(podOf()), applied],
    ['what holds', ["object.metadata.name == 'p'", "request.operation == 'CREATE'"], requestOf(podOf()), applied],
    ['one that does not', ["object.metadata.name == 'p'", "request.namespace == 'other'"], requestOf(podOf()), []],
    ['the object before', ["object == null && oldObject.metadata.name == 'p'"], deletionOf(podOf()), applied],
    ['a kind', ["request.kind.kind == 'Pod' && request.resource.resource == 'pods'"], requestOf(podOf(), { resource: 'pods' }), applied],
    ['a user', ["request.userInfo.username == 'ann'"], requestOf(podOf(), { requester: requesterOf('ann') }), applied],
    ['another user', ["request.userInfo.username == 'ann'"], requestOf(podOf(), { requester: requesterOf('bob') }), []],
    ['nobody is in a group', ["!('system:nodes' in request.userInfo.groups)"], requestOf(podOf(), { background: true }), applied],
    ['a subresource', ["has(request.subResource) && request.subResource == 'x'"], requestOf(podOf()), []],
  ])('%s', (_, expressions, request, expected) => {
    expect(said(expressions, request)).toEqual(expected)
  })
})

describe('what cannot be decided', () => {
  const missing = 'object.spec.nodeName == "x"'
  test('is an error, as it is at the API server', () => {
    expect(said([missing])).toEqual(undecided(missing, 'no such key: nodeName'))
  })
  test('is no error of a policy whose failure is ignored', () => {
    expect(said([missing], undefined, ', failurePolicy: Ignore')).toEqual([])
  })
  test('does not matter where another condition does not hold', () => {
    expect(said([missing, 'false'])).toEqual([])
  })
  test('says so once for each rule that matches', () => {
    expect(said([missing], requestOf(objectOf('{apiVersion: v1, kind: Service, metadata: {name: s}}')))).toEqual([])
  })
  test.each([
    ['(', requestOf(podOf(), { given })],
    ['y', requestOf(podOf(), { background: true })],
    ['x', requestOf(podOf())],
  ])('%s is nothing that compiles', (expression, request) => {
    expect(said([expression], request)[0]).toContain(`expression '${expression}' resulted in error: compilation failed: ERROR: <input>:1:`)
  })
})

describe('what only the API server can decide', () => {
  test('is an error where it was not asked', () => {
    expect(said([mayGet], requestOf(podOf(), { given }))).toEqual(undecided(mayGet, undeclared))
  })
  test('was decided where it was', () => {
    expect(said([mayGet], requestOf(podOf(), { requester: requesterOf('ann') }))).toEqual(applied)
  })
  test('while the other conditions are asked again', () => {
    expect(said([mayGet, 'false'], requestOf(podOf(), { requester: requesterOf('ann') }))).toEqual([])
  })
})

describe('conditions of an exception of policies.kyverno.io', () => {
  const skipped = ['skip: rule is skipped due to policy exceptionsns/e']
  test.each<[string, readonly string[]]>([
    ["object.metadata.labels.app == 'a'", skipped],
    ["object.metadata.labels.app == 'b'", applied],
    ["object.metadata.labels.other == 'b'", applied],
    ['(', applied],
  ])('%s', (expression, expected) => {
    const exception =
      '---\napiVersion: policies.kyverno.io/v1\nkind: PolicyException\nmetadata: {name: e, namespace: ns}\n' +
      `spec: {policyRefs: [{kind: ClusterPolicy, name: policy}], matchConditions: [{name: c, expression: ${quoted(expression)}}]}\n`
    const { rules } = evaluateText(policyText(rule) + exception, 'validate', requestOf(podOf()))
    expect(rules.map(({ result, message }) => `${result}: ${message}`)).toEqual(expected)
  })
})

test.each([
  ["object.metadata.name == 'x'", undefined],
  [mayGet, undefined],
  ['object.metadata', 'must evaluate to bool'],
  ['x', expect.stringMatching(/^compilation failed: ERROR: <input>:1:1: undeclared reference to 'x'/)],
])('a check of %s', (expression, mistake) => {
  expect(conditionMistake(expression)).toEqual(mistake)
})
