import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import { compareText } from '../../core/go-format.ts'

/** Types whose fields Go does not keep in the order of the alphabet. */
const inOrder: readonly (readonly string[])[] = [
  ['matchLabels', 'matchExpressions'],
  ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'],
]

/** How deep values are sorted; deeper ones cannot come from a schema. */
const deepest = 64

/** The keys as Go writes them: those of maps sorted, those of types as they are declared. */
export function inGoOrder(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null || depth > deepest) return value
  if (isJsonArray(value)) return value.map((item) => inGoOrder(item, depth + 1))
  if (!isJsonObject(value)) return value
  const out: { [key: string]: Json } = {}
  for (const key of sortedKeys(Object.keys(value))) setOwn(out, key, inGoOrder(ownValue(value, key) ?? null, depth + 1))
  return out
}

function sortedKeys(keys: readonly string[]): readonly string[] {
  const declared = inOrder.find((order) => keys.length > 0 && keys.every((key) => order.includes(key)))
  return declared === undefined ? keys.toSorted(compareText) : declared.filter((key) => keys.includes(key))
}
