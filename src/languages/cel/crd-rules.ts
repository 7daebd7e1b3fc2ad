import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Schema } from '../../kube/schema.ts'
import type { Rule, RuleCompiler, RuleVerdict } from '../../kube/structural-schema/structural-schema.ts'
import type { CelEnvironment, CelProgram } from './compile-cel.ts'
import { compileCel } from './compile-cel.ts'
import { formatCelDiagnostics } from './error-text.ts'
import type { CelFunctions } from './function.ts'
import { schemaType } from './schema-type.ts'
import type { CelType } from './types.ts'
import { celType } from './types.ts'
import { CelError, CelOptional } from './values.ts'
import { fromJson } from './json-values.ts'

/*
 * The rules of custom resources, `x-kubernetes-validations`: expressions over `self` and, on an update, `oldSelf`.
 */

/** Makes rules runnable with these functions. What is wrong with a rule is told as kube-apiserver tells it. */
export function crdRuleCompiler(functions: CelFunctions): RuleCompiler {
  return (rule, schema) => compileRule(rule, schema, functions)
}

function compileRule(rule: Rule, schema: Schema, functions: CelFunctions): ReturnType<RuleCompiler> {
  const self = schemaType(schema, { name: 'selfType' })
  if (self === undefined) return err('unable to convert structural schema to CEL declarations')
  const oldSelf = rule.optionalOldSelf === true ? celType.optional(self) : self
  const environment: CelEnvironment = { variables: { self, oldSelf }, functions }
  const program = compileCel(rule.rule, { ...environment, refuses: unless('bool', 'cel expression must evaluate to a bool') })
  if (!program.ok) return err(problemText(program.error, '', 'program '))
  const message = compileMessage(rule.messageExpression, environment)
  if (!message.ok) return message
  return ok((value, old) => verdictOf({ program: program.value, message: message.value, self, rule }, value, old))
}

const unless =
  (kind: CelType['kind'], refusal: string) =>
  (type: CelType): string | undefined =>
    type.kind === kind ? undefined : refusal

function problemText(problems: readonly Diagnostic[], what: string, program: string): string {
  const [first] = problems
  if (first?.code === 'cel-result') return first.message
  return first?.code === 'cel-program'
    ? `${what}${program}instantiation failed: ${first.message}`
    : `${what}compilation failed: ${formatCelDiagnostics(problems)}`
}

function compileMessage(source: string | undefined, environment: CelEnvironment): Result<CelProgram | undefined, string> {
  if (source === undefined || source === '') return ok(undefined)
  const compiled = compileCel(source, { ...environment, refuses: unless('string', 'messageExpression must evaluate to a string') })
  return compiled.ok ? compiled : err(problemText(compiled.error, 'messageExpression ', ''))
}

interface CompiledRule {
  readonly program: CelProgram
  readonly message: CelProgram | undefined
  readonly self: CelType
  readonly rule: Rule
}

function verdictOf({ program, message, self, rule }: CompiledRule, value: Json, old: Json | undefined): RuleVerdict {
  const oldValue = old === undefined ? undefined : fromJson(old, self)
  const missing = new CelError('no such attribute(s): oldSelf')
  const oldSelf = rule.optionalOldSelf === true && !(oldValue instanceof CelError) ? new CelOptional(oldValue) : oldValue
  const outcome = program.evaluate({ self: value, oldSelf: () => oldSelf ?? missing })
  if (outcome instanceof CelError) return { error: outcome.message }
  if (outcome === true) return { passed: true }
  // Messages are checked with an optional `oldSelf`, too, but upstream gives them the plain value.
  const text = message?.evaluate({ self: value, oldSelf: () => oldValue ?? missing })
  return typeof text === 'string' && text.length <= longestMessage ? { passed: false, message: text } : { passed: false }
}

/** A longer message is as good as none. */
const longestMessage = 5 * 1024
