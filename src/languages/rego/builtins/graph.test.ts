import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['graph.reachable', [{ a: ['b'] }, 2], 'eval_type_error: graph.reachable: operand 2 must be {array, set} but got number'],
  ['graph.reachable_paths', [{ a: ['b', 'c'], b: [] }, ['a']], '{["a"], ["a", "b"]}'],
  ['graph.reachable_paths', [{ a: ['a'] }, ['a']], '{["a", "a"]}'],
  ['graph.reachable_paths', [{ a: ['b'], b: ['b'] }, ['a']], '{["a", "b"]}'],
  ['graph.reachable_paths', [{ a: ['a', 'b'], b: [] }, ['a']], '{["a", "a"], ["a", "a", "b"], ["a", "b"]}'],
  ['graph.reachable_paths', [{ a: ['b'], b: ['a', 'c'], c: [] }, ['a', 'b']], '{["a", "b"], ["a", "b", "c"], ["b", "a"], ["b", "c"]}'],
  ['graph.reachable_paths', [{ a: ['z', 'b'], b: ['z'] }, ['a']], '{["a"], ["a", "b"]}'],
  ['graph.reachable_paths', [{ a: ['a', 'b'], b: [] }, ['a']], '{["a", "a"], ["a", "a", "b"], ["a", "b"]}'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
