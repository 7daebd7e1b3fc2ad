import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../src/core/json.ts'
import { kyvernoFunctions } from '../../src/dialects/kyverno/jmespath-functions.ts'
import type { JmesEnvironment } from '../../src/languages/jmespath/jmespath.ts'
import { compileJmespath, JmesFailure } from '../../src/languages/jmespath/jmespath.ts'

/** Values by name: `$error`, `$namespace`, and what steps bind. */
export type Bindings = Readonly<Record<string, Json>>

const environment: JmesEnvironment = { now: () => new Date(), random: () => 0, resolveHost: () => undefined }

/** What an expression gives, on a node of the actual object or, where it speaks of bindings, on these. Undefined where it fails. */
export function evaluate(expression: string, node: Json, bindings: Bindings): Json | undefined {
  const speaksOfBindings = /\$\w/.test(expression)
  const source = expression
    .replaceAll(/\$(\w+)/g, '$1')
    .replaceAll('`null`', 'null')
    .replaceAll(/\bnull\b/g, '`null`')
  const program = compileJmespath(source, { functions: kyvernoFunctions, missingKey: 'null' })
  if (!program.ok) return undefined
  const input: Json = speaksOfBindings ? { ...bindings } : node
  const value = program.value.evaluate(input, environment)
  return value instanceof JmesFailure ? undefined : value
}

const expressionIn = (text: string): string | undefined => /^\(([\s\S]*)\)$/.exec(text)?.[1]

/** Every `(expression)` among the strings replaced by its value. */
export function substitute(value: Json, bindings: Bindings): Json {
  if (typeof value === 'string') {
    const expression = expressionIn(value)
    if (expression === undefined || !/\$\w/.test(expression)) return value
    return evaluate(expression, null, bindings) ?? value
  }
  if (isJsonArray(value)) return value.map((item) => substitute(item, bindings))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, bindings)]))
}

/** Why an actual value is not as expected; undefined where it is. Objects match in the fields that are expected, lists in all elements. */
export function mismatch(expected: Json, actual: Json | undefined, bindings: Bindings, path = ''): string | undefined {
  if (isJsonObject(expected)) {
    for (const [key, value] of Object.entries(expected)) {
      const why = mismatchAt(key, value, { actual, bindings, path })
      if (why !== undefined) return why
    }
    return isJsonObject(actual) || Object.keys(expected).every((key) => key.startsWith('(') || key.startsWith('~'))
      ? undefined
      : `${path}: expected an object, found ${show(actual)}`
  }
  if (isJsonArray(expected)) {
    if (!isJsonArray(actual)) return `${path}: expected a list, found ${show(actual)}`
    if (actual.length !== expected.length) return `${path}: expected ${expected.length} elements, found ${actual.length}`
    for (const [i, item] of expected.entries()) {
      const why = mismatch(item, actual[i], bindings, `${path}[${i}]`)
      if (why !== undefined) return why
    }
    return undefined
  }
  const wanted = typeof expected === 'string' ? wantedText(expected, actual, bindings) : expected
  return jsonEqual(wanted, actual ?? null) ? undefined : `${path}: expected ${show(wanted)}, found ${show(actual)}`
}

const show = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300))

function wantedText(expected: string, actual: Json | undefined, bindings: Bindings): Json {
  const expression = expressionIn(expected)
  return expression === undefined ? expected : (evaluate(expression, actual ?? null, bindings) ?? expected)
}

function mismatchAt(
  key: string,
  value: Json,
  { actual, bindings, path }: { readonly actual: Json | undefined; readonly bindings: Bindings; readonly path: string },
): string | undefined {
  const here = `${path}.${key}`
  if (key.startsWith('~')) {
    const inner = key.replace(/^~\.?/, '')
    const list = inner === '' ? actual : isJsonObject(actual) ? ownValue(actual, inner.replace(/^\(|\)$/g, '')) : undefined
    const items = isJsonArray(list) ? list : isJsonObject(list) ? Object.values(list) : []
    return items.map((item, i) => mismatch(value, item, bindings, `${here}[${i}]`)).find((why) => why !== undefined)
  }
  const expression = expressionIn(key)
  if (expression !== undefined) return mismatch(value, evaluate(expression, actual ?? null, bindings) ?? null, bindings, here)
  const found = isJsonObject(actual) ? ownValue(actual, key) : undefined
  return mismatch(value, found, bindings, here)
}

export const isMatch = (expected: JsonObject, actual: JsonObject, bindings: Bindings): boolean =>
  mismatch(expected, actual, bindings) === undefined
