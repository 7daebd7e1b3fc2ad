import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapedPath, hostnameOf, parseGoUrl, parseRequestUri, portOf, queryOf } from './go-url.ts'

const shown = (text: string, anyInBrackets = false): string => {
  const url = parseGoUrl(text, { anyInBrackets })
  if (!url.ok) return url.error
  return [url.value.scheme, hostnameOf(url.value), portOf(url.value), escapedPath(url.value)].join(' ')
}

describe('urls', () => {
  test.each([
    ['HTTP://user:pw@a.b:80/c%2Fd?e#f', 'http a.b 80 /c%2Fd'],
    ['//a/b', ' a  /b'],
    ['///a', '   ///a'],
    ['mailto:a@b', 'mailto   '],
    ['*', '   *'],
    ['a b', '   a%20b'],
    ['http://[fe80::1%25en0]:1/', 'http fe80::1%en0 1 /'],
    ['http://[a]/', 'parse "http://[a]/": invalid host: ParseAddr("a"): unable to parse IP'],
    ['http://[%]/', 'parse "http://[%]/": invalid URL escape "%"'],
    ['http://a[1]/', 'parse "http://a[1]/": invalid IP-literal'],
    ['http://%a:b@c', 'parse "http://%a:b@c": invalid URL escape "%a"'],
    ['/%é', 'parse "/%é": invalid URL escape "%é"'],
    // An escape is three bytes, which may end inside a character.
    ['/%aé', String.raw`parse "/%aé": invalid URL escape "%a\xc3"`],
    ['/a#%z', 'parse "/a#%z": invalid URL escape "%z"'],
    ['a:b:c', 'a   '],
    [':a', 'parse ":a": missing protocol scheme'],
    ['1:a', 'parse "1:a": first path segment in URL cannot contain colon'],
    ['a\n', String.raw`parse "a\n": net/url: invalid control character in URL`],
  ])('%j is %s', (text, expected) => expect(shown(text)).toBe(expected))

  test.each([
    ['http://[a]:1/', 'http a 1 /'],
    ['http://[%]/', 'parse "http://[%]/": invalid URL escape "%]"'],
    ['http://[a%25b]/', 'http a%b  /'],
  ])('before addresses in brackets were looked at, %j is %s', (text, expected) => expect(shown(text, true)).toBe(expected))

  test('only sound pairs are in a query', () => {
    const url = parseGoUrl('?a=1&b=2%20+3&a=&c;d=4&%z=5&e')
    expect(url.ok && [...queryOf(url.value)]).toEqual([
      ['a', ['1', '']],
      ['b', ['2  3']],
      ['e', ['']],
    ])
  })
})

test.each([
  ['', 'parse "": empty url'],
  ['a', 'parse "a": invalid URI for request'],
  ['//a', undefined],
  ['http://a#b', 'parse "http://a#b": invalid character "#" in host name'],
  ['http://a/#b', undefined],
])('as the URI of a request, %j: %s', (text, problem) => {
  const url = parseRequestUri(text)
  expect(url.ok ? undefined : url.error).toBe(problem)
})

test('no input makes it throw, and what it reads has an escaped path that reads as the same', () => {
  const part = fc.constantFrom(
    'http:',
    '//',
    '/',
    'a',
    ':',
    '8',
    '[',
    ']',
    '::1',
    '%25',
    '%20',
    '%',
    '%ff',
    '?',
    '#',
    '@',
    'é',
    ' ',
    '*',
    '\ud800',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), fc.boolean(), (parts, anyInBrackets) => {
      const url = parseGoUrl(parts.join(''), { anyInBrackets })
      if (!url.ok) return
      const again = parseGoUrl(`//h/${escapedPath(url.value).replace(/^\//, '')}`)
      expect(again.ok && again.value.path.replace(/^\//, '')).toBe(url.value.path.replace(/^\//, ''))
    }),
    { numRuns: 3000 },
  )
})
