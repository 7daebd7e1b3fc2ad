import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['01.0.0', 'true'],
  ['v1.0.0', 'true'],
  ['V1.0.0', 'false'],
  ['1.0.0-', 'true'],
  ['1.0.0+', 'true'],
  ['1.0.0-.a', 'false'],
  ['1.0.0-a..b', 'false'],
  ['1.0.0-a_b', 'false'],
  ['1', 'false'],
  ['99999999999999999999.0.0', 'false'],
  [1, 'false'],
])('semver.is_valid of %j is %s', (value, expected) => {
  expect(callText('semver.is_valid', [value])).toBe(expected)
})

test.each([
  ['1.0.0', '2.0.0', '-1'],
  ['1.0.0-2', '1.0.0-10', '-1'],
  ['1.0.0-a', '1.0.0-1', '1'],
  ['1.0.0-', '1.0.0', '0'],
  ['1.0.0-a.b', '1.0.0-a', '1'],
  ['1.0.0+a', '1.0.0+b', '0'],
  ['1.0.0', '1.0.0-rc1', '1'],
  ['a"b', '1.0.0', String.raw`eval_builtin_error: semver.compare: operand 1: string "a\"b" is not a valid SemVer`],
  ['1', '1.0.0', 'eval_builtin_error: semver.compare: operand 1: string "1" is not a valid SemVer'],
])('semver.compare of %s and %s is %s', (a, b, expected) => {
  expect(callText('semver.compare', [a, b])).toBe(expected)
})
