import type { Json } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { GatorEngine, GatorResult, GatorReview, GatorStat } from '../../../policy/gator.ts'
import { compareResults } from '../../../policy/gator.ts'
import type { RuleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { Constraint } from '../constraint/constraint.ts'
import type { Match, ObjectSource } from '../constraint/match.ts'
import { matchesRequest } from '../constraint/request-match.ts'
import type { ExpandedObject } from '../expansion/expand.ts'
import { impliedMessage } from '../expansion/expand.ts'
import type { Judge } from '../expansion/judge.ts'
import type { RequestExpander } from '../expansion/request.ts'
import { generatedRequest } from '../expansion/request.ts'
import { withFloatTypes } from './decode.ts'
import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import { targetName } from '../template/template.ts'

/** A constraint as the command line asks it. */
export interface Reviewer {
  readonly constraint: KubeObject
  readonly match: Match
  readonly judge: (facts: Facts) => Judge
  /** As it is written. */
  readonly action: string
  /** What a scoped constraint does on the command line, each word once. */
  readonly scopedActions: readonly string[]
  readonly engine: GatorEngine
}

/** As errors name them. */
const drivers: Readonly<Record<GatorEngine, string>> = { rego: 'Rego', cel: 'K8sNativeValidation' }

const point = 'gator.gatekeeper.sh'

export function reviewerOf({ object, match, template }: Constraint, judge: (facts: Facts) => Judge): Reviewer {
  const spec = objectField(object, 'spec')
  const action = stringField(spec, 'enforcementAction') || 'deny'
  const scoped = action === 'scoped' ? (objectsField(spec, 'scopedEnforcementActions') ?? []) : []
  const here = scoped.filter((entry) =>
    (objectsField(entry, 'enforcementPoints') ?? []).some((each) => ['*', point].includes(stringField(each, 'name') ?? '')),
  )
  const scopedActions = [...new Set(here.map((entry) => stringField(entry, 'action') ?? ''))]
  return { constraint: object, match, judge, action, scopedActions, engine: template.program.language }
}

/** Scoped constraints that do nothing on the command line are not asked. */
const isAsked = ({ action, scopedActions }: Reviewer): boolean => action !== 'scoped' || scopedActions.length > 0

export interface ReviewPorts {
  readonly facts: Facts
  readonly expand: RequestExpander
  /** Nanoseconds since some moment. */
  readonly clock: () => number
}

/** One object that is looked at for the sake of a request: its own, or one that it would make. */
interface Subject {
  readonly request: PolicyRequest
  readonly source: ObjectSource
  readonly made: ExpandedObject | undefined
}

/** Reviews requests by all constraints. Results are in the order of actions and messages, and of names where upstream has none. */
export function createReviewer(
  all: readonly Reviewer[],
  { facts, expand, clock }: ReviewPorts,
): (request: PolicyRequest) => Result<GatorReview, string> {
  const asked = all.filter(isAsked)
  const inOrder = [...asked.filter(({ engine }) => engine === 'cel'), ...asked.filter(({ engine }) => engine === 'rego')]
  const kinds = [...Map.groupBy(inOrder, ({ constraint }) => constraint.kind)]
  return (request) => {
    const results: GatorResult[] = []
    const stats: GatorStat[] = []
    const own: Subject = { request, source: 'Original', made: undefined }
    const review = (subject: Subject): string | undefined => {
      for (const [kind, reviewers] of kinds) {
        const begun = clock()
        let constraints = 0
        for (const reviewer of reviewers) {
          const { engine, constraint } = reviewer
          const asking = engine === 'cel' ? clock() : begun
          const outcomes = reviewer.judge(facts)(subject.request, subject.source, ['deny'])
          if (outcomes.length > 0 && engine === 'cel')
            stats.push({ engine, kind, constraint: nameOf(constraint), nanoseconds: clock() - asking })
          else if (outcomes.length > 0) constraints += 1
          const failure = outcomes.find(({ result }) => result === 'error')
          if (failure !== undefined) return `${targetName}: ${drivers[reviewer.engine]}: ${failure.message}\n\n`
          for (const outcome of outcomes) if (outcome.result !== 'pass') results.push(resultOf(reviewer, outcome, { subject, own, facts }))
        }
        if (constraints > 0) stats.push({ engine: 'rego', kind, nanoseconds: clock() - begun, constraints })
      }
      return undefined
    }
    const failure = review(own)
    if (failure !== undefined) return err(failure)
    const expanded = expand(request, facts)
    if (!expanded.ok) return err(`expanding resource ${request.name}: ${withFloatTypes(expanded.error)}`)
    for (const made of expanded.value) {
      const wrong = review({ request: generatedRequest(request, made.object), source: 'Generated', made })
      if (wrong !== undefined) return err(wrong)
    }
    return ok({ results: results.sort(compareResults), stats })
  }
}

interface Place {
  readonly subject: Subject
  readonly own: Subject
  readonly facts: Facts
}

function resultOf(reviewer: Reviewer, { message, properties }: RuleOutcome, { subject, own, facts }: Place): GatorResult {
  const { constraint, action, scopedActions, match, engine } = reviewer
  const { made } = subject
  const override = made?.template.enforcementAction ?? ''
  const details = properties['details']
  // Rules in CEL have no details. Where it could not be told whether the constraint is for the object, its template was not asked.
  const hasDetails = engine === 'rego' && matchesRequest(match, subject.request, facts, subject.source).ok
  const object = own.request.object ?? own.request.oldObject ?? constraint
  return {
    target: targetName,
    message: made === undefined ? message : impliedMessage(made.template, message),
    ...(hasDetails ? { metadata: { details: details === undefined ? {} : (JSON.parse(details) as Json) } } : {}),
    constraint,
    enforcementAction: override === '' ? action : override,
    scopedActions: override === '' || override === 'scoped' ? scopedActions : [],
    object,
  }
}
