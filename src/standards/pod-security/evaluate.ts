import type { JsonObject } from '../../core/json.ts'
import type { Check, Demand, FieldFault, Violation } from './check.ts'
import { checks } from './checks.ts'
import type { LevelVersion } from './level.ts'
import type { PodView } from './pod-view.ts'
import { podView } from './pod-view.ts'

/**
 * `overrides`: a restricted check stands for the baseline checks that it sharpens. `legacy`: Kubernetes 1.22 and 1.23 ran them all, so that one
 * fault could be named twice.
 */
export const evaluationModes = ['overrides', 'legacy'] as const
export type EvaluationMode = (typeof evaluationModes)[number]

export interface CheckViolation extends Violation {
  /** The id of the check. */
  readonly check: string
}

interface ActiveCheck extends Demand {
  readonly id: string
}

/** The newest minor of Kubernetes 1 in which the standards changed: `latest` means this one where nothing says otherwise. */
export const newestMinor = Math.max(...checks.flatMap(({ revisions }) => revisions.map(({ since }) => since)))

function activeRevision(check: Check, minor: number): Check['revisions'][number] | undefined {
  return check.revisions.findLast(({ since }) => since <= minor)
}

function activeChecks(level: Check['level'], minor: number, mode: EvaluationMode): readonly ActiveCheck[] {
  const active = checks.flatMap((check) => {
    const revision = activeRevision(check, minor)
    return revision === undefined ? [] : [{ check, revision }]
  })
  const included = active.filter(({ check }) => level === 'restricted' || check.level === 'baseline')
  const overridden = new Set(mode === 'legacy' ? [] : included.flatMap(({ revision }) => revision.overrides ?? []))
  return included
    .filter(({ check }) => !overridden.has(check.id))
    .map(({ check, revision }) => ({ id: check.id, test: revision.test, faults: revision.faults }))
}

const byMinor = (level: Check['level'], mode: EvaluationMode): readonly (readonly ActiveCheck[])[] =>
  Array.from({ length: newestMinor + 1 }, (_, minor) => activeChecks(level, minor, mode))

const table = {
  baseline: { overrides: byMinor('baseline', 'overrides'), legacy: byMinor('baseline', 'legacy') },
  restricted: { overrides: byMinor('restricted', 'overrides'), legacy: byMinor('restricted', 'legacy') },
}

const none: readonly CheckViolation[] = []
const noChecks: readonly ActiveCheck[] = []

const activeAt = ({ level, version }: LevelVersion, mode: EvaluationMode): readonly ActiveCheck[] =>
  level === 'privileged' ? noChecks : (table[level][mode][Math.min(version.minor, newestMinor)] ?? noChecks)

/** What of a level a Pod does not meet, in the order of messages; [] where it meets all of it. */
export function evaluateView(levelVersion: LevelVersion, pod: PodView, mode: EvaluationMode): readonly CheckViolation[] {
  let found: CheckViolation[] | undefined
  for (const { id, test } of activeAt(levelVersion, mode)) {
    const violation = test(pod)
    if (violation === undefined) continue
    found ??= []
    found.push({ check: id, reason: violation.reason, detail: violation.detail })
  }
  return found ?? none
}

export interface ExplainedViolation extends CheckViolation {
  /** The fields that the check does not accept. */
  readonly faults: readonly FieldFault[]
}

/** `evaluateView` with the fields to blame, which takes longer. */
export function explainView(levelVersion: LevelVersion, pod: PodView, mode: EvaluationMode): readonly ExplainedViolation[] {
  const active = new Map(activeAt(levelVersion, mode).map((check) => [check.id, check]))
  return evaluateView(levelVersion, pod, mode).map((violation) => ({
    ...violation,
    faults: active.get(violation.check)?.faults(pod) ?? [],
  }))
}

/** `evaluateView` of the metadata and spec of a Pod or of a Pod template. */
export const evaluatePod = (
  levelVersion: LevelVersion,
  metadata: JsonObject,
  spec: JsonObject,
  mode: EvaluationMode = 'overrides',
): readonly CheckViolation[] => evaluateView(levelVersion, podView(metadata, spec), mode)

const reasonOf = ({ reason }: Violation): string => (reason === '' ? 'unknown forbidden reason' : reason)

/** `host namespaces, privileged` */
export const reasonsText = (violations: readonly Violation[]): string => violations.map(reasonOf).join(', ')

/** `host namespaces (hostNetwork=true), privileged (container "a" must not …)` */
export function detailsText(violations: readonly Violation[]): string {
  let text = ''
  for (const violation of violations) {
    if (text !== '') text += ', '
    text += violation.detail === '' ? reasonOf(violation) : `${reasonOf(violation)} (${violation.detail})`
  }
  return text
}
