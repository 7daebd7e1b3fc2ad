import { anyField, booleanField, objectField, objectsField, stringField } from '../../../core/fields.ts'
import { marshalJson } from '../../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { CompiledPattern, PatternResult } from '../../../languages/pattern/pattern.ts'
import { compilePattern } from '../../../languages/pattern/pattern.ts'
import type { CompiledConditions } from '../conditions.ts'
import { compileConditions } from '../conditions.ts'
import type { RuleContext } from '../context.ts'
import { hasVariables, substitute } from '../variables.ts'
import { elementScope, evaluateList, listPath, nearestExisting, pathsRead, setElement } from './list.ts'
import { compilePodSecurity } from './pod-security.ts'
import type { Finding, Handler, RuleRun } from './rule.ts'
import { failure, pass, ruleError, skip } from './rule.ts'

/** What the checks of one rule share; `message` is the rule's, foreach elements use it too. */
interface Rule {
  readonly name: string
  readonly message: string | undefined
}

/** What is being looked at: the object, or an element of a foreach and where it stands. */
interface Subject {
  readonly run: RuleRun
  readonly value: Json
  readonly base: JsonPath | undefined
}

type Check = (subject: Subject) => Finding | undefined

const unsupportedTypes = ['cel', 'manifests'] as const

/** The name of a rule type that is not executed yet; its rules answer with an error, never with a pass. */
export function unsupportedValidation(validate: JsonObject): string | undefined {
  const type = unsupportedTypes.find((name) => anyField(validate, name) !== undefined)
  return type === undefined ? undefined : `validate.${type}`
}

export function compileValidate(name: string, validate: JsonObject): Result<Handler, string> {
  const unsupported = unsupportedValidation(validate)
  if (unsupported !== undefined) {
    const finding = ruleError(`rules of type ${unsupported} are not supported yet`)
    return ok(() => [finding])
  }
  const podSecurity = objectField(validate, 'podSecurity')
  if (podSecurity !== undefined) return ok(compilePodSecurity(name, podSecurity))
  const rule: Rule = { name, message: stringField(validate, 'message') }
  const check = compileCheck(validate, rule, 0)
  if (!check.ok) return check
  return ok((run) => {
    const finding = check.value({ run, value: run.object, base: [] })
    return finding === undefined ? [] : [finding]
  })
}

/** Deny comes before pattern, pattern before foreach; a rule or element holds one of them. */
function compileCheck(spec: JsonObject, rule: Rule, nesting: number): Result<Check, string> {
  const deny = objectField(spec, 'deny')
  if (deny !== undefined) return compileDeny(deny, rule)
  const pattern = anyField(spec, 'pattern')
  if (pattern !== undefined) return ok(onlyWithObject(checkPattern(patternOf(pattern), rule)))
  const anyPattern = anyField(spec, 'anyPattern')
  if (anyPattern !== undefined) return ok(onlyWithObject(checkAnyPattern(anyPattern, rule)))
  const foreach = objectsField(spec, 'foreach')
  if (foreach !== undefined) return compileForeach(foreach, rule, nesting)
  return ok(() => undefined)
}

/** On DELETE there is no object that a pattern could be about: such rules give no result. */
const onlyWithObject =
  (check: Check): Check =>
  (subject) =>
    subject.run.request.operation === 'DELETE' ? undefined : check(subject)

function compileDeny(deny: JsonObject, rule: Rule): Result<Check, string> {
  const raw = anyField(deny, 'conditions')
  const conditions = raw === undefined ? ok(undefined) : compileConditions(raw, 'single')
  if (!conditions.ok) return conditions
  const paths = pathsRead(raw)
  return ok((subject) => {
    const { context, object } = subject.run
    const evaluated = conditions.value === undefined ? { result: true, message: '' } : evaluateConditions(conditions.value, context)
    if (typeof evaluated === 'string') return ruleError('failed to check deny conditions', evaluated)
    if (!evaluated.result) return pass(`validation rule '${rule.name}' passed.`)
    const at = paths.map((path) => nearestExisting(object, path)).find((path) => path.length > 0)
    return failure(
      denyMessage(rule, evaluated.message, context),
      subject.base !== undefined && subject.base.length > 0 ? [subject.base] : at === undefined ? [] : [at],
    )
  })
}

