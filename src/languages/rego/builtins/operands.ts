import type { RegoValue } from '../values/value.ts'
import { isNumber, typeName } from '../values/value.ts'
import type { AnyNumber } from '../values/number.ts'
import { isWhole, numberText, toBigInt, toSafeInteger } from '../values/number.ts'
import type { BuiltinContext, FunctionBuiltin, RegoType } from './contract.ts'
import { BuiltinError } from './contract.ts'

/** Types of declarations. */
export const type = {
  any: { kind: 'any' },
  null: { kind: 'null' },
  boolean: { kind: 'boolean' },
  number: { kind: 'number' },
  string: { kind: 'string' },
  array: (rest: RegoType): RegoType => ({ kind: 'array', items: [], rest }),
  tuple: (...items: readonly RegoType[]): RegoType => ({ kind: 'array', items }),
  set: (of: RegoType): RegoType => ({ kind: 'set', of }),
  object: (key: RegoType, value: RegoType): RegoType => ({ kind: 'object', properties: [], rest: { key, value } }),
  union: (...of: readonly RegoType[]): RegoType => ({ kind: 'union', of }),
} as const satisfies Record<string, RegoType | ((...types: RegoType[]) => RegoType)>

export type Evaluate = FunctionBuiltin['evaluate']

export const builtin = (
  name: string,
  parameters: readonly RegoType[],
  result: RegoType,
  evaluate: Evaluate,
  extra: Partial<Pick<FunctionBuiltin, 'nondeterministic' | 'deprecated' | 'needs'>> = {},
): FunctionBuiltin => ({ name, parameters, result, evaluate, ...extra })

/** `name: text` as `eval_builtin_error`. */
export const failure = (name: string, text: string): BuiltinError => new BuiltinError('eval_builtin_error', `${name}: ${text}`)

/** `name: operand 1 must be string but got number`; `at` counts from 0. */
export const wrongOperand = (name: string, at: number, expected: string, found: string): BuiltinError =>
  new BuiltinError('eval_type_error', `${name}: operand ${at + 1} must be ${expected} but got ${found}`)

export const isError = (value: unknown): value is BuiltinError => value instanceof BuiltinError

/** The query has to end while a built-in works. */
export const cancelled = (): BuiltinError => new BuiltinError('eval_cancel_error', 'caller cancelled query execution', true)

export function stringAt(name: string, args: readonly RegoValue[], at: number): string | BuiltinError {
  const value = args[at] ?? null
  return typeof value === 'string' ? value : wrongOperand(name, at, 'string', typeName(value))
}

export function numberAt(name: string, args: readonly RegoValue[], at: number): AnyNumber | BuiltinError {
  const value = args[at] ?? null
  return isNumber(value) ? value : wrongOperand(name, at, 'number', typeName(value))
}

export function integerAt(name: string, args: readonly RegoValue[], at: number): number | BuiltinError {
  const value = numberAt(name, args, at)
  if (isError(value)) return value
  const integer = toSafeInteger(value)
  if (integer !== undefined) return integer
  return isWhole(value)
    ? failure(name, `operand ${at + 1}: integer out of range`)
    : wrongOperand(name, at, 'integer number', 'floating-point number')
}

/** An integer of 64 bits that is written as one: `1.0` is none. */
export function int64At(name: string, args: readonly RegoValue[], at: number): bigint | BuiltinError {
  const value = numberAt(name, args, at)
  if (isError(value)) return value
  return int64Of(value) ?? wrongOperand(name, at, 'integer number', 'floating-point number')
}

/** The integer of 64 bits that is written; undefined where none is. */
export function int64Of(value: AnyNumber): bigint | undefined {
  const integer = /^-?\d+$/.test(numberText(value)) ? toBigInt(value) : undefined
  return integer !== undefined && BigInt.asIntN(64, integer) === integer ? integer : undefined
}

/** A function of one string. */
export function ofString(
  name: string,
  result: RegoType,
  evaluate: (text: string, context: BuiltinContext) => RegoValue | BuiltinError | undefined,
): FunctionBuiltin {
  return builtin(name, [type.string], result, (args, context) => {
    const text = stringAt(name, args, 0)
    return isError(text) ? text : evaluate(text, context)
  })
}

/** A function of two strings. */
export function ofStrings(
  name: string,
  result: RegoType,
  evaluate: (first: string, second: string, context: BuiltinContext) => RegoValue | BuiltinError | undefined,
): FunctionBuiltin {
  return builtin(name, [type.string, type.string], result, (args, context) => {
    const first = stringAt(name, args, 0)
    if (isError(first)) return first
    const second = stringAt(name, args, 1)
    return isError(second) ? second : evaluate(first, second, context)
  })
}
