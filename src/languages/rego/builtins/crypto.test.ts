import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['crypto.md5', ['lorem ipsum'], '"80a751fde577028640c419000e33eba6"'],
  ['crypto.sha1', ['lorem ipsum'], '"bfb7759a67daeb65410490b4d98bb9da7d1ea2ce"'],
  ['crypto.sha256', ['lorem ipsum'], '"5e2bf57d3f40c4b6df69daf1936cb766f832374b4fc0259a7cbff06e2f70f269"'],
  ['crypto.hmac.sha1', ['foo', 'bar'], '"85d155c55ed286a300bd1cf124de08d87e914f3a"'],
  ['crypto.hmac.sha256', ['foo', 'bar'], '"147933218aaabc0b8b10a2b3a5c34684c8d94341bcf10a4736dc7270f7741851"'],
  ['crypto.hmac.equal', ['a', 'a'], 'true'],
  ['crypto.hmac.equal', ['a', 'ab'], 'false'],
  ['crypto.sha256', [1], 'eval_type_error: crypto.sha256: operand 1 must be string but got number'],
  ['crypto.parse_private_keys', [''], 'null'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
