import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { RequestInputs } from '../../policy/dialect.ts'
import { manifestsOf, objectOf, podOf, requestOf, said } from './testbed.ts'
import { parseValues } from './values.ts'

const header = 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Values\nmetadata: {name: v}\n'

function inputsOf(body: string, set: Readonly<Record<string, Json>> = {}): RequestInputs {
  const inputs = parseValues(manifestsOf(header + body)[0], set)
  if (!inputs.ok) throw new Error(inputs.error[0]?.message)
  return inputs.value
}

const body = `
globalValues: {request.operation: UPDATE, where: global}
policies:
- name: policy
  resources:
  - {name: p, values: {where: resource, only: p}}
  - {name: other, values: {where: elsewhere}}
  rules:
  - {name: r, values: {where: rule, cm.data.key: v}, foreachValues: {element.image: [a, b], element.one: x}}
- {name: bare}
`

describe('the values of one object, for one rule of one policy', () => {
  const given = inputsOf(body).given(podOf())
  test.each<[string, string, string, Json]>([
    [
      'a rule comes before a resource, that before everything',
      'policy',
      'r',
      { 'request.operation': 'UPDATE', where: 'rule', only: 'p', 'cm.data.key': 'v' },
    ],
    ['a rule without values', 'policy', 's', { 'request.operation': 'UPDATE', where: 'resource', only: 'p' }],
    ['a rule that autogen made', 'policy', 'autogen-r', { 'request.operation': 'UPDATE', where: 'rule', only: 'p', 'cm.data.key': 'v' }],
    [
      'a rule that autogen made for CronJobs',
      'policy',
      'autogen-cronjob-r',
      { 'request.operation': 'UPDATE', where: 'rule', only: 'p', 'cm.data.key': 'v' },
    ],
    ['a policy without values', 'bare', 'r', { 'request.operation': 'UPDATE', where: 'global' }],
    ['a policy that is not named', 'unknown', 'r', { 'request.operation': 'UPDATE', where: 'global' }],
  ])('%s', (_, policy, rule, expected) => {
    expect(given.variables(policy, rule)).toEqual(expected)
  })

  test('an object that is not named', () => {
    const service = objectOf('{apiVersion: v1, kind: Service, metadata: {name: s}}')
    expect(inputsOf(body).given(service).variables('policy', 's')).toEqual({ 'request.operation': 'UPDATE', where: 'global' })
  })

  test('foreach: one value is a list of one', () => {
    expect(given.foreachVariables('policy', 'r')).toEqual({ 'element.image': ['a', 'b'], 'element.one': ['x'] })
    expect(given.foreachVariables('policy', 's')).toEqual({})
    expect(given.foreachVariables('unknown', 'r')).toEqual({})
  })

  test('a policy that is named twice has both', () => {
    const twice = inputsOf('policies: [{name: x, rules: [{name: r, values: {a: 1}}]}, {name: x, rules: [{name: s, values: {b: 2}}]}]')
    const values = twice.given(podOf())
    expect([values.variables('x', 'r'), values.variables('x', 's')]).toEqual([{ a: 1 }, { b: 2 }])
  })

  test('values keep their type', () => {
    const values = inputsOf('globalValues: {i: 1, f: 1.5, t: true, l: [a], m: {k: v}, z: null}').given(podOf())
    expect(values.variables('x', 'r')).toEqual({ i: 1, f: 1.5, t: true, l: ['a'], m: { k: 'v' }, z: null })
  })

  test('`set` comes before global values and after the others', () => {
    const values = inputsOf(body, { 'request.operation': 'DELETE', where: 'set' }).given(podOf())
    expect(values.variables('unknown', 'r')).toEqual({ 'request.operation': 'DELETE', where: 'set' })
    expect(values.variables('policy', 'r')).toMatchObject({ 'request.operation': 'DELETE', where: 'rule' })
  })

  test('without a file there is what `set` says', () => {
    const inputs = parseValues(undefined, { a: 'b' })
    expect(inputs.ok && inputs.value.given(podOf()).variables('x', 'r')).toEqual({ a: 'b' })
  })
})

test('labels of namespaces', () => {
  const inputs = inputsOf('namespaceSelector: [{name: nn, labels: {team: a, i: 1}}, {name: bare}]')
  expect(['nn', 'bare', 'unknown'].map(inputs.namespaceLabels)).toEqual([{ team: 'a', i: '1' }, {}, undefined])
})

test.each(['policies', 'namespaceSelector', 'subresources'])('%s is to be a list', (field) => {
  const inputs = parseValues(manifestsOf(`${header}${field}: {a: b}\n`)[0], {})
  expect(inputs).toMatchObject({
    ok: false,
    error: [{ code: 'invalid-values', message: `expected \`${field}\` of the values to be a list` }],
  })
})

test.each([
  'globalValues: 1',
  'policies: [1, {name: 2}]',
  'policies: [{rules: x, resources: {}}]',
  'namespaceSelector: [null]',
  '__proto__: {a: b}',
])('what is no value reads as absent: %s', (text) => {
  expect(inputsOf(text).given(podOf()).variables('x', 'r')).toEqual({})
})

describe('what rules see of them', () => {
  const shown = (values: string, message: string, context = ''): readonly string[] =>
    said(`context: [${context}], validate: {message: "${message}", deny: {}}`, {
      request: requestOf(podOf(), { given: inputsOf(values).given(podOf()) }),
    })
  test.each([
    ['a field of the request', 'globalValues: {request.operation: UPDATE}', '{{request.operation}}', 'fail: UPDATE'],
    [
      'a field of the object',
      'globalValues: {request.object.metadata.name: q}',
      '{{request.object.metadata.name}}/{{request.object.metadata.namespace}}',
      'fail: q/nn',
    ],
    ['a value of a ConfigMap', 'globalValues: {cm.data.key: v}', '{{cm.data.key}}', 'fail: v'],
    ['a key in quotes', 'globalValues: {\'cm.data."a.b"\': v}', '{{cm.data.\\"a.b\\"}}', 'fail: v'],
    ['a number', 'globalValues: {count: 3}', 'n={{count}}', 'fail: n=3'],
  ])('%s', (_, values, message, expected) => {
    expect(shown(values, message, '{name: cm, configMap: {name: cm, namespace: x}}')).toEqual([expected])
  })

  test('a deletion that values make is no deletion for patterns, but is one for variables', () => {
    expect(
      shown('globalValues: {request.operation: DELETE, request.oldObject.metadata.name: old}', '{{request.object.metadata.name}}'),
    ).toEqual(['fail: old'])
  })
})
