import type { CelLibrary } from '../function.ts'
import { globalFunction } from '../function.ts'
import { celEqual } from '../operators.ts'
import type { CelValue } from '../values.ts'

type List = readonly CelValue[]

const has = (list: List, item: CelValue): boolean =>
  typeof item === 'string' ? list.includes(item) : list.some((other) => celEqual(other, item))
const contains = (list: List, part: List): boolean => part.every((item) => has(list, item))

/** Every item is compared with every other. */
const cost = (a: List, b: List): number => Math.max(1, a.length * b.length)
const bothWays = (a: List, b: List): number => Math.max(1, 2 * a.length * b.length)

/** Lists taken as sets: neither order nor repetition matters. */
export const setLibrary: CelLibrary = {
  name: 'sets',
  functions: [
    globalFunction('sets.contains', ['list(T)', 'list(T)'], { returns: 'bool', evaluate: contains, cost }),
    globalFunction('sets.equivalent', ['list(T)', 'list(T)'], {
      returns: 'bool',
      evaluate: (a, b) => contains(a, b) && contains(b, a),
      cost: bothWays,
    }),
    globalFunction('sets.intersects', ['list(T)', 'list(T)'], {
      returns: 'bool',
      evaluate: (a, b) => a.some((item) => has(b, item)),
      cost,
    }),
  ],
}
