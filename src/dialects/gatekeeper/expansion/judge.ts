import type { Facts } from '../../../policy/facts.ts'
import type { Enforcement, RuleOutcome } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { ObjectSource } from '../constraint/match.ts'
import { enforcementOf } from '../constraint/enforcement.ts'
import { failed } from '../constraint/outcomes.ts'
import { impliedMessage } from './expand.ts'
import type { RequestExpander } from './request.ts'
import { generatedRequest } from './request.ts'

/** What a constraint says of one object; [] where it is not for it. */
export type Judge = (request: PolicyRequest, source: ObjectSource, enforcements: readonly Enforcement[]) => readonly RuleOutcome[]

export interface JudgeParts {
  readonly judge: Judge
  readonly expand: RequestExpander
  readonly facts: Facts
}

/** What a constraint says of an object and of everything that it would make. A template may say what violations of what it makes lead to. */
export function judgeWithExpansions(
  request: PolicyRequest,
  enforcements: readonly Enforcement[],
  { judge, expand, facts }: JudgeParts,
): readonly RuleOutcome[] {
  const own = judge(request, 'Original', enforcements)
  const expanded = expand(request, facts)
  if (!expanded.ok) return [...own, failed(expanded.error)]
  if (expanded.value.length === 0) return own
  const implied = expanded.value.flatMap(({ object, template }) => {
    const action = template.enforcementAction
    const outcomes = judge(generatedRequest(request, object), 'Generated', action === '' ? enforcements : [enforcementOf(action)])
    return outcomes.map((outcome) =>
      outcome.result === 'pass' ? outcome : { ...outcome, message: impliedMessage(template, outcome.message) },
    )
  })
  const all = [...own, ...implied]
  const violations = all.filter(({ result }) => result !== 'pass')
  return violations.length > 0 ? violations : all.slice(0, 1)
}
