import { compareText } from '../../../core/go-format.ts'
import type { JsonObject } from '../../../core/json.ts'
import { jsonEqual } from '../../../core/json.ts'
import type { Check, FieldFault, LevelVersion, PodView, Revision } from '../../../standards/pod-security/pod-security.ts'
import { checks, podView } from '../../../standards/pod-security/pod-security.ts'

/** What one check finds in a Pod, with the fields that are still at fault after exclusions. */
export interface CheckResult {
  readonly id: string
  readonly reason: string
  readonly faults: readonly FieldFault[]
  /** Names of the containers that the check found before exclusions, in their order. */
  readonly containers: readonly string[]
}

/** A Pod, or what a Pod template makes. */
export interface PodParts {
  readonly metadata: JsonObject
  readonly spec: JsonObject
}

/** The newest standards that Kyverno knows, as a minor of Kubernetes 1: `latest` means these. */
const newestKnown = 32

/** In the order of Kyverno's messages. */
const sortedChecks: readonly Check[] = [...checks].sort((a, b) => compareText(a.id, b.id))

/**
 * Kyverno asks more of a Pod than admission does: no check stands for another, and of a version every revision up to it is asked. `latest` asks
 * the newest revision alone. A field that several revisions find is told once.
 */
export function evaluateChecks({ level, version }: LevelVersion, { metadata, spec }: PodParts): readonly CheckResult[] {
  if (level === 'privileged') return []
  const pod = podView(metadata, spec)
  return sortedChecks
    .filter((check) => level === 'restricted' || check.level === 'baseline')
    .flatMap((check) => {
      const known = check.revisions.filter(({ since }) => since <= Math.min(version.minor, newestKnown))
      return resultOf(check.id, version.minor === Infinity ? known.slice(-1) : known, pod)
    })
}

function resultOf(id: string, revisions: readonly Revision[], pod: PodView): readonly CheckResult[] {
  let reason: string | undefined
  const faults: FieldFault[] = []
  for (const revision of revisions) {
    const violation = revision.test(pod)
    if (violation === undefined) continue
    reason = violation.reason
    faults.push(...revision.faults(pod).filter((fault) => !faults.some(({ path }) => jsonEqual(path, fault.path))))
  }
  if (reason === undefined) return []
  const isFaulty = (path: FieldFault['path']): boolean => faults.some((fault) => fault.path[1] === path[1] && fault.path[2] === path[2])
  return [{ id, reason, faults, containers: pod.containers.filter(({ path }) => isFaulty(path)).map(({ name }) => name) }]
}
