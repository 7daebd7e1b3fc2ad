import { constant, fresh, quoted } from '../../../core/code-writer.ts'
import type { Node } from '../ast.ts'
import type { CallOfOverloads, CallPlan, Prepared } from '../call.ts'
import { constantOf } from '../call.ts'
import { celEqual } from '../operators.ts'
import type { CelType } from '../types.ts'
import type { CelValue } from '../values.ts'
import { CelError } from '../values.ts'
import { writeOperator } from './operator.ts'
import type { Operand, Writer } from './writer.ts'
import {
  add,
  bool,
  branch,
  charge,
  cost,
  emit,
  every,
  fail,
  failIf,
  isPlain,
  isSurely,
  literal,
  named,
  outcome,
  settle,
  writeValue,
} from './writer.ts'

export function writeCall(writer: Writer, node: Node & { readonly kind: 'call' }): Operand {
  const plan = writer.plan(node)
  switch (plan.kind) {
    case 'equality':
      return writeEquality(writer, plan)
    case 'otherwise':
      return writeOtherwise(writer, plan)
    case 'not':
      return writeNot(writer, plan.operand)
    case 'unknown':
      return fail(writer, constant(writer, new CelError(`no such overload: ${plan.name}`)))
    case 'overloads':
      return plan.isConstant ? writeConstant(writer, node) : writeOverloads(writer, plan, node)
  }
}

/** What is the same every time: its value and cost, or where it is too dear, the closure that says so. */
function writeConstant(writer: Writer, node: Node): Operand {
  const run = writer.compilation.compile(node)
  const known = constantOf(run)
  if (known === undefined) {
    const { pending } = writer
    writer.pending = 0
    emit(writer, `frame.cost = c + ${pending}`)
    const result = named(writer, `${constant(writer, run)}(frame)`)
    emit(writer, 'c = frame.cost')
    return outcome(result)
  }
  charge(writer, known.cost)
  return known.value instanceof CelError ? fail(writer, constant(writer, known.value)) : literal(writer, known.value)
}

function writeNot(writer: Writer, node: Node): Operand {
  const operand = writeValue(writer, node)
  cost(writer, 1)
  if (operand.sure !== 'bool') failIf(writer, `typeof ${operand.text} !== 'boolean'`, 'h_noSuchOverload')
  return bool(`!${operand.text}`)
}

/** `a.or(b)` and `a.orValue(b)`: what is not needed is not evaluated. */
function writeOtherwise(writer: Writer, { first, second, keeps }: Extract<CallPlan, { kind: 'otherwise' }>): Operand {
  const operand = writeValue(writer, first).text
  cost(writer, 1)
  const result = fresh(writer, 't')
  emit(writer, `let ${result} = ${operand}`)
  let other: Operand | undefined
  const absent = (): void => {
    other = writer.write(second)
    emit(writer, `${result} = ${other.text}`)
  }
  const there = keeps
    ? []
    : [{ condition: `${operand} instanceof h_CelOptional`, write: () => emit(writer, `${result} = ${operand}.value`) }]
  branch(writer, [{ condition: `${operand} instanceof h_CelOptional && ${operand}.value === undefined`, write: absent }, ...there])
  return { text: result, mayFail: other?.mayFail ?? true, sure: undefined }
}

function writeEquality(writer: Writer, { left, right, equal, expected }: Extract<CallPlan, { kind: 'equality' }>): Operand {
  const first = writer.write(left)
  const a = right.kind === 'literal' ? first : settle(writer, first)
  const b = writer.write(right)
  const result = fresh(writer, 't')
  const general = (): void => {
    settle(writer, a)
    settle(writer, b)
    add(writer, `h_comparisonCost(${a.text}, ${b.text})`)
    const typed = equal === celEqual ? '' : `, ${constant(writer, equal)}`
    emit(writer, `${result} = h_equal${typed === '' ? '' : 'As'}(${a.text}, ${b.text}${typed})`)
    failIf(writer, `typeof ${result} !== 'boolean'`, result)
  }
  const quick = equal === celEqual ? quickEquality(a, b) : undefined
  emit(writer, `let ${result}`)
  const same = (): void => {
    if (quick === undefined) return
    if (typeof quick.costs === 'number') cost(writer, quick.costs)
    else add(writer, quick.costs)
    emit(writer, `${result} = ${a.text} === ${b.text}`)
  }
  if (quick === undefined || quick.when === 'false') general()
  else
    branch(writer, [
      { condition: quick.when, write: same },
      { condition: undefined, write: general },
    ])
  return bool(expected ? result : `!${result}`)
}

/** When two values are equal where they are the same, and what it costs to find out. */
function quickEquality(a: Operand, b: Operand): { readonly when: string; readonly costs: string | number } | undefined {
  const [known, other] = a.literal === undefined ? [b, a] : [a, b]
  const { literal: given } = known
  if (typeof given === 'string') return { when: isSurely(other, 'text'), costs: textCost(given, other.text) }
  if (given === null) return { when: `${other.text} === null`, costs: 1 }
  if (typeof given === 'boolean') return { when: isSurely(other, 'bool'), costs: 1 }
  if (typeof given === 'number') return { when: isSurely(other, 'number'), costs: 1 }
  return { when: every(isSurely(a, 'text'), isSurely(b, 'text')), costs: `h_shorterCost(Math.min(${a.text}.length, ${b.text}.length))` }
}

