import { constant, fresh } from '../../../core/code-writer.ts'
import type { Prepared } from '../call.ts'
import type { CelImplementation } from '../function.ts'
import { addition, isGreater, isGreaterOrEqual, isLess, isLessOrEqual, membership } from '../libraries/standard.ts'
import type { CelType } from '../types.ts'
import type { Operand, Sure, Writer } from './writer.ts'
import { branch, charge, cost, emit, every, failIf, isPlain, isSurely } from './writer.ts'

/** One way to work out an operator. */
interface Quick {
  readonly when: string
  /** A number, or code for one. */
  readonly costs: string | number
  readonly what: string
}

/** An operator written out for the values that it mostly has; undefined for other functions. */
export function writeOperator(writer: Writer, prepared: Prepared, operands: readonly Operand[], type: CelType): Operand | undefined {
  const [a, b] = operands
  if (a === undefined || b === undefined || prepared.guards.length > 0) return undefined
  const { evaluate } = prepared
  const sign = orders.get(evaluate)
  if (sign !== undefined) {
    const when = every(isSurely(a, 'number'), isSurely(b, 'number'))
    return write(writer, prepared, { a, b, sure: 'bool', quick: [{ when, costs: 1, what: `${a.text} ${sign} ${b.text}` }] })
  }
  if (evaluate === membership) return write(writer, prepared, { a, b, sure: 'bool', quick: searches(a, b) })
  if (evaluate === addition) return write(writer, prepared, { a, b, sure: sumOf(a, b), quick: sums(a, b, type.kind) })
  return undefined
}

const orders: ReadonlyMap<CelImplementation, string> = new Map([
  [isLess, '<'],
  [isLessOrEqual, '<='],
  [isGreater, '>'],
  [isGreaterOrEqual, '>='],
])

const searches = (a: Operand, b: Operand): readonly Quick[] => [
  { when: every(isSurely(a, 'text'), isSurely(b, 'list')), costs: `${b.text}.length`, what: `${b.text}.includes(${a.text})` },
  {
    when: every(isSurely(a, 'text'), b.sure === undefined ? isPlain(b.text) : 'false'),
    costs: 1,
    what: `Object.hasOwn(${b.text}, ${a.text})`,
  },
]

/** A sum that has a value is of the kind of its sides. */
const sumOf = (a: Operand, b: Operand): Sure | undefined => [a.sure, b.sure].find((sure) => sure === 'text' || sure === 'list')

function sums(a: Operand, b: Operand, kind: CelType['kind']): readonly Quick[] {
  const text = {
    when: every(isSurely(a, 'text'), isSurely(b, 'text')),
    costs: `Math.ceil((${a.text}.length + ${b.text}.length) * 0.1)`,
    what: `${a.text} + ${b.text}`,
  }
  return kind === 'string' || kind === 'dyn' ? [text] : []
}

interface Written {
  readonly a: Operand
  readonly b: Operand
  readonly sure: Sure | undefined
  readonly quick: readonly Quick[]
}

function write(writer: Writer, { evaluate, cost: costs }: Prepared, { a, b, sure, quick }: Written): Operand {
  const result = fresh(writer, 't')
  emit(writer, `let ${result}`)
  const plain = `${constant(writer, evaluate)}(${a.text}, ${b.text})`
  const finish = (what: string): void => {
    emit(writer, `${result} = ${what}`)
    // What is written out has a value.
    if (what === plain) failIf(writer, `typeof ${result} === 'object' && ${result} instanceof h_CelError`, result)
  }
  const general = (): void => {
    if (costs === undefined) cost(writer, 1)
    else charge(writer, `${constant(writer, costs)}(${a.text}, ${b.text})`)
    finish(plain)
  }
  const possible = quick.filter(({ when }) => when !== 'false')
  branch(writer, [
    ...possible.map((one) => ({
      condition: one.when,
      write: () => {
        charge(writer, one.costs)
        finish(one.what)
      },
    })),
    { condition: undefined, write: general },
  ])
  return { text: result, mayFail: false, sure }
}
