import { absoluteValue, add, ceiling, divide, floor, multiply, remainder, round } from '../values/arithmetic.ts'
import type { AnyNumber } from '../values/number.ts'
import { numberFromBigInt, toBigInt } from '../values/number.ts'
import type { RegoArray } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { define, number, tooLarge, wholeNumber } from './define.ts'
import { failure, type } from './operands.ts'

const ofNumber = (name: string, evaluate: (value: AnyNumber) => AnyNumber): Builtin =>
  define(name, [number], type.number, ([value]) => evaluate(value))

interface Range {
  readonly name: string
  readonly first: bigint
  readonly last: bigint
  readonly step: bigint
}

/** From first to last in either direction, both included. */
function range({ name, first, last, step }: Range, context: BuiltinContext): RegoArray | BuiltinError {
  const distance = last > first ? last - first : first - last
  const count = distance / step + 1n
  if (count > BigInt(context.limits.elements)) return tooLarge(name, 'array')
  const direction = last >= first ? step : -step
  return Array.from({ length: Number(count) }, (_, at) => numberFromBigInt(first + direction * BigInt(at)))
}

const integerOf = (value: AnyNumber): bigint => toBigInt(value) ?? 0n

export const numberBuiltins: readonly Builtin[] = [
  define('plus', [number, number], type.number, ([a, b]) => add(a, b), { infix: '+' }),
  define('mul', [number, number], type.number, ([a, b]) => multiply(a, b), { infix: '*' }),
  define(
    'div',
    [number, number],
    type.number,
    ([a, b]) => {
      const result = divide(a, b)
      return result.ok ? result.value : failure('div', result.error)
    },
    { infix: '/' },
  ),
  define(
    'rem',
    [number, number],
    type.number,
    ([a, b]) => {
      const result = remainder(a, b)
      return result.ok ? result.value : failure('rem', result.error)
    },
    { infix: '%' },
  ),
  ofNumber('abs', absoluteValue),
  ofNumber('ceil', ceiling),
  ofNumber('floor', floor),
  ofNumber('round', round),
  define('numbers.range', [wholeNumber, wholeNumber], type.array(type.number), ([a, b], context) =>
    range({ name: 'numbers.range', first: integerOf(a), last: integerOf(b), step: 1n }, context),
  ),
  define('numbers.range_step', [wholeNumber, wholeNumber, wholeNumber], type.array(type.number), ([a, b, step], context) =>
    integerOf(step) <= 0n
      ? failure('numbers.range_step', 'numbers.range_step: step must be a positive integer')
      : range({ name: 'numbers.range_step', first: integerOf(a), last: integerOf(b), step: integerOf(step) }, context),
  ),
]
