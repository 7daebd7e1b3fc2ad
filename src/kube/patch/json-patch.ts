import { unescapeToken } from '../../core/json-pointer.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, setOwn } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import { err, ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'
import { unreachable } from '../../core/unreachable.ts'

/** One step of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

/** Where appliers differ from the RFC. Absent means no. */
export interface JsonPatchOptions {
  /** `-1` is the last element of a list (for `add`: the place after it). */
  readonly negativeIndices?: boolean
  /** `remove` of what is not there does nothing. */
  readonly allowMissingPathOnRemove?: boolean
  /** `add` creates the missing maps and lists on the way; a list is filled up with nulls. */
  readonly ensurePathExistsOnAdd?: boolean
}

/** Nulls that `ensurePathExistsOnAdd` puts into one list, and values that all `copy` operations of one patch add. */
const maxPadding = 10_000
const maxCopiedValues = 1_000_000

/** Reads a patch from the value of a JSON or YAML document. Errors name the operation. */
export function parseJsonPatch(value: Json): Result<readonly JsonPatchOperation[], string> {
  if (!isJsonArray(value)) return err('a JSON patch must be a list of operations')
  const operations: JsonPatchOperation[] = []
  for (const item of value) {
    const operation = isJsonObject(item) ? parseOperation(item) : err('an operation must be an object')
    if (!operation.ok) return err(`invalid operation ${JSON.stringify(item)}: ${operation.error}`)
    operations.push(operation.value)
  }
  return ok(operations)
}

function parseOperation(item: JsonObject): Result<JsonPatchOperation, string> {
  const op = ownValue(item, 'op')
  const path = ownValue(item, 'path')
  if (typeof op !== 'string') return err('unsupported operation')
  switch (op) {
    case 'add':
    case 'replace':
    case 'test': {
      const value = ownValue(item, 'value')
      if (value === undefined && op !== 'test') return err(missingField('value'))
      return typeof path === 'string' ? ok({ op, path, value: value ?? null }) : err(missingField('path'))
    }
    case 'move':
    case 'copy': {
      const from = ownValue(item, 'from')
      if (typeof from !== 'string') return err(missingField('from'))
      return typeof path === 'string' ? ok({ op, path, from }) : err(missingField('path'))
    }
    case 'remove':
      return typeof path === 'string' ? ok({ op, path }) : err(missingField('path'))
    default:
      return err('unsupported operation')
  }
}

const missingField = (name: string): string => `failed to decode '${name}': operation, missing ${name} field: missing value`

/**
 * Applies a patch and returns the new document, sharing with the old one what did not change; the same document if nothing did.
 * The input is never changed. The first operation that does not apply makes the whole patch fail, with the text of the library
 * that Kubernetes and Kyverno use.
 */
export function applyJsonPatch(
  document: Json,
  operations: readonly JsonPatchOperation[],
  options: JsonPatchOptions = {},
): Result<Json, string> {
  const working: Working = { root: document, owned: new Set(), copied: 0, options }
  for (const operation of operations) {
    const wrong = applyOperation(working, operation)
    if (wrong !== undefined) return err(wrong)
  }
  return ok(working.root)
}

/** The document being made. Containers in `owned` were made by this run and stand in one place only: they may be changed. */
interface Working {
  root: Json
  readonly owned: Set<unknown>
  copied: number
  readonly options: JsonPatchOptions
}

type MutableMap = { [key: string]: Json }
/** A map or list of the document. */
type Container = JsonObject | readonly Json[]

const missing = 'missing value'
const testFailed = 'test failed'
const invalidIndex = (index: number): string => `Unable to access invalid index: ${index}: invalid index referenced`

