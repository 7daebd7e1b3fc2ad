import { expect, test } from 'vitest'
import type { CelOutcome } from '../cel.ts'
import { compileCel, kubernetesFunctions, mutationTypeMismatch, toJson } from '../cel.ts'

const functions = kubernetesFunctions('1.36', { mutation: true })

function evaluate(expression: string): CelOutcome {
  const compiled = compileCel(expression, { variables: {}, functions })
  if (!compiled.ok) throw new Error(compiled.error[0]?.message)
  return compiled.value.evaluate({})
}

test.each([
  ['Object{spec: Object.spec{replicas: 1}}', { spec: { replicas: 1 } }],
  ['Object{data: Object.data{a__dash__b: "x"}, ?gone: optional.none()}', { data: { a__dash__b: 'x' } }],
  [
    '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("a~/b"), value: timestamp("2024-01-01T00:00:00Z")}]',
    [{ op: 'add', path: '/data/a~0~1b', value: '2024-01-01T00:00:00Z' }],
  ],
  [
    '[JSONPatch{value: duration("1h")}, JSONPatch{value: b"abc"}, JSONPatch{value: optional.of(1.5)}]',
    [{ value: '3600s' }, { value: 'YWJj' }, { value: 1.5 }],
  ],
  ['[?optional.none(), JSONPatch{op: "copy", from: "/a"}]', [{ op: 'copy', from: '/a' }]],
  ['{1: "a"}', undefined],
  ['quantity("1")', undefined],
])('%s is %j', (expression, json) => {
  expect(toJson(evaluate(expression))).toEqual(json)
})

test.each([
  ['Object{spec: Object.spec{containers: [Object.spec.containers{name: "a"}]}}', undefined],
  [
    'Object{data: Object.metadata{k: "x"}}',
    'type mismatch: unexpected type name "Object.metadata", expected "Object.data", which matches field name path from root Object type',
  ],
  [
    'Object{spec: Object.spec{containers: [Object.spec.foo{name: "a"}]}}',
    'type mismatch: unexpected type name "Object.spec.foo", expected "Object.spec.containers", which matches field name path from root Object type',
  ],
])('%s: %s', (expression, mismatch) => {
  expect(mutationTypeMismatch(evaluate(expression))).toBe(mismatch)
})

test.each([
  ['[JSONPatch{op: 1}]', "expected type of field 'op' is 'string' but provided type is 'int'"],
  ['[JSONPatch{foo: "a"}]', "expected type of field 'foo' is '' but provided type is 'string'"],
  ['Foo{}', "undeclared reference to 'Foo' (in container '')"],
])('%s: %s', (expression, message) => {
  const compiled = compileCel(expression, { variables: {}, functions })
  expect(compiled.ok ? [] : compiled.error).toMatchObject([{ message }])
})

test('only mutating policies have the types of patches', () => {
  for (const expression of ['Object{}', 'JSONPatch{}', 'jsonpatch.escapeKey("a") == "a"'])
    expect(compileCel(expression, { variables: {}, functions: kubernetesFunctions() }).ok).toBe(false)
})
