import { formatValue } from '../../core/go-format.ts'
import type { Json, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'

/**
 * Why a pattern does not match, as data: most mismatches are of list elements that a condition leaves out and are never printed.
 * `message` and `reportedPath` put it into upstream's words. `steps` lead from where the mismatch is up to where it was passed on to: it grows on the way
 * out, so that what matches pays nothing for paths.
 */
export type Mismatch = { readonly steps: (string | number)[] } & (
  | { readonly reason: 'value'; readonly pattern: Json; readonly found: Json | undefined }
  | { readonly reason: 'notMap'; readonly found: Json | undefined }
  | { readonly reason: 'notList' }
  | { readonly reason: 'emptyPattern' }
  | { readonly reason: 'tooDeep' }
  | { readonly reason: 'shorter'; readonly found: number; readonly pattern: number }
  | { readonly reason: 'absent'; readonly key: string }
  | { readonly reason: 'negation' }
  | { readonly reason: 'existence' }
  | { readonly reason: 'existencePattern'; readonly pattern: Json; readonly within: boolean }
  | { readonly reason: 'existenceResource'; readonly found: Json }
  /** A conditional anchor; `cause` is undefined where its key is missing. */
  | { readonly reason: 'condition'; readonly cause: Mismatch | undefined }
  | { readonly reason: 'global'; readonly cause: Mismatch }
  /** Everything that might have applied was skipped. */
  | { readonly reason: 'skips'; readonly skips: readonly Mismatch[] }
)

/**
 * The rule does not apply. Upstream also finds skips by searching error texts for the words of a skip, so that data containing them
 * skips a rule; here only a skip is a skip.
 */
export const isSkip = ({ reason }: Mismatch): boolean => reason === 'condition' || reason === 'global' || reason === 'skips'

/** `/spec/containers/0/`. */
export function printPath(path: JsonPath): string {
  let text = '/'
  for (const step of path) text += `${step}/`
  return text
}

/** Where the mismatch is, when its steps lead up to `above`. */
export const pathOf = ({ steps }: Mismatch, above: JsonPath = []): JsonPath => [...above, ...steps.toReversed()]

/** The path that a failure names; '' where upstream gives none. */
export const reportedPath = (mismatch: Mismatch): string => (mismatch.reason === 'shorter' ? '' : printPath(pathOf(mismatch)))

export function message(mismatch: Mismatch, above: JsonPath = []): string {
  const here = pathOf(mismatch, above)
  const path = printPath(here)
  switch (mismatch.reason) {
    case 'value':
      return `resource value '${print(mismatch.found)}' does not match '${print(mismatch.pattern)}' at path ${path}`
    case 'notMap':
      return `pattern and resource have different structures. Path: ${path}. Expected map[string]interface {}, found ${goType(mismatch.found)}`
    case 'notList':
      return `validation rule failed at path ${path}, resource does not satisfy the expected overlay pattern`
    case 'emptyPattern':
      return 'pattern Array empty'
    case 'tooDeep':
      return `pattern is nested too deeply at path ${path}`
    case 'shorter':
      return `validate Array failed, array length mismatch, resource Array len is ${mismatch.found} and pattern Array len is ${mismatch.pattern}`
    case 'absent':
      return `${path}/${mismatch.key} not found`
    case 'negation':
      return `negation anchor matched in resource: ${path} is not allowed`
    case 'existence':
      return `existence anchor validation failed at path ${path}`
    case 'existencePattern':
      return `invalid pattern type ${goType(mismatch.pattern)}: Pattern has to be of ${
        mismatch.within ? 'type map to compare against items in resource' : 'list to compare against resource'
      }`
    case 'existenceResource':
      return `invalid resource type ${goType(mismatch.found)}: Existence ^ () anchor can be used only on list/array type resource`
    case 'condition':
      return `conditional anchor mismatch: ${mismatch.cause === undefined ? "conditional anchor key doesn't exist in the resource" : message(mismatch.cause, here)}`
    case 'global':
      return `global anchor mismatch: ${message(mismatch.cause, here)}`
    case 'skips':
      return mismatch.skips.map((skip) => message(skip, here)).join('; ')
    default:
      return unreachable(mismatch)
  }
}

/** Go's `%v` of a decoded Kubernetes object, whose whole numbers are integers. */
export function print(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString()
  if (typeof value !== 'object') return formatValue(value)
  if (isJsonArray(value)) return `[${value.map(print).join(' ')}]`
  const entries = Object.keys(value).sort()
  return `map[${entries.map((key) => `${key}:${print(value[key])}`).join(' ')}]`
}

/** Go's `%T` of the same. */
function goType(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>'
  if (isJsonArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}
