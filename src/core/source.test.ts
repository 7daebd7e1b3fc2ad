import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineAndColumn, lineAt } from './source.ts'

test('lines and columns count from one', () => {
  const source = { name: 'f', text: 'ab\r\nc\n\nd' }
  const places = [0, 1, 4, 5, 6, 7, 8].map((offset) => lineAndColumn(source, offset))
  expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual(['1:1', '1:2', '2:1', '2:2', '3:1', '4:1', '4:2'])
  expect([1, 2, 3, 4, 5].map((line) => lineAt(source, line).text)).toEqual(['ab', 'c', '', 'd', ''])
})

test('the index says what counting line breaks says', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', 'bc', '\r\n')), fc.nat(60), (parts, offset) => {
      const text = parts.join('')
      const at = Math.min(offset, text.length)
      const before = text.slice(0, at).split('\n')
      expect(lineAndColumn({ name: 'f', text }, at)).toEqual({ line: before.length, column: (before.at(-1) ?? '').length + 1 })
    }),
  )
})
