import { toSafeInteger } from '../values/number.ts'
import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import {
  equalValues,
  isArray,
  isNumber,
  isObject,
  isSet,
  ObjectBuilder,
  objectEntries,
  objectGet,
  objectKeys,
  objectOf,
  setOf,
  typeName,
} from '../values/value.ts'
import { BuiltinError } from './contract.ts'
import type { Builtin } from './contract.ts'
import { anything, array, define, object, wrongElement } from './define.ts'
import type { Operand } from './define.ts'
import { type } from './operands.ts'

type Keys = RegoArray | AnyObject | RegoSet

const isKeys = (value: RegoValue): value is Keys => isArray(value) || isSet(value) || isObject(value)
const keysType = type.union(type.array(type.any), type.object(type.any, type.any), type.set(type.any))
const keys: Operand<Keys> = { type: keysType, expected: 'one of {object, set, array}', is: isKeys }

function keySet(value: Keys): RegoSet {
  if (isSet(value)) return value
  return setOf(isArray(value) ? value : objectKeys(value))
}

/** What stands at a key, an index, or is an element of a set. */
export function childOf(value: RegoValue, key: RegoValue): RegoValue | undefined {
  if (isArray(value)) {
    const index = isNumber(key) ? toSafeInteger(key) : undefined
    return index === undefined ? undefined : value[index]
  }
  if (isSet(value)) return value.has(key) ? key : undefined
  return isObject(value) ? objectGet(value, key) : undefined
}

function descendant(value: RegoValue, path: RegoArray): RegoValue | undefined {
  let found: RegoValue | undefined = value
  for (const key of path) {
    if (found === undefined) return undefined
    found = childOf(found, key)
  }
  return found
}

/** The entries of both; objects under one key are merged, of anything else the right one stays. */
export function mergeObjects(a: AnyObject, b: AnyObject): AnyObject {
  const builder = new ObjectBuilder()
  for (const [key, value] of objectEntries(a)) builder.set(key, value)
  for (const [key, value] of objectEntries(b)) {
    const known = builder.get(key)
    builder.set(key, known !== undefined && isObject(known) && isObject(value) ? mergeObjects(known, value) : value)
  }
  return builder.build()
}

const areObjects = (values: RegoArray): values is readonly AnyObject[] => values.every(isObject)

function isSubset(whole: RegoValue, part: RegoValue): boolean | undefined {
  if (isObject(whole) && isObject(part)) return objectEntries(part).every(([key, value]) => isWithin(objectGet(whole, key), value))
  if (isSet(whole) && isSet(part)) return part.values().every((value) => whole.has(value))
  if (isArray(whole) && isArray(part)) return hasRun(whole, part)
  if (isArray(whole) && isSet(part)) return part.values().every((value) => whole.some((item) => equalValues(item, value)))
  return undefined
}

function isWithin(whole: RegoValue | undefined, part: RegoValue): boolean {
  if (whole === undefined) return false
  if (equalValues(whole, part)) return true
  const areAlike = typeName(whole) === typeName(part)
  return areAlike && isSubset(whole, part) === true
}

/** Whether the elements of `part` stand side by side somewhere in `whole`. */
function hasRun(whole: RegoArray, part: RegoArray): boolean {
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    if (part.every((value, at) => equalValues(whole[start + at] ?? null, value))) return true
  }
  return false
}

const objectOfAny = type.object(type.any, type.any)
const objects: Operand<RegoArray> = { ...array, type: type.array(objectOfAny) }

export const objectBuiltins: readonly Builtin[] = [
  define('object.get', [object, anything, anything], type.any, ([value, key, fallback]) => {
    const found = isArray(key) ? descendant(value, key) : objectGet(value, key)
    return found === undefined ? fallback : found
  }),
  define('object.keys', [object], type.set(type.any), ([value]) => setOf(objectKeys(value))),
  define('object.filter', [object, keys], type.any, ([value, wanted]) => {
    const kept = keySet(wanted)
    return objectOf(objectEntries(value).filter(([key]) => kept.has(key)))
  }),
  define('object.remove', [object, keys], type.any, ([value, unwanted]) => {
    const removed = keySet(unwanted)
    return objectOf(objectEntries(value).filter(([key]) => !removed.has(key)))
  }),
  define('object.union', [object, object], type.any, ([a, b]) => mergeObjects(a, b)),
  define('object.union_n', [objects], type.any, ([values]) =>
    areObjects(values)
      ? values.reduce(mergeObjects, {})
      : wrongElement('object.union_n', 0, values, 'objects', values.find((value) => !isObject(value)) ?? null),
  ),
  define(
    'object.subset',
    [
      { type: keysType, expected: 'object, set or array', is: (value): value is RegoValue => value === value },
      { type: keysType, expected: 'object, set or array', is: (value): value is RegoValue => value === value },
    ],
    type.any,
    ([whole, part]) =>
      isSubset(whole, part) ??
      new BuiltinError('eval_type_error', 'object.subset: both arguments object.subset must be of the same type or array and set'),
  ),
]
