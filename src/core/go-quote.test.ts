import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteGo, quoteGoAscii, quoteGoRune } from './go-quote.ts'

describe('a text', () => {
  test.each([
    ['', '""', '""'],
    ["it's plain", `"it's plain"`, `"it's plain"`],
    ['a"b\\c', String.raw`"a\"b\\c"`, String.raw`"a\"b\\c"`],
    ['\u0007\b\f\n\r\t\v', String.raw`"\a\b\f\n\r\t\v"`, String.raw`"\a\b\f\n\r\t\v"`],
    ['\u0000\u001f\u007f', String.raw`"\x00\x1f\x7f"`, String.raw`"\x00\x1f\x7f"`],
    // An escape that stands in the text is text.
    [String.raw`\u0007\n`, String.raw`"\\u0007\\n"`, String.raw`"\\u0007\\n"`],
    ['é日', '"é日"', String.raw`"\u00e9\u65e5"`],
    ['e\u0301', '"e\u0301"', String.raw`"e\u0301"`],
    // Only the plain space is printed.
    ['\u0085\u00a0\u2028\u3000\ufeff', String.raw`"\u0085\u00a0\u2028\u3000\ufeff"`, String.raw`"\u0085\u00a0\u2028\u3000\ufeff"`],
    ['\u00ad\u200b\ue000', String.raw`"\u00ad\u200b\ue000"`, String.raw`"\u00ad\u200b\ue000"`],
    ['😀', '"😀"', String.raw`"\U0001f600"`],
    ['\u{e0001}\u{10ffff}', String.raw`"\U000e0001\U0010ffff"`, String.raw`"\U000e0001\U0010ffff"`],
    // Half a surrogate pair is no character.
    ['a\ud800', '"a\ufffd"', String.raw`"a\ufffd"`],
  ])('%j is %s, and in ASCII %s', (text, quoted, ascii) => {
    expect([quoteGo(text), quoteGoAscii(text)]).toEqual([quoted, ascii])
  })

  test('has one quoted form, and no other text has it', () => {
    const part = fc.string({ unit: fc.constantFrom('"', '\\', 'n', 'u', '0', '\n', '\u0000', '\u00a0', 'é', '😀') })
    fc.assert(
      fc.property(part, (text) => {
        for (const quoted of [quoteGo(text), quoteGoAscii(text)]) expect(read(quoted)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })
})

/** What Go reads back. */
function read(quoted: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }
  return quoted
    .slice(1, -1)
    .replaceAll(/\\(?:x(..)|u(....)|U(.{8})|(.))/gu, (_whole, x?: string, u?: string, long?: string, letter?: string) =>
      letter === undefined ? String.fromCodePoint(Number.parseInt(x ?? u ?? long ?? '', 16)) : (letters[letter] ?? 'unknown'),
    )
}

test.each([
  ['a', "'a'", "'a'"],
  ['"', `'"'`, `'"'`],
  ["'", String.raw`'\''`, String.raw`'\''`],
  ['\\', String.raw`'\\'`, String.raw`'\\'`],
  ['\n', String.raw`'\n'`, String.raw`'\n'`],
  ['\u007f', String.raw`'\x7f'`, String.raw`'\x7f'`],
  ['é', "'é'", String.raw`'\u00e9'`],
  ['\u{10ffff}', String.raw`'\U0010ffff'`, String.raw`'\U0010ffff'`],
])('the rune %j is %s, and in ASCII %s', (character, quoted, ascii) => {
  const code = character.codePointAt(0) ?? 0
  expect([quoteGoRune(code, false), quoteGoRune(code, true)]).toEqual([quoted, ascii])
})

test.each([-1, 0x11_0000, 0xd800])('%d is no rune, and stands as the replacement character', (code) => {
  expect([quoteGoRune(code, false), quoteGoRune(code, true)]).toEqual(["'\ufffd'", String.raw`'\ufffd'`])
})