function applyOperation(working: Working, operation: JsonPatchOperation): string | undefined {
  switch (operation.op) {
    case 'add':
      return applyAdd(working, operation.path, operation.value)
    case 'remove':
      return applyRemove(working, operation.path)
    case 'replace':
      return applyReplace(working, operation.path, operation.value)
    case 'move':
      return applyMove(working, operation.from, operation.path)
    case 'copy':
      return applyCopy(working, operation.from, operation.path)
    case 'test':
      return applyTest(working, operation.path, operation.value)
    default:
      return unreachable(operation)
  }
}

/** Keys from the root. What stands before the first slash is not looked at; '' has none. */
const tokensOf = (path: string): readonly string[] => path.split('/').slice(1).map(unescapeToken)

function applyAdd(working: Working, path: string, value: Json): string | undefined {
  if (path === '') {
    working.root = value
    return undefined
  }
  const tokens = tokensOf(path)
  if (working.options.ensurePathExistsOnAdd === true) {
    const wrong = ensurePath(working, tokens)
    if (wrong !== undefined) return wrong
  }
  const holder = ownedHolder(working, tokens)
  if (holder === undefined) return `add operation does not apply: doc is missing path: "${path}": ${missing}`
  const wrong = addTo(holder, lastOf(tokens), value, working.options)
  return wrong === undefined ? undefined : `error in add for path: '${path}': ${wrong}`
}

function applyRemove(working: Working, path: string): string | undefined {
  const tokens = tokensOf(path)
  const key = lastOf(tokens)
  const { allowMissingPathOnRemove = false } = working.options
  const holder = holderAt(working, tokens)
  if (holder === undefined) {
    return allowMissingPathOnRemove ? undefined : `remove operation does not apply: doc is missing path: "${path}": ${missing}`
  }
  const found = getFrom(holder, key, working.options)
  if (!found.ok) {
    if (allowMissingPathOnRemove && found.absent) return undefined
    const wrong = isJsonArray(holder) ? found.error : `unable to remove nonexistent key: ${key}: ${missing}`
    return `error in remove for path: '${path}': ${wrong}`
  }
  removeFrom(ownedHolder(working, tokens), key)
  return undefined
}

function applyReplace(working: Working, path: string, value: Json): string | undefined {
  if (path === '') {
    working.root = value
    return undefined
  }
  const tokens = tokensOf(path)
  const key = lastOf(tokens)
  const holder = holderAt(working, tokens)
  if (holder === undefined) return `replace operation does not apply: doc is missing path: ${path}: ${missing}`
  if (!getFrom(holder, key, working.options).ok) return `replace operation does not apply: doc is missing key: ${path}: ${missing}`
  const owned = ownedHolder(working, tokens)
  if (Array.isArray(owned)) owned[indexFromEnd(Number(key), owned.length)] = value
  else if (owned !== undefined) setOwn(owned, key, value)
  return undefined
}

function applyMove(working: Working, from: string, path: string): string | undefined {
  if (from === '') return 'unable to move entire document to another path: invalid state detected'
  const source = tokensOf(from)
  const key = lastOf(source)
  const holder = holderAt(working, source)
  if (holder === undefined) return `move operation does not apply: doc is missing from path: ${from}: ${missing}`
  const found = getFrom(holder, key, working.options)
  if (!found.ok) return `error in move for path: '${key}': ${found.error}`
  removeFrom(ownedHolder(working, source), key)
  const target = tokensOf(path)
  const destination = ownedHolder(working, target)
  if (destination === undefined) return `move operation does not apply: doc is missing destination path: ${path}: ${missing}`
  const wrong = addTo(destination, lastOf(target), found.value, working.options)
  return wrong === undefined ? undefined : `error in move for path: '${path}': ${wrong}`
}

