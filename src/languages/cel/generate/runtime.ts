import type { Equal, Prepared } from '../call.ts'
import { accepts, equality, noOverload } from '../call.ts'
import { columnsOf, failureOf, insert, insertAll, notIterable } from '../comprehension.ts'
import { itemOf, notOptional, unsupportedKey } from '../compile.ts'
import type { Variable } from '../checked.ts'
import type { Frame } from '../frame.ts'
import { CostExhausted, loadVariable } from '../frame.ts'
import { celEqual, comparisonCost, isIn, shorterCost } from '../operators.ts'
import type { Adapter } from '../adapt.ts'
import { elementAt, presence } from '../selection.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelBoxed, CelError, CelLazyMap, CelMap, CelOptional, CelStruct, fromRaw, isCelList, kindOf, mapKey } from '../values.ts'

function exhaust(frame: Frame, cost: number): never {
  frame.cost = cost
  throw new CostExhausted()
}

/** A variable that is not simply there. It is asked for once. */
function load(frame: Frame, variable: Variable, adapt: Adapter | undefined): CelOutcome {
  return frame.slots[variable.slot] ?? loadVariable(frame, variable, adapt)
}

/** What a macro with one variable walks over. */
function itemsOf(range: CelOutcome): readonly CelValue[] | CelError {
  if (range instanceof CelError) return range
  if (isCelList(range)) return range
  const kind = kindOf(range)
  return kind === 'map' || kind === 'struct' ? columnsOf(range).keys : notIterable(range)
}

interface Columns {
  readonly keys: readonly CelValue[]
  readonly values: readonly CelOutcome[]
}

/** What a macro with two variables walks over. */
function entriesIn(range: CelOutcome): Columns | CelError {
  if (range instanceof CelError) return range
  if (isCelList(range)) return { keys: [...range.keys()], values: range }
  const kind = kindOf(range)
  return kind === 'map' || kind === 'struct' ? columnsOf(range) : notIterable(range)
}

/** The overload that values are for. */
const choose = (candidates: readonly Prepared[], values: readonly CelValue[]): Prepared | undefined =>
  candidates.find((candidate) => accepts(candidate, values))

const costOf = ({ cost }: Prepared, values: readonly CelValue[]): number => (cost === undefined ? 1 : cost(...values))

const call = ({ evaluate }: Prepared, values: readonly CelValue[]): CelOutcome => evaluate(...values)

/** Goes along a path, up to its first error. */
function walk(root: CelOutcome, selects: readonly ((value: CelOutcome) => CelOutcome)[]): CelOutcome {
  let value = root
  for (const select of selects) value = select(value)
  return value
}

const equal = (a: CelValue, b: CelValue): boolean | CelError => equality(a, b, celEqual)
const equalAs = (a: CelValue, b: CelValue, typed: Equal): boolean | CelError => equality(a, b, typed)

/** What generated code calls; `exhaust` is there as `h_exhaust`. */
export const runtime = {
  CelBoxed,
  CelError,
  CelLazyMap,
  CelMap,
  CelOptional,
  CelStruct,
  call,
  choose,
  comparisonCost,
  costOf,
  elementAt,
  entriesIn,
  equal,
  equalAs,
  exhaust,
  failureOf,
  fromRaw,
  insert,
  insertAll,
  isIn,
  itemOf,
  itemsOf,
  load,
  mapKey,
  noOverload,
  notOptional,
  presence,
  shorterCost,
  unsupportedKey,
  walk,
  noSuchOverload: new CelError('no such overload'),
  /** Stands for `noSuchOverload` where another error would say more. */
  notBool: new CelError('no such overload'),
}
