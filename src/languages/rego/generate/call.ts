import { constant, fresh } from '../../../core/code-writer.ts'
import type { Builtin } from '../builtins/contract.ts'
import { fastBuiltins } from '../evaluate/fast-builtins.ts'
import type { Call, Expression } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import { writeText } from './text.ts'
import { callBuiltin } from './runtime.ts'
import type { Mocked } from './runtime.ts'
import type { Then, Writer } from './writer.ts'
import { writeAll } from './writer.ts'

export function writeCall(writer: Writer, call: Call, then: Then): string {
  return writeAll(writer, call.args, (args) => {
    const name = fresh(writer, 't')
    const plain = call.kind === 'builtin' ? writeBuiltin(writer, name, call, args) : writeFunction(writer, name, call, args)
    if (!writer.linker.mocks) return `let ${name}\n${plain}\nif (${name} !== undefined) {\n${then(name)}\n}`
    const mocked = constant(writer, mockedOf(writer, call))
    const careful = `${name} = h_mocked(${mocked}, m, [${args.join(', ')}])`
    return `let ${name}\nif (m.mocks === undefined) {\n${plain}\n} else ${careful}\nif (${name} !== undefined) {\n${then(name)}\n}`
  })
}

/** A call where `with` may have put another function. */
function mockedOf({ linker }: Writer, call: Call): Mocked {
  const { place } = call
  if (call.kind === 'builtin') {
    const { builtin } = call
    return { linker, name: builtin.name, place, plain: (machine, args) => callBuiltin(machine, builtin, args, place) }
  }
  const linked = linker.linked(call.group)
  return { linker, name: call.group.name, place, plain: (machine, args) => linked.direct(machine, ...args) }
}

function writeFunction(writer: Writer, name: string, { group }: Extract<Call, { kind: 'function' }>, args: readonly string[]): string {
  return `${name} = ${constant(writer, writer.linker.linked(group))}.direct(${['m', ...args].join(', ')})`
}

function writeBuiltin(
  writer: Writer,
  name: string,
  { builtin, args: operands, place }: Extract<Call, { kind: 'builtin' }>,
  args: readonly string[],
): string {
  const written = writeOut(builtin, args, operands)
  if (written?.isTotal === true) return `${name} = ${written.code}`
  const slow = `${name} = h_callBuiltin(m, ${constant(writer, builtin)}, [${args.join(', ')}], ${constant(writer, place)})`
  const fast = fastBuiltins.get(builtin.name)
  const text = writeText(writer, builtin, operands, args)
  const quick = written?.code ?? text?.code ?? (fast === undefined ? undefined : `${constant(writer, fast)}(${args.join(', ')})`)
  return quick === undefined ? slow : `${text?.before ?? ''}\n${name} = ${quick}\nif (${name} === undefined) ${slow}`
}

interface WrittenOut {
  readonly code: string
  /** Whether it always has a value; otherwise, where it has none, the built-in has to say. */
  readonly isTotal: boolean
}

/** Comparisons, small integers and tests of texts, written out. */
function writeOut({ name }: Builtin, args: readonly string[], operands: readonly Expression[]): WrittenOut | undefined {
  const [a, b] = args
  const [left, right] = operands
  if (a === undefined || b === undefined || left === undefined || right === undefined || args.length !== 2) return undefined
  if (name === 'equal') return { code: writeEqual(a, b, [left, right]), isTotal: true }
  if (name === 'neq') return { code: `!${writeEqual(a, b, [left, right])}`, isTotal: true }
  const comparison = comparisons[name]
  if (comparison !== undefined) {
    const code = `(typeof ${a} === 'number' && typeof ${b} === 'number' ? ${a} ${comparison} ${b} : h_compareValues(${a}, ${b}) ${comparison} 0)`
    return { code, isTotal: true }
  }
  const operator = operators[name]
  if (operator !== undefined) {
    const code = `(h_integers(${a}, ${b}) && Number.isSafeInteger(${a} ${operator} ${b}) ? ${a} ${operator} ${b} : undefined)`
    return { code, isTotal: false }
  }
  const method = methods[name]
  if (method === undefined) return undefined
  return { code: `(typeof ${a} === 'string' && typeof ${b} === 'string' ? ${a}.${method}(${b}) : undefined)`, isTotal: false }
}

const comparisons: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' }
const operators: Readonly<Record<string, string>> = { plus: '+', minus: '-', mul: '*' }
const methods: Readonly<Record<string, string>> = { startswith: 'startsWith', endswith: 'endsWith', contains: 'includes' }

/** Texts, booleans and null are equal only to themselves. */
export function writeEqual(a: string, b: string, operands: readonly [Expression, Expression]): string {
  return operands.some(isIdentical) ? `(${a} === ${b})` : `h_equalValues(${a}, ${b})`
}

function isIdentical(expression: Expression): boolean {
  if (expression.kind !== 'constant') return false
  const { value }: { readonly value: RegoValue } = expression
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
