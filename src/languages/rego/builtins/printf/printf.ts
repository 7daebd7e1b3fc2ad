import { quoteGo, quoteGoAscii, quoteGoRune } from '../../../../core/go-quote.ts'
import { unreachable } from '../../../../core/unreachable.ts'
import { formatFloatVerb } from './float.ts'
import { cut, formatBytes, formatInteger, pad } from './format.ts'
import type { Flags, IntegerForm } from './format.ts'

/** An argument of Go's Sprintf, of one of the types that Rego's values become. */
export type Argument =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float64'; readonly value: number }
  | { readonly kind: 'bigInt'; readonly value: bigint }

/** Go's fmt.Sprintf. */
export function printf(format: string, args: readonly Argument[]): string {
  const printer: Printer = { format, args, at: 0, next: 0, reordered: false }
  let out = ''
  while (printer.at < format.length) {
    const percent = format.indexOf('%', printer.at)
    if (percent === -1) return out + format.slice(printer.at) + extra(printer)
    out += format.slice(printer.at, percent)
    printer.at = percent + 1
    out += directive(printer)
  }
  return out + extra(printer)
}

interface Printer {
  readonly format: string
  readonly args: readonly Argument[]
  at: number
  next: number
  /** An argument index was used somewhere. */
  reordered: boolean
}

const noFlags: Flags = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  goSyntax: false,
  width: undefined,
  precision: undefined,
}

function extra({ args, next, reordered }: Printer): string {
  if (reordered || next >= args.length) return ''
  return `%!(EXTRA ${args
    .slice(next)
    .map((argument) => `${goType(argument)}=${plainText(argument)}`)
    .join(', ')})`
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Widths and precisions beyond this are refused. */
const largest = 1e6

/** What one directive prints; `%` has been read. */
function directive(printer: Printer): string {
  const flags: Mutable<Flags> = { ...noFlags }
  readFlags(printer, flags)
  const state = { goodIndex: true, afterIndex: false }
  argumentIndex(printer, state)
  let problems = readWidth(printer, flags, state)
  problems += readPrecision(printer, flags, state)
  if (!state.afterIndex) argumentIndex(printer, state)
  const code = printer.format.codePointAt(printer.at)
  if (code === undefined) return `${problems}%!(NOVERB)`
  const verb = String.fromCodePoint(code)
  printer.at += verb.length
  return problems + verbText(printer, verb, flags, state.goodIndex)
}

function verbText(printer: Printer, verb: string, flags: Flags, goodIndex: boolean): string {
  if (verb === '%') return '%'
  if (!goodIndex) return `%!${verb}(BADINDEX)`
  const argument = printer.args[printer.next]
  if (argument === undefined) return `%!${verb}(MISSING)`
  printer.next += 1
  // For `%v` (and `%w`), `#` and `+` ask for other forms of structures, not of numbers.
  const own = verb === 'v' || verb === 'w' ? { ...flags, goSyntax: flags.sharp, sharp: false, plus: false } : flags
  return formatArgument(argument, verb, own)
}

function readFlags(printer: Printer, flags: Mutable<Flags>): void {
  for (; ; printer.at += 1) {
    switch (printer.format[printer.at]) {
      case '+':
        flags.plus = true
        break
      case '-':
        flags.minus = true
        break
      case '#':
        flags.sharp = true
        break
      case ' ':
        flags.space = true
        break
      case '0':
        flags.zero = true
        break
      default:
        return
    }
  }
}

interface IndexState {
  goodIndex: boolean
  /** The last thing read was an index. */
  afterIndex: boolean
}

/** `[3]`: the argument to use next, counted from 1. */
function argumentIndex(printer: Printer, state: IndexState): void {
  state.afterIndex = false
  if (printer.format[printer.at] !== '[') return
  printer.reordered = true
  const close = printer.format.indexOf(']', printer.at)
  if (close === -1) {
    state.goodIndex = false
    printer.at += 1
    return
  }
  const digits = printer.format.slice(printer.at + 1, close)
  printer.at = close + 1
  const index = /^\d+$/.test(digits) && Number(digits) <= largest ? Number(digits) - 1 : -1
  if (index < 0 || index >= printer.args.length) {
    state.goodIndex = false
    return
  }
  printer.next = index
  state.afterIndex = true
}

function readWidth(printer: Printer, flags: Mutable<Flags>, state: IndexState): string {
  if (printer.format[printer.at] !== '*') {
    flags.width = readNumber(printer)
    // `%[3]2d`
    if (state.afterIndex && flags.width !== undefined) state.goodIndex = false
    return ''
  }
  printer.at += 1
  state.afterIndex = false
  const width = takeInteger(printer)
  if (width === undefined) return '%!(BADWIDTH)'
  flags.width = Math.abs(width)
  if (width < 0) {
    flags.minus = true
    flags.zero = false
  }
  return ''
}

function readPrecision(printer: Printer, flags: Mutable<Flags>, state: IndexState): string {
  if (printer.format[printer.at] !== '.') return ''
  printer.at += 1
  // `%[3].2d`
  if (state.afterIndex) state.goodIndex = false
  argumentIndex(printer, state)
  if (printer.format[printer.at] !== '*') {
    flags.precision = readNumber(printer) ?? 0
    return ''
  }
  printer.at += 1
  state.afterIndex = false
  const precision = takeInteger(printer)
  if (precision === undefined) return '%!(BADPREC)'
  if (precision >= 0) {
    flags.precision = precision
    return ''
  }
  return '%!(BADPREC)'
}

function takeInteger(printer: Printer): number | undefined {
  const argument = printer.args[printer.next]
  if (argument === undefined) return undefined
  printer.next += 1
  const value = argument.kind === 'int' ? Number(argument.value) : Number.NaN
  return Math.abs(value) <= largest ? value : undefined
}

function readNumber(printer: Printer): number | undefined {
  const start = printer.at
  let value = 0
  while (/^\d$/.test(printer.format[printer.at] ?? '')) {
    // A number that is far too large takes the rest of the format with it.
    if (value > largest) {
      printer.at = printer.format.length
      return undefined
    }
    value = value * 10 + Number(printer.format[printer.at])
    printer.at += 1
  }
  return printer.at === start ? undefined : value
}

function goType({ kind }: Argument): string {
  return kind === 'bigInt' ? '*big.Int' : kind
}

/** `%v` without flags. */
const plainText = (argument: Argument): string => formatArgument(argument, 'v', noFlags)

function formatArgument(argument: Argument, verb: string, flags: Flags): string {
  if (verb === 'T') return pad(cut(goType(argument), flags), flags)
  if (verb === 'p') return badVerb(argument, verb, flags)
  switch (argument.kind) {
    case 'string':
      return formatText(argument.value, verb, flags) ?? badVerb(argument, verb, flags)
    case 'int':
      return formatInt(argument.value, verb, flags) ?? badVerb(argument, verb, flags)
    case 'float64':
      return formatDouble(argument.value, verb, flags) ?? badVerb(argument, verb, flags)
    case 'bigInt':
      return formatBigInt(argument.value, verb, flags)
    default:
      return unreachable(argument)
  }
}

const badVerb = (argument: Argument, verb: string, flags: Flags): string =>
  `%!${verb}(${goType(argument)}=${formatArgument(argument, 'v', flags)})`

function formatText(value: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
      return flags.goSyntax ? quoted(value, flags) : pad(cut(value, flags), flags)
    case 's':
      return pad(cut(value, flags), flags)
    case 'q':
      return quoted(value, flags)
    case 'x':
    case 'X':
      return formatBytes(value, verb === 'X', flags)
    default:
      return undefined
  }
}

