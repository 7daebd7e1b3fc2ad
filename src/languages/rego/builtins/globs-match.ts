import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/** One character of a pattern: which it may be, and how often. */
interface Token {
  /** Undefined for any character. */
  readonly ranges: readonly Range[] | undefined
  readonly flag: '' | '+' | '*'
}

interface Range {
  readonly low: number
  readonly high: number
}

/**
 * Whether two patterns of characters, `.`, `[…]`, `+` and `*` have a text in common, decided as upstream does it: equal ends are taken off
 * first, and a repeated character yields to what follows it as soon as that matches. Some common texts are missed that way.
 */
export function globsMatch(first: string, second: string, mayGoOn: () => boolean): Result<boolean, string> {
  const a = tokenize(first)
  if (!a.ok) return a
  const b = tokenize(second)
  if (!b.ok) return b
  const trimmed = trimEnds(a.value, b.value)
  return ok(trimmed !== undefined && meets({ a: trimmed[0], b: trimmed[1], known: new Map(), mayGoOn }, 0, 0))
}

/** Takes off the characters that both begin and end with; undefined where they contradict. */
function trimEnds(a: readonly Token[], b: readonly Token[]): readonly [readonly Token[], readonly Token[]] | undefined {
  const length = Math.min(a.length, b.length)
  let start = 0
  for (; start < length; start += 1) {
    const same = plainMatch(a[start], b[start])
    if (same === undefined) break
    if (!same) return undefined
  }
  let end = 0
  for (; end < length - start; end += 1) {
    const same = plainMatch(a[a.length - 1 - end], b[b.length - 1 - end])
    if (same === undefined) break
    if (!same) return undefined
  }
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)]
}

/** Whether two certain characters are the same; undefined where one may be repeated or several. */
function plainMatch(a: Token | undefined, b: Token | undefined): boolean | undefined {
  return isCertain(a) && isCertain(b) ? tokensMatch(a, b) : undefined
}

function isCertain(token: Token | undefined): token is Token {
  const [range, ...more] = token?.ranges ?? []
  return token?.flag === '' && range !== undefined && more.length === 0 && range.low === range.high
}

interface Search {
  readonly a: readonly Token[]
  readonly b: readonly Token[]
  /** What is known of the ends of both from given positions on. */
  readonly known: Map<number, boolean>
  readonly mayGoOn: () => boolean
}

function meets(search: Search, i: number, j: number): boolean {
  const key = i * (search.b.length + 1) + j
  const known = search.known.get(key)
  if (known !== undefined) return known
  const result = search.mayGoOn() && meetsNow(search, i, j)
  search.known.set(key, result)
  return result
}

function meetsNow(search: Search, i: number, j: number): boolean {
  const { a, b } = search
  const left = a[i]
  const right = b[j]
  if (left === undefined || right === undefined) return left === right
  if (left.flag !== '') return repeats({ search, repeated: a, other: b, swapped: false }, i, j)
  if (right.flag !== '') return repeats({ search, repeated: b, other: a, swapped: true }, j, i)
  return tokensMatch(left, right) && meets(search, i + 1, j + 1)
}

interface Sides {
  readonly search: Search
  readonly repeated: readonly Token[]
  readonly other: readonly Token[]
  readonly swapped: boolean
}

/** `repeated[i]` may be repeated: tries each place of `other` for what follows it. */
function repeats({ search, repeated, other, swapped }: Sides, i: number, j: number): boolean {
  const token = repeated[i]
  if (token === undefined) return false
  const next = repeated[i + 1]
  const first = other[j]
  if (token.flag === '+' && (first === undefined || !tokensMatch(token, first))) return false
  // The one character that has to be there is used up by a single one, not by one that may be repeated itself.
  const start = token.flag === '+' && first?.flag === '' ? j + 1 : j
  for (let at = start; at < other.length; at += 1) {
    const each = other[at]
    if (each === undefined) break
    if (next !== undefined && tokensMatch(next, each) && (swapped ? meets(search, at, i + 1) : meets(search, i + 1, at))) return true
    if (!tokensMatch(token, each)) return false
  }
  return next === undefined
}

