import type { RegoValue } from '../values/value.ts'
import { compareValues, equalValues, RegoSet } from '../values/value.ts'

/** Undefined: the built-in itself has to say. */
type Fast = (left: RegoValue, right: RegoValue) => RegoValue | undefined

const texts =
  (holds: (left: string, right: string) => boolean): Fast =>
  (left, right) =>
    typeof left === 'string' && typeof right === 'string' ? holds(left, right) : undefined

const safe = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined)
const integers =
  (compute: (left: number, right: number) => number): Fast =>
  (left, right) =>
    typeof left === 'number' && typeof right === 'number' && Number.isSafeInteger(left) && Number.isSafeInteger(right)
      ? safe(compute(left, right))
      : undefined

/** The common cases of built-ins with two operands, without an array of operands and the checks of their types. */
export const fastBuiltins: ReadonlyMap<string, Fast> = new Map<string, Fast>([
  ['equal', equalValues],
  ['neq', (left, right) => !equalValues(left, right)],
  ['lt', (left, right) => compareValues(left, right) < 0],
  ['lte', (left, right) => compareValues(left, right) <= 0],
  ['gt', (left, right) => compareValues(left, right) > 0],
  ['gte', (left, right) => compareValues(left, right) >= 0],
  ['plus', integers((left, right) => left + right)],
  ['minus', integers((left, right) => left - right)],
  ['mul', integers((left, right) => left * right)],
  ['startswith', texts((left, right) => left.startsWith(right))],
  ['endswith', texts((left, right) => left.endsWith(right))],
  ['contains', texts((left, right) => left.includes(right))],
  ['internal.member_2', (left, right) => (right instanceof RegoSet ? right.has(left) : undefined)],
])
