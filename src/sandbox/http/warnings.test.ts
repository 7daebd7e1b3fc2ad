import fc from 'fast-check'
import { expect, test } from 'vitest'
import { warningHeaders } from './warnings.ts'

test.each<[string, readonly string[], readonly string[]]>([
  ['nothing', [], []],
  ['one', ['a'], ['299 - "a"']],
  ['each once, in order', ['b', 'a', 'b'], ['299 - "b"', '299 - "a"']],
  ['quotes and backslashes', ['a "b" \\c'], ['299 - "a \\"b\\" \\\\c"']],
  ['nothing that would break a header', ['a\nb', 'a\u0000', '', 'c'], ['299 - "c"']],
  ['UTF-8, as bytes', ['ä'], [`299 - "${Buffer.from('ä').toString('latin1')}"`]],
])('%s', (_, texts, headers) => {
  expect(warningHeaders(texts)).toEqual(headers)
})

test('one long text is whole, several too long together are cut', () => {
  expect(warningHeaders(['x'.repeat(4_000)])).toEqual([`299 - "${'x'.repeat(4_000)}"`])
  const cut = warningHeaders(Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(300)}`))
  expect(cut).toHaveLength(16)
  expect(new Set(cut.map((one) => one.length))).toEqual(new Set([256 + 8]))
})

test('whatever is warned about is a header', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      // oxlint-disable-next-line no-control-regex -- what a header may not hold
      for (const header of warningHeaders(texts)) expect(header).not.toMatch(/[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/)
    }),
  )
})
