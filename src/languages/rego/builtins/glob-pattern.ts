import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

interface Reader {
  readonly characters: readonly string[]
  at: number
  /** Open braces. */
  depth: number
}

/**
 * A glob as a pattern for the whole text: `*` and `?` do not cross the delimiters, `**` does; `[abc]`, `[!abc]` or a single range `[a-z]`;
 * `{a,b}`; a backslash takes the next character literally. Braces that are not closed end with the pattern.
 */
export function globPattern(glob: string, delimiters: string): Result<string, string> {
  const reader: Reader = { characters: Array.from(glob), at: 0, depth: 0 }
  const one = delimiters === '' ? '.' : `[^${classText(delimiters)}]`
  let out = ''
  while (reader.at < reader.characters.length) {
    const part = readPart(reader, one)
    if (!part.ok) return part
    out += part.value
  }
  return ok(`(?s)\\A(?:${out}${')'.repeat(reader.depth)})\\z`)
}

function readPart(reader: Reader, one: string): Result<string, string> {
  const character = reader.characters[reader.at] ?? ''
  reader.at += 1
  switch (character) {
    case '\\':
      return ok(literal(reader.characters[reader.at++] ?? ''))
    case '*':
      return ok(readStars(reader, one))
    case '?':
      return ok(one)
    case '[':
      return readClass(reader)
    case '{':
      reader.depth += 1
      return ok('(?:')
    case '}':
      return ok(closeBrace(reader))
    case ',':
      return ok(reader.depth > 0 ? '|' : ',')
    default:
      return ok(literal(character))
  }
}

function readStars(reader: Reader, one: string): string {
  if (reader.characters[reader.at] !== '*') return `${one}*`
  reader.at += 1
  return '.*'
}

function closeBrace(reader: Reader): string {
  if (reader.depth === 0) return literal('}')
  reader.depth -= 1
  return ')'
}

const literal = (character: string): string => character.replace(/[\\.+*?()|[\]{}^$]/, String.raw`\$&`)
const classText = (characters: string): string => characters.replaceAll(/[\\\]^[-]/g, String.raw`\$&`)

/** What follows `[`. */
function readClass(reader: Reader): Result<string, string> {
  const not = reader.characters[reader.at] === '!' ? '^' : ''
  if (not !== '') reader.at += 1
  const [low, dash] = [reader.characters[reader.at], reader.characters[reader.at + 1]]
  if (low !== undefined && low !== ']' && low !== '\\' && dash === '-') return readRange(reader, not, low)
  return readList(reader, not)
}

function readRange(reader: Reader, not: string, low: string): Result<string, string> {
  const high = reader.characters[reader.at + 2]
  const close = reader.characters[reader.at + 3]
  if (high === undefined || close === undefined) return err('unexpected end of input')
  if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) return err(`hi character '${high}' should be greater than lo '${low}'`)
  if (close !== ']') return err('expected close range character')
  reader.at += 4
  return ok(`[${not}${classText(low)}-${classText(high)}]`)
}

function readList(reader: Reader, not: string): Result<string, string> {
  let list = ''
  while (reader.at < reader.characters.length) {
    const character = reader.characters[reader.at] ?? ''
    reader.at += 1
    if (character === ']') return list === '' ? err('could not parse range') : ok(`[${not}${classText(list)}]`)
    if (character === '\\') list += reader.characters[reader.at++] ?? ''
    else list += character
  }
  return err('unexpected end of input')
}
