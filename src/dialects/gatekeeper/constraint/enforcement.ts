import { objectsField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Enforcement } from '../../../policy/policy.ts'
import type { PolicyRequest } from '../../../policy/request.ts'

/** Where constraints are enforced: by the webhook, in scans of what exists, and on the command line. */
export type EnforcementPoint = 'validation.gatekeeper.sh' | 'audit.gatekeeper.sh' | 'gator.gatekeeper.sh'

/** The command line has no requester, or supplies what a cluster would have known. */
export function pointOf({ background, requester, given }: PolicyRequest): EnforcementPoint {
  if (background) return 'audit.gatekeeper.sh'
  return requester === undefined || given !== undefined ? 'gator.gatekeeper.sh' : 'validation.gatekeeper.sh'
}

/** What a violation means at each point, each action once. Empty: the constraint is not evaluated there. */
export type Actions = (point: EnforcementPoint) => readonly Enforcement[]

/** A word that is not known is reported and does nothing else. */
export function enforcementOf(action: string): Enforcement {
  switch (action.toLowerCase()) {
    case 'deny':
      return 'deny'
    case 'warn':
      return 'warn'
    default:
      return 'audit'
  }
}

/** `spec.enforcementAction` and `spec.scopedEnforcementActions`. */
export function compileActions(spec: JsonObject | undefined): Result<Actions, string> {
  const action = stringField(spec, 'enforcementAction') || 'deny'
  if (action !== 'scoped') {
    const everywhere = [enforcementOf(action)]
    return ok(() => everywhere)
  }
  const scoped = objectsField(spec, 'scopedEnforcementActions')
  if (scoped === undefined) return err('missing required field: spec.scopedEnforcementActions must be defined')
  const entries = scoped.map((entry) => ({
    enforcement: enforcementOf(stringField(entry, 'action') ?? ''),
    points: new Set((objectsField(entry, 'enforcementPoints') ?? []).map((point) => stringField(point, 'name') ?? '')),
  }))
  return ok((point) => [
    ...new Set(entries.filter(({ points }) => points.has(point) || points.has('*')).map(({ enforcement }) => enforcement)),
  ])
}

const known = ['deny', 'dryrun', 'warn', 'scoped']

/** What upstream's admission refuses, in its words. */
export function checkActions(spec: JsonObject | undefined): string | undefined {
  const action = stringField(spec, 'enforcementAction') || 'deny'
  if (!known.includes(action)) return `Could not find the provided enforcementAction value within the supported list [${known.join(' ')}]`
  return undefined
}
