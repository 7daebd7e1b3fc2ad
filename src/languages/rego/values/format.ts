import { numberText } from './number.ts'
import { isArray, isNumber, isSet, objectEntries } from './value.ts'
import type { RegoValue } from './value.ts'

/** A value as Rego writes it: `{"a": [1, 2]}`, `{1, 2}`, `set()`. Keys and elements are sorted, strings quoted. */
export function formatValue(value: RegoValue): string {
  if (typeof value === 'string') return quoteText(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (isSet(value)) return value.size === 0 ? 'set()' : `{${value.sorted.map(formatValue).join(', ')}}`
  return `{${objectEntries(value)
    .map(([key, each]) => `${formatValue(key)}: ${formatValue(each)}`)
    .join(', ')}}`
}

const plainText = /^[ !#-[\]-~]*$/
const special = /["\\]|[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu
const specialAscii = /["\\]|[^ -~]/gu

/** strconv.Quote: what can be printed stays as it is. */
export function quoteText(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  return `"${text.toWellFormed().replaceAll(special, (character) => escapeCharacter(character, '"'))}"`
}

/** strconv.QuoteToASCII. */
export function quoteAscii(text: string): string {
  return `"${text.toWellFormed().replaceAll(specialAscii, (character) => escapeCharacter(character, '"'))}"`
}

/** strconv.QuoteRune, or QuoteRuneToASCII. */
export function quoteRune(codePoint: number, asciiOnly: boolean): string {
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
