import { fresh } from '../../../core/code-writer.ts'
import type { Node } from '../ast.ts'
import type { Failure, Operand, Writer } from './writer.ts'
import { bool, emit, failIf, flush, leaving, maybe, reserve, within } from './writer.ts'

/** What the code of one `&&` or `||` goes by. */
interface Logic {
  readonly result: string
  /** The first error. */
  readonly error: string
  /** Leaves with the decisive value. */
  readonly decided: string
  readonly decisive: boolean
  /** Whether the first of two operands may be something else than a bool: then an error of the second says more. */
  isWeak: boolean
}

/** `&&` with `decisive` false, `||` with true: a decisive operand wins over errors of the others. */
export function writeLogic(writer: Writer, operands: readonly Node[], decisive: boolean): Operand {
  const logic: Logic = { result: fresh(writer, 't'), error: fresh(writer, 'e'), decided: fresh(writer, 'L'), decisive, isWeak: false }
  const { result, error, decided } = logic
  const declare = reserve(writer)
  emit(writer, `${decided}: {`)
  let fails = false
  const [first, ...others] = operands
  if (first !== undefined) fails = writeOperand(writer, first, logic, operands.length === 2 ? 'of-two' : 'of-many')
  maybe(writer, () => {
    for (const node of others) fails = writeOperand(writer, node, logic, undefined) || fails
  })
  if (fails) failIf(writer, `${error} !== undefined`, logic.isWeak ? `${error} === h_notBool ? h_noSuchOverload : ${error}` : error)
  flush(writer)
  emit(writer, `${result} = ${!decisive}`, '}')
  declare(`let ${result} = ${decisive}${fails ? `, ${error}` : ''}`)
  return bool(result)
}

/** Writes one operand, and tells whether it may fail. */
function writeOperand(writer: Writer, node: Node, logic: Logic, first: 'of-two' | 'of-many' | undefined): boolean {
  const { error, decided, decisive } = logic
  // The error that is told is the first.
  const condition = first === undefined ? `if (${error} === undefined${logic.isWeak ? ` || ${error} === h_notBool` : ''}) ` : ''
  const note = (problem: string): string => `${condition}${error} = ${problem}`
  const label = fresh(writer, 'L')
  const open = reserve(writer)
  const failure: Failure = { jump: (problem) => `${note(problem)}; break ${label}`, isUsed: false }
  const operand = within(writer, failure, () => writer.write(node))
  const { text } = operand
  const isSure = operand.sure === 'bool' && !operand.mayFail
  const isDecisive = isSure ? (decisive ? text : `!${text}`) : `${text} === ${decisive}`
  emit(writer, `if (${isDecisive}) ${leaving(writer, `break ${decided}`)}`)
  if (!isSure) {
    const problem = first === 'of-two' ? `${text} instanceof h_CelError ? ${text} : h_notBool` : `h_failureOf(${text})`
    emit(writer, `if (${text} !== ${!decisive}) { ${note(problem)} }`)
  }
  if (first === 'of-two' && !isSure) logic.isWeak = true
  if (failure.isUsed) flush(writer)
  open(failure.isUsed ? `${label}: {` : '{')
  emit(writer, '}')
  return failure.isUsed || !isSure
}
