import type { Json, JsonPath } from '../../../../core/json.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { CelBindings, CelBudget, CelLazyLayout, CelOutcome, CelProgram, CelValue } from '../../../../languages/cel/cel.ts'
import { celBudget, CelError, CelLazyMap, celLazyLayout, perCallLimit, toJson } from '../../../../languages/cel/cel.ts'
import type { PolicyRequest } from '../../../../policy/request.ts'
import type { Violation } from '../violations.ts'
import type { CompiledMessage, CompiledSource, CompiledValidation, Expression, ExpressionProblem } from './expressions.ts'
import { compileSource, mentionedVariables } from './expressions.ts'
import { requestVariable } from './request.ts'
import type { NativeSource } from './source.ts'

/** What is asked of a template in CEL. */
export interface NativeQuestion {
  readonly request: PolicyRequest
  /** `namespaceObject`: the Namespace of the object; null where there is none, or nobody knows it. */
  readonly namespace: () => Json
}

/** The rules of one constraint. */
export interface NativeRules {
  readonly evaluate: (question: NativeQuestion) => readonly Violation[]
  /** What each match condition and validation comes to, with the variables that it mentions. */
  readonly trace: (question: NativeQuestion) => readonly NativeAttempt[]
}

/** One condition and what it comes to. */
export interface NativeAttempt {
  /** Inside the source of the template. */
  readonly path: JsonPath
  readonly text: string
  /** Anything but a boolean is an error. */
  readonly outcome: boolean | { readonly error: string }
  /** What a validation says where it does not hold. */
  readonly message: string
  /** Those that were asked for; undefined is what has no JSON. */
  readonly values: readonly { readonly name: string; readonly value: Json | undefined }[]
}

/** What expressions see of a constraint. */
export interface NativeConstraint {
  /** `variables.params`: null where the constraint has none. */
  readonly parameters: CelValue
  /** All of it: the `params` of variables. */
  readonly whole: CelValue
}

/** The CEL of a template, ready to run. */
export interface NativeProgram {
  readonly language: 'cel'
  /** Expressions that fail whenever they are evaluated. */
  readonly problems: readonly ExpressionProblem[]
  readonly of: (constraint: NativeConstraint) => NativeRules
}

/** What evaluating the validations of a constraint may cost, messages included. Match conditions have a budget of their own. */
const validationsBudget = perCallLimit
const conditionsBudget = 2_500_000
const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

export function compileNative(source: NativeSource): NativeProgram {
  const compiled = compileSource(source)
  const layout = celLazyLayout([...compiled.variables.keys(), 'anyObject', 'params'])
  const fails = source.failurePolicy === 'Fail'
  const failing = (message: string): readonly Violation[] => (fails ? [violation(message)] : none)
  return {
    language: 'cel',
    problems: compiled.problems,
    of: (constraint) => {
      const scopes = scopeMaker(compiled, layout, constraint)
      const evaluate = (question: NativeQuestion): readonly Violation[] => {
        const judgement = judge(compiled, () => scopes(question, 'quick')) ??
          judge(compiled, () => scopes(question, 'exact')) ?? { holds: true }
        if ('holds' in judgement) return none
        return 'failure' in judgement
          ? failing(judgement.failure)
          : judgement.parts.flatMap((part) => (part.isFailure ? failing(part.message) : [violation(part.message)]))
      }
      return { evaluate, trace: (question) => attempts(compiled, scopes(question, 'traced')) }
    },
  }
}

function attempts({ matchConditions, validations }: CompiledSource, scope: Scope): readonly NativeAttempt[] {
  const attempt = (expression: string, rule: Expression, path: JsonPath): NativeAttempt => {
    const outcome = scope.evaluate(rule)
    const values = (rule instanceof CelError ? [] : mentionedVariables(rule)).filter((name) => scope.variables.knows(name))
    return {
      path,
      text: expression.trim(),
      outcome: typeof outcome === 'boolean' ? outcome : { error: outcome instanceof CelError ? errorText(expression, rule, outcome) : '' },
      message: '',
      values: values.map((name) => ({ name: `variables.${name}`, value: toJson(scope.variables.get(name) ?? null) })),
    }
  }
  const conditions = matchConditions.map(({ expression, rule }, at) => attempt(expression, rule, ['matchCondition', at, 'expression']))
  if (conditions.some(({ outcome }) => outcome !== true)) return conditions
  const tried = validations.map((one, at): NativeAttempt => {
    const found = attempt(one.validation.expression, one.rule, ['validations', at, 'expression'])
    return found.outcome === false ? { ...found, message: messageOf(one, scope) } : found
  })
  return [...conditions, ...tried]
}

