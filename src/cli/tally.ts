import type { CompiledPolicy, RuleOutcome, RuleResult } from '../policy/policy.ts'
import type { Counts } from './output/result.ts'

/** Counts results as they are shown: failures of unscored policies, and with `--audit-warn` of auditing rules, are warnings. */
export class Tally {
  readonly #auditWarns: boolean
  #counts = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 }

  constructor(auditWarns: boolean) {
    this.#auditWarns = auditWarns
  }

  count(policy: CompiledPolicy, outcome: RuleOutcome): RuleResult {
    const isWarning = outcome.result === 'fail' && (!policy.scored || (this.#auditWarns && outcome.enforcement !== 'deny'))
    const result = isWarning ? 'warn' : outcome.result
    this.#counts[result] += 1
    return result
  }

  get counts(): Counts {
    return { ...this.#counts }
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0)
  }
}
