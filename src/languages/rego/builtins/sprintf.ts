import { formatValue } from '../values/format.ts'
import { numberText } from '../values/number.ts'
import type { AnyNumber } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import { isNumber } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { array, define, text, tooLarge } from './define.ts'
import { type } from './operands.ts'
import { printf } from './printf/printf.ts'
import type { Argument } from './printf/printf.ts'

/** Strings as they are, numbers by their text, everything else as Rego writes it. */
export function toArgument(value: RegoValue): Argument {
  if (typeof value === 'string') return { kind: 'string', value }
  return isNumber(value) ? numberArgument(value) : { kind: 'string', value: formatValue(value) }
}

const integerText = /^[+-]?\d+$/
const int64 = { smallest: -(1n << 63n), largest: (1n << 63n) - 1n } as const

function numberArgument(value: AnyNumber): Argument {
  const shown = numberText(value)
  if (integerText.test(shown)) {
    const integer = BigInt(shown.replace('+', ''))
    const isInt = integer >= int64.smallest && integer <= int64.largest
    return { kind: isInt ? 'int' : 'bigInt', value: integer }
  }
  const double = Number(shown)
  return Number.isFinite(double) ? { kind: 'float64', value: double } : { kind: 'string', value: shown }
}

/** The text of a format with `%v` and `%s` only, without flags, which is by far the most frequent; or undefined where it is not one or does not fit the values. */
export function printPlain(format: string, values: readonly RegoValue[]): string | undefined {
  let next = 0
  let out = ''
  let at = 0
  for (let percent = format.indexOf('%'); percent !== -1; percent = format.indexOf('%', at)) {
    const verb = format[percent + 1]
    const value = values[next]
    if ((verb !== 'v' && verb !== 's') || value === undefined || (isNumber(value) && !isPlainInteger(value, verb))) return undefined
    out += format.slice(at, percent) + (typeof value === 'string' ? value : formatValue(value))
    next += 1
    at = percent + 2
  }
  return next === values.length && out.length < longText ? out + format.slice(at) : undefined
}

/** Longer texts are looked at for the limits. */
const longText = 64 * 1024

const isPlainInteger = (value: AnyNumber, verb: string): boolean => verb === 'v' && Number.isSafeInteger(value)

export const sprintfBuiltins: readonly Builtin[] = [
  define('sprintf', [text, array], type.string, ([format, values], context) => {
    const printed = printPlain(format, values) ?? printf(format, values.map(toArgument))
    return printed.length > context.limits.textLength ? tooLarge('sprintf', 'string') : printed
  }),
]
