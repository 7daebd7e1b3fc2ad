import type { AnyNumber } from '../values/number.ts'
import { numberFromBigInt, toBigInt } from '../values/number.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import { define, tooLarge, wholeNumber } from './define.ts'
import { type, wrongOperand } from './operands.ts'

const integerOf = (value: AnyNumber): bigint => toBigInt(value) ?? 0n

const ofTwo = (name: string, combine: (a: bigint, b: bigint) => bigint): Builtin =>
  define(name, [wholeNumber, wholeNumber], type.number, ([a, b]) => numberFromBigInt(combine(integerOf(a), integerOf(b))))

/** Bits a shift may add. */
const maxShift = 100_000n

const shift = (name: string, move: (value: bigint, by: bigint) => bigint): Builtin =>
  define(name, [wholeNumber, wholeNumber], type.number, ([value, by]) => {
    const bits = integerOf(by)
    if (bits < 0n) return negativeShift(name)
    if (bits > maxShift) return name === 'bits.lsh' ? tooLarge(name, 'number') : numberFromBigInt(integerOf(value) < 0n ? -1n : 0n)
    return numberFromBigInt(move(integerOf(value), bits))
  })

const negativeShift = (name: string): BuiltinError => wrongOperand(name, 1, 'an unsigned integer number', 'a negative integer')

export const bitBuiltins: readonly Builtin[] = [
  ofTwo('bits.and', (a, b) => a & b),
  ofTwo('bits.or', (a, b) => a | b),
  ofTwo('bits.xor', (a, b) => a ^ b),
  define('bits.negate', [wholeNumber], type.number, ([value]) => numberFromBigInt(~integerOf(value))),
  shift('bits.lsh', (value, by) => value << by),
  shift('bits.rsh', (value, by) => value >> by),
]
