import type { Json } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { SearchAttempt } from '../../../languages/rego/rego.ts'
import { isObject, regoGet, toJson } from '../../../languages/rego/rego.ts'
import type { ExplainedOutcome, ExplainedRule, ExplainedStep } from '../../../policy/explain.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { RuleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { Configuration } from '../config.ts'
import type { Actions } from '../constraint/enforcement.ts'
import { pointOf } from '../constraint/enforcement.ts'
import type { MatchResult, MatchTarget, ObjectSource } from '../constraint/match.ts'
import { labelsOfNamespace, namespaceOfRequest } from '../constraint/request-match.ts'
import type { RequestExpander } from '../expansion/request.ts'
import { generatedRequest } from '../expansion/request.ts'
import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { NativeAttempt } from '../template/native/program.ts'
import type { TemplateTrace } from '../template/program.ts'
import type { Template } from '../template/template.ts'
import { entryPackage, entryRule } from '../template/hook.ts'
import { explainMatch, placeIn } from './match.ts'
import { nativeSteps } from './native-steps.ts'
import { bodySteps, endSteps, firstOf } from './rego-steps.ts'
import { expressionText, failureWords, headText } from './rego-words.ts'
import type { RegoScribe } from './scribe.ts'
import { newScribe, placeOfNode } from './scribe.ts'

/** Objects made by expansions that are shown. */
const mostGenerated = 5

/** What explaining a constraint needs of it. */
export interface ExplainedConstraint {
  readonly manifest: Manifest
  /** With defaults. */
  readonly object: KubeObject
  readonly template: Template
  readonly actions: Actions
  readonly configuration: Configuration
  readonly expand: RequestExpander
  /** What it says in the end. */
  readonly outcomes: readonly RuleOutcome[]
  readonly matches: (request: PolicyRequest, source: ObjectSource) => MatchResult
  /** Undefined: the language of the template tells nothing. */
  readonly trace: ((request: PolicyRequest) => TemplateTrace | readonly NativeAttempt[]) | undefined
}

/** The way of a constraint with a request: what it matches, what it does, then each rule of the template. */
export function explainConstraint(subject: ExplainedConstraint, request: PolicyRequest, facts: Facts): ExplainedRule {
  const { manifest, outcomes } = subject
  const barriers = explainBarriers(subject, request)
  const own = explainObject(subject, request, { facts, source: 'Original', isBarred: barriers.length > 0 })
  const children = [...barriers, ...own, ...(barriers.length > 0 ? [] : explainGenerated(subject, request, facts))]
  const head = {
    rule: '',
    text: `constraint ${nameOf(manifest.object)}`,
    place: placeIn(manifest, ['metadata', 'name']),
    values: [],
    children,
  }
  if (outcomes.length === 0) return { ...head, applies: false, outcome: 'not-reached', detail: 'does not apply' }
  return { ...head, applies: true, ...verdictOf(subject) }
}

function verdictOf({ outcomes }: ExplainedConstraint): { readonly outcome: ExplainedOutcome; readonly detail: string } {
  const broken = outcomes.filter(({ result }) => result !== 'pass')
  const error = broken.find(({ result }) => result === 'error')
  if (error !== undefined) return { outcome: 'error', detail: `error: ${error.message}` }
  const [first, ...others] = broken
  if (first === undefined) return { outcome: 'holds', detail: 'no violation' }
  const verb = { deny: 'denied', warn: 'a warning', audit: 'only reported' }[first.enforcement]
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return { outcome: 'fails', detail: `${verb}: ${first.message}${more}` }
}

const step = (text: string, outcome: ExplainedOutcome, detail?: string, place?: ExplainedStep['place']): ExplainedStep => ({
  text,
  outcome,
  ...(detail === undefined ? {} : { detail }),
  ...(place === undefined ? {} : { place }),
  values: [],
  children: [],
})