/** The result of conditions, or why they could not be evaluated. */
export function evaluateConditions(
  conditions: CompiledConditions,
  context: RuleContext,
): { readonly result: boolean; readonly message: string } | string {
  const evaluated = conditions.evaluate((value) => substitute(value, context))
  return 'error' in evaluated ? evaluated.error : evaluated
}

function denyMessage(rule: Rule, conditionMessages: string, context: RuleContext): string {
  if ((rule.message === undefined || rule.message === '') && conditionMessages === '') return `validation error: rule ${rule.name} failed`
  const message = substitute(rule.message ?? '', context)
  if (!message.ok) return conditionMessages
  if (typeof message.value !== 'string') return "the produced message didn't resolve to a string, check your policy definition."
  return [message.value, conditionMessages].filter((part) => part !== '').join('; ')
}

/** A pattern ready to match, substituted first where it holds variables. */
type PatternSource = (context: RuleContext) => Result<CompiledPattern, string>

function patternOf(pattern: Json): PatternSource {
  if (!hasVariables(pattern)) {
    const compiled = ok(compilePattern(pattern))
    return () => compiled
  }
  return (context) => {
    const substituted = substitute(pattern, context)
    return substituted.ok ? ok(compilePattern(substituted.value)) : err(substituted.error)
  }
}

const checkPattern =
  (pattern: PatternSource, rule: Rule): Check =>
  ({ run, value, base }) => {
    const compiled = pattern(run.context)
    if (!compiled.ok) return ruleError('variable substitution failed', compiled.error)
    const result = compiled.value.match(value)
    switch (result.kind) {
      case 'pass':
        return pass(`validation rule '${rule.name}' passed.`)
      case 'skip':
        return skip(result.message)
      case 'error':
        return ruleError(patternMessage(rule, `execution error: ${result.message}`, run.context))
      case 'fail':
        return failure(
          patternMessage(rule, result.path === '' ? `execution error: ${result.message}` : `failed at path ${result.path}`, run.context),
          placeOf(base, result.at),
        )
    }
  }

const placeOf = (base: JsonPath | undefined, at: JsonPath): readonly JsonPath[] => (base === undefined ? [] : [[...base, ...at]])

function patternMessage(rule: Rule, what: string, context: RuleContext): string {
  if (rule.message === undefined || rule.message === '') return `validation error: rule ${rule.name} ${what}`
  const message = substitute(rule.message, context)
  if (!message.ok) return `validation error: variables substitution error in rule ${rule.name} execution error: ${message.error}`
  const text = typeof message.value === 'string' ? message.value : marshalJson(message.value)
  return `validation error: ${text}${text.endsWith('.') ? '' : '.'} rule ${rule.name} ${what}`
}

function checkAnyPattern(anyPattern: Json, rule: Rule): Check {
  const written: readonly Json[] | undefined = isJsonArray(anyPattern) ? anyPattern : undefined
  const sources = written?.map(patternOf)
  return ({ run, value, base }) => {
    const patterns = sources ?? listFromVariable(anyPattern, run.context)
    if (typeof patterns === 'string') return ruleError('variable substitution failed', patterns)
    const results: PatternResult[] = []
    for (const [index, source] of patterns.entries()) {
      const compiled = source(run.context)
      if (!compiled.ok) return ruleError('variable substitution failed', compiled.error)
      const result = compiled.value.match(value)
      if (result.kind === 'pass') return pass(`validation rule '${rule.name}' anyPattern[${index}] passed.`)
      results.push(result)
    }
    return anyPatternFinding(rule, results, { run, value, base })
  }
}

function listFromVariable(anyPattern: Json, context: RuleContext): readonly PatternSource[] | string {
  const substituted = substitute(anyPattern, context)
  if (!substituted.ok) return substituted.error
  return isJsonArray(substituted.value) ? substituted.value.map(patternOf) : 'failed to deserialize anyPattern, expected type array'
}

