import type { Builtin } from '../builtins/contract.ts'
import { BuiltinError } from '../builtins/contract.ts'
import { callMock } from '../evaluate/call.ts'
import { documentAt, documentKeys } from '../evaluate/documents.ts'
import type { Linker } from '../evaluate/linker.ts'
import { lookUp, lookUpBase, lookUpName } from '../evaluate/lookup.ts'
import type { Machine, Mock } from '../evaluate/machine.ts'
import { checkBounds, fail, halt, noteConflict, undefinedMark } from '../evaluate/machine.ts'
import { TreeBuilder } from '../evaluate/tree-builder.ts'
import { changedSurroundings, enter, surroundingsOf } from '../evaluate/with.ts'
import type { Place } from '../ir/ir.ts'
import { formatValue } from '../values/format.ts'
import { RegoNumber } from '../values/number.ts'
import { sortedKeys } from '../values/record.ts'
import type { RegoArray, RegoRecord, RegoValue } from '../values/value.ts'
import {
  compareValues,
  equalValues,
  isArray,
  isNumber,
  isObject,
  ObjectBuilder,
  objectGet,
  objectSize,
  RegoObject,
  SetBuilder,
} from '../values/value.ts'
import { RegoSet } from '../values/value.ts'

/** The elements of a collection: an array by itself. Undefined for what cannot be iterated over. */
function valuesOf(of: RegoValue, ordered: boolean): RegoArray | undefined {
  if (typeof of !== 'object' || of === null || isNumber(of)) return undefined
  if (isArray(of)) return of
  if (of instanceof RegoSet) return ordered ? of.sorted : of.values()
  if (of instanceof RegoObject) return of.entries.map(([, value]) => value)
  if (!ordered) return Object.values(of)
  return sortedKeys(of).map((key) => of[key] ?? null)
}

/** The keys of a collection; undefined for arrays, whose keys are the indexes. */
function keysOf(of: RegoValue, ordered: boolean): RegoArray | undefined {
  if (typeof of !== 'object' || of === null || isArray(of) || isNumber(of)) return undefined
  if (of instanceof RegoSet) return ordered ? of.sorted : of.values()
  if (of instanceof RegoObject) return of.entries.map(([key]) => key)
  return ordered ? sortedKeys(of) : Object.keys(of)
}

/** The elements at keys, in their order. */
function valuesAt(of: RegoValue, keys: RegoArray | undefined): RegoArray | undefined {
  if (typeof of !== 'object' || of === null) return undefined
  if (isArray(of)) return of
  if (keys === undefined || of instanceof RegoSet) return keys
  if (of instanceof RegoObject) return of.entries.map(([, value]) => value)
  return keys.map((key) => (of as RegoRecord)[String(key)] ?? null)
}

export function callBuiltin(machine: Machine, builtin: Builtin, operands: readonly RegoValue[], place: Place): RegoValue | undefined {
  if (builtin.relation === true) return undefined
  const result = builtin.evaluate(operands, machine.context)
  return result instanceof BuiltinError ? fail(machine, result, place) : result
}

/** All values of a relation. */
function related(machine: Machine, linker: Linker, builtin: Builtin, operands: readonly RegoValue[], place: Place): RegoArray {
  const mock = machine.mocks?.get(builtin.name)
  if (mock !== undefined) {
    const value = callMock(linker, machine, { name: builtin.name, mock, operands, place })
    return value === undefined ? [] : [value]
  }
  const values: RegoValue[] = []
  if (builtin.relation !== true) return values
  const error = builtin.visit(operands, machine.context, (value) => {
    values.push(value)
    return true
  })
  if (error !== undefined) fail(machine, error, place)
  return values
}

/** A call that `with` may have changed. */
export interface Mocked {
  readonly linker: Linker
  readonly name: string
  readonly place: Place
  readonly plain: (machine: Machine, operands: readonly RegoValue[]) => RegoValue | undefined
}

function mocked({ linker, name, place, plain }: Mocked, machine: Machine, operands: readonly RegoValue[]): RegoValue | undefined {
  const mock: RegoValue | Mock | undefined = machine.mocks?.get(name)
  return mock === undefined ? plain(machine, operands) : callMock(linker, machine, { name, mock, operands, place })
}

function hasKeys(of: RegoValue, keys: readonly RegoValue[]): boolean {
  return isObject(of) && objectSize(of) === keys.length && keys.every((key) => objectGet(of, key) !== undefined)
}

const isCollection = (of: RegoValue): boolean => isArray(of) || of instanceof RegoSet || isObject(of)
const integers = (a: unknown, b: unknown): boolean => Number.isSafeInteger(a) && Number.isSafeInteger(b)

/** A value in a text as `%v` (or `%s`) shows it; undefined where the built-in has to say. */
function shown(value: RegoValue, verb: 'v' | 's'): string | undefined {
  if (typeof value === 'string') return value
  if (isNumber(value)) return verb === 'v' && Number.isSafeInteger(value) ? String(value) : undefined
  return formatValue(value)
}

/** Longer texts are looked at for the limits. */
const short = (text: string): string | undefined => (text.length > 64 * 1024 ? undefined : text)

const texts = new WeakMap<object, string>()

/** As `shown`, of values that stay. */
function shownOnce(value: RegoValue, verb: 'v' | 's'): string | undefined {
  if (typeof value !== 'object' || value === null || value instanceof RegoNumber) return shown(value, verb)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = formatValue(value)
  texts.set(value, text)
  return text
}

/** What generated code calls; `halt` is there as `h_halt`. */
export const runtime = {
  callBuiltin,
  changedSurroundings,
  checkBounds,
  compareValues,
  documentAt,
  documentKeys,
  enter,
  equalValues,
  halt,
  hasKeys,
  integers,
  isCollection,
  keysOf,
  lookUp,
  lookUpBase,
  lookUpName,
  mocked,
  noteConflict,
  related,
  surroundingsOf,
  undefinedMark,
  valuesAt,
  valuesOf,
  ObjectBuilder,
  RegoSet,
  SetBuilder,
  TreeBuilder,
  shown,
  shownOnce,
  short,
  /** The prototype of plain objects. */
  plain: Object.prototype,
}

export type Generated = (machine: Machine, ...args: (RegoValue | undefined)[]) => RegoValue | undefined