const none: readonly Violation[] = []
const violation = (message: string): Violation => ({ message, details: {} })

/** What the rules say: nothing, that they cannot be evaluated at all, or what each of them says. */
type Judgement = { readonly holds: true } | { readonly failure: string } | { readonly parts: readonly Part[] }

interface Part {
  readonly message: string
  readonly isFailure: boolean
}

const holding: Judgement = { holds: true }

/**
 * Upstream evaluates variables anew for each pass over the expressions, and lets them cost again. A pass that is not exact keeps what is known instead,
 * and answers nothing (undefined) where the budget might be exhausted: then it takes an exact one.
 */
function judge(compiled: CompiledSource, pass: () => Scope): Judgement | undefined {
  if (compiled.matchConditions.length > 0) {
    const matched = matches(compiled, pass())
    if (matched === undefined) return undefined
    if (!matched.ok) return { failure: matched.error }
    if (!matched.value) return holding
  }
  const scope = pass()
  const outcomes: CelOutcome[] = []
  for (const { rule } of compiled.validations) {
    outcomes.push(scope.evaluate(rule))
    if (isNear(scope, validationsBudget)) return scope.isExact ? { failure: outOfBudget } : undefined
  }
  const messages = messagesOf(compiled, { scope, pass, holds: outcomes.every((outcome) => outcome === true) })
  if (messages === undefined) return undefined
  if (messages === 'unneeded') return holding
  const parts: Part[] = []
  for (const [at, { validation, rule }] of compiled.validations.entries()) {
    const outcome = outcomes[at] ?? true
    if (outcome instanceof CelError) parts.push({ message: errorText(validation.expression, rule, outcome), isFailure: true })
    // Be it that the validation holds.
    else if (messages === 'exhausted') parts.push({ message: `failed messageExpression: ${outOfBudget}`, isFailure: true })
    else if (outcome !== true) parts.push({ message: messages[at] ?? '', isFailure: false })
  }
  return parts.length === 0 ? holding : { parts }
}

/** Whether the budget is exhausted, or, in a pass that is not exact, might be. */
const isNear = ({ budget, isExact, slack }: Scope, limit: number): boolean => budget.spent + (isExact ? 0 : slack()) > limit

/** What does not compile says so itself. */
const errorText = (expression: string, rule: Expression, outcome: CelError): string =>
  outcome === rule ? outcome.message : `expression '${expression}' resulted in error: ${outcome.message}`

/** A quick pass knows the constants from the start, an exact one works out everything anew, and one that is traced knows what it was asked for. */
type Mode = 'quick' | 'exact' | 'traced'
type ScopeMaker = (question: NativeQuestion, mode: Mode) => Scope

/** The variables of one pass over the expressions, and what they have cost. */
interface Scope {
  readonly isExact: boolean
  readonly budget: CelBudget
  /** What has not been charged, at most. */
  readonly slack: () => number
  readonly variables: CelLazyMap
  readonly evaluate: (expression: Expression) => CelOutcome
}

interface Running {
  readonly bindings: CelBindings
  readonly budget: CelBudget
  readonly isExact: boolean
  readonly request: PolicyRequest
}

/**
 * Makes the scopes of a constraint. The makers of variables are made once: a variable finds the bindings of the scope whose evaluation is running in `running`, which
 * is sound because evaluating is synchronous and no evaluation starts another.
 */