/** What keeps the constraint from being asked at all. */
function explainBarriers(
  { manifest, template, actions, configuration }: ExplainedConstraint,
  request: PolicyRequest,
): readonly ExplainedStep[] {
  const point = pointOf(request)
  const namespace = namespaceOfRequest(request)
  const process = request.background ? 'audit' : 'webhook'
  const isExcluded = point !== 'gator.gatekeeper.sh' && configuration.isExcluded(process, namespace)
  const isOther = point === 'validation.gatekeeper.sh' && template.operations?.has(request.operation) === false
  const enforcement = placeIn(manifest, ['spec', 'scopedEnforcementActions'])
  return [
    ...(isExcluded ? [step('Config', 'fails', `namespace ${namespace} is excluded from ${process}`)] : []),
    ...(isOther
      ? [
          step(
            'operations of the template',
            'fails',
            `${request.operation} is not among them`,
            placeIn(template.manifest, ['spec', 'targets', 0, 'operations']),
          ),
        ]
      : []),
    ...(actions(point).length === 0 ? [step('enforcement', 'fails', `no action for ${point}`, enforcement)] : []),
  ]
}

interface Around {
  readonly facts: Facts
  readonly source: ObjectSource
  /** The template is not asked, whatever matches. */
  readonly isBarred: boolean
}

function explainObject(
  subject: ExplainedConstraint,
  request: PolicyRequest,
  { facts, source, isBarred }: Around,
): readonly ExplainedStep[] {
  const match = matchSteps(subject, request, { facts, source })
  const matched = subject.matches(request, source)
  if (isBarred || !matched.ok || !matched.value) return match
  return [...match, ...settingSteps(subject, request), ...templateSteps(subject, request)]
}

/** The criteria hold where they do so for the object or the one that it replaces. */
function matchSteps(
  { manifest }: ExplainedConstraint,
  request: PolicyRequest,
  { facts, source }: Omit<Around, 'isBarred'>,
): readonly ExplainedStep[] {
  const namespace = namespaceOfRequest(request)
  const targetOf = (object: KubeObject): MatchTarget => ({
    object,
    namespace,
    source,
    namespaceLabels: () => labelsOfNamespace(namespace, facts),
  })
  const { object, oldObject } = request
  const steps = object === undefined ? [] : [explainMatch(manifest, targetOf(object))]
  if (oldObject === undefined || steps.some(({ outcome }) => outcome === 'holds')) return steps
  const old = explainMatch(manifest, targetOf(oldObject))
  return object === undefined ? [old] : [...steps, { ...old, text: 'match of the object that is replaced' }]
}

/** What the template is given, and what comes of a violation. */
function settingSteps({ manifest, object, actions }: ExplainedConstraint, request: PolicyRequest): readonly ExplainedStep[] {
  const spec = objectField(object, 'spec')
  const parameters: Json | undefined = spec === undefined ? undefined : ownValue(spec, 'parameters')
  const written = stringField(spec, 'enforcementAction') || 'deny'
  const scoped = written === 'scoped' ? ` at ${pointOf(request)}: ${actions(pointOf(request)).join(', ')}` : ''
  const count = objectsField(spec, 'scopedEnforcementActions')?.length ?? 0
  const actionPlace = placeIn(manifest, ['spec', scoped !== '' && count > 0 ? 'scopedEnforcementActions' : 'enforcementAction'])
  return [
    ...(parameters === undefined
      ? []
      : [
          {
            ...step('parameters', 'note', undefined, placeIn(manifest, ['spec', 'parameters'])),
            values: [{ name: 'input.parameters', value: parameters }],
          },
        ]),
    step(`enforcementAction ${written}${scoped}`, 'note', meaningOf(written), actionPlace),
  ]
}

function meaningOf(action: string): string | undefined {
  switch (action.toLowerCase()) {
    case 'deny':
      return 'a violation denies the request'
    case 'warn':
      return 'a violation is a warning'
    case 'scoped':
      return undefined
    default:
      return 'a violation is only reported'
  }
}

