import { unescapeToken } from '../../../core/json-pointer.ts'
import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { isArray, isObject, isSet, objectEntries, ObjectBuilder, SetBuilder, typeName, ValueMap } from '../values/value.ts'
import type { Builtin, BuiltinError } from './contract.ts'
import { define, itemsOf, object } from './define.ts'
import type { Operand } from './define.ts'
import { isError, type, wrongOperand } from './operands.ts'

/** Paths by their first steps; `whole` where a path ends. */
type Paths = 'whole' | ValueMap<Paths>

const stepsType = type.union(type.string, type.array(type.any))
const pathsOperand: Operand<RegoArray | RegoSet> = {
  type: type.union(type.array(stepsType), type.set(stepsType)),
  expected: 'one of {set, array}',
  is: (value): value is RegoArray | RegoSet => isArray(value) || isSet(value),
}

/** `a/b/0` with `~1` for `/` and `~0` for `~`, or an array of steps. Steps into arrays are strings. */
function stepsOf(path: RegoValue): RegoArray | undefined {
  if (isArray(path)) return path
  if (typeof path !== 'string') return undefined
  if (path === '') return []
  return path.replace(/^\/+/, '').split('/').map(unescapeToken)
}

function readPaths(name: string, value: RegoArray | RegoSet): Paths | BuiltinError {
  const paths = new ValueMap<Paths>()
  for (const path of itemsOf(value)) {
    const steps = stepsOf(path)
    if (steps === undefined) {
      return wrongOperand(name, 1, 'one of {set, array} containing string paths or array of path segments', typeName(path))
    }
    insert(paths, steps)
  }
  return paths
}

/** The shorter of two paths decides. */
function insert(root: ValueMap<Paths>, steps: RegoArray): void {
  let at = root
  for (const [index, step] of steps.entries()) {
    const known = at.get(step)
    if (known === 'whole') return
    if (index === steps.length - 1) {
      at.set(step, 'whole')
      return
    }
    const next = known ?? new ValueMap<Paths>()
    if (known === undefined) at.set(step, next)
    at = next
  }
}

/** What the paths lead to. */
function filter(value: RegoValue, paths: Paths): RegoValue {
  if (paths === 'whole') return value
  if (isArray(value)) {
    return value.flatMap((item, at) => {
      const rest = paths.get(String(at))
      return rest === undefined ? [] : [filter(item, rest)]
    })
  }
  if (isSet(value)) return filterSet(value, paths)
  return isObject(value) ? filterObject(value, paths) : value
}

function filterSet(set: RegoSet, paths: ValueMap<Paths>): RegoValue {
  const kept = new SetBuilder()
  for (const item of set.values()) {
    const rest = paths.get(item)
    if (rest !== undefined) kept.add(filter(item, rest))
  }
  return kept.build()
}

function filterObject(value: AnyObject, paths: ValueMap<Paths>): RegoValue {
  const kept = new ObjectBuilder()
  for (const [key, item] of objectEntries(value)) {
    const rest = paths.get(key)
    if (rest !== undefined) kept.set(key, filter(item, rest))
  }
  return kept.build()
}

/** What the paths do not lead to; undefined where nothing is left. */
function remove(value: RegoValue, paths: Paths | undefined): RegoValue | undefined {
  if (paths === undefined) return value
  if (paths === 'whole') return undefined
  if (isArray(value)) {
    return value.flatMap((item, at) => {
      const rest = remove(item, paths.get(String(at)))
      return rest === undefined ? [] : [rest]
    })
  }
  if (isSet(value)) return removeFromSet(value, paths)
  return isObject(value) ? removeFromObject(value, paths) : value
}

function removeFromSet(set: RegoSet, paths: ValueMap<Paths>): RegoValue {
  const kept = new SetBuilder()
  for (const item of set.values()) {
    const rest = remove(item, paths.get(item))
    if (rest !== undefined) kept.add(rest)
  }
  return kept.build()
}

function removeFromObject(value: AnyObject, paths: ValueMap<Paths>): RegoValue {
  const kept = new ObjectBuilder()
  for (const [key, item] of objectEntries(value)) {
    const rest = remove(item, paths.get(key))
    if (rest !== undefined) kept.set(key, rest)
  }
  return kept.build()
}

const byPaths = (name: string, apply: (value: AnyObject, paths: Paths) => RegoValue | undefined): Builtin =>
  define(name, [object, pathsOperand], type.any, ([value, given]) => {
    const paths = readPaths(name, given)
    return isError(paths) ? paths : apply(value, paths)
  })

export const jsonPathBuiltins: readonly Builtin[] = [byPaths('json.filter', filter), byPaths('json.remove', remove)]
