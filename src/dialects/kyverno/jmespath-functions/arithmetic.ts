import { formatValue } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Duration } from '../../../kube/duration.ts'
import { durationSeconds, formatDuration, parseDuration, wrapDuration } from '../../../kube/duration.ts'
import type { Quantity } from '../../../kube/quantity.ts'
import {
  addQuantities,
  divideQuantities,
  formatQuantity,
  isZeroQuantity,
  multiplyQuantities,
  parseQuantity,
  quantityOf,
  quantityToNumber,
  subtractQuantities,
} from '../../../kube/quantity.ts'
import { parseVersion, parseVersionRange } from '../../../kube/semver.ts'
import type { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { jmesFunction, JmesFailure as Failure } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

/** A number is a scalar; a string is a quantity if it can be, else a duration: `10m` is a hundredth, not ten minutes. */
type Operand =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'quantity'; readonly value: Quantity }
  | { readonly kind: 'duration'; readonly value: Duration }

function operandOf(name: string, value: Json): Operand | JmesFailure {
  if (typeof value === 'number') return { kind: 'scalar', value }
  if (typeof value === 'string') {
    const quantity = parseQuantity(value)
    if (quantity !== undefined) return { kind: 'quantity', value: quantity }
    const duration = parseDuration(value)
    if (duration !== undefined) return { kind: 'duration', value: duration }
  }
  return invalid(name, 'invalid operand')
}

type Pair = readonly [Operand, Operand]

function pairOf(name: string, a: Json, b: Json): Pair | JmesFailure {
  const left = operandOf(name, a)
  if (left instanceof Failure) return left
  const right = operandOf(name, b)
  return right instanceof Failure ? right : [left, right]
}

const mismatch = (name: string): JmesFailure => invalid(name, 'Types mismatch')
const zero = (name: string): JmesFailure => invalid(name, 'Zero divisor passed')

function add(name: string, [a, b]: Pair, sign: 1 | -1): Json | JmesFailure {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value + sign * b.value
  if (a.kind === 'quantity' && b.kind === 'quantity')
    return formatQuantity(sign === 1 ? addQuantities(a.value, b.value) : subtractQuantities(a.value, b.value))
  if (a.kind === 'duration' && b.kind === 'duration') return formatDuration(wrapDuration(a.value + BigInt(sign) * b.value))
  return mismatch(name)
}

/** Upstream prints the number and reads it as a quantity, so that its decimals are those that it is written with. */
const quantityOfNumber = (value: number): Quantity | undefined => parseQuantity(formatValue(value))

function scaleQuantity(name: string, quantity: Quantity, factor: number): Json | JmesFailure {
  const by = quantityOfNumber(factor)
  return by === undefined ? invalid(name, 'invalid operand') : formatQuantity(multiplyQuantities(quantity, by))
}

/** Seconds as a double, cut off to nanoseconds. What an int64 cannot hold is its least value, as on the processors that upstream runs on. */
function durationOfSeconds(seconds: number): Json {
  const nanos = Math.trunc(seconds * 1e9)
  return formatDuration(Math.abs(nanos) < 2 ** 63 ? BigInt(nanos) : -(1n << 63n))
}

function multiply(name: string, [a, b]: Pair): Json | JmesFailure {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value * b.value
  if (a.kind === 'quantity' && b.kind === 'scalar') return scaleQuantity(name, a.value, b.value)
  if (a.kind === 'scalar' && b.kind === 'quantity') return scaleQuantity(name, b.value, a.value)
  if (a.kind === 'duration' && b.kind === 'scalar') return durationOfSeconds(durationSeconds(a.value) * b.value)
  if (a.kind === 'scalar' && b.kind === 'duration') return durationOfSeconds(durationSeconds(b.value) * a.value)
  return mismatch(name)
}

function divide(name: string, [a, b]: Pair): Json | JmesFailure {
  if (a.kind === 'scalar' ? b.kind !== 'scalar' : b.kind !== 'scalar' && b.kind !== a.kind) return mismatch(name)
  if (isZero(b)) return zero(name)
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value / b.value
  if (a.kind === 'quantity' && b.kind === 'quantity') return quantityToNumber(a.value) / quantityToNumber(b.value)
  if (a.kind === 'duration' && b.kind === 'duration') return durationSeconds(a.value) / durationSeconds(b.value)
  if (a.kind === 'duration' && b.kind === 'scalar') return durationOfSeconds(durationSeconds(a.value) / b.value)
  return a.kind === 'quantity' && b.kind === 'scalar' ? divideQuantity(name, a.value, b.value) : mismatch(name)
}

/** The quotient has as many decimals as the more precise side is written with: a third of `1` is 0, of `1000m` 333m. */
function divideQuantity(name: string, dividend: Quantity, divisor: number): Json | JmesFailure {
  const by = quantityOfNumber(divisor)
  const quotient = by === undefined ? undefined : divideQuantities(dividend, by)
  return quotient === undefined ? invalid(name, 'invalid operand') : formatQuantity(quotient)
}

