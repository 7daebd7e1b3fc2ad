import { add, multiply } from '../values/arithmetic.ts'
import type { AnyNumber } from '../values/number.ts'
import type { AnyObject, RegoArray, RegoSet, RegoValue } from '../values/value.ts'
import { compareValues, isArray, isObject, isSet, objectSize, sortValues } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { collection, define, itemsOf, numbersOf } from './define.ts'
import type { Operand } from './define.ts'
import { isError, type } from './operands.ts'
import { characterCount } from './text.ts'

type Countable = string | RegoArray | AnyObject | RegoSet

const countable: Operand<Countable> = {
  type: type.union(type.string, type.array(type.any), type.object(type.any, type.any), type.set(type.any)),
  expected: 'one of {array, object, set, string}',
  is: (value): value is Countable => typeof value === 'string' || isArray(value) || isObject(value) || isSet(value),
}

function count(value: Countable): number {
  if (typeof value === 'string') return characterCount(value)
  if (isArray(value)) return value.length
  return isSet(value) ? value.size : objectSize(value)
}

const numbers = collection(type.number, 'one of {set, array}')
const values = collection(type.any, 'one of {set, array}')
const sortable = collection(type.any, 'one of {set, array}')

const folding = (name: string, start: number, step: (a: AnyNumber, b: AnyNumber) => AnyNumber): Builtin =>
  define(name, [numbers], type.number, ([value]) => {
    const items = numbersOf(name, 0, value)
    return isError(items) ? items : items.reduce(step, start)
  })

const extreme = (name: string, sign: 1 | -1): Builtin =>
  define(name, [values], type.any, ([value]) => {
    const items = isSet(value) ? value.values() : value
    // The least of a set is not null where there is something else: upstream begins with null as if it were nothing.
    const skipsNull = isSet(value) && sign < 0 && value.size > 1
    let best: RegoValue | undefined
    for (const item of items) {
      if (skipsNull && item === null) continue
      if (best === undefined || compareValues(item, best) === sign) best = item
    }
    return best
  })

export const aggregateBuiltins: readonly Builtin[] = [
  define('count', [countable], type.number, ([value]) => count(value)),
  folding('sum', 0, add),
  folding('product', 1, multiply),
  extreme('max', 1),
  extreme('min', -1),
  define('sort', [sortable], type.array(type.any), ([value]) => (isSet(value) ? value.sorted : sortValues([...value]))),
  define('all', [values], type.boolean, ([value]) => itemsOf(value).every((item) => item === true), { deprecated: true }),
  define('any', [values], type.boolean, ([value]) => itemsOf(value).includes(true), { deprecated: true }),
]
