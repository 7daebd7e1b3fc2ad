import type { Json, JsonObject, JsonPath } from './json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from './json.ts'

/**
 * `base` with what `add` has more: maps are joined deeply, the items of lists come after those that are there, anything else is set where there is nothing
 * or null. What is there already stays.
 */
export function withAdditions(base: Json | undefined, add: Json): Json {
  if (base === undefined || base === null) return add
  if (isJsonArray(base)) return isJsonArray(add) ? [...base, ...add] : base
  if (!isJsonObject(base) || !isJsonObject(add)) return base
  const joined: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(base)) setOwn(joined, key, value)
  for (const [key, value] of Object.entries(add)) setOwn(joined, key, withAdditions(ownValue(base, key), value))
  return joined
}

/** `withAdditions` of the map at a path. A path that leads nowhere changes nothing. */
export function withAdditionsAt(root: Json, path: JsonPath, add: JsonObject): Json {
  const [step, ...rest] = path
  if (step === undefined) return isJsonObject(root) ? withAdditions(root, add) : root
  if (isJsonArray(root)) return root.map((item, index) => (index === step ? withAdditionsAt(item, rest, add) : item))
  if (!isJsonObject(root) || typeof step !== 'string') return root
  const inner = ownValue(root, step)
  if (inner === undefined) return root
  const changed: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(root)) setOwn(changed, key, key === step ? withAdditionsAt(inner, rest, add) : value)
  return changed
}
