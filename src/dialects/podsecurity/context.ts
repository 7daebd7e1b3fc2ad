import type { CheckViolation, ExplainedViolation, LevelVersion } from '../../standards/pod-security/pod-security.ts'
import { cappedVersion, evaluateView, explainView, podView } from '../../standards/pod-security/pod-security.ts'
import type { PodSecurityOptions } from './options.ts'
import type { PodParts } from './pod-template.ts'
import type { Labels, LabelledPolicy, Policy } from './policy.ts'
import { policyOfLabels } from './policy.ts'

/** The plugin's options, made ready once. */
export interface Context {
  readonly defaults: Policy
  readonly policyOf: (labels: Labels) => LabelledPolicy
  readonly exemptUsers: ReadonlySet<string>
  readonly exemptNamespaces: ReadonlySet<string>
  readonly exemptRuntimeClasses: ReadonlySet<string>
  /** Judges one Pod by any number of levels. */
  readonly judge: (pod: PodParts) => (levelVersion: LevelVersion) => readonly CheckViolation[]
  /** `judge` with the fields to blame. */
  readonly explain: (pod: PodParts, levelVersion: LevelVersion) => readonly ExplainedViolation[]
  readonly clock: () => number
}

export function contextOf({ configuration, newestMinor, results, clock }: PodSecurityOptions): Context {
  const { defaults, exemptions } = configuration
  const capped = ({ level, version }: LevelVersion): LevelVersion => ({ level, version: cappedVersion(version, newestMinor) })
  return {
    defaults,
    policyOf: (labels) => policyOfLabels(labels, defaults),
    // No user, namespace or class is called nothing.
    exemptUsers: new Set(exemptions.usernames.filter((name) => name !== '')),
    exemptNamespaces: new Set(exemptions.namespaces.filter((name) => name !== '')),
    exemptRuntimeClasses: new Set(exemptions.runtimeClasses.filter((name) => name !== '')),
    judge: ({ metadata, spec }) => {
      const view = podView(metadata, spec)
      return (levelVersion) => evaluateView(capped(levelVersion), view, results)
    },
    explain: ({ metadata, spec }, levelVersion) => explainView(capped(levelVersion), podView(metadata, spec), results),
    clock,
  }
}

export function hasExemptRuntimeClass({ exemptRuntimeClasses }: Context, { spec }: PodParts): boolean {
  const name = Object.hasOwn(spec, 'runtimeClassName') ? spec['runtimeClassName'] : undefined
  return typeof name === 'string' && exemptRuntimeClasses.has(name)
}