function scopeMaker(
  { variables: expressions, constants }: CompiledSource,
  layout: CelLazyLayout,
  { parameters, whole }: NativeConstraint,
): ScopeMaker {
  let running: Running | undefined
  let constantsCost = 0
  /** The constants that have been worked out, by place. */
  const kept: (CelValue | undefined)[] = layout.unknown.slice()
  const keptErrors = new Map<string, CelError>()
  const slack = (): number => constantsCost
  const compute = (name: string, expression: CelProgram, { bindings, budget }: Running): CelOutcome => {
    const outcome = expression.evaluate(bindings, budget)
    return outcome instanceof CelError
      ? new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${outcome.message}`)
      : outcome
  }
  const makerOf = (name: string, place: number): (() => CelOutcome) => {
    const expression = expressions.get(name) ?? null
    if (name === 'params') return () => parameters
    if (name === 'anyObject') return () => (running === undefined ? null : anyObject(running.request))
    if (expression === null || expression instanceof CelError) return () => expression
    if (!constants.has(name)) return () => (running === undefined ? null : compute(name, expression, running))
    return () => {
      if (running === undefined) return null
      const known = running.isExact ? undefined : (keptErrors.get(name) ?? kept[place])
      if (known !== undefined) return known
      const before = running.budget.spent
      const outcome = compute(name, expression, running)
      if (kept[place] === undefined && !keptErrors.has(name)) constantsCost += running.budget.spent - before
      if (outcome instanceof CelError) keptErrors.set(name, outcome)
      else kept[place] = outcome
      return outcome
    }
  }
  const anyPlace = layout.places.get('anyObject')
  const makers = Array.from(layout.places, ([name, place]) => makerOf(name, place))
  return ({ request, namespace }: NativeQuestion, mode: Mode): Scope => {
    const budget = celBudget()
    const isExact = mode === 'exact'
    const variables = new CelLazyMap(layout, makers, mode === 'quick' ? kept : layout.unknown)
    if (mode === 'quick' && anyPlace !== undefined) variables.known[anyPlace] = anyObject(request)
    const bindings: CelBindings = {
      object: objectOf(request),
      oldObject: request.oldObject ?? null,
      request: () => requestVariable(request),
      namespaceObject: namespace,
      variables,
      params: whole,
    }
    const own = { bindings, budget, isExact, request }
    return {
      isExact,
      budget,
      slack,
      variables,
      evaluate: (expression) => {
        if (expression instanceof CelError) return expression
        running = own
        return expression.evaluate(bindings, budget)
      },
    }
  }
}

/** What is deleted is no longer there, whatever a review says. */
const objectOf = ({ operation, object }: PolicyRequest): Json => (operation === 'DELETE' ? null : (object ?? null))

const anyObject = (request: PolicyRequest): Json => (request.operation === 'DELETE' ? (request.oldObject ?? null) : objectOf(request))

/** Whether all match conditions hold. One that does not hold decides, whatever the others say. Undefined where it takes an exact pass to know. */
function matches({ matchConditions }: CompiledSource, scope: Scope): Result<boolean, string> | undefined {
  const errors = new Set<string>()
  for (const { expression, rule } of matchConditions) {
    const outcome = scope.evaluate(rule)
    if (isNear(scope, conditionsBudget)) return scope.isExact ? err(outOfBudget) : undefined
    if (outcome === false) return ok(false)
    if (outcome instanceof CelError) errors.add(errorText(expression, rule, outcome))
  }
  const [first] = errors
  return first === undefined ? ok(true) : err(errors.size === 1 ? first : `[${[...errors].join(', ')}]`)
}

interface Judged {
  readonly scope: Scope
  readonly pass: () => Scope
  /** Whether all validations hold. */
  readonly holds: boolean
}

/** The message of every validation: upstream makes those of what holds, too, and all they can do there is to cost too much. */
function messagesOf(
  { validations }: CompiledSource,
  { scope, pass, holds }: Judged,
): readonly string[] | 'unneeded' | 'exhausted' | undefined {
  if (scope.isExact) {
    const again = pass()
    again.budget.spent = scope.budget.spent
    const texts: string[] = []
    for (const one of validations) {
      texts.push(messageOf(one, again))
      if (again.budget.spent > validationsBudget) return 'exhausted'
    }
    return holds ? 'unneeded' : texts
  }
  if (holds && validations.every(({ message }) => message === undefined || costsLittle(message, scope))) return 'unneeded'
  const spent = scope.budget.spent
  const texts = validations.map((one) => messageOf(one, scope))
  // Variables would have cost again.
  if (isNear(scope, validationsBudget - spent)) return undefined
  return holds ? 'unneeded' : texts
}

/** Whether making a message cannot exhaust the budget: it has no loops of its own, and its variables have cost little already. */
const costsLittle = ({ loops, variables }: CompiledMessage, scope: Scope): boolean =>
  !loops && !isNear(scope, validationsBudget / 4) && variables.every((name) => scope.variables.knows(name))

function messageOf({ validation, message }: CompiledValidation, scope: Scope): string {
  const made = message === undefined ? '' : scope.evaluate(message.program)
  const usable = typeof made === 'string' ? usableMessage(made.trim()) : ''
  return usable || validation.message.trim() || `failed expression: ${validation.expression.trim()}`
}

/** In bytes. */
const longestMessage = 5 * 1024

const usableMessage = (message: string): string =>
  message.includes('\n') || (message.length > longestMessage / 3 && Buffer.byteLength(message) > longestMessage) ? '' : message
