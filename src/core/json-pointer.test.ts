import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { parseJsonPointer, printJsonPointer, valueAtPointer } from './json-pointer.ts'

// The examples of RFC 6901, section 5.
const document: Json = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
}

test.each<readonly [pointer: string, value: Json | undefined]>([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
  ['/foo/2', undefined],
  ['/foo/01', undefined],
  ['/foo/-', undefined],
  ['/foo/0/x', undefined],
  ['/constructor', undefined],
])('%j finds %j', (pointer, value) => {
  const tokens = parseJsonPointer(pointer)
  expect(tokens.ok && valueAtPointer(document, tokens.value)).toEqual(value)
})

test('a pointer starts with a slash', () => {
  expect(parseJsonPointer('foo').ok).toBe(false)
})

test('reading what was printed gives the same tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') })), (tokens) => {
      expect(parseJsonPointer(printJsonPointer(tokens))).toEqual({ ok: true, value: tokens })
    }),
  )
})
