import type { Json, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { KeyNumbers, Walk } from './compile.ts'
import { compileNode } from './compile.ts'
import type { Mismatch } from './mismatch.ts'
import { isSkip, message, pathOf, print, reportedPath } from './mismatch.ts'

/** `message` is upstream's inner error text; `at` is the nearest existing node of the resource. */
export type PatternResult =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'fail'
      /** `/spec/containers/0/image/` */
      readonly path: string
      readonly at: JsonPath
      readonly message: string
      /** The pattern of a value that does not match. */
      readonly expected?: string
      /** The value itself; absent where the field is missing. */
      readonly found?: Json
    }
  /** A condition of the pattern says that the rule does not apply. */
  | { readonly kind: 'skip'; readonly message: string }
  /** A failure to which upstream gives no path: a conditional or existence key was met nowhere in the resource. */
  | { readonly kind: 'error'; readonly message: string; readonly at: JsonPath }

export interface CompiledPattern {
  /** Undefined stands for a resource that is not there. */
  match(resource: Json | undefined): PatternResult
}

const passed: PatternResult = { kind: 'pass' }

/** Never fails: what makes no sense as a pattern is a pattern that fails as it does upstream. */
export function compilePattern(pattern: Json): CompiledPattern {
  const numbers: KeyNumbers = new Map()
  const node = compileNode(pattern, numbers)
  const walk: Walk = { keys: Array.from(numbers, () => 0) }
  return {
    match: (resource) => {
      if (walk.keys.length > 0) walk.keys.fill(0)
      const mismatch = node(resource, walk)
      return mismatch === undefined ? passed : describe(mismatch, walk.keys.includes(1), resource)
    },
  }
}

function describe(mismatch: Mismatch, keysAreMissing: boolean, resource: Json | undefined): PatternResult {
  const text = message(mismatch)
  if (isSkip(mismatch)) return { kind: 'skip', message: text }
  const at = nearestExisting(resource, pathOf(mismatch))
  const path = reportedPath(mismatch)
  // A negated key that is present fails whatever else is missing.
  if (path === '' || (keysAreMissing && mismatch.reason !== 'negation')) return { kind: 'error', message: text, at }
  if (mismatch.reason !== 'value') return { kind: 'fail', path, at, message: text }
  const found = mismatch.found === undefined ? {} : { found: mismatch.found }
  return { kind: 'fail', path, at, message: text, expected: print(mismatch.pattern), ...found }
}

function nearestExisting(resource: Json | undefined, path: JsonPath): JsonPath {
  let value = resource
  for (const [depth, step] of path.entries()) {
    const next: Json | undefined =
      value === undefined
        ? undefined
        : isJsonArray(value)
          ? value[Number(step)]
          : isJsonObject(value)
            ? ownValue(value, String(step))
            : undefined
    if (next === undefined) return path.slice(0, depth)
    value = next
  }
  return path
}