function textCost(given: string, other: string): string | number {
  if (given === '') return 0
  return given.length <= 10 ? `(${other} === '' ? 0 : 1)` : `h_shorterCost(Math.min(${given.length}, ${other}.length))`
}

function writeOverloads(writer: Writer, plan: CallOfOverloads, node: Node): Operand {
  const { candidates, args, name } = plan
  const operands: Operand[] = []
  for (const arg of args) operands.push(writeValue(writer, arg))
  const [only] = candidates
  if (candidates.length > 1 && args.length === 1) return writeChoice(writer, plan, operands)
  if (candidates.length !== 1 || only === undefined) return writeAny(writer, plan, operands)
  if (args.length === 0 || args.length > 2) return writeAny(writer, plan, operands)
  const operator = writeOperator(writer, only, operands, writer.compilation.checked.typeOf(node))
  if (operator !== undefined) return operator
  const wrong = only.guards.map((guard, at) => {
    const { kind } = only.parameters[at] ?? { kind: 'dyn' }
    const operand = operands[at]
    if (operand === undefined || kind === 'dyn' || kind === 'any' || kind === 'parameter') return 'false'
    const quick = kind === 'string' ? 'text' : kind === 'list' ? 'list' : kind === 'bool' ? 'bool' : undefined
    if (quick === undefined) return `!${constant(writer, guard)}(${operand.text})`
    return operand.sure === quick ? 'false' : `!(${isSurely({ ...operand, sure: undefined }, quick)})`
  })
  const possible = wrong.filter((condition) => condition !== 'false')
  if (possible.length > 0) failIf(writer, possible.join(' || '), `h_noOverload(${quoted(name)}, [${textsOf(operands)}])`)
  return apply(writer, only, operands)
}

const textsOf = (operands: readonly Operand[]): string => operands.map(({ text }) => text).join(', ')

/** Charges a call and makes it. */
function apply(writer: Writer, { evaluate, cost: costs }: Prepared, operands: readonly Operand[]): Operand {
  if (costs === undefined) cost(writer, 1)
  else charge(writer, `${constant(writer, costs)}(${textsOf(operands)})`)
  return outcome(named(writer, `${constant(writer, evaluate)}(${textsOf(operands)})`))
}

/** A value of a kind, and how to tell such values. */
interface Sample {
  readonly kinds: CelType['kind']
  readonly sample: CelValue
  readonly test: (operand: Operand) => string
}

const samples: readonly Sample[] = [
  { kinds: 'string', sample: '', test: (operand) => isSurely(operand, 'text') },
  { kinds: 'list', sample: [], test: (operand) => isSurely(operand, 'list') },
  { kinds: 'int', sample: 0, test: (operand) => isSurely(operand, 'number') },
  { kinds: 'map', sample: {}, test: ({ text, sure }) => (sure === undefined ? isPlain(text) : 'false') },
]

/** One argument, whose kind tells the overload: the likely ones are written out. */
function writeChoice(writer: Writer, { candidates, args, name }: CallOfOverloads, operands: readonly Operand[]): Operand {
  const [operand] = operands
  const [arg] = args
  if (operand === undefined || arg === undefined) return writeAny(writer, { name, candidates }, operands)
  const result = fresh(writer, 't')
  emit(writer, `let ${result}`)
  const { kind } = writer.compilation.checked.typeOf(arg)
  const quick = samples
    .filter(({ kinds }) => kind === 'dyn' || kinds === kind)
    .flatMap(({ sample, test }) => {
      const chosen = candidates.find(({ guards: [fits] }) => fits?.(sample) ?? true)
      const condition = test(operand)
      if (chosen === undefined || condition === 'false') return []
      return [{ condition, write: () => emit(writer, `${result} = ${apply(writer, chosen, operands).text}`) }]
    })
  const general = (): void => {
    const chosen = named(writer, `h_choose(${constant(writer, candidates)}, [${operand.text}])`)
    failIf(writer, `${chosen} === undefined`, `h_noOverload(${quoted(name)}, [${operand.text}])`)
    branch(writer, [
      { condition: `${chosen}.cost === undefined`, write: () => cost(writer, 1) },
      { condition: undefined, write: () => charge(writer, `${chosen}.cost(${operand.text})`) },
    ])
    emit(writer, `${result} = ${chosen}.evaluate(${operand.text})`)
  }
  branch(writer, [...quick, { condition: undefined, write: general }])
  return outcome(result)
}

/** Any arguments: the first overload that takes them. */
function writeAny(
  writer: Writer,
  { candidates, name }: Pick<CallOfOverloads, 'candidates' | 'name'>,
  operands: readonly Operand[],
): Operand {
  const values = named(writer, `[${textsOf(operands)}]`)
  const chosen = named(writer, `h_choose(${constant(writer, candidates)}, ${values})`)
  failIf(writer, `${chosen} === undefined`, `h_noOverload(${quoted(name)}, ${values})`)
  charge(writer, `h_costOf(${chosen}, ${values})`)
  return outcome(named(writer, `h_call(${chosen}, ${values})`))
}
