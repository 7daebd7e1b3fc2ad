import { expect, test } from 'vitest'
import { compileRego, formatRegoValue } from '../rego.ts'

const valueOf = (term: string): string | undefined => {
  const program = compileRego([{ name: 'test.rego', text: `package t\n\np := ${term}\n` }], { regoVersion: 1 })
  const result = program.ok ? program.value.rule(['t', 'p']).evaluate({ a: 'k', b: 'k' }) : program
  return result.ok && result.value !== undefined ? formatRegoValue(result.value) : undefined
}

test.each([
  ['the last value of a key', '{"a": 1, "b": 2, "a": 3}', '{"a": 3, "b": 2}'],
  ['nothing of the others', '{"a": input.none, "a": 3}', '{"a": 3}'],
  ['numbers by value', '{1: "a", 1.0: "b", 10: "c", 1e1: "d"}', '{1: "b", 10: "d"}'],
  ['refs by their text', '{input.a: input.none, input["a"]: 2}', '{"k": 2}'],
  ['other keys by their values', '{input.a: 1, input.b: 2}', '{"k": 2}'],
  ['a value of another key as undefined', '{input.a: input.none, input.b: 2}', undefined],
  ['true, null and their texts apart', '{true: 1, "true": 2, null: 3, "null": 4}', '{null: 3, true: 1, "null": 4, "true": 2}'],
])('an object has %s', (_, term, expected) => {
  expect(valueOf(term)).toBe(expected)
})
