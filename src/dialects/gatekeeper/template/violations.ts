import type { Json, JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { RegoValue } from '../../../languages/rego/rego.ts'
import { isObject, isSet, objectEntries, regoGet, toJson, typeName } from '../../../languages/rego/rego.ts'

/** What a template says of an object. */
export interface Violation {
  readonly message: string
  readonly details: Json
}

/**
 * The violations in the value of the rule: elements of a set, or keys of an object, that have a `msg`. Others say nothing.
 * Equal ones are one. The error is for a message that is no text.
 */
export function violationsOf(value: RegoValue | undefined): Result<readonly Violation[], string> {
  if (value === undefined || (isSet(value) && value.size === 0)) return none
  const violations: Violation[] = []
  // By message: most have one of their own.
  const seen = new Map<string, RegoValue[]>()
  for (const element of elementsOf(value)) {
    const message = fieldOf(element, 'msg')
    if (message === undefined) continue
    if (typeof message !== 'string')
      return err(
        `extracting message binding: .msg accessor error: ${messageText(message)} is of the type ${goType(message)}, expected string`,
      )
    const details = fieldOf(element, 'details') ?? noDetails
    const alike = seen.get(message)
    if (alike === undefined) seen.set(message, [details])
    else if (alike.some((other) => areEqual(other, details))) continue
    else alike.push(details)
    violations.push({ message, details: details === noDetails ? noDetails : toJson(details) })
  }
  return ok(violations)
}

/** In the order of values. What is neither set nor object cannot be iterated for objects with a `msg`. */
function elementsOf(value: RegoValue): readonly RegoValue[] {
  if (isSet(value)) return value.sorted
  return isObject(value) ? objectEntries(value).map(([key]) => key) : []
}

function fieldOf(element: RegoValue, name: string): RegoValue | undefined {
  return isObject(element) ? regoGet(element, name) : undefined
}

const noDetails: JsonObject = {}

/** Whether two details are told as the same JSON. */
const areEqual = (a: RegoValue, b: RegoValue): boolean => JSON.stringify(toJson(a)) === JSON.stringify(toJson(b))

const none: Result<readonly Violation[], never> = ok([])

function messageText(value: RegoValue): string {
  const json = toJson(value)
  return typeof json === 'object' && json !== null ? JSON.stringify(json) : json === null ? '<nil>' : String(json)
}

function goType(value: RegoValue): string {
  switch (typeName(value)) {
    case 'null':
      return '<nil>'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'json.Number'
    case 'string':
      return 'string'
    case 'object':
      return 'map[string]interface {}'
    default:
      return '[]interface {}'
  }
}
