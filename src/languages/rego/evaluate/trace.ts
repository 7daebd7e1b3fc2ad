import type { Step } from '../ir/ir.ts'
import type { Probe, TraceNode } from '../ir/trace.ts'
import type { RegoValue } from '../values/value.ts'
import type { Scope } from './linker.ts'
import { takeSlot } from './linker.ts'
import type { Frame, Get, Machine, Run } from './machine.ts'
import { Halt } from './machine.ts'
import type { SearchListener, TracedLocals, TracedSolution, TracedValue, TraceOperation } from './trace-event.ts'

/** Runs steps and tells how they go. */
export function compileTraced(scope: Scope, { node, body }: Extract<Step, { kind: 'traced' }>, next: Run): Run {
  const slot = takeSlot(scope)
  const isRule = node.kind === 'rule'
  const looks = compileLooks(scope, node)
  const inner = scope.linker.steps(scope, body, (machine, frame) => {
    frame[slot] = true
    if (isRule) tell('exit', looks, machine, frame)
    deepen(machine, -1)
    searchOf(machine)?.hold(node, solutionOf(looks, machine, frame))
    const stop = next(machine, frame)
    searchOf(machine)?.back()
    if (!stop) tell('redo', looks, machine, frame)
    deepen(machine, 1)
    return stop
  })
  return (machine, frame) => {
    tell(isRule ? 'enter' : 'eval', looks, machine, frame)
    searchOf(machine)?.begin(node, isRule ? localsOf(node.locals, frame) : [])
    deepen(machine, 1)
    frame[slot] = false
    const stop = inner(machine, frame)
    deepen(machine, -1)
    const hasFailed = !isRule && !hasGoneOn(frame, slot)
    searchOf(machine)?.end(hasFailed ? { values: looks.values(machine, frame), error: machine.trace?.error } : undefined)
    if (hasFailed) tell('fail', looks, machine, frame)
    return stop
  }
}

/** How the values of a node are looked at. */
interface Looks {
  readonly node: TraceNode
  readonly values: (machine: Machine, frame: Frame) => readonly TracedValue[]
  readonly value: Get
}

function compileLooks(scope: Scope, node: TraceNode): Looks {
  const probes = node.probes.map((probe) => compileProbe(scope, probe))
  const value = node.value === undefined ? undefined : scope.linker.expression(scope, node.value)
  return {
    node,
    values: (machine, frame) => quietly(machine, () => probes.map((probe) => probe(machine, frame))),
    value: (machine, frame) => (value === undefined ? undefined : quietly(machine, () => lookAt(value, machine, frame))),
  }
}

const solutionOf = ({ node, values, value }: Looks, machine: Machine, frame: Frame): TracedSolution => ({
  binds: localsOf(node.binds, frame),
  values: () => values(machine, frame),
  value: () => value(machine, frame),
})

const searchOf = ({ trace }: Machine): SearchListener | undefined => (trace === undefined || trace.silent ? undefined : trace.search)

function tell(operation: TraceOperation, { node, values }: Looks, machine: Machine, frame: Frame): void {
  const { trace } = machine
  if (trace === undefined || trace.silent) return
  const error = operation === 'fail' ? trace.error : undefined
  trace.error = undefined
  const locals = (): TracedLocals => localsOf(node.locals, frame)
  trace.tell?.({ operation, node, depth: trace.depth, error, locals, values: () => values(machine, frame) })
}

function deepen({ trace }: Machine, by: 1 | -1): void {
  if (trace !== undefined) trace.depth += by
}

const hasGoneOn = (frame: Frame, slot: number): boolean => frame[slot] === true

function localsOf(locals: TraceNode['locals'], frame: Frame): TracedLocals {
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
