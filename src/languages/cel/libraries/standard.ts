import type { CelCost, CelFunction, CelImplementation, CelLibrary } from '../function.ts'
import { parseTypeText } from '../function.ts'
import {
  add,
  celEqual,
  comparisonCost,
  divide,
  greater,
  greaterOrEqual,
  isIn,
  less,
  lessOrEqual,
  modulo,
  multiply,
  negate,
  not,
  notEqual,
  sizeOf,
  subtract,
} from '../operators.ts'
import type { CelValue } from '../values.ts'
import { CelBytes, countOf } from '../values.ts'
import { conversions } from './conversions.ts'
import { textFunctions } from './text-functions.ts'
import { timeFunctions } from './time-functions.ts'

/** `left, right -> result` */
type Signature = readonly [left: string, right: string, result: string]

/** Overloads that share one implementation, which looks at the values. */
function operator(name: string, signatures: readonly Signature[], evaluate: CelImplementation, cost?: CelCost): readonly CelFunction[] {
  return signatures.map(([left, right, result]) => ({
    name,
    member: false,
    parameters: [parseTypeText(left), parseTypeText(right)],
    result: parseTypeText(result),
    evaluate,
    ...(cost === undefined ? {} : { cost }),
  }))
}

function unary(name: string, types: readonly string[], evaluate: CelImplementation): readonly CelFunction[] {
  return types.map((type) => ({ name, member: false, parameters: [parseTypeText(type)], result: parseTypeText(type), evaluate }))
}

const sameType = (...types: readonly string[]): readonly Signature[] => types.map((type) => [type, type, type])

/** Numbers of different types are ordered, too; they are not equal for the checker. */
const ordered: readonly Signature[] = [
  ...['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'].map((type): Signature => [type, type, 'bool']),
  ['int', 'double', 'bool'],
  ['int', 'uint', 'bool'],
  ['uint', 'double', 'bool'],
  ['uint', 'int', 'bool'],
  ['double', 'int', 'bool'],
  ['double', 'uint', 'bool'],
]

/** Adding texts walks over both. Joining lists costs nothing more. */
function sumCost(a: CelValue = null, b: CelValue = null): number {
  const isText = typeof a === 'string' || a instanceof CelBytes
  return isText ? Math.ceil((sizeOf(a) + sizeOf(b)) * 0.1) : 1
}

/** A list is searched, a map is asked. */
const searchCost = (_: CelValue = null, haystack: CelValue = null): number => (Array.isArray(haystack) ? countOf(haystack) : 1)

const orderCost = (a: CelValue = null, b: CelValue = null): number =>
  typeof a === 'string' || a instanceof CelBytes ? comparisonCost(a, b) : 1

/* What generated code writes out for the values that are met most. */
export const addition: CelImplementation = (a = null, b = null) => add(a, b)
export const membership: CelImplementation = (a = null, b = null) => isIn(a, b)
export const isLess: CelImplementation = (a = null, b = null) => less(a, b)
export const isLessOrEqual: CelImplementation = (a = null, b = null) => lessOrEqual(a, b)
export const isGreater: CelImplementation = (a = null, b = null) => greater(a, b)
export const isGreaterOrEqual: CelImplementation = (a = null, b = null) => greaterOrEqual(a, b)

/** The operators, functions and conversions that are part of the language. The macros are part of its grammar. */
export const standardLibrary: CelLibrary = {
  name: 'standard',
  functions: [
    ...operator(
      '_+_',
      [
        ...sameType('bytes', 'double', 'duration'),
        ['duration', 'timestamp', 'timestamp'],
        ['timestamp', 'duration', 'timestamp'],
        ...sameType('int', 'list(A)', 'string', 'uint'),
      ],
      addition,
      sumCost,
    ),
    ...operator(
      '_-_',
      [
        ...sameType('double', 'duration', 'int'),
        ['timestamp', 'duration', 'timestamp'],
        ['timestamp', 'timestamp', 'duration'],
        ...sameType('uint'),
      ],
      (a = null, b = null) => subtract(a, b),
    ),
    ...operator('_*_', sameType('double', 'int', 'uint'), (a = null, b = null) => multiply(a, b)),
    ...operator('_/_', sameType('double', 'int', 'uint'), (a = null, b = null) => divide(a, b)),
    ...operator('_%_', sameType('int', 'uint'), (a = null, b = null) => modulo(a, b)),
    ...unary('-_', ['double', 'int'], (a = null) => negate(a)),
    ...unary('!_', ['bool'], (a = null) => not(a)),
    ...operator('_==_', [['A', 'A', 'bool']], (a = null, b = null) => celEqual(a, b)),
    ...operator('_!=_', [['A', 'A', 'bool']], (a = null, b = null) => notEqual(a, b)),
    ...operator('_<_', ordered, isLess, orderCost),
    ...operator('_<=_', ordered, isLessOrEqual, orderCost),
    ...operator('_>_', ordered, isGreater, orderCost),
    ...operator('_>=_', ordered, isGreaterOrEqual, orderCost),
    ...operator(
      '@in',
      [
        ['A', 'list(A)', 'bool'],
        ['A', 'map(A, B)', 'bool'],
      ],
      membership,
      searchCost,
    ),
    ...conversions,
    ...textFunctions,
    ...timeFunctions,
  ],
}