function tokensMatch(a: Token, b: Token): boolean {
  if (a.ranges === undefined || b.ranges === undefined) return true
  const others = b.ranges
  return a.ranges.some((x) => others.some((y) => x.low <= y.high && y.low <= x.high))
}

interface Reader {
  readonly input: string
  readonly characters: readonly string[]
  at: number
}

function tokenize(input: string): Result<readonly Token[], string> {
  const reader: Reader = { input, characters: Array.from(input), at: 0 }
  const tokens: Token[] = []
  while (reader.at < reader.characters.length) {
    const character = reader.characters[reader.at] ?? ''
    if (character === '+' || character === '*') return fail(reader, reader.at + 1, `flag '${character}' must be preceded by a non-flag`)
    if (character === ']') return fail(reader, reader.at + 1, "set-close ']' with no preceding '['")
    const ranges = character === '.' ? anyCharacter(reader) : character === '[' ? readSet(reader) : readCharacter(reader)
    if (!ranges.ok) return ranges
    tokens.push({ ranges: ranges.value, flag: readFlag(reader) })
  }
  return ok(tokens)
}

const fail = ({ input }: Reader, position: number, problem: string): Result<never, string> =>
  err(`input:${input}, pos:${position}, ${problem}: the input provided is invalid`)

function anyCharacter(reader: Reader): Result<undefined, string> {
  reader.at += 1
  return ok(undefined)
}

function readFlag(reader: Reader): '' | '+' | '*' {
  const character = reader.characters[reader.at]
  if (character !== '+' && character !== '*') return ''
  reader.at += 1
  return character
}

function readCharacter(reader: Reader): Result<readonly Range[], string> {
  const code = readCode(reader)
  return code.ok ? ok([{ low: code.value, high: code.value }]) : code
}

/** A character, or the one after a backslash. */
function readCode(reader: Reader): Result<number, string> {
  let character = reader.characters[reader.at] ?? ''
  if (character === '\\') {
    if (reader.at + 1 === reader.characters.length) return fail(reader, reader.at, 'input ends with a \\ (escape) character')
    reader.at += 1
    character = reader.characters[reader.at] ?? ''
  }
  reader.at += 1
  return ok(character.codePointAt(0) ?? 0)
}

function readSet(reader: Reader): Result<readonly Range[], string> {
  const ranges: Range[] = []
  // A range may only begin with a character that is not the end of another one.
  let mayBegin = false
  reader.at += 1
  while (reader.at < reader.characters.length) {
    const character = reader.characters[reader.at]
    if (character === ']') {
      reader.at += 1
      return ok(ranges)
    }
    if (character === '-') {
      const range = readRange(reader, mayBegin ? ranges.pop() : undefined)
      if (!range.ok) return range
      ranges.push(range.value)
      mayBegin = false
    } else {
      const code = readCode(reader)
      if (!code.ok) return code
      ranges.push({ low: code.value, high: code.value })
      mayBegin = true
    }
  }
  return fail(reader, reader.characters.length, 'found [ without matching ]')
}

function readRange(reader: Reader, from: Range | undefined): Result<Range, string> {
  const dash = reader.at + 1
  if (from === undefined) return fail(reader, dash, "range character '-' must be preceded by a Unicode character")
  reader.at += 1
  const next = reader.characters[reader.at]
  if (next === undefined || next === ']') return fail(reader, dash, "range character '-' must be followed by a Unicode character")
  const high = readCode(reader)
  if (!high.ok) return high
  if (high.value >= from.low) return ok({ low: from.low, high: high.value })
  const [first, last] = [String.fromCodePoint(from.low), String.fromCodePoint(high.value)]
  return fail(reader, reader.at, `range is out of order: '${last}' comes before '${first}' in Unicode`)
}
