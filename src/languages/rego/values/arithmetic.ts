import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { addFloats, divideFloats, fromFloat, isWholeFloat, multiplyFloats, negate, toFloat, truncate } from './float.ts'
import type { Float } from './float.ts'
import { numberFromBigInt, RegoNumber, toBigInt } from './number.ts'
import type { AnyNumber } from './number.ts'

/** Whole numbers are added, subtracted and multiplied exactly; everything else is rounded to 64 bits. */
export function add(a: AnyNumber, b: AnyNumber): AnyNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum) && Number.isInteger(a) && Number.isInteger(b)) return sum
  }
  return exactly(a, b, (x, y) => x + y) ?? rounding(a, b, addFloats)
}

export function subtract(a: AnyNumber, b: AnyNumber): AnyNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference) && Number.isInteger(a) && Number.isInteger(b)) return difference
  }
  return exactly(a, b, (x, y) => x - y) ?? rounding(a, b, (x, y) => addFloats(x, negate(y)))
}

export function multiply(a: AnyNumber, b: AnyNumber): AnyNumber {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // Adding 0 turns -0 into 0.
    if (Number.isSafeInteger(product) && Number.isInteger(a) && Number.isInteger(b)) return product + 0
  }
  return exactly(a, b, (x, y) => x * y) ?? rounding(a, b, multiplyFloats)
}

/** What 0 divided by a negative number is. */
const negativeZero = new RegoNumber('-0')

export function divide(a: AnyNumber, b: AnyNumber): Result<AnyNumber, 'divide by zero'> {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) {
    const ratio = a / b
    if (Number.isSafeInteger(ratio) && Number.isSafeInteger(a) && Number.isSafeInteger(b) && ratio * b === a)
      return ok(Object.is(ratio, -0) ? negativeZero : ratio)
  }
  if (toBigInt(b) === 0n) return err('divide by zero')
  return ok(rounding(a, b, (x, y) => (y.mantissa === 0n ? x : divideFloats(x, y))))
}

export function remainder(a: AnyNumber, b: AnyNumber): Result<AnyNumber, string> {
  const dividend = toBigInt(a)
  const divisor = toBigInt(b)
  if (dividend === undefined || divisor === undefined) return err('modulo on floating-point number')
  if (divisor === 0n) return err('modulo by zero')
  return ok(numberFromBigInt(dividend % divisor))
}

function exactly(a: AnyNumber, b: AnyNumber, operation: (a: bigint, b: bigint) => bigint): AnyNumber | undefined {
  const x = toBigInt(a)
  if (x === undefined) return undefined
  const y = toBigInt(b)
  return y === undefined ? undefined : numberFromBigInt(operation(x, y))
}

function rounding(a: AnyNumber, b: AnyNumber, operation: (a: Float, b: Float) => Float): AnyNumber {
  const x = toFloat(a)
  const y = toFloat(b)
  // Numbers beyond all bounds stay as they are: nothing can be computed with them.
  if (x === undefined) return a
  return y === undefined ? b : fromFloat(operation(x, y))
}

export function absoluteValue(value: AnyNumber): AnyNumber {
  return withoutRounding(
    value,
    (x) => (x < 0n ? -x : x),
    (x) => (x.mantissa < 0n ? fromFloat(negate(x)) : fromFloat(x)),
  )
}

/** Halves away from zero. */
export function round(value: AnyNumber): AnyNumber {
  return withoutRounding(value, same, (x) => numberFromBigInt(truncate(addFloats(x, x.mantissa < 0n ? negate(half) : half))))
}

/** Upstream looks at the sign of the integer part, so -0.5 counts as positive. */
export function ceiling(value: AnyNumber): AnyNumber {
  return withoutRounding(value, same, (x) => numberFromBigInt(truncate(x) + (truncate(x) >= 0n && !isWholeFloat(x) ? 1n : 0n)))
}

export function floor(value: AnyNumber): AnyNumber {
  return withoutRounding(value, same, (x) => numberFromBigInt(truncate(x) - (truncate(x) < 0n && !isWholeFloat(x) ? 1n : 0n)))
}

const same = (value: bigint): bigint => value
const half: Float = { mantissa: 1n << 63n, exponent: -64 }

function withoutRounding(value: AnyNumber, whole: (value: bigint) => bigint, other: (value: Float) => AnyNumber): AnyNumber {
  const integer = toBigInt(value)
  if (integer !== undefined) return numberFromBigInt(whole(integer))
  const float = toFloat(value)
  return float === undefined ? value : other(float)
}

/** The integer part of a number; undefined where it has too many digits. */
export function integerPart(value: AnyNumber): bigint | undefined {
  const integer = toBigInt(value)
  if (integer !== undefined) return integer
  const float = toFloat(value)
  return float === undefined ? undefined : truncate(float)
}
