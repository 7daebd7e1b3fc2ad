import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { unreachable } from '../../../../core/unreachable.ts'
import type { RegoValue } from '../../values/value.ts'
import { isArray, isNumber, isObject, isSet, objectEntries, objectGet } from '../../values/value.ts'
import { functions, goInt, GoNumber, isGoNumber, isTrue, textOf } from './functions.ts'
import type { Value } from './functions.ts'
import type { Command, Node, Operand, Pipeline } from './parse.ts'

interface Run {
  out: string
  /** Variables in the order of their declaration, the latest last. */
  readonly variables: { readonly name: string; value: Value }[]
  readonly maxLength: number
  readonly mayGoOn: () => boolean
}

class RunProblem extends Error {}

/** A problem that upstream finds before it runs anything. */
class EarlyProblem extends Error {}

type Signal = 'break' | 'continue' | undefined

/** Renders a template over the data. */
export function runTemplate(
  nodes: readonly Node[],
  data: RegoValue,
  bounds: { readonly maxLength: number; readonly mayGoOn: () => boolean },
): Result<string, string> {
  const run: Run = { out: '', variables: [{ name: '$', value: data }], ...bounds }
  try {
    runNodes(run, nodes, data)
    return ok(run.out)
  } catch (error) {
    if (error instanceof EarlyProblem) return err(`template: template:1: ${error.message}`)
    if (error instanceof RunProblem) return err(`template: template:1: executing "template": ${error.message}`)
    throw error
  }
}

function runNodes(run: Run, nodes: readonly Node[], dot: Value): Signal {
  for (const node of nodes) {
    if (run.out.length > run.maxLength) throw new RunProblem('output too large')
    if (!run.mayGoOn()) throw new RunProblem('caller cancelled query execution')
    const signal = runNode(run, node, dot)
    if (signal !== undefined) return signal
  }
  return undefined
}

function runNode(run: Run, node: Node, dot: Value): Signal {
  switch (node.kind) {
    case 'text':
      run.out += node.text
      return undefined
    case 'print': {
      const value = pipelineValue(run, node.pipeline, dot)
      if (node.pipeline.variables.length === 0) run.out += textOf(value ?? undefined)
      return undefined
    }
    case 'break':
    case 'continue':
      return node.kind
    case 'if':
    case 'with':
    case 'range':
      return scoped(run, () => (node.kind === 'range' ? runRange(run, node, dot) : runChoice(run, node, dot)))
    default:
      return unreachable(node)
  }
}

/** What a block declares ends with it. */
function scoped(run: Run, body: () => Signal): Signal {
  const before = run.variables.length
  const signal = body()
  run.variables.length = before
  return signal
}

type Block = Extract<Node, { readonly kind: 'if' | 'with' | 'range' }>

function runChoice(run: Run, { kind, pipeline, body, otherwise }: Block, dot: Value): Signal {
  const value = pipelineValue(run, pipeline, dot)
  if (!isTrue(value)) return runNodes(run, otherwise, dot)
  return runNodes(run, body, kind === 'with' ? value : dot)
}

function runRange(run: Run, { pipeline, body, otherwise }: Block, dot: Value): Signal {
  const value = commandsValue(run, pipeline.commands, dot)
  const items = itemsOf(value)
  if (items.length === 0) return runNodes(run, otherwise, dot)
  for (const [key, item] of items) {
    const signal = scoped(run, () => {
      const [first, second] = pipeline.variables
      if (first !== undefined) assign(run, first, second === undefined ? item : key, pipeline.declares)
      if (second !== undefined) assign(run, second, item, pipeline.declares)
      return runNodes(run, body, item)
    })
    if (signal === 'break') return undefined
  }
  return undefined
}

function itemsOf(value: Value): readonly (readonly [Value, Value])[] {
  if (value === undefined || value === null) return []
  if (isGoNumber(value)) throw new RunProblem(`range can't iterate over ${textOf(value)}`)
  if (isArray(value)) return value.map((item, at) => [goInt(at), item] as const)
  if (isSet(value)) return value.sorted.map((item, at) => [goInt(at), item] as const)
  if (typeof value === 'object' && isObject(value)) return objectEntries(value)
  throw new RunProblem(`range can't iterate over ${textOf(value)}`)
}

function pipelineValue(run: Run, pipeline: Pipeline, dot: Value): Value {
  const value = commandsValue(run, pipeline.commands, dot)
  for (const name of pipeline.variables) assign(run, name, value, pipeline.declares)
  return value
}

function assign(run: Run, name: string, value: Value, declares: boolean): void {
  const known = declares ? undefined : run.variables.findLast((variable) => variable.name === name)
  if (known !== undefined) known.value = value
  else if (declares) run.variables.push({ name, value })
  else throw new EarlyProblem(`undefined variable "${name}"`)
}

/** Each command gets the value of the one before as its last operand. */
function commandsValue(run: Run, commands: readonly Command[], dot: Value): Value {
  let last: readonly Value[] = []
  for (const command of commands) last = [commandValue(run, command, dot, last)]
  return last[0]
}

function commandValue(run: Run, [first, ...rest]: Command, dot: Value, last: readonly Value[]): Value {
  if (first?.kind === 'function') return call(run, first.name, { operands: rest, dot, last })
  if (first === undefined || rest.length > 0 || last.length > 0) throw new RunProblem("can't give argument to non-function")
  return operandValue(run, first, dot)
}

interface Call {
  readonly operands: readonly Operand[]
  readonly dot: Value
  readonly last: readonly Value[]
}

function call(run: Run, name: string, { operands, dot, last }: Call): Value {
  if (name === 'and' || name === 'or') return shortCircuit(run, name, { operands, dot, last })
  const evaluate = functions.get(name)
  if (evaluate === undefined) throw new EarlyProblem(`function "${name}" not defined`)
  const result = evaluate([...operands.map((operand) => operandValue(run, operand, dot)), ...last])
  if (!result.ok) throw new RunProblem(`error calling ${name}: ${result.error}`)
  return result.value
}

function shortCircuit(run: Run, name: 'and' | 'or', { operands, dot, last }: Call): Value {
  let value: Value
  for (const operand of operands) {
    value = operandValue(run, operand, dot)
    if (isTrue(value) === (name === 'or')) return value
  }
  return last.length > 0 ? last[0] : value
}

function operandValue(run: Run, operand: Operand, dot: Value): Value {
  switch (operand.kind) {
    case 'text':
      return operand.value
    case 'integer':
      return goInt(Number(operand.value))
    case 'float':
      return new GoNumber('float64', Number(operand.value))
    case 'constant':
      return operand.value
    case 'function':
      return call(run, operand.name, { operands: [], dot, last: [] })
    case 'dot':
      return fieldOf(dot, operand.fields)
    case 'variable':
      return fieldOf(variable(run, operand.name), operand.fields)
    case 'nested':
      return fieldOf(pipelineValue(run, operand.pipeline, dot), operand.fields)
    default:
      return unreachable(operand)
  }
}

function variable(run: Run, name: string): Value {
  const found = run.variables.findLast((each) => each.name === name)
  if (found === undefined) throw new EarlyProblem(`undefined variable "${name}"`)
  return found.value
}

function fieldOf(value: Value, fields: readonly string[]): Value {
  let found = value
  for (const field of fields) {
    if (found === undefined || found === null) return undefined
    if (isGoNumber(found) || typeof found !== 'object' || isArray(found) || isSet(found) || isNumber(found)) {
      throw new RunProblem(`can't evaluate field ${field} in type interface {}`)
    }
    found = objectGet(found, field)
  }
  return found
}
