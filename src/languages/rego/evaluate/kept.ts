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

/** Longer texts are not remembered as arguments, and not more calls of one function than this. */
const bounds = { text: 256, calls: 1000 }

/** Remembers what a function gives for scalars. Other arguments are evaluated each time. */
export function memoised(
  { id, arity, memoised: isMemoised }: Group,
  linked: Pick<Linked, 'call' | 'direct'>,
): Pick<Linked, 'call' | 'direct'> {
  if (!isMemoised) return linked
  const { direct } = linked
  if (arity === 1) {
    const once = (machine: Machine, arg: RegoValue | undefined): RegoValue | undefined => {
      if (!isScalar(arg)) return direct(machine, arg)
      const calls = (machine.kept.calls[id] ??= new Map())
      const known = calls.get(arg)
      if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
      const value = direct(machine, arg)
      remember(calls, arg, value)
      return value
    }
    return { direct: once, call: (machine, frame: Frame) => once(machine, frame[0]) }
  }
  const once = (machine: Machine, first: RegoValue | undefined, second: RegoValue | undefined): RegoValue | undefined => {
    if (!isScalar(first) || !isScalar(second)) return direct(machine, first, second)
    const all = (machine.kept.calls[id] ??= new Map())
    let calls = all.get(first) as CallMemory | undefined
    if (calls === undefined) {
      calls = new Map()
      remember(all, first, calls)
    }
    const known = calls.get(second)
    if (known !== undefined) return known === undefinedMark ? undefined : (known as RegoValue)
    const value = direct(machine, first, second)
    remember(calls, second, value)
    return value
  }
  return { direct: once, call: (machine, frame: Frame) => once(machine, frame[0], frame[1]) }
}

type Scalar = string | number | boolean | null

const isScalar = (value: RegoValue | undefined): value is Scalar =>
  typeof value === 'string' ? value.length <= bounds.text : value === null || typeof value === 'number' || typeof value === 'boolean'

function remember(calls: CallMemory, key: Scalar, value: unknown): void {
  if (calls.size >= bounds.calls) calls.clear()
  calls.set(key, value === undefined ? undefinedMark : value)
}
