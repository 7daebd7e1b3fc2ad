import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, setOwn } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { ListNode, Location, LocationNode, ObjectNode } from './location.ts'
import { printNode } from './location.ts'
import type { PathTests } from './path-tests.ts'

/** The new value, or undefined where nothing is to be written: then the parents made on the way are dropped as well. */
export type Written = Result<Json | undefined, string>

/**
 * What a mutator writes at its location, given what is there (undefined: nothing). Equal values count as written, and so does no value
 * where there is none: the parents made on the way stay.
 */
export type Setter = (existing: Json | undefined) => Result<{ readonly value: Json | undefined }, string>

interface Walk {
  readonly location: Location
  readonly tests: PathTests
  readonly set: Setter
}

/** Writes at every place of `root` that `location` means and the tests allow. `root` itself is not changed. */
export function writeAt(root: JsonObject, location: Location, tests: PathTests, set: Setter): Written {
  return location.length === 0 ? err('attempting to mutate an empty target location') : writeNode(root, 0, { location, tests, set })
}

function writeNode(current: Json, depth: number, walk: Walk): Written {
  const node = walk.location[depth]
  if (node === undefined) return ok(undefined)
  if (node.type === 'object') return writeKey(current, node, depth, walk)
  return node.value === undefined ? writeEvery(current, node, depth, walk) : writeKeyed(current, node, depth, walk)
}

function writeKey(current: Json, node: ObjectNode, depth: number, walk: Walk): Written {
  if (!isJsonObject(current)) return mismatch(node, current)
  const existing = ownValue(current, node.name)
  if (!isAllowed(walk.tests, depth, existing !== undefined)) return ok(undefined)
  if (isLast(depth, walk)) {
    const set = walk.set(existing)
    return set.ok ? ok(withKey(current, node.name, set.value.value)) : set
  }
  const written = writeNode(existing === undefined ? empty(walk.location[depth + 1]) : existing, depth + 1, walk)
  if (!written.ok || written.value === undefined) return written
  return ok(written.value === existing ? current : withKey(current, node.name, written.value))
}

/** The same object where the value is equal: what a walk returns is identical to what it got if and only if it is equal. */
function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  const existing = ownValue(object, key)
  if (value === undefined || (existing !== undefined && jsonEqual(existing, value))) return object
  const copy = { ...object }
  setOwn(copy, key, value)
  return copy
}

const isLast = (depth: number, { location }: Walk): boolean => depth === location.length - 1
const empty = (next: LocationNode | undefined): Json => (next?.type === 'list' ? [] : {})

function isAllowed(tests: PathTests, depth: number, exists: boolean): boolean {
  const test = tests.get(depth)
  return test === undefined || test === (exists ? 'MustExist' : 'MustNotExist')
}

function writeEvery(current: Json, node: ListNode, depth: number, walk: Walk): Written {
  if (!isJsonArray(current)) return mismatch(node, current)
  if (!isAllowed(walk.tests, depth, true)) return ok(undefined)
  return rebuild(current, (element) => writeNode(element, depth + 1, walk))
}

/** Several elements may have the key; where none has it, one is made. */
function writeKeyed(current: Json, node: ListNode, depth: number, walk: Walk): Written {
  if (!isJsonArray(current)) return mismatch(node, current)
  if (isLast(depth, walk)) return writeElement(current, node, depth, walk)
  if (current.some((element) => hasKey(element, node))) {
    if (!isAllowed(walk.tests, depth, true)) return ok(undefined)
    return rebuild(current, (element) => (hasKey(element, node) ? writeNode(element, depth + 1, walk) : ok(undefined)))
  }
  if (!isAllowed(walk.tests, depth, false)) return ok(undefined)
  const appended = writeNode({ [node.key]: node.value ?? null }, depth + 1, walk)
  if (!appended.ok) return appended
  return ok(appended.value === undefined ? undefined : [...current, appended.value])
}

const hasKey = (element: Json, { key, value }: ListNode): boolean => isJsonObject(element) && ownValue(element, key) === value

/** A whole element is written, in place of the first with its key. That it has the right key was checked when the mutator was compiled. */
function writeElement(list: readonly Json[], node: ListNode, depth: number, walk: Walk): Written {
  const index = list.findIndex((element) => !isJsonObject(element) || hasKey(element, node))
  const element = list[index]
  if (element !== undefined && !isJsonObject(element)) return err(`cast error, unable to case ${goType(element)} to map[string]interface{}`)
  if (!isAllowed(walk.tests, depth, element !== undefined)) return ok(undefined)
  const set = walk.set(element)
  if (!set.ok) return set
  const { value } = set.value
  if (value === undefined) return ok(undefined)
  if (element === undefined) return ok([...list, value])
  return ok(jsonEqual(element, value) ? list : list.with(index, value))
}

/** Undefined where no element was written, the list itself where all were written what they were. */
function rebuild(list: readonly Json[], write: (element: Json) => Written): Written {
  const elements: Json[] = []
  let [isWritten, isChanged] = [false, false]
  for (const element of list) {
    const written = write(element)
    if (!written.ok) return written
    isWritten ||= written.value !== undefined
    isChanged ||= written.value !== undefined && written.value !== element
    elements.push(written.value === undefined ? element : written.value)
  }
  return ok(isChanged ? elements : isWritten ? list : undefined)
}

function mismatch(node: LocationNode, found: Json): Result<never, string> {
  const wanted = node.type === 'object' ? 'object' : 'List'
  return err(`mismatch between path entry (type: ${wanted}) and received object (type: ${goType(found)}). Path: ${printNode(node)}`)
}

/** How Go calls the type of a decoded value. */
export function goType(value: Json): string {
  if (value === null) return '<nil>'
  if (isJsonArray(value)) return '[]interface {}'
  if (isJsonObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}
