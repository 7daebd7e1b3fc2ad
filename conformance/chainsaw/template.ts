import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import type { Bindings } from './expression.ts'
import { evaluate, parseExpression } from './expression.ts'
import { objectAt, objectsAt, textAt } from './json.ts'

/** Every text in parentheses replaced by what it gives. Keys stay: in policies, parentheses around them are anchors. */
export function substitute(value: Json, bindings: Bindings): Result<Json, string> {
  if (typeof value === 'string') {
    const { expression } = parseExpression(value)
    return expression === undefined ? ok(value) : evaluate(expression, null, bindings)
  }
  if (isJsonArray(value)) {
    const items: Json[] = []
    for (const item of value) {
      const done = substitute(item, bindings)
      if (!done.ok) return done
      items.push(done.value)
    }
    return ok(items)
  }
  return isJsonObject(value) ? substituteObject(value, bindings) : ok(value)
}

/** As `substitute`, for what stays an object. */
export function substituteObject<T extends JsonObject>(object: T, bindings: Bindings): Result<T, string> {
  const copy: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(object)) {
    const done = substitute(item, bindings)
    if (!done.ok) return done
    setOwn(copy, key, done.value)
  }
  return ok(copy as T)
}

/** Only what says which objects an assertion is about: the rest of it is evaluated on those objects. */
export function substituteReference<T extends JsonObject>(object: T, bindings: Bindings): Result<T, string> {
  const metadata = objectAt(object, 'metadata')
  const changed: { [key: string]: Json } = { ...metadata }
  for (const key of ['name', 'namespace', 'labels']) {
    const value = metadata[key]
    if (value === undefined) continue
    const done = substitute(value, bindings)
    if (!done.ok) return done
    changed[key] = done.value
  }
  return ok({ ...object, metadata: changed })
}

/** The bindings with a list of `{name, value}` added, each of which may speak of those before it. */
export function bind(bindings: Bindings, entries: readonly JsonObject[]): Result<Bindings, string> {
  let known = bindings
  for (const entry of entries) {
    const value = substitute(entry['value'] ?? null, known)
    if (!value.ok) return err(`binding ${textAt(entry, 'name')}: ${value.error}`)
    known = new Map(known).set(textAt(entry, 'name'), value.value)
  }
  return ok(known)
}

export const bindingsAt = (object: JsonObject): readonly JsonObject[] => objectsAt(object, 'bindings')
