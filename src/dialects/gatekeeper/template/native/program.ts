import type { Json } from '../../../../core/json.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { CelBindings, CelBudget, CelOutcome } from '../../../../languages/cel/cel.ts'
import { celBudget, CelError, CelLazyMap, perCallLimit } from '../../../../languages/cel/cel.ts'
import type { PolicyRequest } from '../../../../policy/request.ts'
import type { Violation } from '../violations.ts'
import type { CompiledMessage, CompiledSource, CompiledValidation, Expression, ExpressionProblem } from './expressions.ts'
import { compileSource } from './expressions.ts'
import { requestVariable } from './request.ts'
import type { NativeSource } from './source.ts'

/** What a constraint asks a template in CEL. */
export interface NativeQuestion {
  readonly request: PolicyRequest
  /** `variables.params`: null where the constraint has none. */
  readonly parameters: Json
  /** `namespaceObject`: the Namespace of the object; null where there is none, or nobody knows it. Asked for at most once. */
  readonly namespace: () => Json
}

/** The CEL of a template, ready to run. */
export interface NativeProgram {
  readonly language: 'cel'
  /** Expressions that fail whenever they are evaluated. */
  readonly problems: readonly ExpressionProblem[]
  readonly evaluate: (question: NativeQuestion) => readonly Violation[]
}

/** What evaluating the validations of a constraint may cost, messages included. Match conditions have a budget of their own. */
const validationsBudget = perCallLimit
const conditionsBudget = 2_500_000
const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

export function compileNative(source: NativeSource): NativeProgram {
  const compiled = compileSource(source)
  const scopes = scopeMaker(compiled)
  const fails = source.failurePolicy === 'Fail'
  const failing = (message: string): readonly Violation[] => (fails ? [violation(message)] : [])
  return {
    language: 'cel',
    problems: compiled.problems,
    evaluate: (question) => {
      if (compiled.matchConditions.length > 0) {
        const matched = matches(compiled, scopes(question))
        if (!matched.ok) return failing(matched.error)
        if (!matched.value) return none
      }
      const scope = scopes(question)
      const outcomes: CelOutcome[] = []
      for (const { rule } of compiled.validations) {
        outcomes.push(scope.evaluate(rule))
        if (scope.budget.spent > validationsBudget) return failing(outOfBudget)
      }
      // Upstream makes the messages of what holds, too: all they can do is to cost too much.
      const holds = outcomes.every((outcome) => outcome === true)
      if (holds && compiled.validations.every(({ message }) => message === undefined || costsLittle(message, scope))) return none
      const messages = messagesOf(compiled.validations, scope, () => scopes(question))
      return outcomes.flatMap((outcome, at) => {
        const validation = compiled.validations[at]
        if (validation === undefined) return none
        if (outcome instanceof CelError) return failing(errorText(validation.validation.expression, validation.rule, outcome))
        if (!messages.ok) return failing(`failed messageExpression: ${messages.error}`)
        return outcome === true ? none : [violation(messages.value[at] ?? '')]
      })
    },
  }
}

const none: readonly Violation[] = []
const violation = (message: string): Violation => ({ message, details: {} })

/** What does not compile says so itself. */
const errorText = (expression: string, rule: Expression, outcome: CelError): string =>
  outcome === rule ? outcome.message : `expression '${expression}' resulted in error: ${outcome.message}`

/** Whether making a message cannot exhaust the budget: it has no loops of its own, and its variables have cost little already. */
const costsLittle = ({ loops, variables }: CompiledMessage, { budget, variables: known }: Scope): boolean =>
  !loops && budget.spent < validationsBudget / 4 && variables.every((name) => known.knows(name))

/** The variables of one pass over the expressions, and what they have cost. */
interface Scope {
  readonly budget: CelBudget
  readonly variables: CelLazyMap
  readonly evaluate: (expression: Expression) => CelOutcome
}

