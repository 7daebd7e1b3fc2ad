import type { Clause, Fused, Group } from '../ir/ir.ts'
import { conflictOf, haveOneConstant, isRepeated, pathConflictOf } from '../ir/clauses.ts'
import type { RegoArray, RegoValue } from '../values/value.ts'
import { equalValues, ObjectBuilder, RegoSet, SetBuilder } from '../values/value.ts'
import { indexClauses } from './clause-index.ts'
import { isShadowed } from './documents.ts'
import { compileExpression } from './expression.ts'
import { memoised } from './kept.ts'
import type { Linked, Linker, Scope } from './linker.ts'
import { compileAll, takeSlot, withOrder } from './linker.ts'
import { lookUpBase, lookUpPath } from './lookup.ts'
import type { Frame, Machine, Run } from './machine.ts'
import { checkBounds, halt, newFrame, noteConflict, undefinedMark } from './machine.ts'
import { compileSteps } from './step.ts'
import { TreeBuilder } from './tree-builder.ts'

/** Fills in the compiled form of a group with closures. */
export function linkClosures(linker: Linker, group: Group, linked: Linked): void {
  const scope: Scope = { linker, frame: group.frame, ordered: linker.ordered }
  const evaluate = compileGroup(scope, group)
  linked.frame = scope.frame
  linkFunction(group, linked, { call: evaluate, direct: (machine, ...args) => evaluate(machine, args) })
  linkValue(group, linked, (machine) => evaluate(machine, newFrame(scope.frame)))
  linked.items = (machine) => itemsOf(linked.value(machine))
}

/** Fills in the compiled form of a group with generated code. */
export function linkGenerated(group: Group, linked: Linked, generated: Linked['direct'], items?: Linked['direct']): void {
  const { arity } = group
  linkFunction(group, linked, { direct: generated, call: (machine, frame) => generated(machine, ...frame.slice(0, arity)) })
  linkValue(group, linked, generated)
  linked.items =
    group.kind === 'set' && items !== undefined ? rememberedItems(group, linked, items) : (machine) => itemsOf(linked.value(machine))
}

function linkFunction(group: Group, linked: Linked, evaluate: Pick<Linked, 'call' | 'direct'>): void {
  const { call, direct } = memoised(group, evaluate)
  linked.call = call
  linked.direct = direct
}

const itemsOf = (value: RegoValue | undefined): RegoArray => (value instanceof RegoSet ? value.values() : [])

/** Elements of a set of which nobody has asked for more: it does not matter whether one comes twice. */
function rememberedItems({ id, path }: Group, linked: Linked, items: (machine: Machine) => RegoValue | undefined): Linked['items'] {
  return (machine) => {
    const known = machine.memo[id + 1]
    if (known !== undefined) return known as RegoArray
    const isShadow = machine.shadows !== undefined && isShadowed(machine.shadows, path)
    const all = isShadow || machine.memo[id] !== undefined ? itemsOf(linked.value(machine)) : (items(machine) as RegoArray)
    machine.memo[id + 1] = all
    return all
  }
}

function linkValue(group: Group, linked: Linked, evaluate: (machine: Machine) => RegoValue | undefined): void {
  const value = remembered(group, group.kind === 'object' ? withConflicts(evaluate) : evaluate)
  linked.value = group.kind === 'object' ? (machine) => checked(machine, value(machine), []) : value
  linked.entry = (machine, keys) => lookUpPath(checked(machine, value(machine), keys), keys)
}

/** Keeps the conflicts that are met while an object is made with the object. */
function withConflicts(evaluate: (machine: Machine) => RegoValue | undefined): (machine: Machine) => RegoValue | undefined {
  return (machine) => {
    const outer = machine.pending
    machine.pending = undefined
    const value = evaluate(machine)
    if (machine.pending !== undefined && value !== undefined) {
      machine.conflicts ??= new Map()
      machine.conflicts.set(value, machine.pending)
    }
    machine.pending = outer
    return value
  }
}

/** A value whose conflicts, if it has any, are not on the way to the keys nor below them. */
function checked(machine: Machine, value: RegoValue | undefined, keys: readonly RegoValue[]): RegoValue | undefined {
  if (machine.conflicts === undefined || value === undefined) return value
  for (const { path, message, place } of machine.conflicts.get(value) ?? []) {
    const isOnWay = keys.every((key, at) => at >= path.length || equalValues(key, path[at] ?? null))
    if (isOnWay) halt('eval_conflict_error', message, place)
  }
  return value
}

