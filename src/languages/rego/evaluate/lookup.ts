import { RegoNumber, toSafeInteger } from '../values/number.ts'
import type { RegoArray, RegoRecord, RegoValue } from '../values/value.ts'
import { isObject, ObjectBuilder, objectEntries, objectGet, recordGet, RegoObject, RegoSet } from '../values/value.ts'

/** `of[key]`: an element of an array, set or object; undefined where there is none. */
export function lookUp(of: RegoValue | undefined, key: RegoValue): RegoValue | undefined {
  if (typeof of !== 'object' || of === null) return undefined
  if (Array.isArray(of)) return lookUpItem(of, key)
  if (of instanceof RegoSet) return of.has(key) ? key : undefined
  if (of instanceof RegoNumber) return undefined
  if (of instanceof RegoObject) return of.get(key)
  return typeof key === 'string' ? recordGet(of as RegoRecord, key) : undefined
}

function lookUpItem(of: RegoArray, key: RegoValue): RegoValue | undefined {
  const at = typeof key === 'number' ? key : key instanceof RegoNumber ? toSafeInteger(key) : undefined
  return at !== undefined && at >= 0 && at < of.length ? of[at] : undefined
}

/** `of.key` for a constant key. */
export function lookUpName(of: RegoValue | undefined, key: string): RegoValue | undefined {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) return undefined
  if (of instanceof RegoSet) return of.has(key) ? key : undefined
  if (of instanceof RegoObject) return of.get(key)
  return recordGet(of as RegoRecord, key)
}

export function lookUpPath(of: RegoValue | undefined, path: readonly RegoValue[]): RegoValue | undefined {
  let value = of
  for (const key of path) value = lookUp(value, key)
  return value
}

/** As `lookUpPath`, in base documents: there an integer also stands for the key it is written as. */
export function lookUpBase(of: RegoValue | undefined, path: readonly RegoValue[]): RegoValue | undefined {
  let value = of
  for (const key of path) {
    const isName = typeof key === 'number' && value !== undefined && isObject(value)
    value = lookUp(value, isName ? String(key) : key)
  }
  return value
}

/** A copy with the value at a path. What stands in the way and is no object is replaced. */
export function replaceAt(of: RegoValue | undefined, path: readonly RegoValue[], value: RegoValue): RegoValue {
  const [key, ...rest] = path
  if (key === undefined) return value
  const builder = new ObjectBuilder()
  const object = of !== undefined && isObject(of) ? of : undefined
  if (object !== undefined) for (const [name, each] of objectEntries(object)) builder.set(name, each)
  builder.set(key, replaceAt(object === undefined ? undefined : objectGet(object, key), rest, value))
  return builder.build()
}
