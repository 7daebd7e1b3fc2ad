import { compareText, formatFloat } from '../../../../core/go-format.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { numberText, toSafeInteger } from '../../values/number.ts'
import type { RegoValue } from '../../values/value.ts'
import { isArray, isNumber, isObject, isSet, objectEntries, objectGet, objectSize } from '../../values/value.ts'
import { printf } from '../printf/printf.ts'
import type { Argument } from '../printf/printf.ts'
import { escapeQuery } from '../url-query.ts'

/** A number of the template itself. Numbers of the data are texts to Go. */
export class GoNumber {
  readonly go: 'int' | 'float64'
  readonly value: number

  constructor(go: 'int' | 'float64', value: number) {
    this.go = go
    this.value = value
  }
}

/** Undefined where there is nothing. */
export type Value = RegoValue | GoNumber | undefined

export const goInt = (value: number): GoNumber => new GoNumber('int', value)

export const isGoNumber = (value: Value): value is GoNumber => value instanceof GoNumber

const isData = (value: Value): value is RegoValue => value !== undefined && !isGoNumber(value)

/** What an action prints of a value. */
export function textOf(value: Value): string {
  if (value === undefined) return '<no value>'
  if (isGoNumber(value)) return value.go === 'int' ? String(value.value) : formatFloat(value.value)
  if (typeof value === 'string') return value
  if (value === null) return '<nil>'
  if (typeof value === 'boolean') return String(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return `[${value.map(textOf).join(' ')}]`
  if (isSet(value)) return `[${value.sorted.map(textOf).join(' ')}]`
  return `map[${objectEntries(value)
    .map(([key, each]) => `${textOf(key)}:${textOf(each)}`)
    .join(' ')}]`
}

/** Numbers of the data are not empty, whatever they are. */
export function isTrue(value: Value): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  if (isGoNumber(value)) return value.value !== 0
  if (isArray(value)) return value.length > 0
  return typeof value !== 'object' || isNumber(value) || isSet(value) || objectSize(value) > 0
}

type Outcome = Result<Value, string>
type Evaluate = (args: readonly Value[]) => Outcome

/** Values that are compared: texts, whole numbers, fractions and booleans, each among themselves. */
function basic(value: Value): readonly [kind: string, value: string | number | boolean] | undefined {
  if (isGoNumber(value)) return [value.go, value.value]
  if (typeof value === 'string') return ['string', value]
  if (typeof value === 'boolean') return ['bool', value]
  return isData(value) && isNumber(value) ? ['json.Number', numberText(value)] : undefined
}

function order(a: Value, b: Value): Result<number, string> {
  const [x, y] = [basic(a), basic(b)]
  if (x === undefined || y === undefined) return err('incompatible types for comparison')
  if (typeof x[1] !== typeof y[1] || (typeof x[1] === 'number' && x[0] !== y[0])) {
    return err(`incompatible types for comparison: ${x[0]} and ${y[0]}`)
  }
  if (typeof x[1] === 'string' && typeof y[1] === 'string') return ok(compareText(x[1], y[1]))
  return ok(Number(x[1]) - Number(y[1]))
}

const comparison =
  (holds: (order: number) => boolean): Evaluate =>
  ([a, b]) => {
    const result = order(a, b)
    return result.ok ? ok(holds(result.value)) : result
  }

const equality: Evaluate = ([first, ...others]) => {
  for (const other of others) {
    if ((first ?? null) === null || (other ?? null) === null) {
      if ((first ?? null) === (other ?? null)) return ok(true)
      continue
    }
    const result = order(first, other)
    if (!result.ok) return result
    if (result.value === 0) return ok(true)
  }
  return ok(false)
}

function index(value: Value, keys: readonly Value[]): Outcome {
  let found: Value = value
  for (const key of keys) {
    if (!isData(found)) return err('index of untyped nil')
    if (isArray(found)) {
      const at = isGoNumber(key) ? key.value : undefined
      if (at === undefined) return err('cannot index slice/array with type string')
      if (at < 0 || at >= found.length) return err(`error calling index: index out of range: ${at}`)
      found = found[at]
    } else if (isObject(found)) found = isData(key) ? objectGet(found, key) : undefined
    else return err("can't index item of this type")
  }
  return ok(found)
}

function length(value: Value): Outcome {
  if (typeof value === 'string') return ok(goInt(new TextEncoder().encode(value).length))
  if (!isData(value) || value === null || typeof value === 'boolean') return err('len of nil pointer')
  if (isNumber(value)) return ok(goInt(numberText(value).length))
  return ok(goInt(isArray(value) ? value.length : isSet(value) ? value.size : objectSize(value)))
}

function slice(value: Value, bounds: readonly Value[]): Outcome {
  const numbers = bounds.map((bound) =>
    isGoNumber(bound) ? bound.value : isData(bound) && isNumber(bound) ? toSafeInteger(bound) : undefined,
  )
  if (typeof value !== 'string' && !(isData(value) && isArray(value))) return err("can't slice item of this type")
  const [from = 0, to = value.length] = numbers
  return from < 0 || to > value.length || from > to ? err(`slice index out of range`) : ok(value.slice(from, to))
}

/** A space between two operands neither of which is a text. */
function print(args: readonly Value[]): string {
  const isText = (value: Value): boolean => typeof value === 'string' || (isData(value) && isNumber(value))
  return args
    .map((value, at) => (at > 0 && !isText(value) && !isText(args[at - 1]) ? ' ' : '') + (value === undefined ? '<nil>' : textOf(value)))
    .join('')
}

function argument(value: Value): Argument {
  if (isGoNumber(value)) return value.go === 'int' ? { kind: 'int', value: BigInt(value.value) } : { kind: 'float64', value: value.value }
  return { kind: 'string', value: value === undefined ? '<nil>' : textOf(value) }
}

const htmlEscapes: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&#34;', "'": '&#39;', '\0': '\ufffd' }
const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

const escapeScript = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are escaped
  text.replaceAll(/[\\'"<>&=]|[\0-\u001f]/g, (character) => {
    return jsEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  })

/** The functions that every template has, except `and` and `or`, which do not evaluate all their operands. */
export const functions: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['not', ([value]) => ok(!isTrue(value))],
  ['len', ([value]) => length(value)],
  ['index', ([value, ...keys]) => index(value, keys)],
  ['slice', ([value, ...bounds]) => slice(value, bounds)],
  ['print', (args) => ok(print(args))],
  ['println', (args) => ok(`${args.map((value) => (value === undefined ? '<nil>' : textOf(value))).join(' ')}\n`)],
  ['printf', ([format, ...args]) => (typeof format === 'string' ? ok(printf(format, args.map(argument))) : err('wrong type for format'))],
  ['html', (args) => ok(print(args).replaceAll(/[<>&"'\0]/g, (character) => htmlEscapes[character] ?? character))],
  ['js', (args) => ok(escapeScript(print(args)))],
  ['urlquery', (args) => ok(escapeQuery(print(args)))],
  ['eq', equality],
  [
    'ne',
    ([a, b]) => {
      const result = equality([a, b])
      return result.ok ? ok(result.value === false) : result
    },
  ],
  ['lt', comparison((sign) => sign < 0)],
  ['le', comparison((sign) => sign <= 0)],
  ['gt', comparison((sign) => sign > 0)],
  ['ge', comparison((sign) => sign >= 0)],
])
