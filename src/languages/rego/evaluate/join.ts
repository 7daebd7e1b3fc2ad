import type { Join } from '../ir/ir.ts'
import { slotsSetBy, visitExpression, visitSteps } from '../ir/visit.ts'
import type { RegoValue } from '../values/value.ts'
import { equalValues, isArray, isObject, objectSize, RegoSet, ValueMap } from '../values/value.ts'
import type { Linker, Scope } from './linker.ts'
import type { Frame, JoinIndex, Machine, Run } from './machine.ts'
import { checkBounds, Halt, newFrame } from './machine.ts'

/** Values of the slots that a join gives, for each solution. */
export type Rows = (machine: Machine, of: RegoValue, probe: RegoValue) => readonly (readonly RegoValue[])[]

/** Finds the solutions of a join: those for one value are found all at once and remembered for as long as what they are of. */
export function compileRows(linker: Linker, join: Join, ordered: boolean): Rows {
  const { id, source, atLeast } = join
  let search: Search | undefined
  return (machine, of, probe) => {
    if (typeof of !== 'object' || of === null) return none
    search ??= compileSearch({ linker, frame: 0, ordered }, join)
    const { run, scope } = search
    if (atLeast > 0 && sizeOf(of) < atLeast) return rowsFor(search, machine, { of, source, probe })
    const indexes = (machine.kept.joins[id] ??= new WeakMap())
    let index = indexes.get(of)
    if (index === undefined) {
      index = indexOf(machine, scope, { of, source, run })
      indexes.set(of, index)
    }
    return index.rows === undefined ? rowsFor(search, machine, { of, source, probe }) : (index.rows.get(probe) ?? none)
  }
}

function sizeOf(of: RegoValue): number {
  if (isArray(of)) return of.length
  if (of instanceof RegoSet) return of.size
  return isObject(of) ? objectSize(of) : 0
}

function rowsFor(
  { run, scope }: Search,
  machine: Machine,
  { of, source, probe }: { readonly of: RegoValue; readonly source: number; readonly probe: RegoValue },
): readonly (readonly RegoValue[])[] {
  const rows: RegoValue[][] = []
  run(machine, frameWith(scope, source, of), (key, row) => {
    if (equalValues(key, probe)) rows.push(row)
  })
  return rows
}

const none: readonly (readonly RegoValue[])[] = []

type Take = (key: RegoValue, row: RegoValue[]) => void

interface Search {
  readonly scope: Scope
  readonly run: (machine: Machine, frame: Frame, take: Take) => void
}

function compileSearch(scope: Scope, { source, body, by, gives }: Join): Search {
  scope.frame = Math.max(source + 1, frameOf({ body, by }))
  const getKey = scope.linker.expression(scope, by)
  let taken: Take = () => {}
  const search = scope.linker.steps(scope, body, (machine, frame) => {
    const key = getKey(machine, frame)
    if (key !== undefined)
      taken(
        key,
        gives.map((slot) => frame[slot] ?? null),
      )
    return false
  })
  const run: Search['run'] = (machine, frame, take) => {
    const outer = taken
    taken = take
    try {
      search(machine, frame)
    } finally {
      taken = outer
    }
  }
  return { scope, run }
}

function frameOf({ body, by }: Pick<Join, 'body' | 'by'>): number {
  let frame = 0
  const visitor = {
    step: (step: Join['body'][number]): void => {
      for (const slot of slotsSetBy(step)) frame = Math.max(frame, slot + 1)
    },
  }
  visitSteps(body, visitor)
  visitExpression(by, visitor)
  return frame
}

function frameWith(scope: Scope, source: number, of: RegoValue): Frame {
  const frame = newFrame(scope.frame)
  frame[source] = of
  return frame
}

interface Subject {
  readonly of: RegoValue
  readonly source: number
  readonly run: Search['run']
}

function indexOf(machine: Machine, scope: Scope, { of, source, run }: Subject): JoinIndex {
  const rows = new ValueMap<RegoValue[][]>()
  try {
    run(machine, frameWith(scope, source, of), (key, row) => {
      const known = rows.get(key)
      if (known === undefined) rows.set(key, [row])
      else known.push(row)
    })
  } catch (error) {
    // An error may be of something that nobody looks for: then each search is made by itself.
    if (error instanceof Halt && error.reason.code !== 'eval_cancel_error') return { rows: undefined }
    throw error
  }
  return { rows }
}

/** Once per solution. */
export function compileJoin(scope: Scope, join: Join, next: Run): Run {
  const rows = compileRows(scope.linker, join, scope.ordered)
  const getOf = scope.linker.expression(scope, join.of)
  const getProbe = scope.linker.expression(scope, join.probe)
  const { gives } = join
  return (machine, frame) => {
    const of = getOf(machine, frame)
    if (of === undefined) return false
    const probe = getProbe(machine, frame)
    if (probe === undefined) return false
    for (const row of rows(machine, of, probe)) {
      machine.patience -= 1
      if (machine.patience < 0) checkBounds(machine)
      for (let at = 0; at < gives.length; at += 1) frame[gives[at] ?? 0] = row[at]
      if (next(machine, frame)) return true
    }
    return false
  }
}
