import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { plainKey, resolvePlain } from './scalar.ts'

export interface PrintOptions {
  /** Columns a nested map is indented by. */
  readonly indent?: number
  /** Default true, as upstream prints. False keeps the order of the value. */
  readonly sortKeys?: boolean
  /** Default false. True takes every number for a float: whole ones have an exponent from 1e6 on. */
  readonly floats?: boolean
}

/** Deeper values than any document may have are printed as JSON instead of exhausting the stack. */
const maxDepth = 1000

/** YAML as sigs.k8s.io/yaml prints it: sorted keys, lists not indented under their key, quotes only where needed, lines never folded. */
export function printYaml(value: Json, options: PrintOptions = {}): string {
  const lines: string[] = []
  print(
    value,
    { lines, indent: options.indent ?? 2, sortKeys: options.sortKeys ?? true, floats: options.floats ?? false },
    { column: 0, lead: '', depth: 0 },
  )
  return `${lines.join('\n')}\n`
}

interface Printer {
  readonly lines: string[]
  readonly indent: number
  readonly sortKeys: boolean
  readonly floats: boolean
}

/** Where a value goes: the column of its block, and what already stands on its first line (`key:`, `- `, or nothing). */
interface Place {
  readonly column: number
  readonly lead: string
  readonly depth: number
}

function print(value: Json, printer: Printer, place: Place): void {
  const { lines } = printer
  const { lead } = place
  if (isJsonArray(value) && value.length > 0 && place.depth < maxDepth) printList(value, printer, place)
  else if (isJsonObject(value) && Object.keys(value).length > 0 && place.depth < maxDepth) printMap(value, printer, place)
  else if (typeof value === 'string' && value.includes('\n') && lead !== '' && isBlockText(value)) {
    lines.push(`${spaced(lead)}${blockHeader(value, printer.indent)}`)
    const margin = ' '.repeat(place.column)
    for (const line of blockLines(value)) lines.push(line === '' ? '' : `${margin}${line}`)
  } else lines.push(`${spaced(lead)}${scalar(value, printer.floats)}`)
}

const spaced = (lead: string): string => (lead === '' || lead.endsWith(' ') ? lead : `${lead} `)

function printMap(object: JsonObject, printer: Printer, place: Place): void {
  const keys = printer.sortKeys ? Object.keys(object).sort(byNaturalOrder) : Object.keys(object)
  let lead = place.lead
  // After `- ` the first key stands on the same line; after `key:` the map begins on the next one.
  if (lead !== '' && !lead.endsWith('- ')) {
    printer.lines.push(lead)
    lead = ''
  }
  const margin = ' '.repeat(place.column)
  for (const key of keys) {
    const start = lead === '' ? margin : lead
    lead = ''
    printMember(ownValue(object, key) ?? null, printer, { column: place.column, lead: `${start}${text(key)}:`, depth: place.depth + 1 })
  }
}

function printMember(value: Json, printer: Printer, place: Place): void {
  const column = isJsonArray(value) ? place.column : place.column + printer.indent
  print(value, printer, { ...place, column })
}

function printList(list: readonly Json[], printer: Printer, place: Place): void {
  let lead = place.lead
  if (lead !== '' && !lead.endsWith('- ')) {
    printer.lines.push(lead)
    lead = ''
  }
  const margin = ' '.repeat(place.column)
  for (const item of list) {
    const start = lead === '' ? margin : lead
    lead = ''
    print(item, printer, { column: place.column + 2, lead: `${start}- `, depth: place.depth + 1 })
  }
}

/** go-yaml's order of keys: other characters before letters, runs of digits by their number. */
export function byNaturalOrder(a: string, b: string): number {
  const x = Array.from(a)
  const y = Array.from(b)
  const length = Math.min(x.length, y.length)
  for (let i = 0; i < length; i += 1) {
    const [p = '', q = ''] = [x[i], y[i]]
    if (p === q) continue
    const [pLetter, qLetter] = [isLetter(p), isLetter(q)]
    if (pLetter && qLetter) return byCodePoint(p, q)
    if (pLetter || qLetter) return qLetter ? -1 : 1
    const [m, n] = [digitsFrom(x, i), digitsFrom(y, i)]
    // `0` inside a number (`10` against `1a`) is a digit of it, not a leading zero.
    const within = (p === '0' || q === '0') && continuesNumber(x, i) ? '1' : ''
    const difference = Number(within + m) - Number(within + n)
    return difference || m.length - n.length || byCodePoint(p, q)
  }
  return x.length - y.length
}

const isLetter = (character: string): boolean => /\p{L}/u.test(character)
const isDigit = (character: string | undefined): boolean => character !== undefined && character >= '0' && character <= '9'
const byCodePoint = (a: string, b: string): number => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)

function digitsFrom(characters: readonly string[], from: number): string {
  let end = from
  while (isDigit(characters[end])) end += 1
  return characters.slice(from, end).join('')
}

function continuesNumber(characters: readonly string[], at: number): boolean {
  for (let i = at - 1; isDigit(characters[i]); i -= 1) if (characters[i] !== '0') return true
  return false
}

function scalar(value: Json, floats: boolean): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return goNumber(value, floats)
  if (typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}

/** Integers in full, floats as Go's `%g` writes them: an exponent from 1e6 on and below 1e-4. */
function goNumber(value: number, isFloat: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude >= 1e-4 && magnitude < (Number.isInteger(value) && !isFloat ? 1e21 : 1e6)) return String(value)
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function text(value: string): string {
  if (needsDoubleQuotes(value)) return doubleQuoted(value)
  if (isAmbiguous(value)) return `"${value}"`
  return isPlain(value) ? value : `'${value.replaceAll("'", "''")}'`
}

/** Text that would be read back as something other than a string is double-quoted by upstream: "true", "123", "". */
function isAmbiguous(value: string): boolean {
  if (value === '' || value === '<<') return true
  return resolvePlain(value) !== value || (plainKey(value) ?? '') !== value || looksLikeSexagesimal(value) || looksLikeDate(value)
}

const looksLikeSexagesimal = (value: string): boolean => /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(value)
const looksLikeDate = (value: string): boolean => /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?$/.test(value)

function needsDoubleQuotes(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(value) || /\p{Surrogate}/u.test(value)
}

function isPlain(value: string): boolean {
  if (/^[\s]|[\s]$/.test(value)) return false
  if (/^[,[\]{}#&*!|>'"%@`]/.test(value)) return false
  if (/^[-?:](?:\s|$)/.test(value)) return false
  if (/^(?:---|\.\.\.)/.test(value)) return false
  return !/:(?:\s|$)|\s#/.test(value)
}

const escapes: Readonly<Record<string, string>> = {
  '\u0000': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
}

function doubleQuoted(value: string): string {
  const escaped = value
    .replace(/\p{Surrogate}/gu, '\ufffd')
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    .replace(/[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
      const known = escapes[character]
      if (known !== undefined) return known
      const code = character.charCodeAt(0)
      return code <= 0xff
        ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
        : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
    })
  return `"${escaped}"`
}

/** A literal block can hold it: printable, no tab or carriage return, not only line breaks, no trailing space that would be lost to the eye. */
function isBlockText(value: string): boolean {
  if (/^\n*$/.test(value) || /[ ]\n|[ ]$/.test(value)) return false
  return !needsDoubleQuotes(value.replaceAll('\n', ''))
}

function blockHeader(value: string, indent: number): string {
  const indentation = /^[\n ]/.test(value) ? String(indent) : ''
  const chomping = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-'
  return `|${indentation}${chomping}`
}

function blockLines(value: string): readonly string[] {
  return (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n')
}
