import type { Comprehension } from './ast.ts'
import type { Compilation } from './compile.ts'
import type { Evaluate, Frame } from './frame.ts'
import { charge } from './frame.ts'
import type { CelMapKey, CelOutcome, CelValue } from './values.ts'
import { CelError, CelMap, CelOpaque, entriesOf, fromRaw, isCelList, kindOf, mapKey } from './values.ts'

/** The macros that walk over lists and maps. */

const noSuchOverload = new CelError('no such overload')

/** What is walked over: the values of the first variable, and of the second where there is one. */
type Loop = (frame: Frame, firsts: readonly CelValue[], seconds: readonly CelOutcome[] | undefined) => CelOutcome

/** What a macro runs for each entry, and where it finds the entry. */
interface Parts {
  readonly first: number
  readonly second: number
  /** Undefined holds always. */
  readonly predicate: Evaluate | undefined
  readonly transform: Evaluate | undefined
}

export function compileComprehension(node: Comprehension, { checked, compile }: Compilation): Evaluate {
  const [first = 0, second = 0] = checked.locals.get(node) ?? []
  const range = compile(node.range)
  const loop = loopOf(node, {
    first,
    second,
    predicate: node.predicate === undefined ? undefined : compile(node.predicate),
    transform: node.transform === undefined ? undefined : compile(node.transform),
  })
  const two = node.second !== undefined
  return (frame) => {
    const over = range(frame)
    if (over instanceof CelError) return over
    let outcome: CelOutcome
    if (isCelList(over)) outcome = two ? loop(frame, [...over.keys()], over) : loop(frame, over, undefined)
    else if (kindOf(over) === 'map' || kindOf(over) === 'struct') outcome = overMap(loop, frame, over, two)
    else return notIterable(over)
    frame.cost += 1
    return outcome
  }
}

export const notIterable = (value: CelValue): CelError => new CelError(`got '${goTypeOf(value)}', expected iterable type`)

function overMap(loop: Loop, frame: Frame, map: CelValue, two: boolean): CelOutcome {
  const { keys, values } = columnsOf(map)
  return loop(frame, keys, two ? values : undefined)
}

/** The keys of a map, and its values. */
export function columnsOf(map: CelValue): { readonly keys: readonly CelValue[]; readonly values: readonly CelOutcome[] } {
  const keys: CelValue[] = []
  const values: CelOutcome[] = []
  for (const [key, value] of entriesOf(map)) {
    keys.push(key)
    values.push(value)
  }
  return { keys, values }
}

/** Makes an entry the one that is looked at, and gives its first variable. */
function enter(
  frame: Frame,
  { first, second }: Parts,
  firsts: readonly CelValue[],
  seconds: readonly CelOutcome[] | undefined,
  index: number,
): CelValue {
  const item = fromRaw(firsts[index] ?? null)
  frame.slots[first] = item
  if (seconds !== undefined) {
    const value = seconds[index] ?? null
    frame.slots[second] = value instanceof CelError ? value : fromRaw(value)
  }
  return item
}

