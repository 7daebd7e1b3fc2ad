import { unescapeToken } from '../../../core/json-pointer.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { formatValue } from '../values/format.ts'
import { toSafeInteger } from '../values/number.ts'
import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { equalValues, isArray, isNumber, isObject, isSet, objectEntries, objectGet, objectOf, setOf, typeName } from '../values/value.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import { builtin, failure, isError, type, wrongOperand } from './operands.ts'

const name = 'json.patch'

/** `/a/b~1c/0` as steps; slashes at the beginning do not count. */
function stepsOf(path: RegoValue): RegoArray | BuiltinError {
  if (isArray(path)) return path
  if (typeof path !== 'string')
    return wrongOperand(name, 1, 'one of {set, array} containing string paths or array of path segments', typeName(path))
  if (path === '') return []
  return path.replace(/^\/+/, '').split('/').map(unescapeToken)
}

type Change = { readonly kind: 'insert' | 'replace'; readonly value: RegoValue } | { readonly kind: 'delete' }

/** The place in an array; one past the end where something is inserted. */
function indexOf(items: RegoArray, step: RegoValue, use: 'insertion' | 'delete'): Result<number, string> {
  if (step === '-' && use === 'insertion') return ok(items.length)
  if (typeof step === 'string' && /^0\d+$/.test(step)) return err('leading zeros are not allowed in JSON paths')
  const isWritten = typeof step === 'string' && /^-?\d{1,15}$/.test(step)
  const index = isWritten ? Number(step) : isNumber(step) ? toSafeInteger(step) : step === '-' ? -1 : undefined
  if (index === undefined) return err('invalid string for indexing')
  const most = use === 'insertion' ? items.length : items.length - 1
  return index < 0 || index > most ? err(`index for array ${use} out of bounds`) : ok(index)
}

function childOf(value: RegoValue, step: RegoValue): Result<RegoValue, string> {
  if (isArray(value)) {
    const index = indexOf(value, step, 'delete')
    if (index.ok) return ok(value[index.value] ?? null)
    const written = typeof step === 'string' && /^-?\d+$/.test(step) ? step : formatValue(step)
    return index.error.endsWith('out of bounds') ? err(`path ${written} does not exist in array term ${formatValue(value)}`) : index
  }
  const found = isSet(value) ? (value.has(step) ? step : undefined) : isObject(value) ? objectGet(value, step) : undefined
  if (found !== undefined) return ok(found)
  if (!isSet(value) && !isObject(value)) return err(notComposite(value))
  return err(`path ${formatValue(step)} does not exist in ${typeName(value)} term ${formatValue(value)}`)
}

/** The type is upstream's name of it. */
function notComposite(value: RegoValue): string {
  const kind = typeName(value)
  return `expected composite type, found value: ${formatValue(value)} (type: ast.${kind.charAt(0).toUpperCase()}${kind.slice(1)})`
}

function valueAt(root: RegoValue, path: RegoArray): Result<RegoValue, string> {
  let value = root
  for (const step of path) {
    const child = childOf(value, step)
    if (!child.ok) return child
    value = child.value
  }
  return ok(value)
}

/** The document after a change at a path. */
function changeAt(root: RegoValue, path: RegoArray, change: Change): Result<RegoValue, string> {
  const parents: RegoValue[] = [root]
  for (const step of path.slice(0, -1)) {
    const child = childOf(parents.at(-1) ?? null, step)
    if (!child.ok) return child
    parents.push(child.value)
  }
  const last = path.at(-1)
  if (last === undefined) return change.kind === 'delete' ? err('cannot delete the whole document') : ok(change.value)
  let changed = changeChild(parents.at(-1) ?? null, last, change)
  for (let depth = parents.length - 2; depth >= 0 && changed.ok; depth -= 1)
    changed = putChild(parents[depth] ?? null, path[depth] ?? null, changed.value)
  return changed
}

function changeChild(parent: RegoValue, step: RegoValue, change: Change): Result<RegoValue, string> {
  if (isArray(parent)) return changeItem(parent, step, change)
  if (isSet(parent)) return changeElement(parent, step, change)
  if (!isObject(parent)) return err(notComposite(parent))
  if (change.kind !== 'insert' && objectGet(parent, step) === undefined)
    return err(`cannot delete child key ${formatValue(step)} that does not exist`)
  const others = objectEntries(parent).filter(([key]) => !equalValues(key, step))
  return ok(objectOf(change.kind === 'delete' ? others : [...others, [step, change.value]]))
}

