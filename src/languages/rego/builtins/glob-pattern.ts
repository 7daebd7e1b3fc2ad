import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/** A part of a glob: text, any text at all, or something else as a pattern. */
type Part = { readonly kind: 'text' | 'pattern'; readonly text: string } | { readonly kind: 'any' }

interface Reader {
  readonly characters: readonly string[]
  at: number
  /** The braces that are open, and around them the whole: what is read of each. */
  readonly open: Group[]
}

interface Group {
  /** Alternatives before the last one, as patterns. */
  readonly alternatives: string[]
  parts: Part[]
}

/**
 * A glob as a pattern for the whole text: `*` and `?` do not cross the delimiters, `**` does; `[abc]`, `[!abc]` or a single range `[a-z]`;
 * `{a,b}`; a backslash takes the next character literally. Braces that are not closed end with the pattern.
 */
export function globPattern(glob: string, delimiters: string): Result<string, string> {
  const whole: Group = { alternatives: [], parts: [] }
  const reader: Reader = { characters: Array.from(glob), at: 0, open: [whole] }
  const one = delimiters === '' ? '.' : `[^${classText(delimiters)}]`
  while (reader.at < reader.characters.length) {
    const part = readPart(reader, one)
    if (!part.ok) return part
    if (part.value !== undefined) innermost(reader).parts.push(part.value)
  }
  while (reader.open.length > 1) closeGroup(reader)
  return ok(`(?s)\\A(?:${branchPattern(whole.parts)})\\z`)
}

const innermost = (reader: Reader): Group => reader.open.at(-1) ?? { alternatives: [], parts: [] }

function readPart(reader: Reader, one: string): Result<Part | undefined, string> {
  const character = reader.characters[reader.at] ?? ''
  reader.at += 1
  switch (character) {
    case '\\':
      return ok({ kind: 'text', text: reader.characters[reader.at++] ?? '' })
    case '*':
      return ok(readStars(reader, one))
    case '?':
      return ok({ kind: 'pattern', text: one })
    case '[': {
      const read = readClass(reader)
      return read.ok ? ok({ kind: 'pattern', text: read.value }) : read
    }
    case '{':
      reader.open.push({ alternatives: [], parts: [] })
      return ok(undefined)
    case '}':
      return ok(closeGroup(reader) ? undefined : { kind: 'text', text: '}' })
    case ',':
      return ok(nextAlternative(reader) ? undefined : { kind: 'text', text: ',' })
    default:
      return ok({ kind: 'text', text: character })
  }
}

function readStars(reader: Reader, one: string): Part {
  if (reader.characters[reader.at] !== '*') return one === '.' ? { kind: 'any' } : { kind: 'pattern', text: `${one}*` }
  reader.at += 1
  return { kind: 'any' }
}

/** Whether a brace was open. */
function closeGroup(reader: Reader): boolean {
  const group = reader.open.length > 1 ? reader.open.pop() : undefined
  if (group === undefined) return false
  innermost(reader).parts.push({ kind: 'pattern', text: `(?:${[...group.alternatives, branchPattern(group.parts)].join('|')})` })
  return true
}

function nextAlternative(reader: Reader): boolean {
  if (reader.open.length === 1) return false
  const group = innermost(reader)
  group.alternatives.push(branchPattern(group.parts))
  group.parts = []
  return true
}

function branchPattern(parts: readonly Part[]): string {
  const star = parts.findIndex(({ kind }) => kind === 'any')
  const [before, after] = [textOf(parts.slice(0, star)), textOf(parts.slice(star + 1))]
  const pattern = parts.map((part) => (part.kind === 'any' ? '.*' : part.kind === 'text' ? literal(part.text) : part.text)).join('')
  if (star === -1 || before === undefined || after === undefined) return pattern
  const overlapping = overlaps(before, after).map((text) => Array.from(text).map(literal).join(''))
  return overlapping.length === 0 ? pattern : `(?:${[pattern, ...overlapping].join('|')})`
}

/** Undefined where there is more than text. */
const textOf = (parts: readonly Part[]): string | undefined =>
  parts.every((part) => part.kind === 'text') ? parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') : undefined

const mostOverlaps = 32

/**
 * Texts that begin and end as they should, but are too short for both: upstream asks for no more of a text, any text and another text.
 * `ab*bc` matches `abc`.
 */
function overlaps(before: string, after: string): readonly string[] {
  const found: string[] = []
  for (let shared = Math.min(before.length, after.length); shared > 0 && found.length < mostOverlaps; shared -= 1)
    if (before.endsWith(after.slice(0, shared))) found.push(before + after.slice(shared))
  return found
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
