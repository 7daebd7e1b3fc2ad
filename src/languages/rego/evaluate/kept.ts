import type { Expression, Group } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import type { Linked, Linker, Scope } from './linker.ts'
import type { CallMemory, Frame, Get, Machine } from './machine.ts'
import { newFrame, undefinedMark } from './machine.ts'

type Kept = Extract<Expression, { kind: 'kept' }>

/** Evaluates what is put aside once for each memory. */
export function compileKept(linker: Linker, { id, of, frame }: Kept): (machine: Machine) => RegoValue | undefined {
  let evaluate: ((machine: Machine) => RegoValue | undefined) | undefined
  return (machine) => {
    const { values } = machine.kept
    const known = values[id]
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    evaluate ??= withOwnFrame(linker, of, frame)
    const value = evaluate(machine)
    values[id] = value === undefined ? undefinedMark : value
    return value
  }
}

function withOwnFrame(linker: Linker, of: Expression, frame: number): (machine: Machine) => RegoValue | undefined {
  const scope: Scope = { linker, frame, ordered: linker.ordered }
  const get: Get = linker.expression(scope, of)
  return (machine) => get(machine, newFrame(scope.frame))
}

/** Longer texts are not remembered as arguments, and of one function not more calls than this. */
const bounds = { text: 256, calls: 500 }

/** Remembers what a function of one or two arguments gives for scalars. Others are evaluated each time. */
export function memoised(
  { id, arity, memoised: isMemoised }: Group,
  linked: Pick<Linked, 'call' | 'direct'>,
): Pick<Linked, 'call' | 'direct'> {
  if (!isMemoised) return linked
  const remembered = arity === 1 ? memoisedByOne(id, linked.direct) : memoisedByTwo(id, linked.direct)
  return { direct: remembered, call: (machine, frame: Frame) => remembered(machine, frame[0], frame[1]) }
}

function memoisedByOne(id: number, direct: Linked['direct']): Linked['direct'] {
  return (machine, arg) => {
    if (!isScalar(arg)) return direct(machine, arg)
    const calls = (machine.kept.calls[id] ??= newCalls())
    const known = calls.values.get(arg)
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    const value = direct(machine, arg)
    makeRoom(calls)
    calls.values.set(arg, value === undefined ? undefinedMark : value)
    return value
  }
}

function memoisedByTwo(id: number, direct: Linked['direct']): Linked['direct'] {
  return (machine, first, second) => {
    if (!isScalar(first) || !isScalar(second)) return direct(machine, first, second)
    const calls = (machine.kept.calls[id] ??= newCalls())
    const known = calls.rows.get(first)?.get(second)
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    const value = direct(machine, first, second)
    makeRoom(calls)
    let row = calls.rows.get(first)
    if (row === undefined) {
      row = new Map()
      calls.rows.set(first, row)
    }
    row.set(second, value === undefined ? undefinedMark : value)
    return value
  }
}

type Scalar = string | number | boolean | null

const isScalar = (value: RegoValue | undefined): value is Scalar =>
  typeof value === 'string' ? value.length <= bounds.text : value === null || typeof value === 'number' || typeof value === 'boolean'

const newCalls = (): CallMemory => ({ values: new Map(), rows: new Map(), size: 0 })

/** Forgets everything when there is no more room. */
function makeRoom(calls: CallMemory): void {
  if (calls.size >= bounds.calls) {
    calls.values.clear()
    calls.rows.clear()
    calls.size = 0
  }
  calls.size += 1
}