function changeItem(items: RegoArray, step: RegoValue, change: Change): Result<RegoValue, string> {
  const index = indexOf(items, step, change.kind === 'insert' ? 'insertion' : 'delete')
  if (!index.ok) return index
  const added = change.kind === 'delete' ? [] : [change.value]
  return ok(items.toSpliced(index.value, change.kind === 'insert' ? 0 : 1, ...added))
}

/** An element of a set is its own key. */
function changeElement(elements: RegoSet, step: RegoValue, change: Change): Result<RegoValue, string> {
  if (change.kind !== 'insert' && !elements.has(step)) return err(`cannot delete child key ${formatValue(step)} that does not exist`)
  if (change.kind !== 'delete' && !equalValues(step, change.value))
    return err(`set key ${formatValue(step)} does not equal value to be inserted ${formatValue(change.value)}`)
  const others = elements.values().filter((element) => !equalValues(element, step))
  return ok(setOf(change.kind === 'delete' ? others : [...others, change.value]))
}

/** The parent with another child. */
function putChild(parent: RegoValue, step: RegoValue, child: RegoValue): Result<RegoValue, string> {
  if (isSet(parent)) return ok(setOf([...parent.values().filter((element) => !equalValues(element, step)), child]))
  return changeChild(parent, step, { kind: 'replace', value: child })
}

function requiredOf(operation: AnyObject, attribute: string): RegoValue | BuiltinError {
  const value = objectGet(operation, attribute)
  return value === undefined ? failure(name, `missing required attribute '${attribute}'`) : value
}

function pathOf(operation: AnyObject, attribute: 'path' | 'from'): RegoArray | BuiltinError {
  const path = requiredOf(operation, attribute)
  return isError(path) ? path : stepsOf(path)
}

function apply(document: RegoValue, operation: AnyObject): RegoValue | BuiltinError {
  const kind = requiredOf(operation, 'op')
  if (isError(kind)) return kind
  if (typeof kind !== 'string') return failure(name, `attribute 'op' must be a string but found: ${typeName(kind)}`)
  const path = pathOf(operation, 'path')
  if (isError(path)) return path
  const changed = applyKind(document, operation, kind, path)
  if (isError(changed)) return changed
  return changed.ok ? changed.value : failure(name, changed.error)
}

function applyKind(document: RegoValue, operation: AnyObject, kind: string, path: RegoArray): Result<RegoValue, string> | BuiltinError {
  switch (kind) {
    case 'remove':
      return changeAt(document, path, { kind: 'delete' })
    case 'add':
    case 'replace':
    case 'test': {
      const value = requiredOf(operation, 'value')
      if (isError(value)) return value
      return kind === 'test'
        ? test(document, path, value)
        : changeAt(document, path, { kind: kind === 'add' ? 'insert' : 'replace', value })
    }
    case 'move':
    case 'copy': {
      const from = pathOf(operation, 'from')
      return isError(from) ? from : transfer(document, from, path, kind === 'move')
    }
    default:
      return failure(name, `unrecognized op: '${kind}'`)
  }
}

function test(document: RegoValue, path: RegoArray, expected: RegoValue): Result<RegoValue, string> {
  const found = valueAt(document, path)
  if (!found.ok) return found
  if (equalValues(found.value, expected)) return ok(document)
  return err(`value from EditTree != patch value.\n\nExpected: ${formatValue(expected)}\n\nFound: ${formatValue(found.value)}`)
}

function transfer(document: RegoValue, from: RegoArray, to: RegoArray, removes: boolean): Result<RegoValue, string> {
  const value = valueAt(document, from)
  if (!value.ok) return value
  const without = removes && from.length > 0 ? changeAt(document, from, { kind: 'delete' }) : ok(document)
  if (!without.ok) return without
  // In a set an element takes the name it is moved to.
  return changeAt(without.value, to, { kind: 'insert', value: value.value })
}

const operationType = type.array({
  kind: 'object',
  properties: [
    { key: 'op', value: type.string },
    { key: 'path', value: type.any },
  ],
  rest: { key: type.any, value: type.any },
})

const noObjects = 'must be an array of JSON-Patch objects, but at least one element is not an object'

export const jsonPatchBuiltins: readonly Builtin[] = [
  builtin(name, [type.any, operationType], type.any, (args) => {
    const [target = null, operations = null] = args
    if (!isArray(operations)) return wrongOperand(name, 1, 'array', typeName(operations))
    let document: RegoValue = target
    for (const operation of operations) {
      if (!isObject(operation)) return failure(name, noObjects)
      const changed = apply(document, operation)
      if (isError(changed)) return changed
      document = changed
    }
    return document
  }),
]
