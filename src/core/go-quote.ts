/** Go's strconv.Quote and its kin. A text here is UTF-16: what is no character of Unicode is U+FFFD, as after any decoder of Go's. */

const plainText = /^[ !#-[\]-~]*$/
/** Printable is what is a letter, mark, number, punctuation or symbol, and the space: no other white space. */
const special = /["\\]|[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu
const specialAscii = /["\\]|[^ -~]/gu

/** strconv.Quote, the `%q` of a text: what can be printed stays as it is. */
export function quoteGo(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  return `"${text.toWellFormed().replaceAll(special, (character) => escapeCharacter(character, '"'))}"`
}

/** strconv.QuoteToASCII. */
export function quoteGoAscii(text: string): string {
  return `"${text.toWellFormed().replaceAll(specialAscii, (character) => escapeCharacter(character, '"'))}"`
}

/** strconv.QuoteRune, or QuoteRuneToASCII. */
export function quoteGoRune(codePoint: number, asciiOnly: boolean): string {
  const isValid = codePoint >= 0 && codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  const character = String.fromCodePoint(isValid ? codePoint : 0xfffd)
  if (character === '"') return `'"'`
  if (character === "'") return String.raw`'\''`
  return `'${character.replaceAll(asciiOnly ? specialAscii : special, (each) => escapeCharacter(each, "'"))}'`
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
}

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${quote}`
  const short = shortEscapes[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return String.raw`\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? String.raw`\U${code.toString(16).padStart(8, '0')}` : String.raw`\u${code.toString(16).padStart(4, '0')}`
}
