import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { bind, substitute, substituteReference } from './template.ts'

const bindings = new Map<string, Json>([
  ['name', 'one'],
  ['count', 2],
])

test('texts in parentheses become their values, of any type', () => {
  expect(substitute({ a: '($name)', b: ['($count)', 'plain (text)'] }, bindings)).toEqual({
    ok: true,
    value: { a: 'one', b: [2, 'plain (text)'] },
  })
})

test('keys in parentheses stay: they are anchors of policies', () => {
  expect(substitute({ '(image)': '*mongo*' }, bindings)).toEqual({ ok: true, value: { '(image)': '*mongo*' } })
})

test('an expression that fails is an error', () => {
  expect(substitute(['($missing)'], bindings).ok).toBe(false)
})

test('of what is looked for, only name, namespace and labels are computed', () => {
  const object = { kind: 'A', metadata: { name: '($name)', annotations: { x: '(@)' } }, spec: { n: '($count)' } }
  expect(substituteReference(object, bindings)).toEqual({
    ok: true,
    value: { ...object, metadata: { name: 'one', annotations: { x: '(@)' } } },
  })
})

test('a binding may speak of those before it', () => {
  const bound = bind(bindings, [
    { name: 'a', value: '(to_upper($name))' },
    { name: 'b', value: { c: '($a)' } },
  ])
  expect(bound.ok && [bound.value.get('a'), bound.value.get('b')]).toEqual(['ONE', { c: 'ONE' }])
})