// oxlint-disable-next-line no-control-regex -- control characters cannot stand between backquotes
const backquotable = /^[^`\0-\u0008\n-\u001f\u007f\ufeff]*$/

function quoted(value: string, flags: Flags): string {
  const shown = cut(value, flags)
  if (flags.sharp && backquotable.test(shown)) return pad(`\`${shown}\``, flags)
  return pad(flags.plus ? quoteGoAscii(shown) : quoteGo(shown), flags)
}

const integerForms: ReadonlyMap<string, IntegerForm> = new Map([
  ['v', { base: 10 }],
  ['d', { base: 10 }],
  ['b', { base: 2 }],
  ['o', { base: 8 }],
  ['O', { base: 8, letterO: true }],
  ['x', { base: 16 }],
  ['X', { base: 16, upper: true }],
])

function formatInt(value: bigint, verb: string, flags: Flags): string | undefined {
  const form = integerForms.get(verb)
  if (form !== undefined) return formatInteger(value, form, flags)
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd
  switch (verb) {
    case 'c':
      return pad(String.fromCodePoint(code).toWellFormed(), flags)
    case 'q':
      return pad(quoteGoRune(code, flags.plus), flags)
    case 'U':
      return unicode(value, flags)
    default:
      return undefined
  }
}

/** `U+0041`, with the character itself for `#`. */
function unicode(value: bigint, flags: Flags): string {
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), '0')
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : undefined
  const character = flags.sharp && code !== undefined && quoteGoRune(code, false) === `'${String.fromCodePoint(code)}'`
  return pad(`U+${digits}${character ? ` '${String.fromCodePoint(code)}'` : ''}`, flags, false)
}

function formatDouble(value: number, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'v':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
    case 'b':
      return formatFloatVerb(value, verb, flags)
    default:
      return undefined
  }
}

/** A big.Int formats itself, also for `%s`. */
function formatBigInt(value: bigint, verb: string, flags: Flags): string {
  const form = integerForms.get(verb === 's' ? 'v' : verb)
  if (form === undefined) return `%!${verb}(big.Int=${value})`
  return formatInteger(value, form, form.letterO === true ? { ...flags, sharp: false } : flags)
}
