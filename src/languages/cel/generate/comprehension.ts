import { fresh } from '../../../core/code-writer.ts'
import type { Comprehension } from '../ast.ts'
import { gatherCost, itemCost, quantifierCost, unreadCost } from '../comprehension.ts'
import type { Failure, Operand, Writer } from './writer.ts'
import {
  bool,
  charge,
  cost,
  emit,
  failIf,
  flush,
  isPlain,
  leaving,
  maybe,
  named,
  nothing,
  remember,
  reserve,
  value,
  within,
  writeValue,
} from './writer.ts'

/** What a macro walks over, and the names of an entry. */
interface Walk {
  readonly node: Comprehension
  /** Code for how many entries there are. */
  readonly count: string
  /** Makes the entry at an index the one that is looked at, and gives its first variable. */
  readonly enter: (index: string) => string
}

export function writeComprehension(writer: Writer, node: Comprehension): Operand {
  const range = writer.write(node.range)
  const walk = node.second === undefined ? walkItems(writer, node, range) : walkEntries(writer, node, range)
  switch (node.macro) {
    case 'all':
      return writeQuantifier(writer, walk, false)
    case 'exists':
      return writeQuantifier(writer, walk, true)
    case 'existsOne':
      return writeCount(writer, walk)
    case 'filter':
    case 'map':
    case 'transformList':
      return writeGather(writer, walk)
    case 'transformMap':
      return writeGatherMap(writer, walk, 'insert')
    case 'transformMapEntry':
      return writeGatherMap(writer, walk, 'insertAll')
  }
}

function walkItems(writer: Writer, node: Comprehension, range: Operand): Walk {
  const [slot = 0] = writer.compilation.checked.locals.get(node) ?? []
  let items = range.text
  if (range.sure !== 'list' || range.mayFail) {
    items = fresh(writer, 'x')
    emit(writer, `let ${items} = ${range.text}`, `if (!Array.isArray(${items})) {`, `${items} = h_itemsOf(${items})`)
    failIf(writer, `!Array.isArray(${items})`, items)
    emit(writer, '}')
  }
  const enter = (index: string): string => {
    const item = fresh(writer, 'v')
    emit(writer, `let ${item} = ${items}[${index}]`, `if (typeof ${item} === 'number') ${item} = h_fromRaw(${item})`)
    writer.locals.set(slot, { ...value(item), isData: named(writer, isPlain(item), 'q') })
    return item
  }
  return { node, count: `${items}.length`, enter }
}

function walkEntries(writer: Writer, node: Comprehension, range: Operand): Walk {
  const [first = 0, second = 0] = writer.compilation.checked.locals.get(node) ?? []
  const columns = named(writer, `h_entriesIn(${range.text})`, 'x')
  failIf(writer, `${columns} instanceof h_CelError`, columns)
  const keys = named(writer, `${columns}.keys`, 'x')
  const values = named(writer, `${columns}.values`, 'x')
  const enter = (index: string): string => {
    const key = named(writer, `h_fromRaw(${keys}[${index}])`, 'v')
    writer.locals.set(first, value(key))
    // It may be an error: what a lazy map has.
    writer.locals.set(second, { text: named(writer, `h_fromRaw(${values}[${index}])`, 'v'), mayFail: true, sure: undefined })
    return key
  }
  return { node, count: `${keys}.length`, enter }
}

/** A loop with a label. What is written inside begins and ends with all costs counted. */
function writeLoop(writer: Writer, { node, count, enter }: Walk, head: number, inside: (item: string, label: string) => void): void {
  const index = fresh(writer, 'i')
  const label = fresh(writer, 'L')
  flush(writer)
  emit(writer, `${label}: for (let ${index} = 0; ${index} < ${count}; ${index} += 1) {`)
  charge(writer, head)
  const item = enter(index)
  const declare = remember(writer, writer.compilation.checked.locals.get(node) ?? [])
  maybe(writer, () => inside(item, label))
  declare()
  flush(writer)
  emit(writer, '}')
}