function isZero(operand: Operand): boolean {
  switch (operand.kind) {
    case 'scalar':
      return operand.value === 0
    case 'quantity':
      return isZeroQuantity(operand.value)
    case 'duration':
      return operand.value === 0n
    default:
      return unreachable(operand)
  }
}

function modulo(name: string, [a, b]: Pair): Json | JmesFailure {
  if (a.kind !== b.kind) return mismatch(name)
  if (isZero(b)) return zero(name)
  if (a.kind === 'duration' && b.kind === 'duration') return formatDuration(a.value % b.value)
  const left = wholeNumber(a)
  const right = wholeNumber(b)
  if (left === undefined || right === undefined) return invalid(name, 'Non-integer argument(s) passed for modulo')
  return a.kind === 'quantity' ? formatQuantity(quantityOf(left % right, 0, a.value.format)) : Number(left % right)
}

/** The whole number that an operand is, as far as an int64 reaches. */
function wholeNumber(operand: Operand): bigint | undefined {
  if (operand.kind === 'duration') return undefined
  const value = operand.kind === 'scalar' ? operand.value : quantityToNumber(operand.value)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : undefined
}

function sum(list: readonly Json[]): Json | JmesFailure {
  const [first, ...rest] = list
  if (first === undefined) return invalid('sum', 'at least one element in the array is required')
  return rest.reduce<Json | JmesFailure>((total, item) => {
    if (total instanceof Failure) return total
    const pair = pairOf('sum', total, item)
    return pair instanceof Failure ? pair : add('sum', pair, 1)
  }, first)
}

/** Half away from zero. */
function round(value: number, digits: number): Json | JmesFailure {
  if (!Number.isInteger(digits)) return invalid('round', 'Non-integer argument(s) passed for round off')
  if (digits < 0) return invalid('round', 'argument #2 is out of bounds (>= 0)')
  const shift = Number(`1e${Math.min(digits, 300)}`)
  const scaled = Math.abs(value) * shift
  return Number.isFinite(scaled) ? (Math.sign(value) * Math.round(scaled)) / shift : value
}

const operand = ['any', 'any'] as const
const compute =
  (name: string, operation: (name: string, pair: Pair) => Json | JmesFailure) =>
  ([a, b]: readonly [Json, Json]): Json | JmesFailure => {
    const pair = pairOf(name, a, b)
    return pair instanceof Failure ? pair : operation(name, pair)
  }

export const arithmeticFunctions = [
  jmesFunction('add', operand, 'any', {
    doc: 'The sum of two numbers, two quantities or two durations.',
    examples: [
      ['add(`1`, `2`)', 3],
      ["add('1Mi', '1Mi')", '2Mi'],
      ["add('1h', '30m0s')", '1h30m0s'],
    ],
    evaluate: compute('add', (name, pair) => add(name, pair, 1)),
  }),
  jmesFunction('sum', ['array'], 'any', {
    doc: 'The sum of a list of numbers, quantities or durations.',
    examples: [["sum(['10Ki', '6Ki'])", '16Ki']],
    evaluate: ([list]) => sum(list),
  }),
  jmesFunction('subtract', operand, 'any', {
    doc: 'The difference of two numbers, two quantities or two durations.',
    examples: [["subtract('3Gi', '1Gi')", '2Gi']],
    evaluate: compute('subtract', (name, pair) => add(name, pair, -1)),
  }),
  jmesFunction('multiply', operand, 'any', {
    doc: 'The product of two numbers, or of a quantity or duration and a number.',
    examples: [["multiply('1Mi', `2`)", '2Mi']],
    evaluate: compute('multiply', multiply),
  }),
  jmesFunction('divide', operand, 'any', {
    doc: 'The quotient of two numbers, quantities or durations, or of a quantity or duration by a number.',
    examples: [
      ["divide('12Mi', `3`)", '4Mi'],
      ["divide('12Mi', '3Mi')", 4],
    ],
    evaluate: compute('divide', divide),
  }),
  jmesFunction('modulo', operand, 'any', {
    doc: 'What is left after dividing whole numbers, quantities or durations.',
    examples: [['modulo(`5`, `3`)', 2]],
    evaluate: compute('modulo', modulo),
  }),
  jmesFunction('round', ['number', 'number'], 'number', {
    doc: 'A number with so many digits after the point, half away from zero.',
    examples: [['round(`3.145`, `1`)', 3.1]],
    evaluate: ([value, digits]) => round(value, digits),
  }),
  jmesFunction('semver_compare', ['string', 'string'], 'boolean', {
    doc: 'Whether a version is in a range; a version that cannot be read counts as 0.0.0.',
    examples: [["semver_compare('4.1.3', '>=4.1.x')", true]],
    evaluate: ([version, range]) => {
      const holds = parseVersionRange(range)
      if (holds === undefined) return invalid('semver_compare', `Could not parse Range ${JSON.stringify(range)}`)
      const parsed = parseVersion(version) ?? { core: [0, 0, 0], prerelease: [] }
      return holds(parsed)
    },
  }),
]
