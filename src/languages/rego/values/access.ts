import type { RegoArray, RegoValue } from './value.ts'
import { isArray, isObject, isSet, objectGet, objectKeys } from './value.ts'

/** What `value[x]` gives for x, in order: the elements of a set, the keys of an object, the indexes of an array; nothing of others. */
export function elementsOf(value: RegoValue): RegoArray {
  if (isSet(value)) return value.sorted
  if (isArray(value)) return value.map((_, at) => at)
  return isObject(value) ? objectKeys(value) : []
}

/** The value of a key of an object; undefined where there is none, and for other values. */
export function getKey(value: RegoValue, key: string): RegoValue | undefined {
  return isObject(value) ? objectGet(value, key) : undefined
}
