import type { AnyNumber } from '../values/number.ts'
import { isWhole } from '../values/number.ts'
import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { isArray, isNumber, isObject, isSet, typeName } from '../values/value.ts'
import type { BuiltinContext, FunctionBuiltin, RegoType } from './contract.ts'
import { BuiltinError } from './contract.ts'
import { int64Of, type, wrongOperand } from './operands.ts'

/** What a parameter takes: `expected` and `found` are the words of the error. */
export interface Operand<T extends RegoValue> {
  readonly type: RegoType
  readonly expected: string
  readonly is: (value: RegoValue) => value is T
  readonly found?: (value: RegoValue) => string
  /** Where it depends on what is there instead. */
  readonly expectedOf?: (value: RegoValue) => string
}

export const anything: Operand<RegoValue> = { type: type.any, expected: 'any', is: (value): value is RegoValue => value === value }
export const text: Operand<string> = { type: type.string, expected: 'string', is: (value) => typeof value === 'string' }
export const number: Operand<AnyNumber> = { type: type.number, expected: 'number', is: isNumber }
export const integer: Operand<AnyNumber> = {
  type: type.number,
  expected: 'integer number',
  is: (value): value is AnyNumber => isNumber(value) && isWhole(value),
  found: (value) => (isNumber(value) ? 'floating-point number' : typeName(value)),
}
/** An integer whose absence is told as that of an integer. */
export const wholeNumber: Operand<AnyNumber> = { ...integer, expectedOf: (value) => (isNumber(value) ? 'integer number' : 'integer') }
/** An integer of 64 bits that is written as one (`1.0` is none), whose absence is told as that of a number. */
export const position: Operand<AnyNumber> = {
  ...integer,
  is: (value): value is AnyNumber => isNumber(value) && int64Of(value) !== undefined,
  expectedOf: (value) => (isNumber(value) ? 'integer number' : 'number'),
}
export const array: Operand<RegoArray> = { type: type.array(type.any), expected: 'array', is: isArray }
export const set: Operand<RegoSet> = { type: type.set(type.any), expected: 'set', is: isSet }
export const object: Operand<AnyObject> = { type: type.object(type.any, type.any), expected: 'object', is: isObject }

const isCollection = (value: RegoValue): value is RegoArray | RegoSet => isArray(value) || isSet(value)

/** An array or set; the declaration may say what of. */
export const collection = (of: RegoType = type.any, expected = 'one of {array, set}'): Operand<RegoArray | RegoSet> => ({
  type: type.union(type.array(of), type.set(of)),
  expected,
  is: isCollection,
})

type Operands<T extends readonly RegoValue[]> = { readonly [K in keyof T]: Operand<T[K]> }
type Body<T> = (values: T, context: BuiltinContext) => RegoValue | BuiltinError | undefined

/** A built-in whose arguments are checked, in order, before its body runs. */
export function define<T extends readonly RegoValue[]>(
  name: string,
  operands: Operands<T>,
  result: RegoType,
  body: Body<T>,
  extra: Partial<Pick<FunctionBuiltin, 'infix' | 'nondeterministic' | 'deprecated'>> = {},
): FunctionBuiltin {
  const checks: readonly Operand<RegoValue>[] = operands
  const areRight = (args: readonly RegoValue[]): args is T => {
    for (let at = 0; at < checks.length; at += 1) if (checks[at]?.is(args[at] ?? null) !== true) return false
    return true
  }
  return {
    name,
    parameters: checks.map((operand) => operand.type),
    result,
    evaluate: (args, context) => (areRight(args) ? body(args, context) : firstWrong(name, checks, args)),
    ...extra,
  }
}

function firstWrong(name: string, operands: readonly Operand<RegoValue>[], args: readonly RegoValue[]): BuiltinError {
  const at = operands.findIndex((operand, index) => !operand.is(args[index] ?? null))
  const value = args[at] ?? null
  const operand = operands[at] ?? anything
  return wrongOperand(name, at, operand.expectedOf?.(value) ?? operand.expected, operand.found?.(value) ?? typeName(value))
}

export const itemsOf = (value: RegoArray | RegoSet): RegoArray => (isSet(value) ? value.sorted : value)

/** The elements as strings, or the error that names the first other type: `operand 2 must be array of strings but got array containing number`. */
export function stringsOf(name: string, at: number, value: RegoArray | RegoSet): readonly string[] | BuiltinError {
  const items = itemsOf(value)
  return areStrings(items) ? items : wrongElement(name, at, value, 'strings', items.find((item) => typeof item !== 'string') ?? null)
}

const areStrings = (items: RegoArray): items is readonly string[] => items.every((item) => typeof item === 'string')

export function numbersOf(name: string, at: number, value: RegoArray | RegoSet): readonly AnyNumber[] | BuiltinError {
  const items = itemsOf(value)
  return areNumbers(items) ? items : wrongElement(name, at, value, 'numbers', items.find((item) => !isNumber(item)) ?? null)
}

const areNumbers = (items: RegoArray): items is readonly AnyNumber[] => items.every(isNumber)

export function wrongElement(name: string, at: number, whole: RegoValue, expected: string, found: RegoValue): BuiltinError {
  const kind = typeName(whole)
  return wrongOperand(name, at, `${kind} of ${expected}`, `${kind} containing ${typeName(found)}`)
}

/** A result larger than the limits allow ends the query. */
export const tooLarge = (name: string, what: string): BuiltinError =>
  new BuiltinError('eval_builtin_error', `${name}: ${what} too large`, true)
