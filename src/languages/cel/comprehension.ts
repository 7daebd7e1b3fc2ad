import type { Comprehension } from './ast.ts'
import type { Compilation } from './compile.ts'
import type { Evaluate, Frame } from './frame.ts'
import { charge } from './frame.ts'
import type { CelMapKey, CelOutcome, CelValue } from './values.ts'
import { CelError, CelMap, CelOpaque, entriesOf, fromRaw, isCelList, kindOf, mapKey } from './values.ts'

/** The macros that walk over lists and maps. */

const noSuchOverload = new CelError('no such overload')

/** What a macro does with each entry: `done` ends the walk. */
interface Walk {
  readonly step: (frame: Frame, key: CelValue) => 'next' | 'done'
  readonly finish: () => CelOutcome
  /** What each entry costs besides the expressions: the reads of what is gathered, and the lists that are made. */
  readonly cost: number
}

export function compileComprehension(node: Comprehension, compilation: Compilation): Evaluate {
  const { checked, compile } = compilation
  const slots = checked.locals.get(node) ?? []
  const range = compile(node.range)
  const begin = walkOf(node, compilation)
  const two = node.second !== undefined
  return (frame) => {
    const over = range(frame)
    if (over instanceof CelError) return over
    const walk = begin()
    if (isCelList(over)) walkList(over, { frame, walk, slots, two })
    else if (kindOf(over) === 'map' || kindOf(over) === 'struct') walkMap(over, { frame, walk, slots, two })
    else return new CelError(`got '${goTypeOf(over)}', expected iterable type`)
    frame.cost += 1
    return walk.finish()
  }
}

interface Running {
  readonly frame: Frame
  readonly walk: Walk
  readonly slots: readonly number[]
  readonly two: boolean
}

function walkList(list: readonly CelValue[], { frame, walk, slots, two }: Running): void {
  const [first = 0, second = 0] = slots
  for (let index = 0; index < list.length; index += 1) {
    charge(frame, walk.cost)
    const item = fromRaw(list[index] ?? null)
    frame.slots[first] = two ? index : item
    if (two) frame.slots[second] = item
    if (walk.step(frame, two ? index : item) === 'done') return
  }
}

function walkMap(map: CelValue, { frame, walk, slots, two }: Running): void {
  const [first = 0, second = 0] = slots
  for (const [key, value] of entriesOf(map)) {
    charge(frame, walk.cost)
    frame.slots[first] = key
    if (two) frame.slots[second] = value
    if (walk.step(frame, key) === 'done') return
  }
}

/** As the messages of the Go implementation call it. */
function goTypeOf(value: CelValue): string {
  if (value instanceof CelOpaque) return value.type.name
  const kind = kindOf(value)
  if (kind === 'optional') return '*types.Optional'
  if (kind === 'type') return '*types.Type'
  return `types.${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
}

function walkOf(node: Comprehension, { compile }: Compilation): () => Walk {
  const always: Evaluate = () => true
  const predicate = node.predicate === undefined ? always : compile(node.predicate)
  const transform = node.transform === undefined ? undefined : compile(node.transform)
  switch (node.macro) {
    case 'all':
      return () => quantify(predicate, false)
    case 'exists':
      return () => quantify(predicate, true)
    case 'existsOne':
      return () => countMatches(predicate)
    case 'filter':
      return () => gather(predicate, undefined)
    case 'map':
    case 'transformList':
      return () => gather(predicate, transform)
    case 'transformMap':
      return () => gatherMap(predicate, transform)
    case 'transformMapEntry':
      return () => gatherEntries(predicate, transform)
  }
}

/** `all` looks for a false, `exists` for a true: finding one decides, whatever failed before. */
function quantify(predicate: Evaluate, decisive: boolean): Walk {
  let result: boolean | CelError = !decisive
  return {
    cost: decisive ? 4 : 3,
    step: (frame) => {
      const held = predicate(frame)
      if (held === decisive) {
        result = decisive
        return 'done'
      }
      if (held !== !decisive && typeof result === 'boolean') result = held instanceof CelError ? held : noSuchOverload
      return 'next'
    },
    finish: () => result,
  }
}

function countMatches(predicate: Evaluate): Walk {
  let count = 0
  let problem: CelError | undefined
  return {
    cost: 1,
    step: (frame) => {
      const held = predicate(frame)
      if (held === true) {
        count += 1
        frame.cost += 1
      } else if (held !== false) {
        problem = held instanceof CelError ? held : noSuchOverload
        return 'done'
      }
      return 'next'
    },
    finish: () => problem ?? count === 1,
  }
}

/** Runs what a macro makes of the entries that its condition holds for; the first failure ends it. */
function gathering(
  predicate: Evaluate,
  cost: number,
  keep: (frame: Frame, key: CelValue) => CelError | undefined,
  finish: () => CelOutcome,
): Walk {
  let problem: CelError | undefined
  return {
    cost,
    step: (frame, key) => {
      const held = predicate(frame)
      if (held === false) return 'next'
      problem = held !== true ? (held instanceof CelError ? held : noSuchOverload) : keep(frame, key)
      return problem === undefined ? 'next' : 'done'
    },
    finish: () => problem ?? finish(),
  }
}

function gather(predicate: Evaluate, transform: Evaluate | undefined): Walk {
  const list: CelValue[] = []
  return gathering(
    predicate,
    2,
    (frame, key) => {
      const value = transform === undefined ? key : transform(frame)
      if (value instanceof CelError) return value
      // The list of one item that is added.
      frame.cost += 10
      list.push(value)
      return undefined
    },
    () => list,
  )
}

function gatherMap(predicate: Evaluate, transform: Evaluate | undefined): Walk {
  const entries = new Map<CelMapKey, readonly [CelValue, CelValue]>()
  return gathering(
    predicate,
    2,
    (frame, key) => {
      const value = transform === undefined ? null : transform(frame)
      if (value instanceof CelError) return value
      return insert(entries, key, value)
    },
    () => new CelMap(entries),
  )
}

function gatherEntries(predicate: Evaluate, transform: Evaluate | undefined): Walk {
  const entries = new Map<CelMapKey, readonly [CelValue, CelValue]>()
  return gathering(
    predicate,
    2,
    (frame) => {
      const made = transform === undefined ? null : transform(frame)
      if (made instanceof CelError) return made
      if (kindOf(made) !== 'map') return noSuchOverload
      for (const [key, value] of entriesOf(made)) {
        const problem = value instanceof CelError ? value : insert(entries, key, value)
        if (problem !== undefined) return problem
      }
      return undefined
    },
    () => new CelMap(entries),
  )
}

function insert(entries: Map<CelMapKey, readonly [CelValue, CelValue]>, key: CelValue, value: CelValue): CelError | undefined {
  const held = mapKey(key)
  if (held === undefined) return noSuchOverload
  if (entries.has(held)) return new CelError(`insert failed: key ${String(held)} already exists`)
  entries.set(held, [key, value])
  return undefined
}