/** As the messages of the Go implementation call it. */
function goTypeOf(value: CelValue): string {
  if (value instanceof CelOpaque) return value.type.name
  const kind = kindOf(value)
  if (kind === 'optional') return '*types.Optional'
  if (kind === 'type') return '*types.Type'
  return `types.${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
}

function loopOf(node: Comprehension, parts: Parts): Loop {
  switch (node.macro) {
    case 'all':
      return quantify(parts, false)
    case 'exists':
      return quantify(parts, true)
    case 'existsOne':
      return countMatches(parts)
    case 'filter':
    case 'map':
    case 'transformList':
      return gather(parts, inList)
    case 'transformMap':
      return gather(parts, inMap(insert))
    case 'transformMapEntry':
      return gather(parts, inMap(insertAll))
  }
}

export const failureOf = (held: CelOutcome): CelError => (held instanceof CelError ? held : noSuchOverload)

/*
 * What each entry costs besides the expressions: the reads of what is gathered, and the lists that are made.
 */

export const quantifierCost = (decisive: boolean): number => (decisive ? 4 : 3)

/** `all` looks for a false, `exists` for a true: finding one decides, whatever failed before. */
function quantify(parts: Parts, decisive: boolean): Loop {
  const { predicate } = parts
  const cost = quantifierCost(decisive)
  return (frame, firsts, seconds) => {
    let result: boolean | CelError = !decisive
    for (let index = 0; index < firsts.length; index += 1) {
      charge(frame, cost)
      enter(frame, parts, firsts, seconds, index)
      const held = predicate === undefined || predicate(frame)
      if (held === decisive) return decisive
      if (held !== !decisive && typeof result === 'boolean') result = failureOf(held)
    }
    return result
  }
}

function countMatches(parts: Parts): Loop {
  const { predicate } = parts
  return (frame, firsts, seconds) => {
    let count = 0
    let failure: CelError | undefined
    for (let index = 0; index < firsts.length; index += 1) {
      charge(frame, 1)
      enter(frame, parts, firsts, seconds, index)
      const held = predicate === undefined || predicate(frame)
      if (held === true) {
        count += 1
        frame.cost += 1
      } else if (held !== false) failure = failureOf(held)
    }
    return failure ?? count === 1
  }
}

export const gatherCost = 2
/** The list of one item that is added. */
export const itemCost = 10

/*
 * A failure does not end these macros: a condition that fails later takes its place (and what is gathered is not read then),
 * what is made of an entry does not.
 */

/** Where a condition fails. */
export const unreadCost = -1

/** What entries are gathered in. */
interface Gathering<T> {
  readonly begin: () => T
  /** Adds what is made of an entry. */
  readonly add: (gathered: T, first: CelValue, made: CelValue) => CelError | undefined
  readonly end: (gathered: T) => CelValue
  /** Of what is made of an entry. */
  readonly cost: number
}

const inList: Gathering<CelValue[]> = {
  begin: () => [],
  add: (list, _, made) => {
    list.push(made)
    return undefined
  },
  end: (list) => list,
  cost: itemCost,
}

const inMap = (add: Gathering<Entries>['add']): Gathering<Entries> => ({
  begin: () => new Map(),
  add,
  end: (entries) => new CelMap(entries),
  cost: 0,
})

/** What a macro makes of the entries that its condition holds for. */
function gather<T>(parts: Parts, { begin, add, end, cost }: Gathering<T>): Loop {
  const { predicate, transform } = parts
  return (frame, firsts, seconds) => {
    const gathered = begin()
    let failure: CelError | undefined
    for (let index = 0; index < firsts.length; index += 1) {
      charge(frame, gatherCost)
      const first = enter(frame, parts, firsts, seconds, index)
      const held = predicate === undefined || predicate(frame)
      if (held === false) continue
      if (held !== true) {
        failure = failureOf(held)
        frame.cost += unreadCost
        continue
      }
      const made = transform === undefined ? first : transform(frame)
      frame.cost += cost
      failure ??= made instanceof CelError ? made : add(gathered, first, made)
    }
    return failure ?? end(gathered)
  }
}

export type Entries = Map<CelMapKey, readonly [CelValue, CelValue]>

/** Adds the entries of a map. */
export function insertAll(entries: Entries, _: CelValue, made: CelValue): CelError | undefined {
  if (kindOf(made) !== 'map') return noSuchOverload
  for (const [key, value] of entriesOf(made)) {
    const problem = value instanceof CelError ? value : insert(entries, key, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

export function insert(entries: Entries, key: CelValue, value: CelValue): CelError | undefined {
  const held = mapKey(key)
  if (held === undefined) return noSuchOverload
  if (entries.has(held)) return new CelError(`insert failed: key ${String(held)} already exists`)
  entries.set(held, [key, value])
  return undefined
}
