export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/** Where something is inside a JSON value: keys and list indexes from the root. Printed as `/spec/containers/0/`. */
export type JsonPath = readonly (string | number)[]

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** The value of an own key. Keys such as `__proto__` and `constructor` are ordinary data. */
export function ownValue(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** The value at `path`, or undefined where a step is missing. */
export function valueAt(root: Json | undefined, path: JsonPath): Json | undefined {
  let value: Json | undefined = root
  for (const step of path) {
    if (isJsonArray(value)) value = typeof step === 'number' ? value[step] : undefined
    else if (isJsonObject(value)) value = ownValue(value, String(step))
    else return undefined
  }
  return value
}

/** Sets a key as plain data: assigning `__proto__` with `=` would change the prototype instead. */
export function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** Deep equality of two JSON values; the order of keys does not matter. */
export function jsonEqual(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isJsonArray(a)) return isJsonArray(b) && a.length === b.length && a.every((item, i) => jsonEqual(item, b[i] ?? null))
  if (isJsonArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key] ?? null, b[key] ?? null))
}
