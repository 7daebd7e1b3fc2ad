import type { RegoValue } from '../values/value.ts'
import { isArray } from '../values/value.ts'
import type { AnyNumber } from '../values/number.ts'
import { toBigInt } from '../values/number.ts'
import type { Builtin } from './contract.ts'
import { array, define, position, tooLarge } from './define.ts'
import { type } from './operands.ts'

const arrayOfAny = type.array(type.any)

/** A position clamped into the array. */
function clamped(position: AnyNumber, length: number): number {
  const index = toBigInt(position) ?? 0n
  if (index < 0n) return 0
  return index > BigInt(length) ? length : Number(index)
}

export const arrayBuiltins: readonly Builtin[] = [
  define('array.concat', [array, array], arrayOfAny, ([a, b], context) =>
    a.length + b.length > context.limits.elements ? tooLarge('array.concat', 'array') : [...a, ...b],
  ),
  define('array.flatten', [array], arrayOfAny, ([items], context) => {
    const flat: RegoValue[] = []
    for (const item of items) {
      if (!isArray(item)) flat.push(item)
      else for (const inner of item) flat.push(inner)
      if (flat.length > context.limits.elements) return tooLarge('array.flatten', 'array')
    }
    return flat
  }),
  define('array.reverse', [array], arrayOfAny, ([items]) => items.toReversed()),
  define('array.slice', [array, position, position], arrayOfAny, ([items, start, stop]) =>
    items.slice(clamped(start, items.length), clamped(stop, items.length)),
  ),
]
