import type { Json } from '../../../core/json.ts'
import type { Duration } from '../../../kube/duration.ts'
import { formatDuration, parseDuration } from '../../../kube/duration.ts'
import type { Quantity } from '../../../kube/quantity.ts'
import { addQuantities, formatQuantity, parseQuantity, quantityToNumber, subtractQuantities } from '../../../kube/quantity.ts'
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
  if (a.kind === 'duration' && b.kind === 'duration') return formatDuration(a.value + BigInt(sign) * b.value)
  return mismatch(name)
}

/** A double as an exact fraction. */
function fraction(value: number): { readonly numerator: bigint; readonly denominator: bigint } | undefined {
  if (!Number.isFinite(value)) return undefined
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const [whole = '0', decimals = ''] = mantissa.split('.')
  const digits = BigInt(whole + decimals)
  const power = Number(exponent) - decimals.length
  return power >= 0
    ? { numerator: digits * 10n ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-power) }
}

function scaleQuantity(name: string, { nanos, format }: Quantity, factor: number): Json | JmesFailure {
  const by = fraction(factor)
  if (by === undefined) return invalid(name, 'invalid operand')
  return formatQuantity({ nanos: (nanos * by.numerator) / by.denominator, format })
}

const scaleDuration = (duration: Duration, factor: number): Json => formatDuration(BigInt(Math.trunc(Number(duration) * factor)))

function multiply(name: string, [a, b]: Pair): Json | JmesFailure {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value * b.value
  if (a.kind === 'quantity' && b.kind === 'scalar') return scaleQuantity(name, a.value, b.value)
  if (a.kind === 'scalar' && b.kind === 'quantity') return scaleQuantity(name, b.value, a.value)
  if (a.kind === 'duration' && b.kind === 'scalar') return scaleDuration(a.value, b.value)
  if (a.kind === 'scalar' && b.kind === 'duration') return scaleDuration(b.value, a.value)
  return mismatch(name)
}

function divide(name: string, [a, b]: Pair): Json | JmesFailure {
  if (isZero(b)) return zero(name)
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value / b.value
  if (a.kind === 'quantity' && b.kind === 'quantity') return quantityToNumber(a.value) / quantityToNumber(b.value)
  if (a.kind === 'duration' && b.kind === 'duration') return Number(a.value) / Number(b.value)
  if (a.kind === 'duration' && b.kind === 'scalar') return formatDuration(BigInt(Math.trunc(Number(a.value) / b.value)))
  if (a.kind !== 'quantity' || b.kind !== 'scalar') return mismatch(name)
  const by = fraction(b.value)
  return by === undefined
    ? invalid(name, 'invalid operand')
    : formatQuantity({ nanos: (a.value.nanos * by.denominator) / by.numerator, format: a.value.format })
}

function isZero(operand: Operand): boolean {
  switch (operand.kind) {
    case 'scalar':
      return operand.value === 0
    case 'quantity':
      return operand.value.nanos === 0n
    case 'duration':
      return operand.value === 0n
  }
}

const billion = 1_000_000_000n

function modulo(name: string, [a, b]: Pair): Json | JmesFailure {
  if (isZero(b)) return zero(name)
  const integers = 'Non-integer argument(s) passed for modulo'
  if (a.kind === 'scalar' && b.kind === 'scalar')
    return Number.isInteger(a.value) && Number.isInteger(b.value) ? (a.value % b.value) + 0 : invalid(name, integers)
  if (a.kind === 'duration' && b.kind === 'duration') return formatDuration(a.value % b.value)
  if (a.kind !== 'quantity' || b.kind !== 'quantity') return mismatch(name)
  if (a.value.nanos % billion !== 0n || b.value.nanos % billion !== 0n) return invalid(name, integers)
  return formatQuantity({ nanos: a.value.nanos % b.value.nanos, format: a.value.format })
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
  const shift = 10 ** Math.min(digits, 300)
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