type ScopeMaker = (question: NativeQuestion) => Scope

/**
 * Makes scopes. The tables of a template are made once: a variable finds the bindings of the scope whose evaluation is running in `running`, which
 * is sound because evaluating is synchronous and no evaluation starts another template.
 */
function scopeMaker({ variables }: CompiledSource): ScopeMaker {
  let running: { readonly bindings: CelBindings; readonly budget: CelBudget; readonly question: NativeQuestion } | undefined
  const values = new Map<string, () => CelOutcome>()
  const composed = (name: string, expression: Expression): CelOutcome => {
    if (expression instanceof CelError) return expression
    if (running === undefined) return new CelError(`no such key: ${name}`)
    const outcome = expression.evaluate(running.bindings, running.budget)
    return outcome instanceof CelError
      ? new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${outcome.message}`)
      : outcome
  }
  for (const [name, expression] of variables) values.set(name, () => composed(name, expression))
  values.set('anyObject', () => (running === undefined ? null : anyObject(running.question.request)))
  values.set('params', () => running?.question.parameters ?? null)
  return (question) => {
    const { request } = question
    const budget = celBudget()
    const variables = new CelLazyMap(values)
    const bindings: CelBindings = {
      object: objectOf(request),
      oldObject: request.oldObject ?? null,
      request: () => requestVariable(request),
      namespaceObject: question.namespace,
      variables,
    }
    const scope = { bindings, budget, question }
    return {
      budget,
      variables,
      evaluate: (expression) => {
        if (expression instanceof CelError) return expression
        running = scope
        return expression.evaluate(bindings, budget)
      },
    }
  }
}

/** What is deleted is no longer there, whatever a review says. */
const objectOf = ({ operation, object }: PolicyRequest): Json => (operation === 'DELETE' ? null : (object ?? null))

const anyObject = (request: PolicyRequest): Json => (request.operation === 'DELETE' ? (request.oldObject ?? null) : objectOf(request))

/** Whether all match conditions hold. One that does not hold decides, whatever the others say. */
function matches({ matchConditions }: CompiledSource, scope: Scope): Result<boolean, string> {
  const errors = new Set<string>()
  for (const { expression, rule } of matchConditions) {
    const outcome = scope.evaluate(rule)
    if (scope.budget.spent > conditionsBudget) return err(outOfBudget)
    if (outcome === false) return ok(false)
    if (outcome instanceof CelError) errors.add(errorText(expression, rule, outcome))
  }
  const [first] = errors
  return first === undefined ? ok(true) : err(errors.size === 1 ? first : `[${[...errors].join(', ')}]`)
}

/**
 * The message of every validation. Upstream evaluates variables anew for messages and lets them cost again; here they are known already. That makes
 * a difference only near the end of the budget, where it is done as upstream does it.
 */
function messagesOf(validations: readonly CompiledValidation[], scope: Scope, anew: () => Scope): Result<readonly string[], string> {
  const spent = scope.budget.spent
  const texts = validations.map((one) => messageOf(one, scope))
  if (scope.budget.spent + spent <= validationsBudget) return ok(texts)
  const again = anew()
  again.budget.spent = spent
  const exact: string[] = []
  for (const one of validations) {
    exact.push(messageOf(one, again))
    if (again.budget.spent > validationsBudget) return err(outOfBudget)
  }
  return ok(exact)
}

function messageOf({ validation, message }: CompiledValidation, scope: Scope): string {
  const made = message === undefined ? '' : scope.evaluate(message.program)
  const usable = typeof made === 'string' ? usableMessage(made.trim()) : ''
  return usable || validation.message.trim() || `failed expression: ${validation.expression.trim()}`
}

/** In bytes. */
const longestMessage = 5 * 1024

const usableMessage = (message: string): string =>
  message.includes('\n') || (message.length > longestMessage / 3 && Buffer.byteLength(message) > longestMessage) ? '' : message
