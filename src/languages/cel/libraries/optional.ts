import type { CelLibrary } from '../function.ts'
import { globalFunction, memberFunction } from '../function.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelBoxed, CelBytes, CelDouble, CelDuration, CelError, CelOptional, CelTimestamp, CelUint, countOf, itemAt } from '../values.ts'
import { smallestSecond } from '../operators.ts'

const none = new CelOptional(undefined)

/** What a field that was never set has. */
function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === '' || value === 0) return true
  if (typeof value !== 'object') return false
  if (value instanceof CelDouble || value instanceof CelUint) return Number(value.value) === 0
  if (value instanceof CelBytes) return value.value.length === 0
  if (value instanceof CelDuration) return value.nanos === 0n
  if (value instanceof CelTimestamp) return value.seconds === smallestSecond && value.nanos === 0
  if (value instanceof CelOptional) return value.value === undefined
  return (!(value instanceof CelBoxed) || value.kind === 'map' || value.kind === 'struct') && countOf(value) === 0
}

const itemOf = (list: readonly CelValue[], index: number): CelOptional => (list.length === 0 ? none : new CelOptional(itemAt(list, index)))

function unwrap(list: readonly CelValue[]): CelOutcome {
  return list.flatMap((item) => (item instanceof CelOptional ? (item.value === undefined ? [] : [item.value]) : [item]))
}

/** Values that may be absent. `or` and `orValue` do not look at their argument where there is a value: the compiler sees to that. */
export const optionalLibrary: CelLibrary = {
  name: 'optional',
  macros: ['optional'],
  functions: [
    globalFunction('optional.of', ['V'], { returns: 'optional(V)', evaluate: (value) => new CelOptional(value) }),
    globalFunction('optional.ofNonZeroValue', ['V'], {
      returns: 'optional(V)',
      evaluate: (value) => (isZero(value) ? none : new CelOptional(value)),
    }),
    globalFunction('optional.none', [], { returns: 'optional(V)', evaluate: () => none }),
    memberFunction('value', ['optional(V)'], {
      returns: 'V',
      evaluate: ({ value }) => (value === undefined ? new CelError('optional.none() dereference') : value),
    }),
    memberFunction('hasValue', ['optional(V)'], { returns: 'bool', evaluate: ({ value }) => value !== undefined }),
    memberFunction('or', ['optional(V)', 'optional(V)'], {
      returns: 'optional(V)',
      evaluate: (first, second) => (first.value === undefined ? second : first),
    }),
    memberFunction('orValue', ['optional(V)', 'V'], { returns: 'V', evaluate: ({ value }, otherwise) => value ?? otherwise }),
    memberFunction('first', ['list(V)'], { returns: 'optional(V)', evaluate: (list) => itemOf(list, 0) }),
    memberFunction('last', ['list(V)'], { returns: 'optional(V)', evaluate: (list) => itemOf(list, list.length - 1) }),
    globalFunction('optional.unwrap', ['list(optional(V))'], { returns: 'list(V)', evaluate: unwrap }),
    memberFunction('unwrapOpt', ['list(optional(V))'], { returns: 'list(V)', evaluate: unwrap }),
  ],
}