type Evaluate = (machine: Machine, frame: Frame) => RegoValue | undefined

function compileGroup(scope: Scope, group: Group): Evaluate {
  switch (group.kind) {
    case 'complete':
    case 'function':
      return compileValue(scope, group, conflictOf(group))
    case 'set':
      return compileSet(scope, group)
    case 'object':
      return compileObject(scope, group)
  }
}

/** Evaluates once per query (and `with`), and not at all where `with` has put a value. */
function remembered(group: Group, evaluate: (machine: Machine) => RegoValue | undefined): (machine: Machine) => RegoValue | undefined {
  const { id, path, kind, depends } = group
  if (depends !== 'query' && kind !== 'object') return keptRule(group, evaluate)
  return (machine) => {
    const known = machine.memo[id]
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    if (machine.shadows !== undefined && isShadowed(machine.shadows, path)) return lookUpBase(machine.base, path)
    machine.patience -= 1
    if (machine.patience < 0) checkBounds(machine)
    const value = evaluate(machine)
    machine.memo[id] = value === undefined ? undefinedMark : value
    return value
  }
}

/** Evaluates once for each memory. */
function keptRule({ id, path }: Group, evaluate: (machine: Machine) => RegoValue | undefined): (machine: Machine) => RegoValue | undefined {
  return (machine) => {
    const { rules } = machine.kept
    const known = rules[id]
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    if (machine.shadows !== undefined && isShadowed(machine.shadows, path)) return lookUpBase(machine.base, path)
    const value = evaluate(machine)
    rules[id] = value === undefined ? undefinedMark : value
    return value
  }
}

/** The one value of complete rules and functions. */
function compileValue(scope: Scope, group: Group, conflict: string): Evaluate {
  const slot = takeSlot(scope)
  const clauses = group.clauses.map((clause) => compileClause(scope, clause, slot, conflict))
  const fallback = group.fallback === undefined ? undefined : compileClause(scope, group.fallback, slot, conflict)
  const stopsAtFirst = haveOneConstant(group.clauses)
  const candidates = indexClauses(scope, group)
  return (machine, frame) => {
    let value: RegoValue | undefined
    for (const at of candidates(machine, frame)) {
      const found = clauses[at]?.evaluate(machine, frame)
      if (found === undefined) continue
      if (stopsAtFirst) return found
      if (value === undefined) value = found
      else if (!equalValues(value, found)) halt('eval_conflict_error', conflict, clauses[at]?.place)
    }
    return value ?? (value === null ? null : fallback?.evaluate(machine, frame))
  }
}

interface CompiledClause {
  readonly evaluate: Evaluate
  readonly place: Clause['place']
}

function compileClause(scope: Scope, clause: Clause, slot: number, conflict: string): CompiledClause {
  const { place } = clause
  const run = compileSteps(scope, clause.body, takeValue(scope, clause, slot, conflict))
  const otherwise = clause.otherwise === undefined ? undefined : compileClause(scope, clause.otherwise, slot, conflict)
  return {
    place,
    evaluate: (machine, frame) => {
      frame[slot] = undefined
      run(machine, frame)
      const value = frame[slot]
      return value === undefined && otherwise !== undefined ? otherwise.evaluate(machine, frame) : value
    },
  }
}

/** Ends the search with the first value where there can be no other. */
function takeValue(scope: Scope, { value, body, place }: Clause, slot: number, conflict: string): Run {
  const get = compileExpression(scope, value)
  const single = value.kind === 'constant' || !body.some(isRepeated)
  return (machine, frame) => {
    const found = get(machine, frame)
    if (found === undefined) return false
    const known = frame[slot]
    if (known === undefined) frame[slot] = found
    else if (!equalValues(known, found)) halt('eval_conflict_error', conflict, place)
    return single
  }
}

// What is built lies in a slot of its own, which nothing else reads; hence the casts.
const asSet = (value: RegoValue | undefined): SetBuilder => value as unknown as SetBuilder
const asObject = (value: RegoValue | undefined): ObjectBuilder => value as unknown as ObjectBuilder
const asTree = (value: RegoValue | undefined): TreeBuilder => value as unknown as TreeBuilder

