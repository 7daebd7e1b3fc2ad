import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileWildcard, hasWildcard, matchesWildcard } from './wildcard.ts'

test.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['?*', '', false],
  ['?*', 'a', true],
  ['*?', 'ab', true],
  ['?', '😀', true],
  ['??', '😀', false],
  ['?*?', '😀', false],
  ['nginx*', 'nginx:latest', true],
  ['nginx*', 'my-nginx', false],
  ['*:latest', 'nginx:latest', true],
  ['*:latest', 'nginx:1', false],
  ['*gin*', 'nginx', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a.c', 'abc', false],
  ['[a-c]', 'b', false],
  ['Pod', 'pod', false],
])('%j against %j is %j', (pattern, text, expected) => {
  expect(matchesWildcard(pattern, text)).toBe(expected)
  expect(compileWildcard(pattern)(text)).toBe(expected)
})

function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [p, ...restOfPattern] = pattern
  const [t, ...restOfText] = text
  if (p === undefined) return t === undefined
  if (p === '*') return naive(restOfPattern, text) || (t !== undefined && naive(pattern, restOfText))
  return t !== undefined && (p === '?' || p === t) && naive(restOfPattern, restOfText)
}

const patterns = fc.string({ unit: fc.constantFrom('*', '?', 'a', 'b', '😀'), maxLength: 7 })
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 9 })

test('agrees with the definition', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const expected = naive(Array.from(pattern), Array.from(text))
      expect(matchesWildcard(pattern, text)).toBe(expected)
      expect(compileWildcard(pattern)(text)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

test('text without wildcards matches itself only', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      fc.pre(!hasWildcard(a))
      expect(matchesWildcard(a, b)).toBe(a === b)
    }),
  )
})

test('many stars do not blow up', () => {
  expect(matchesWildcard('*a'.repeat(500) + 'b', 'a'.repeat(5000))).toBe(false)
})
