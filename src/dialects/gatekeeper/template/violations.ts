import { compareText, formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { RegoValue } from '../../../languages/rego/rego.ts'
import { isObject, isSet, objectEntries, regoGet, regoSize, toJson, typeName } from '../../../languages/rego/rego.ts'

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
  const messages = isSet(value) ? onlyMessages(value.values()) : undefined
  if (messages !== undefined) return ok(messages.sort(compareText).map((message) => ({ message, details: noDetails })))
  const violations: Violation[] = []
  // By message: most have one of their own.
  const seen = new Map<string, RegoValue[]>()
  for (const element of elementsOf(value)) {
    const message = fieldOf(element, 'msg')
    if (message === undefined) continue
    if (typeof message !== 'string')
      return err(
        `extracting message binding: .msg accessor error: ${formatValue(toJson(message))} is of the type ${goType(message)}, expected string`,
      )
    const found = fieldOf(element, 'details')
    const details = found === undefined ? noDetails : found
    const alike = seen.get(message)
    if (alike === undefined) seen.set(message, [details])
    else if (alike.some((other) => areEqual(other, details))) continue
    else alike.push(details)
    violations.push({ message, details: details === noDetails ? noDetails : toJson(details) })
  }
  return ok(violations)
}

/** The messages of elements that have nothing else, as most have; undefined where one is not like that. */
function onlyMessages(elements: readonly RegoValue[]): string[] | undefined {
  const messages: string[] = []
  for (const element of elements) {
    if (!isObject(element) || regoSize(element) !== 1) return undefined
    const message = regoGet(element, 'msg')
    if (typeof message !== 'string') return undefined
    messages.push(message)
  }
  return messages
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
