import type { CelType } from './cel.ts'
import { admissionVariables, CelError, compileCel, formatCelDiagnostics, formatRuntimeType, kubernetesFunctions } from './cel.ts'

export const functions = kubernetesFunctions()
export const variables = admissionVariables({ namespace: true })

/** What is wrong with an expression that must be a bool, each as `place: message`; `ok` where nothing is. */
export function problemsOf(expression: string): string {
  const refuses = (type: CelType): string | undefined =>
    type.kind === 'bool' ? undefined : `must evaluate to bool but got ${formatRuntimeType(type)}`
  const compiled = compileCel(expression, { variables, functions, refuses })
  if (compiled.ok) return 'ok'
  const [first] = compiled.error
  if (first?.code === 'cel-result') return first.message
  const messages = formatCelDiagnostics(compiled.error).split(/\n(?=ERROR)/)
  return messages.map((message) => (message.split('\n |')[0] ?? '').replace('ERROR: <input>:', '')).join(' / ')
}

/** The value of an expression, or the message of its error. */
export function evaluate(expression: string): unknown {
  const compiled = compileCel(expression, { variables: {}, functions })
  if (!compiled.ok) throw new Error(compiled.error[0]?.message)
  const outcome = compiled.value.evaluate({})
  return outcome instanceof CelError ? outcome.message : outcome
}
