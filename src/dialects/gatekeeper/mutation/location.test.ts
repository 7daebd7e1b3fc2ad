import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Location } from './location.ts'
import { parseLocation, printLocation } from './location.ts'

test.each([
  ['spec.containers[name: *].image', 'spec.containers[name: *].image'],
  [' spec . a [ name:\tx ] ."b c" ', 'spec.a[name: x]."b c"'],
  ['spec."1a".\'b"c\'', 'spec."1a"."b\\"c"'],
  ['a[k: 5].b', 'a[k: 5].b'],
  ['a[k: "5"].b', 'a[k: "5"].b'],
  ['a[k: -5].b', 'a[k: -5].b'],
  ['-a._b', '-a._b'],
  ['""."a\\\\b"', '""."a\\\\b"'],
  ['', ''],
])('%s is the location %s', (text, printed) => {
  const location = parseLocation(text)
  expect(location.ok ? printLocation(location.value) : location.error).toBe(printed)
})

test.each([
  ['spec.', 5, 'trailing separators are forbidden'],
  ['spec..a', 5, 'unexpected token: expected field name or eof, got: SEPARATOR: "."'],
  ['spec.a b', 7, 'unexpected token: expected \'.\' or eof, got: IDENT: "b"'],
  ['spec.1abc', 5, 'unexpected token: expected field name or eof, got: INT: "1"'],
  ['spec.a%b', 6, 'unexpected token: expected \'.\' or eof, got: ERROR: "%"'],
  ['spec."abc', 5, 'unexpected token: expected field name or eof, got: ERROR: "abc"'],
  ['a[', 2, 'unexpected token: expected keyField in listSpec, got: EOF: ""'],
  ['a[*]', 2, 'unexpected token: expected keyField in listSpec, got: GLOB: "*"'],
  ['a[name', 6, 'unexpected token: expected \':\' following keyField name, got: EOF: ""'],
  ['a[name:]', 7, 'unexpected token: expected key value or glob in listSpec, got: RBRACKET: "]"'],
  ['a[name:x', 8, 'unexpected token: expected \']\' following listSpec, got: EOF: ""'],
  ['a[x:y][z:w]', 6, 'unexpected token: expected \'.\' or eof, got: LBRACKET: "["'],
  ['a[n: 99999999999999999999]', 5, 'invalid integer: overflow in integer string: 99999999999999999999: parsing key value for key: n'],
])('%s is wrong at %d: %s', (text, position, message) => {
  expect(parseLocation(text)).toEqual({ ok: false, error: { position, message } })
})

const name = fc.oneof(fc.constantFrom('a', 'spec', 'a-b', '_x', '__proto__'), fc.string({ unit: 'grapheme-ascii', maxLength: 5 }))
const locations: fc.Arbitrary<Location> = fc
  .array(fc.tuple(name, fc.option(fc.tuple(name, fc.oneof(name, fc.nat(), fc.constant(undefined))), { nil: undefined })), { maxLength: 6 })
  .map((parts) =>
    parts.flatMap(([field, list]) => [
      { type: 'object' as const, name: field },
      ...(list === undefined ? [] : [{ type: 'list' as const, key: list[0], value: list[1] }]),
    ]),
  )

test('what is printed reads as what it was', () => {
  fc.assert(
    fc.property(locations, (location) => {
      expect(parseLocation(printLocation(location))).toEqual({ ok: true, value: location })
    }),
  )
})

test('no text makes the parser throw, and errors are inside the text', () => {
  const pieces = fc.array(fc.constantFrom('a', '.', '[', ']', ':', '*', '"', "'", '\\', ' ', '1', '9'.repeat(20), 'é', '💥'), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((list) => list.join('')),
        fc.string(),
      ),
      (text) => {
        const location = parseLocation(text)
        if (!location.ok) expect(location.error.position).toBeLessThanOrEqual(text.length)
      },
    ),
  )
})
