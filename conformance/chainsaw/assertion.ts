import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../src/core/json.ts'
import type { Bindings, Parsed } from './expression.ts'
import { evaluate, parseExpression } from './expression.ts'
import { show } from './json.ts'

interface Place {
  readonly path: string
  readonly bindings: Bindings
}

/**
 * In what an actual value is not as expected. Objects match in the fields that are expected, lists in all of their elements, scalars exactly;
 * a key in parentheses is an expression on the actual object, `~.key` is about each element, a scalar in parentheses is computed.
 */
export function differences(expected: Json, actual: Json, bindings: Bindings): readonly string[] {
  return compare(expected, actual, { path: '', bindings })
}

function compare(expected: Json, actual: Json, place: Place): readonly string[] {
  if (isJsonObject(expected)) return compareObject(expected, actual, place)
  if (isJsonArray(expected)) return compareList(expected, actual, place)
  return compareScalar(expected, actual, place)
}

function compareObject(expected: JsonObject, actual: Json, { path, bindings }: Place): readonly string[] {
  const entries = Object.entries(expected)
  if (entries.length === 0 && actual === null) return [`${here(path)}: expected an object, found null`]
  const found: string[] = []
  let known = bindings
  for (const [key, value] of entries) {
    const parsed = parseExpression(key)
    const place = { path: `${path}.${key}`, bindings: known }
    const projected = project(parsed, actual, place)
    if ('problem' in projected) {
      found.push(`${here(place.path)}: ${projected.problem}`)
      continue
    }
    if (parsed.binding !== undefined) known = new Map(known).set(parsed.binding, projected.value)
    const inner = { ...place, bindings: known }
    found.push(
      ...(parsed.foreach === undefined
        ? compare(value, projected.value, inner)
        : compareEach(value, projected.value, parsed.foreach.name, inner)),
    )
  }
  return found
}

/** The part of the actual value that a key is about. */
function project({ expression, text }: Parsed, actual: Json, { bindings }: Place): { readonly value: Json } | { readonly problem: string } {
  if (expression !== undefined) {
    const value = evaluate(expression, actual, bindings)
    return value.ok ? value : { problem: value.error }
  }
  const value = isJsonObject(actual) ? ownValue(actual, text) : undefined
  return value === undefined ? { problem: 'there is no such field' } : { value }
}

function compareEach(expected: Json, actual: Json, name: string, { path, bindings }: Place): readonly string[] {
  const entries: readonly (readonly [string | number, Json])[] | undefined = isJsonArray(actual)
    ? actual.map((item, index) => [index, item])
    : isJsonObject(actual)
      ? Object.entries(actual)
      : undefined
  if (entries === undefined) return [`${here(path)}: expected a list or an object to go through, found ${show(actual)}`]
  return entries.flatMap(([key, item]) =>
    compare(expected, item, { path: `${path}[${key}]`, bindings: name === '' ? bindings : new Map(bindings).set(name, key) }),
  )
}

function compareList(expected: readonly Json[], actual: Json, { path, bindings }: Place): readonly string[] {
  if (!isJsonArray(actual)) return [`${here(path)}: expected a list, found ${show(actual)}`]
  if (actual.length !== expected.length)
    return [`${here(path)}: expected ${expected.length} elements, found ${actual.length}: ${show(actual)}`]
  return expected.flatMap((item, index) => compare(item, actual[index] ?? null, { path: `${path}[${index}]`, bindings }))
}

function compareScalar(expected: Json, actual: Json, { path, bindings }: Place): readonly string[] {
  const expression = typeof expected === 'string' ? parseExpression(expected).expression : undefined
  if (expression === undefined) return equal(expected, actual, path)
  const computed = evaluate(expression, actual, bindings)
  return computed.ok ? equal(computed.value, actual, path) : [`${here(path)}: ${computed.error}`]
}

function equal(expected: Json, actual: Json, path: string): readonly string[] {
  return jsonEqual(expected, actual) ? [] : [`${here(path)}: expected ${show(expected)}, found ${show(actual)}`]
}

const here = (path: string): string => (path === '' ? '.' : path)
