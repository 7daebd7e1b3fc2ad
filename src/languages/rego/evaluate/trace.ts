import type { Step } from '../ir/ir.ts'
import type { Probe, TraceNode } from '../ir/trace.ts'
import type { RegoValue } from '../values/value.ts'
import type { Scope } from './linker.ts'
import { takeSlot } from './linker.ts'
import type { Frame, Get, Machine, Run } from './machine.ts'
import { Halt } from './machine.ts'
import type { TracedValue, TraceOperation } from './trace-event.ts'

/** Runs steps and tells how they go. */
export function compileTraced(scope: Scope, { node, body }: Extract<Step, { kind: 'traced' }>, next: Run): Run {
  const slot = takeSlot(scope)
  const isRule = node.kind === 'rule'
  const probes = node.probes.map((probe) => compileProbe(scope, probe))
  const tell = (operation: TraceOperation, machine: Machine, frame: Frame): void => {
    const { trace } = machine
    if (trace === undefined || trace.silent) return
    const values = (): readonly TracedValue[] => quietly(machine, () => probes.map((probe) => probe(machine, frame)))
    const error = operation === 'fail' ? trace.error : undefined
    trace.error = undefined
    trace.tell({ operation, node, depth: trace.depth, error, locals: () => localsOf(node, frame), values })
  }
  const deepen = ({ trace }: Machine, by: 1 | -1): void => {
    if (trace !== undefined) trace.depth += by
  }
  const inner = scope.linker.steps(scope, body, (machine, frame) => {
    frame[slot] = true
    if (isRule) tell('exit', machine, frame)
    deepen(machine, -1)
    const stop = next(machine, frame)
    if (!stop) tell('redo', machine, frame)
    deepen(machine, 1)
    return stop
  })
  return (machine, frame) => {
    tell(isRule ? 'enter' : 'eval', machine, frame)
    deepen(machine, 1)
    frame[slot] = false
    const stop = inner(machine, frame)
    deepen(machine, -1)
    if (!isRule && !hasGoneOn(frame, slot)) tell('fail', machine, frame)
    return stop
  }
}

const hasGoneOn = (frame: Frame, slot: number): boolean => frame[slot] === true

function localsOf({ locals }: TraceNode, frame: Frame): readonly (readonly [string, RegoValue])[] {
  const values: (readonly [string, RegoValue])[] = []
  for (const { name, slot } of locals) {
    const value = frame[slot]
    if (value !== undefined) values.push([name, value])
  }
  return values
}

function compileProbe(scope: Scope, { steps }: Probe): (machine: Machine, frame: Frame) => TracedValue {
  const gets = steps.map(({ text, of }) => ({ text, get: scope.linker.expression(scope, of) }))
  return (machine, frame) => {
    let before: TracedValue['in']
    let last: TracedValue = { text: '', value: undefined }
    for (const { text, get } of gets) {
      const value = lookAt(get, machine, frame)
      if (value === undefined) return { text, value, ...(before === undefined ? {} : { in: before }) }
      before = { text, value }
      last = before
    }
    return last
  }
}

/** What ends a query here has ended it already, or never would have been come to. */
function lookAt(get: Get, machine: Machine, frame: Frame): RegoValue | undefined {
  try {
    return get(machine, frame)
  } catch (error) {
    if (error instanceof Halt) return undefined
    throw error
  }
}

function quietly<T>(machine: Machine, look: () => T): T {
  const { trace } = machine
  if (trace === undefined) return look()
  const { silent, depth } = trace
  trace.silent = true
  const errors = machine.errors.length
  const seen = look()
  machine.errors.length = errors
  trace.silent = silent
  trace.depth = depth
  return seen
}
