import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Enforcement, RuleOutcome } from '../../../policy/policy.ts'
import { ruleOutcome } from '../../../policy/policy.ts'
import type { Violation } from '../template/violations.ts'

const effect = 'validate'

export const passed = (enforcements: readonly Enforcement[]): RuleOutcome =>
  ruleOutcome({
    effect,
    result: 'pass',
    message: '',
    enforcement: enforcements.includes('deny') ? 'deny' : (enforcements[0] ?? 'audit'),
  })

/** Why a review has no answer. */
export const failed = (message: string): RuleOutcome => ruleOutcome({ effect, result: 'error', message })

/** One outcome for each violation and each action that the constraint takes. Only denials are failures: what warns or is tried out is not. */
export function violated(violations: readonly Violation[], enforcements: readonly Enforcement[]): readonly RuleOutcome[] {
  return enforcements.flatMap((enforcement) =>
    violations.map(({ message, details }) =>
      ruleOutcome({
        effect,
        result: enforcement === 'deny' ? 'fail' : 'warn',
        message,
        enforcement,
        emitWarning: enforcement === 'warn',
        properties: isEmpty(details) ? {} : { details: JSON.stringify(details) },
      }),
    ),
  )
}

const isEmpty = (details: Json): boolean => isJsonObject(details) && Object.keys(details).length === 0
