import { subtract } from '../values/arithmetic.ts'
import { differenceOf, intersectionOf, unionOf } from '../values/sets.ts'
import type { RegoSet, RegoValue } from '../values/value.ts'
import { isNumber, isSet, typeName } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { define, set } from './define.ts'
import type { Operand } from './define.ts'
import { type, wrongOperand } from './operands.ts'

const setOfAny = type.set(type.any)
const setOfSets: Operand<RegoSet> = { ...set, type: type.set(setOfAny) }

const areSets = (values: readonly RegoValue[]): values is readonly RegoSet[] => values.every(isSet)

const ofSets = (name: string, combine: (sets: readonly RegoSet[]) => RegoSet): Builtin =>
  define(name, [setOfSets], setOfAny, ([value]) => {
    const sets = value.sorted
    return areSets(sets) ? combine(sets) : wrongOperand(name, 0, 'set', typeName(sets.find((each) => !isSet(each)) ?? null))
  })

const numberOrSet = type.union(type.number, setOfAny)

/** `-`: of numbers and of sets. */
const minus: Builtin = {
  name: 'minus',
  infix: '-',
  parameters: [numberOrSet, numberOrSet],
  result: numberOrSet,
  evaluate: ([a = null, b = null]) => {
    if (isNumber(a)) return isNumber(b) ? subtract(a, b) : wrongOperand('minus', 1, 'number', typeName(b))
    if (isSet(a)) return isSet(b) ? differenceOf(a, b) : wrongOperand('minus', 1, isNumber(b) ? 'set' : 'number', typeName(b))
    return wrongOperand('minus', 0, 'one of {number, set}', typeName(a))
  },
}

export const setBuiltins: readonly Builtin[] = [
  minus,
  define('and', [set, set], setOfAny, ([a, b]) => intersectionOf([a, b]), { infix: '&' }),
  define('or', [set, set], setOfAny, ([a, b]) => unionOf([a, b]), { infix: '|' }),
  define('set_diff', [set, set], setOfAny, ([a, b]) => differenceOf(a, b), { deprecated: true }),
  ofSets('intersection', intersectionOf),
  ofSets('union', unionOf),
]
