import { isJsonObject, jsonEqual, ownValue, setOwn } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'

/** Applies a JSON merge patch (RFC 7396): maps merge, null deletes, everything else replaces. Shares what it does not change. */
export function applyMergePatch(document: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const base = isJsonObject(document) ? document : {}
  const merged: { [key: string]: Json } = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else setOwn(merged, key, applyMergePatch(ownValue(base, key) ?? null, value))
  }
  return merged
}

/**
 * The smallest merge patch that makes `a` into `b`. A merge patch cannot express a null inside `b`: such a key ends up absent.
 */
export function diffMergePatch(a: Json, b: Json): Json {
  if (!isJsonObject(a) || !isJsonObject(b)) return b
  const patch: { [key: string]: Json } = {}
  for (const [key, before] of Object.entries(a)) {
    const after = ownValue(b, key)
    if (after === undefined) setOwn(patch, key, null)
    else if (!jsonEqual(before, after)) setOwn(patch, key, diffMergePatch(before, after))
  }
  for (const [key, value] of Object.entries(b)) if (!Object.hasOwn(a, key)) setOwn(patch, key, value)
  return patch
}