/** Each rule for violations: all of its expressions have to hold at once. */
function templateSteps({ template, trace }: ExplainedConstraint, request: PolicyRequest): readonly ExplainedStep[] {
  const { rego, celPath, manifest } = template
  const traced = trace?.(request)
  if (traced === undefined) return []
  if (!('rules' in traced)) return nativeSteps(manifest, celPath ?? [], traced)
  if (rego === undefined) return []
  const { rules, isCut, error } = traced
  const scribe = newScribe(manifest, rego)
  const entry = `data.${[...entryPackage, entryRule].join('.')}`
  const wanted = rules.filter(({ node }) => node.rule === entry)
  // What an error ends is the rule that was begun last.
  const isBroken = error !== undefined && wanted.at(-1)?.solutions.length === 0
  return [
    ...wanted.map((attempt, index) =>
      violationStep(scribe, attempt, { index, all: wanted, error: index === wanted.length - 1 ? error : undefined }),
    ),
    ...(error === undefined || isBroken ? [] : [step('template', 'error', error)]),
    ...(isCut || scribe.left <= 0 ? [step('and more', 'note', 'the evaluation has more steps than are shown')] : []),
  ]
}

interface Rank {
  readonly index: number
  readonly all: readonly SearchAttempt[]
  /** What the evaluation ended with in this rule. */
  readonly error: string | undefined
}

/** Beside a rule that is violated, of the others only the end is shown. */
function violationStep(scribe: RegoScribe, attempt: SearchAttempt, { index, all, error }: Rank): ExplainedStep {
  const first = firstOf(attempt)
  const count = attempt.solutions.length + attempt.left
  const which = all.length === 1 ? '' : ` ${index + 1} of ${all.length}`
  const base = { text: `rule${which} ${headText(attempt, first)}`, place: placeOfNode(scribe, attempt.node), values: [] }
  if (count === 0 && error !== undefined) return { ...base, outcome: 'error', detail: error, children: bodySteps(scribe, first) }
  if (count === 0) {
    const isAside = all.some(({ solutions }) => solutions.length > 0)
    const children = isAside ? endSteps(scribe, first) : bodySteps(scribe, first)
    return { ...base, outcome: 'holds', detail: `no violation${whyNot(first)}`, children }
  }
  const children = bodySteps(scribe, first)
  const messages = messagesOf(attempt)
  const [message] = messages
  if (message === undefined) return { ...base, outcome: 'holds', detail: 'its value has no `msg`: nothing is said', children }
  const said = messages.length + attempt.left
  return { ...base, outcome: 'fails', detail: said === 1 ? `violation: ${message}` : `${said} violations, the first: ${message}`, children }
}

/** Each once: equal violations are one. */
function messagesOf({ solutions }: SearchAttempt): readonly string[] {
  const messages = solutions.flatMap(({ value }) => {
    const message = value !== undefined && isObject(value) ? regoGet(value, 'msg') : undefined
    return message === undefined ? [] : [typeof message === 'string' ? message : JSON.stringify(toJson(message))]
  })
  return [...new Set(messages)]
}

/** The expression that fails, where there is but one way to it. */
function whyNot(first: SearchAttempt | undefined): string {
  let attempt = first
  while (attempt?.solutions.length === 1) attempt = attempt.solutions[0]?.next
  if (attempt?.failure === undefined) return ''
  const text = expressionText(attempt)
  return `, since \`${text}\` ${attempt.failure.error === undefined ? failureWord(attempt, text) : 'ends in an error'}`
}

function failureWord(attempt: SearchAttempt, text: string): string {
  const { detail } = failureWords(attempt, text)
  if (detail.startsWith('nothing')) return 'finds nothing'
  return detail.startsWith('undefined') ? 'is undefined' : 'is not true'
}

/** A constraint sees an object for what it would make as well. */
function explainGenerated(subject: ExplainedConstraint, request: PolicyRequest, facts: Facts): readonly ExplainedStep[] {
  const expanded = subject.expand(request, facts)
  if (!expanded.ok) return [step('expansion', 'error', expanded.error)]
  return expanded.value.slice(0, mostGenerated).map(({ object, template }) => {
    const generated = generatedRequest(request, object)
    const children = explainObject(subject, generated, { facts, source: 'Generated', isBarred: false })
    const place = placeIn(template.manifest, ['metadata', 'name'])
    return { ...step(`${object.kind} that it makes`, 'note', `by ExpansionTemplate ${nameOf(template.manifest.object)}`, place), children }
  })
}