function applyCopy(working: Working, from: string, path: string): string | undefined {
  const source = tokensOf(from)
  const holder = holderAt(working, source)
  if (holder === undefined) return `copy operation does not apply: doc is missing from path: "${from}": ${missing}`
  const found = getFrom(holder, lastOf(source), working.options)
  if (!found.ok) return `error in copy for from: '${from}': ${found.error}`
  working.copied += countValues(found.value, maxCopiedValues)
  if (working.copied > maxCopiedValues) return `Unable to complete the copy, copy operations add more than ${maxCopiedValues} values`
  const target = tokensOf(path)
  const destination = ownedHolder(working, target)
  if (destination === undefined) return `copy operation does not apply: doc is missing destination path: ${path}: ${missing}`
  const wrong = addTo(destination, lastOf(target), found.value, working.options)
  // The value now stands in two places, so nothing is known to be ours alone any more.
  working.owned.clear()
  return wrong === undefined ? undefined : `error while adding value during copy: ${wrong}`
}

function applyTest(working: Working, path: string, expected: Json): string | undefined {
  const failed = `testing path ${path} failed: ${testFailed}`
  if (path === '') return jsonEqual(working.root, expected) ? undefined : failed
  const tokens = tokensOf(path)
  const holder = holderAt(working, tokens)
  if (holder === undefined) return `test operation does not apply: is missing path: ${path}: ${missing}`
  const found = getFrom(holder, lastOf(tokens), working.options)
  if (!found.ok && isJsonArray(holder)) return `error in test for path: '${path}': ${found.error}`
  // A missing key is equal to null.
  return jsonEqual(found.ok ? found.value : null, expected) ? undefined : failed
}

const lastOf = (tokens: readonly string[]): string => tokens.at(-1) ?? ''

type Found = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly absent: boolean; readonly error: string }

/** `absent`: the key is a proper one, but nothing is there. */
function getFrom(holder: Container, key: string, options: JsonPatchOptions): Found {
  if (!isJsonArray(holder)) {
    const value = ownValue(holder, key)
    return value === undefined
      ? { ok: false, absent: true, error: `unable to get nonexistent key: ${key}: ${missing}` }
      : { ok: true, value }
  }
  const index = readIndex(key)
  if (typeof index === 'string') return { ok: false, absent: false, error: index }
  const refused = index < 0 && options.negativeIndices !== true
  const value = refused ? undefined : holder[indexFromEnd(index, holder.length)]
  return value === undefined ? { ok: false, absent: !refused, error: invalidIndex(index) } : { ok: true, value }
}

const indexFromEnd = (index: number, length: number): number => (index < 0 ? index + length : index)

