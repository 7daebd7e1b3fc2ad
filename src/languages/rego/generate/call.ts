import type { Builtin } from '../builtins/contract.ts'
import type { Call, Expression } from '../ir/ir.ts'
import type { Then, Writer } from './writer.ts'
import { constant, writeAll, writeDefined } from './writer.ts'

export function writeCall(writer: Writer, call: Call, then: Then): string {
  return writeAll(writer, call.args, (args) => {
    const plain = call.kind === 'builtin' ? writeBuiltin(writer, call, args) : writeFunction(writer, call, args)
    const name = call.kind === 'builtin' ? call.builtin.name : call.group.name
    const mocked = constant(writer, { linker: writer.linker, name, place: call.place })
    const careful = `h_mocked(${mocked}, m, [${args.join(', ')}], () => ${plain})`
    return writeDefined(writer, `m.mocks === undefined ? ${plain} : ${careful}`, then)
  })
}

function writeFunction(writer: Writer, { group }: Extract<Call, { kind: 'function' }>, args: readonly string[]): string {
  return `${constant(writer, writer.linker.linked(group))}.direct(${['m', ...args].join(', ')})`
}

function writeBuiltin(
  writer: Writer,
  { builtin, args: operands, place }: Extract<Call, { kind: 'builtin' }>,
  args: readonly string[],
): string {
  const slow = `h_callBuiltin(m, ${constant(writer, builtin)}, [${args.join(', ')}], ${constant(writer, place)})`
  const [a, b] = args
  const [left, right] = operands
  if (a === undefined || b === undefined || left === undefined || right === undefined || args.length !== 2) return slow
  return writeFast(builtin, [a, b], [left, right])?.(slow) ?? slow
}

/** Comparisons, small integers and tests of texts, written out. */
function writeFast(
  { name }: Builtin,
  [a, b]: readonly [string, string],
  operands: readonly [Expression, Expression],
): ((slow: string) => string) | undefined {
  if (name === 'equal') return () => writeEqual(a, b, operands)
  if (name === 'neq') return () => `!${writeEqual(a, b, operands)}`
  const comparison = comparisons[name]
  if (comparison !== undefined) {
    return () =>
      `(typeof ${a} === 'number' && typeof ${b} === 'number' ? ${a} ${comparison} ${b} : h_compareValues(${a}, ${b}) ${comparison} 0)`
  }
  const operator = operators[name]
  if (operator !== undefined)
    return (slow) => `(h_integers(${a}, ${b}) && Number.isSafeInteger(${a} ${operator} ${b}) ? ${a} ${operator} ${b} : ${slow})`
  const method = methods[name]
  if (method !== undefined) return (slow) => `(typeof ${a} === 'string' && typeof ${b} === 'string' ? ${a}.${method}(${b}) : ${slow})`
  if (name === 'internal.member_2') return (slow) => `(${b} instanceof h_RegoSet ? ${b}.has(${a}) : ${slow})`
  return undefined
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
  const { value } = expression
  return typeof value === 'string' || typeof value === 'boolean' || value === null
}
