import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRegex, regexCache } from './regex.ts'

test.each([
  ['empty matches right after a match do not count', 'a*', 'baaac', 'x', 'xbxcx'],
  ['an empty pattern matches between characters', '', '😀b', '-', '-😀-b-'],
  ['a name is as long as possible', '(a)', 'a', '$1x', ''],
  ['braces end it', '(a)', 'a', '${1}x', 'ax'],
  ['names', '(?P<first>a)(?P<second>b)', 'ab', '${second}$first', 'ba'],
  ['group 0 is the match', 'a+', 'xaay', '[$0]', 'x[aa]y'],
  ['leading zeros are no number', '(a)', 'a', '$01.', '.'],
  ['a group that did not take part is empty', '(a)|(b)', 'b', '<$1$2>', '<b>'],
  ['a dollar alone stays', 'a', 'a', '$-${', '$-${'],
  ['a doubled dollar is one', 'a', 'a', '$$1', '$1'],
  ['nothing to replace', 'z', 'abc', 'x', 'abc'],
])('%s', (_, pattern, text, replacement, result) => {
  const regex = compileRegex(pattern)
  expect(regex.ok && regex.value.replaceAll(text, replacement)).toBe(result)
})

test('a literal replacement stays as it is', () => {
  const regex = compileRegex('(a)')
  expect(regex.ok && regex.value.replaceAllLiteral('aba', '$1$$')).toBe('$1$$b$1$$')
})

test.each([
  ['a(?=b)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ['(a', 'error parsing regexp: missing closing ): `(a`'],
  ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
  ['[b-a]', 'error parsing regexp: invalid character class range: `b-a`'],
  ['a{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
])('%s is refused with the words of Go', (pattern, message) => {
  expect(compileRegex(pattern)).toEqual({ ok: false, error: message })
})

test('a cache gives what compiling gives, and the same again', () => {
  const compile = regexCache(4)
  const first = compile('a+')
  expect(compile('a+')).toBe(first)
  expect(compile('(').ok).toBe(false)
  for (let count = 0; count < 100; count += 1) {
    const regex = compile(`^${count}$`)
    expect(regex.ok && regex.value.test(String(count))).toBe(true)
  }
  expect(compile('a+').ok).toBe(true)
})

test('no pattern, text or replacement makes it throw', () => {
  const pattern = fc.oneof(fc.string(), fc.stringMatching(/^([ab.^$|?*+]|\(|\)|\[|\]|\{2\}|\\[dwb1]|\(\?P<n>){0,8}$/))
  fc.assert(
    fc.property(pattern, fc.string({ unit: 'binary' }), fc.stringMatching(/^[$a0-9{}x]{0,8}$/), (source, text, replacement) => {
      const regex = compileRegex(source)
      if (!regex.ok) return
      expect(regex.value.replaceAll(text, '$0')).toBe(text)
      regex.value.replaceAll(text, replacement)
      expect(regex.value.test(text) || regex.value.replaceAllLiteral(text, 'x') === text).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
