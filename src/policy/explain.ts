import type { Json } from '../core/json.ts'
import type { Source, Span } from '../core/source.ts'

/**
 * - `holds`, `fails`: of something that can do both: a condition, a pattern.
 * - `error`: it cannot be told.
 * - `not-reached`: what came before has decided.
 * - `note`: something that is neither: a variable and its value.
 */
export type ExplainedOutcome = 'holds' | 'fails' | 'error' | 'not-reached' | 'note'

/** One step of the way that a policy took with a request, with the steps that it consists of. */
export interface ExplainedStep {
  /** As users say it: `match any[0]`, `{{ request.object.spec }}`. */
  readonly text: string
  readonly outcome: ExplainedOutcome
  /** What else there is to say: an error, the message of a rule. */
  readonly detail?: string
  /** Where it is written. */
  readonly place?: { readonly source: Source; readonly span: Span }
  /** What it was decided with; undefined is what is not there. */
  readonly values: readonly ExplainedValue[]
  readonly children: readonly ExplainedStep[]
}

export interface ExplainedValue {
  readonly name: string
  readonly value: Json | undefined
}

/** The way of one rule. */
export interface ExplainedRule extends ExplainedStep {
  readonly rule: string
  /** Whether the rule is about such a request at all. */
  readonly applies: boolean
}