/** An index as Go reads one (sign and leading zeros are fine), or what is wrong with it. */
function readIndex(key: string): number | string {
  if (!/^[+-]?[0-9]+$/.test(key)) return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`
  const index = Number(key)
  return Number.isSafeInteger(index) ? index : `strconv.Atoi: parsing ${JSON.stringify(key)}: value out of range`
}

function addTo(holder: MutableMap | Json[], key: string, value: Json, options: JsonPatchOptions): string | undefined {
  if (!Array.isArray(holder)) setOwn(holder, key, value)
  else if (key === '-') holder.push(value)
  else {
    const index = readIndex(key)
    if (typeof index === 'string') return `value was not a proper array index: '${key}': ${index}`
    const length = holder.length + 1
    if (index >= length || index < -length || (index < 0 && options.negativeIndices !== true)) return invalidIndex(index)
    holder.splice(indexFromEnd(index, length), 0, value)
  }
  return undefined
}

function removeFrom(holder: MutableMap | Json[] | undefined, key: string): void {
  if (Array.isArray(holder)) holder.splice(indexFromEnd(Number(key), holder.length), 1)
  else if (holder !== undefined) delete holder[key]
}

/** The container that holds the last of `tokens`, to read. A path deeper than documents may be finds nothing. */
function holderAt(working: Working, tokens: readonly string[]): Container | undefined {
  if (tokens.length === 0 || tokens.length > defaultLimits.documentDepth) return undefined
  let value = working.root
  for (let i = 0; ; i += 1) {
    if (typeof value !== 'object' || value === null) return undefined
    if (i === tokens.length - 1) return value
    const found = getFrom(value, tokens[i] ?? '', working.options)
    if (!found.ok) return undefined
    value = found.value
  }
}

/** The same, to change: containers on the way that are not ours yet are replaced with shallow copies. */
function ownedHolder(working: Working, tokens: readonly string[]): MutableMap | Json[] | undefined {
  if (holderAt(working, tokens) === undefined) return undefined
  let holder = own(working, working.root)
  if (holder === undefined) return undefined
  working.root = holder
  for (const token of tokens.slice(0, -1)) {
    const next: MutableMap | Json[] | undefined = ownChild(working, holder, token)
    if (next === undefined) return undefined
    holder = next
  }
  return holder
}

function ownChild(working: Working, holder: MutableMap | Json[], token: string): MutableMap | Json[] | undefined {
  if (Array.isArray(holder)) {
    const index = indexFromEnd(Number(token), holder.length)
    const child = own(working, holder[index] ?? null)
    if (child !== undefined) holder[index] = child
    return child
  }
  const child = own(working, ownValue(holder, token) ?? null)
  if (child !== undefined) setOwn(holder, token, child)
  return child
}

function own(working: Working, value: Json): MutableMap | Json[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // Only containers made below are in `owned`, and those are mutable.
  if (working.owned.has(value)) return value as MutableMap | Json[]
  const copy = isJsonArray(value) ? [...value] : copyMap(value)
  working.owned.add(copy)
  return copy
}

/** A spread would be as safe for `__proto__`, which it defines rather than sets. */
const copyMap = (map: JsonObject): MutableMap => ({ ...map })

/** Creates what is missing (or null) on the way to the last of `tokens`. */
function ensurePath(working: Working, tokens: readonly string[]): string | undefined {
  if (tokens.length > defaultLimits.documentDepth) return undefined
  for (let depth = 1; depth < tokens.length; depth += 1) {
    const path = tokens.slice(0, depth)
    const holder = holderAt(working, path)
    if (holder === undefined) return undefined
    const found = getFrom(holder, lastOf(path), working.options)
    if (found.ok && found.value !== null) continue
    const created = emptyFor(tokens[depth] ?? '', working.options)
    if (!created.ok) return created.error
    const wrong = createAt(ownedHolder(working, path), lastOf(path), created.value, working.options)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** What must stand where `next` is to be added: a list for an index or `-`, with nulls before that index; else a map. */
function emptyFor(next: string, options: JsonPatchOptions): Result<Json, string> {
  if (next === '-') return ok([])
  const index = readIndex(next)
  if (typeof index === 'string') return ok({})
  if (index < 0 && options.negativeIndices !== true) {
    return err(`Unable to ensure path for invalid index: ${index}: invalid index referenced`)
  }
  if (index < -1) return err(`Unable to ensure path for negative index other than -1: ${index}: invalid index referenced`)
  if (index > maxPadding) return err(invalidIndex(index))
  return ok(Array.from({ length: Math.max(index, 0) }, () => null))
}

function createAt(holder: MutableMap | Json[] | undefined, key: string, value: Json, options: JsonPatchOptions): string | undefined {
  if (holder === undefined) return undefined
  if (Array.isArray(holder)) {
    const index = readIndex(key)
    if (typeof index === 'number') {
      if (index - holder.length > maxPadding) return invalidIndex(index)
      while (holder.length < index) holder.push(null)
    }
  }
  // An addition that is refused leaves the path missing, which the operation itself reports.
  addTo(holder, key, value, options)
  return undefined
}

/** Maps, lists and scalars in a value; stops counting above `limit`. */
function countValues(value: Json, limit: number): number {
  let count = 0
  const stack: Json[] = [value]
  for (let next = stack.pop(); next !== undefined && count <= limit; next = stack.pop()) {
    count += 1
    if (typeof next === 'object' && next !== null) for (const item of Object.values(next)) stack.push(item)
  }
  return count
}