/** None passed: a skip when all skipped, else a failure that names those that failed. */
function anyPatternFinding(rule: Rule, results: readonly PatternResult[], { run, base }: Subject): Finding | undefined {
  const failed: string[] = []
  const skipped: string[] = []
  const places: JsonPath[] = []
  for (const [index, result] of results.entries()) {
    if (result.kind === 'pass') continue
    if (result.kind === 'skip') skipped.push(`rule ${rule.name}[${index}] skipped: ${result.message}`)
    else {
      const path = result.kind === 'fail' ? result.path : ''
      failed.push(
        path === '' ? `rule ${rule.name}[${index}] failed: ${result.message}` : `rule ${rule.name}[${index}] failed at path ${path}`,
      )
      places.push(...placeOf(base, result.at))
    }
  }
  if (failed.length === 0) return skipped.length === 0 ? undefined : skip(skipped.join(' '))
  return failure(anyPatternMessage(rule, failed.join(' '), run.context), places)
}

function anyPatternMessage(rule: Rule, failed: string, context: RuleContext): string {
  if (rule.message === undefined || rule.message === '') return `validation error: ${failed}`
  const message = substitute(rule.message, context)
  if (!message.ok) return `validation error: ${failed}`
  const text = typeof message.value === 'string' ? message.value : marshalJson(message.value)
  return `validation error: ${text}${text.endsWith('.') ? '' : '.'} ${failed}`
}

interface Loop {
  readonly list: string
  readonly path: JsonPath | undefined
  readonly scope: boolean | undefined
  readonly context: readonly JsonObject[] | undefined
  readonly preconditions: CompiledConditions | undefined
  readonly check: Check
}

function compileForeach(foreach: readonly JsonObject[], rule: Rule, nesting: number): Result<Check, string> {
  const loops: Loop[] = []
  for (const spec of foreach) {
    const check = compileCheck(spec, rule, nesting + 1)
    if (!check.ok) return check
    const raw = anyField(spec, 'preconditions')
    const preconditions = raw === undefined ? ok(undefined) : compileConditions(raw, 'single')
    if (!preconditions.ok) return preconditions
    const list = stringField(spec, 'list') ?? ''
    loops.push({
      list,
      path: listPath(list),
      scope: booleanField(spec, 'elementScope'),
      context: objectsField(spec, 'context'),
      preconditions: preconditions.value,
      check: check.value,
    })
  }
  return ok((subject) => {
    let applied = 0
    let problem: string | undefined
    for (const loop of loops) {
      const elements = evaluateList(loop.list, subject.run.context)
      if (!elements.ok) {
        if (!elements.error.includes('Unknown key')) problem ??= elements.error
        continue
      }
      const outcome = checkElements(loop, elements.value, subject, nesting)
      if (typeof outcome !== 'number') return outcome
      applied += outcome
    }
    if (applied > 0) return pass('rule passed')
    return problem === undefined ? undefined : ruleError('failed to evaluate list', problem)
  })
}

/** How many elements passed, or the finding that ends the rule. An element that errs counts only if none follows it. */
function checkElements(loop: Loop, elements: readonly Json[], subject: Subject, nesting: number): number | Finding {
  const { context } = subject.run
  let applied = 0
  for (const [index, element] of elements.entries()) {
    if (element === null) continue
    context.checkpoint()
    setElement(context, element, index, nesting)
    const finding = checkElement(loop, element, index, subject)
    context.restore()
    if (finding === undefined || finding.result === 'skip') continue
    if (finding.result === 'pass') applied += 1
    else if (finding.result !== 'error' || index === elements.length - 1)
      return { ...finding, message: `validation failure: ${finding.message}` }
  }
  return applied
}

function checkElement(loop: Loop, element: Json, index: number, subject: Subject): Finding | undefined {
  const { run } = subject
  const scope = elementScope(element, loop.scope)
  if (!scope.ok) return ruleError('failed to process foreach', scope.error)
  run.context.addEntries(loop.context)
  if (loop.preconditions !== undefined) {
    const met = evaluateConditions(loop.preconditions, run.context)
    if (typeof met === 'string' || !met.result) return undefined
  }
  const base = loop.path === undefined ? undefined : isJsonObject(element) || loop.path.length > 0 ? [...loop.path, index] : undefined
  return loop.check(scope.value ? { run, value: element, base } : { run, value: run.object, base: [] })
}
