import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { evaluate, parseExpression } from './expression.ts'

const bindings = new Map<string, Json>([
  ['error', null],
  ['stderr', "label ''a'' is `required`"],
  ['test', { metadata: { name: 'one' } }],
])

test.each([
  ['a field', 'a.b', 2],
  ['a bare null is a field that is not there', 'a == null', false],
  ['a variable that is null', '$error != null', false],
  ['a variable against a literal', '$error == `null`', true],
  ['a field of a variable', '$test.metadata.name', 'one'],
  ['a variable in a filter means the same on each element', 'list[?@ == $test.metadata.name]', ['one']],
  ['quotes and back quotes in a variable', "contains($stderr, 'is `required`')", true],
  ['a quote in a string', "contains($stderr, '\\'\\'a\\'\\' is')", true],
  ['what is a variable only in a string', "'$error'", '$error'],
  ['functions of the test language', "trim_space(' x ')", 'x'],
  ['functions of policies', "to_upper('x')", 'X'],
  ['JSON in a string', 'json_parse(text).k', [1]],
] as const)('%s: %s', (_, source, value) => {
  expect(evaluate(source, { a: { b: 2 }, list: ['one', 'two'], text: '{"k":[1]}' }, bindings)).toEqual({ ok: true, value })
})

test.each([
  ['a variable that nothing binds', '$nothing', 'variable not defined: $nothing'],
  ['what is no expression', 'a b', '(a b): '],
  ['a function on the wrong type', 'length(`1`)', '(length(`1`)): '],
] as const)('%s is an error', (_, source, message) => {
  const value = evaluate(source, null, bindings)
  expect(value.ok ? '' : value.error).toContain(message)
})

test.each([
  ['a', { foreach: undefined, binding: undefined, expression: undefined, text: 'a' }],
  ['(a)', { foreach: undefined, binding: undefined, expression: 'a', text: '(a)' }],
  ['(a) b (c)', { foreach: undefined, binding: undefined, expression: 'a) b (c', text: '(a) b (c)' }],
  ['~.a', { foreach: { name: '' }, binding: undefined, expression: undefined, text: 'a' }],
  ['~index.(a) -> b', { foreach: { name: 'index' }, binding: 'b', expression: 'a', text: '(a)' }],
  ['\\(a)\\', { foreach: undefined, binding: undefined, expression: undefined, text: '(a)' }],
] as const)('the key %s', (source, parsed) => {
  expect(parseExpression(source)).toEqual(parsed)
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (source, node) => {
      parseExpression(source)
      evaluate(source, node as Json, bindings)
    }),
  )
})