/** `all` looks for a false, `exists` for a true: finding one decides, whatever failed before. */
function writeQuantifier(writer: Writer, walk: Walk, decisive: boolean): Operand {
  const result = fresh(writer, 't')
  const error = fresh(writer, 'e')
  const declare = reserve(writer)
  let fails = false
  const { predicate } = walk.node
  writeLoop(writer, walk, quantifierCost(decisive), (_, label) => {
    if (predicate === undefined) return
    const failure: Failure = { jump: (problem) => `if (${error} === undefined) ${error} = ${problem}; continue ${label}`, isUsed: false }
    const held = within(writer, failure, () => writer.write(predicate))
    const isSure = held.sure === 'bool' && !held.mayFail
    const decided = isSure ? (decisive ? held.text : `!${held.text}`) : `${held.text} === ${decisive}`
    emit(writer, `if (${decided}) ${leaving(writer, `${result} = ${decisive}; break ${label}`)}`)
    if (!isSure) emit(writer, `if (${held.text} !== ${!decisive} && ${error} === undefined) ${error} = h_failureOf(${held.text})`)
    fails = failure.isUsed || !isSure
  })
  declare(`let ${result} = ${!decisive}${fails ? `, ${error}` : ''}`)
  cost(writer, 1)
  if (fails) failIf(writer, `${result} === ${!decisive} && ${error} !== undefined`, error)
  return bool(result)
}

/** The failure that a macro ends with, and what keeps it. A failure does not end the loop. */
interface Kept {
  /** A later failure takes its place. */
  readonly replace: (label: string, extra?: number) => Failure
  /** An earlier failure stays. */
  readonly keep: (label: string, extra?: number) => Failure
  /** Leaves with the failure, if there is one, with what the macro itself costs counted. */
  readonly end: () => void
}

function keepFailure(writer: Writer): Kept {
  const name = fresh(writer, 'e')
  const declare = reserve(writer)
  const all: Failure[] = []
  const failure = (jump: Failure['jump']): Failure => {
    const made: Failure = { jump, isUsed: false }
    all.push(made)
    return made
  }
  const costing = (extra: number): string => (extra === 0 ? '' : `c += ${extra}; `)
  return {
    replace: (label, extra = 0) => failure((error) => `${name} = ${error}; ${costing(extra)}continue ${label}`),
    keep: (label, extra = 0) => failure((error) => `if (${name} === undefined) ${name} = ${error}; ${costing(extra)}continue ${label}`),
    end: () => {
      cost(writer, 1)
      if (all.every(({ isUsed }) => !isUsed)) return
      declare(`let ${name}`)
      failIf(writer, `${name} !== undefined`, name)
    },
  }
}

/** Goes on with the next entry where the condition does not hold. */
function writeCondition(writer: Writer, { node: { predicate } }: Walk, label: string): void {
  if (predicate === undefined) return
  const held = writer.write(predicate)
  const isSure = held.sure === 'bool' && !held.mayFail
  emit(writer, `if (${isSure ? `!${held.text}` : `${held.text} === false`}) ${leaving(writer, `continue ${label}`)}`)
  if (!isSure) failIf(writer, `${held.text} !== true`, `h_failureOf(${held.text})`)
}

function writeCount(writer: Writer, walk: Walk): Operand {
  const count = fresh(writer, 'n')
  const kept = keepFailure(writer)
  emit(writer, `let ${count} = 0`)
  writeLoop(writer, walk, 1, (_, label) => {
    within(writer, kept.replace(label), () => writeCondition(writer, walk, label))
    emit(writer, `${count} += 1`)
    cost(writer, 1)
  })
  kept.end()
  return bool(`(${count} === 1)`)
}

/** What a macro makes of the entries that its condition holds for. */
function writeGather(writer: Writer, walk: Walk): Operand {
  const list = named(writer, '[]')
  const kept = keepFailure(writer)
  const { transform } = walk.node
  writeLoop(writer, walk, gatherCost, (item, label) => {
    within(writer, kept.replace(label, unreadCost), () => writeCondition(writer, walk, label))
    const made = transform === undefined ? item : within(writer, kept.keep(label, itemCost), () => writeValue(writer, transform).text)
    cost(writer, itemCost)
    emit(writer, `${list}.push(${made})`)
  })
  kept.end()
  return value(list, 'list')
}

function writeGatherMap(writer: Writer, walk: Walk, adds: 'insert' | 'insertAll'): Operand {
  const map = named(writer, 'new Map()')
  const kept = keepFailure(writer)
  const { transform } = walk.node
  writeLoop(writer, walk, gatherCost, (key, label) => {
    within(writer, kept.replace(label, unreadCost), () => writeCondition(writer, walk, label))
    within(writer, kept.keep(label), () => {
      const made = transform === undefined ? nothing : writeValue(writer, transform)
      const problem = named(writer, `h_${adds}(${map}, ${key}, ${made.text})`, 'e')
      failIf(writer, `${problem} !== undefined`, problem)
    })
  })
  kept.end()
  return value(named(writer, `new h_CelMap(${map})`), 'other')
}
