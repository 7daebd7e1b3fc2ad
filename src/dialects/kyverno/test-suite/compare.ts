import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, setOwn } from '../../../core/json.ts'

/**
 * Whether a test's expected object is what came out. Both sides lose nulls and empty maps and lists, at any depth;
 * what is left must be equal, which is when a JSON merge patch from one to the other is empty.
 */
export function sameResource(expected: Json, actual: Json): boolean {
  return jsonEqual(tidy(expected) ?? null, tidy(actual) ?? null)
}

/** Documents are bounded in depth where they are read, so recursion is. */
function tidy(value: Json): Json | undefined {
  if (value === null) return undefined
  if (isJsonArray(value)) {
    const items = value.flatMap((item): readonly Json[] => {
      const tidied = tidy(item)
      return tidied === undefined ? [] : [tidied]
    })
    return items.length === 0 ? undefined : items
  }
  return isJsonObject(value) ? tidyObject(value) : value
}

function tidyObject(object: JsonObject): Json | undefined {
  const result: { [key: string]: Json } = {}
  let isEmpty = true
  for (const key of Object.keys(object)) {
    const tidied = tidy(ownValue(object, key) ?? null)
    if (tidied === undefined) continue
    setOwn(result, key, tidied)
    isEmpty = false
  }
  return isEmpty ? undefined : result
}

const maximumLines = 40

/** The paths at which two objects differ, as text for a person: `spec.replicas: expected 2, found 3`. */
export function differences(expected: Json, actual: Json): string {
  const lines: string[] = []
  collect(tidy(expected), tidy(actual), '', lines)
  const shown = lines.slice(0, maximumLines)
  return lines.length > maximumLines ? `${shown.join('\n')}\n…` : shown.join('\n')
}

function collect(expected: Json | undefined, actual: Json | undefined, path: string, lines: string[]): void {
  if (lines.length > maximumLines) return
  if (expected !== undefined && actual !== undefined && jsonEqual(expected, actual)) return
  if (expected !== undefined && actual !== undefined && isJsonObject(expected) && isJsonObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      collect(ownValue(expected, key), ownValue(actual, key), path === '' ? key : `${path}.${key}`, lines)
    }
  } else if (expected !== undefined && actual !== undefined && isJsonArray(expected) && isJsonArray(actual)) {
    for (let i = 0; i < Math.max(expected.length, actual.length); i += 1) collect(expected[i], actual[i], `${path}[${i}]`, lines)
  } else if (expected !== undefined || actual !== undefined) {
    lines.push(`${path}: expected ${written(expected)}, found ${written(actual)}`)
  }
}

const written = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value))