function compileSet(scope: Scope, group: Group): Evaluate {
  const slot = takeSlot(scope)
  const { fused } = group
  if (fused !== undefined) {
    const run = withOrder(scope, false, () => compileFused(scope, fused, slot))
    return (machine, frame) => {
      const builder = new SetBuilder()
      frame[slot] = builder as unknown as RegoValue
      run(machine, frame)
      return builder.build()
    }
  }
  const runs = withOrder(scope, false, () =>
    group.clauses.map(({ body, value }) => compileFused(scope, { body, values: [value], branches: [] }, slot)),
  )
  const candidates = indexClauses(scope, group)
  return (machine, frame) => {
    const builder = new SetBuilder()
    frame[slot] = builder as unknown as RegoValue
    for (const at of candidates(machine, frame)) runs[at]?.(machine, frame)
    return builder.build()
  }
}

/** Adds the elements that a branch and those behind it give to what is built in a slot. */
function compileFused(scope: Scope, { body, values, branches }: Fused, slot: number): Run {
  const gets = values.map((value) => compileExpression(scope, value))
  const runs = branches.map((branch) => compileFused(scope, branch, slot))
  return compileSteps(scope, body, (machine, frame) => {
    for (const get of gets) {
      const item = get(machine, frame)
      if (item !== undefined) asSet(frame[slot]).add(item)
    }
    for (const run of runs) run(machine, frame)
    return false
  })
}

function compileObject(scope: Scope, group: Group): Evaluate {
  const isFlat = group.clauses.every(({ path, kind, otherwise }) => path.length === 1 && kind === 'value' && otherwise === undefined)
  return isFlat ? compileFlatObject(scope, group) : compileTree(scope, group)
}

function compileFlatObject(scope: Scope, group: Group): Evaluate {
  const slot = takeSlot(scope)
  const runs = withOrder(scope, false, () =>
    group.clauses.map((clause) => {
      const { path, value, body, place } = clause
      const message = pathConflictOf(group)
      const getKey = compileExpression(scope, path[0] ?? value)
      const getValue = compileExpression(scope, value)
      return compileSteps(scope, body, (machine, frame) => {
        const key = getKey(machine, frame)
        const item = getValue(machine, frame)
        if (key === undefined || item === undefined) return false
        if (!asObject(frame[slot]).add(key, item)) noteConflict(machine, { path: [key], message, place })
        return false
      })
    }),
  )
  return (machine, frame) => {
    const builder = new ObjectBuilder()
    frame[slot] = builder as unknown as RegoValue
    for (const run of runs) run(machine, frame)
    return builder.build()
  }
}

function compileTree(scope: Scope, group: Group): Evaluate {
  const slot = takeSlot(scope)
  const target = { slot, message: pathConflictOf(group) }
  const runs = withOrder(scope, false, () => group.clauses.map((clause) => compileBranch(scope, clause, target)))
  return (machine, frame) => {
    const builder = new TreeBuilder()
    frame[slot] = builder as unknown as RegoValue
    for (const run of runs) run(machine, frame)
    return builder.build()
  }
}

/** Runs one clause; its `else` where it has no solution. */
function compileBranch(
  scope: Scope,
  clause: Clause,
  target: { readonly slot: number; readonly message: string },
): (machine: Machine, frame: Frame) => void {
  const getPath = compileAll(scope, clause.path)
  const getValue = compileExpression(scope, clause.value)
  const count = takeSlot(scope)
  const otherwise = clause.otherwise === undefined ? undefined : compileBranch(scope, clause.otherwise, target)
  const { kind, place } = clause
  const { slot, message } = target
  const run = compileSteps(scope, clause.body, (machine, frame) => {
    const path = getPath(machine, frame)
    const value = getValue(machine, frame)
    if (path === undefined || value === undefined) return false
    frame[count] = true
    if (!asTree(frame[slot]).insert(path, value, kind)) noteConflict(machine, { path, message, place })
    return false
  })
  return (machine, frame) => {
    frame[count] = false
    run(machine, frame)
    if (isUntouched(frame, count)) otherwise?.(machine, frame)
  }
}

const isUntouched = (frame: Frame, slot: number): boolean => frame[slot] === false
