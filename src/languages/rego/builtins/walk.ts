import type { RegoArray, RegoValue } from '../values/value.ts'
import { isArray, isObject, isSet, objectEntries } from '../values/value.ts'
import type { Builtin, BuiltinContext } from './contract.ts'
import { BuiltinError } from './contract.ts'
import { cancelled, type } from './operands.ts'

type Emit = (value: RegoValue) => boolean

interface Walk {
  readonly emit: Emit
  readonly context: BuiltinContext
  left: number
}

/** Undefined to go on, false when no more is wanted, or why it has to end. */
type Outcome = undefined | false | BuiltinError

/** A value before its parts, parts in the order of their keys. An element of a set is its own key. */
function visit(walk: Walk, path: RegoArray, value: RegoValue): Outcome {
  walk.left -= 1
  if (walk.left < 0) return new BuiltinError('eval_builtin_error', 'walk: too many values', true)
  if ((walk.left & 255) === 0 && !walk.context.mayGoOn()) return cancelled()
  if (!walk.emit([path, value])) return false
  for (const [key, part] of partsOf(value)) {
    const outcome = visit(walk, [...path, key], part)
    if (outcome !== undefined) return outcome
  }
  return undefined
}

export function partsOf(value: RegoValue): Iterable<readonly [RegoValue, RegoValue]> {
  if (typeof value !== 'object' || value === null) return []
  if (isArray(value)) return value.entries()
  if (isSet(value)) return value.sorted.map((item) => [item, item] as const)
  return isObject(value) ? objectEntries(value) : []
}

export const walkBuiltins: readonly Builtin[] = [
  {
    name: 'walk',
    relation: true,
    parameters: [type.any],
    result: type.tuple(type.array(type.any), type.any),
    visit: ([value = null], context, emit) => {
      const outcome = visit({ emit, context, left: context.limits.elements }, [], value)
      return outcome === false ? undefined : outcome
    },
  },
]
