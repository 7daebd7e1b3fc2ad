import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelError } from '../values.ts'
import { formatText } from './string-format.ts'

type Int = number | bigint

const outOfRange = (index: Int): CelError => new CelError(`index out of range: ${index}`)

/** Texts of which every unit is a code point need no splitting. */
const isPlain = (text: string): boolean => !/[\ud800-\udfff]/.test(text)
/** The code points of a text: what indexes count. */
const pointsOf = (text: string): readonly string[] => Array.from(text)
const sizeOf = (text: string): number => (isPlain(text) ? text.length : pointsOf(text).length)
const sliceOf = (text: string, start: number, end: number): string =>
  isPlain(text) ? text.slice(start, end) : pointsOf(text).slice(start, end).join('')
/** The index of a unit as one of code points. */
const pointAt = (text: string, unit: number): number => (unit < 0 ? -1 : sizeOf(text.slice(0, unit)))
/** The index of a code point as one of units. */
const unitAt = (text: string, point: number): number => sliceOf(text, 0, point).length

function charAt(text: string, index: Int): CelOutcome {
  const size = sizeOf(text)
  return index < 0 || index > size ? outOfRange(index) : sliceOf(text, Number(index), Number(index) + 1)
}

function indexOf(text: string, part: string, from: Int = 0): CelOutcome {
  if (part === '') return from
  if (from < 0) return outOfRange(from)
  return from >= sizeOf(text) ? -1 : pointAt(text, text.indexOf(part, unitAt(text, Number(from))))
}

function lastIndexOf(text: string, part: string): CelOutcome {
  return part === '' ? sizeOf(text) : pointAt(text, text.lastIndexOf(part))
}

function lastIndexBefore(text: string, part: string, from: Int): CelOutcome {
  if (part === '') return from
  if (from < 0) return outOfRange(from)
  return from >= sizeOf(text) ? -1 : pointAt(text, text.lastIndexOf(part, unitAt(text, Number(from))))
}

function substring(text: string, start: Int): CelOutcome {
  const size = sizeOf(text)
  return start < 0 || start > size ? outOfRange(start) : sliceOf(text, Number(start), size)
}

function substringBetween(text: string, start: Int, end: Int): CelOutcome {
  if (start > end) return new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  const size = sizeOf(text)
  if (start < 0 || start > size) return outOfRange(start)
  if (end < 0 || end > size) return outOfRange(end)
  return sliceOf(text, Number(start), Number(end))
}

/** The longest text that replacing makes. */
const longest = 16 * 1024 * 1024

/** strings.Replace: a negative number stands for all; the empty text is found before and after every character. */
function replace(text: string, old: string, replacement: string, most: Int = -1): CelOutcome {
  const limit = most < 0 ? Infinity : Number(most)
  const parts = old === '' ? beforeEach(text, limit) : splitAtMost(text, old, limit)
  if (text.length + parts.length * replacement.length > longest) return new CelError('replaced text is too long')
  return parts.join(replacement)
}

function beforeEach(text: string, most: number): readonly string[] {
  const points = pointsOf(text)
  // The text before the first character is empty, too.
  const cut = Math.min(most, points.length + 1)
  if (cut === 0) return [text]
  return ['', ...points.slice(0, cut - 1), points.slice(cut - 1).join('')]
}

/** The parts between the first so many separators. */
function splitAtMost(text: string, separator: string, most: number): readonly string[] {
  const parts = text.split(separator)
  return parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(separator)]
}

/** strings.SplitN: a negative number stands for all. */
function split(text: string, separator: string, most: Int = -1): CelOutcome {
  if (most === 0) return []
  const limit = most < 0 ? Infinity : Number(most)
  if (separator !== '') return [...splitAtMost(text, separator, limit - 1)]
  const points = pointsOf(text)
  return points.length <= limit ? [...points] : [...points.slice(0, limit - 1), points.slice(limit - 1).join('')]
}

function join(list: readonly CelValue[], separator?: string): CelOutcome {
  if (!list.every((item) => typeof item === 'string')) {
    return new CelError(`no such overload: join(${separator === undefined ? 'list' : 'list, string'})`)
  }
  return list.join(separator ?? '')
}

const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const leading = new RegExp(`^${space}+`)
const isSpace = new RegExp(`^${space}$`)

/** Without the white space of Unicode at its ends. */
function trim(text: string): string {
  const start = leading.exec(text)?.[0].length ?? 0
  let end = text.length
  while (end > start && isSpace.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

const lowerAscii = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
const upperAscii = (text: string): string => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** A text between quotes, with the escapes that have a letter. */
export const quote = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is escaped
  `"${text.toWellFormed().replaceAll(/[\x07-\r\\"]/g, (character) => escapes[character] ?? character)}"`

const walk = (text: string): number => traversal(text.length)
const twice = (text: string): number => Math.ceil(text.length * 0.2)
const joinCost = (list: readonly CelValue[]): number =>
  Math.max(1, traversal(list.reduce((size: number, item) => size + (typeof item === 'string' ? item.length : 1), 0)))

/** The second version of CEL's string extension, which Kubernetes has. */
export const stringLibrary: CelLibrary = {
  name: 'cel.lib.ext.strings',
  functions: [
    memberFunction('charAt', ['string', 'int'], { returns: 'string', evaluate: charAt }),
    memberFunction('indexOf', ['string', 'string'], { returns: 'int', evaluate: (text, part) => indexOf(text, part), cost: walk }),
    memberFunction('indexOf', ['string', 'string', 'int'], { returns: 'int', evaluate: indexOf, cost: walk }),
    memberFunction('lastIndexOf', ['string', 'string'], { returns: 'int', evaluate: lastIndexOf, cost: walk }),
    memberFunction('lastIndexOf', ['string', 'string', 'int'], { returns: 'int', evaluate: lastIndexBefore, cost: walk }),
    memberFunction('lowerAscii', ['string'], { returns: 'string', evaluate: lowerAscii, cost: walk }),
    memberFunction('upperAscii', ['string'], { returns: 'string', evaluate: upperAscii, cost: walk }),
    memberFunction('replace', ['string', 'string', 'string'], {
      returns: 'string',
      evaluate: (text, old, replacement) => replace(text, old, replacement),
      cost: twice,
    }),
    memberFunction('replace', ['string', 'string', 'string', 'int'], { returns: 'string', evaluate: replace, cost: twice }),
    memberFunction('split', ['string', 'string'], {
      returns: 'list(string)',
      evaluate: (text, separator) => split(text, separator),
      cost: twice,
    }),
    memberFunction('split', ['string', 'string', 'int'], { returns: 'list(string)', evaluate: split, cost: twice }),
    memberFunction('substring', ['string', 'int'], { returns: 'string', evaluate: substring, cost: walk }),
    memberFunction('substring', ['string', 'int', 'int'], { returns: 'string', evaluate: substringBetween, cost: walk }),
    memberFunction('trim', ['string'], { returns: 'string', evaluate: trim, cost: walk }),
    memberFunction('join', ['list(string)'], { returns: 'string', evaluate: (list) => join(list), cost: joinCost }),
    memberFunction('join', ['list(string)', 'string'], { returns: 'string', evaluate: join, cost: joinCost }),
    memberFunction('format', ['string', 'list(dyn)'], { returns: 'string', evaluate: formatText, cost: walk }),
    globalFunction('strings.quote', ['string'], { returns: 'string', evaluate: quote, cost: walk }),
  ],
}
