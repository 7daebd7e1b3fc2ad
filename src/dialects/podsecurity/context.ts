import type { LevelVersion } from '../../standards/pod-security/pod-security.ts'
import type { CheckViolation } from '../../standards/pod-security/pod-security.ts'
import { cappedVersion, evaluateView, podView } from '../../standards/pod-security/pod-security.ts'
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
  readonly clock: () => number
}

export function contextOf({ configuration, newestMinor, results, clock }: PodSecurityOptions): Context {
  const { defaults, exemptions } = configuration
  return {
    defaults,
    policyOf: (labels) => policyOfLabels(labels, defaults),
    // No user, namespace or class is called nothing.
    exemptUsers: new Set(exemptions.usernames.filter((name) => name !== '')),
    exemptNamespaces: new Set(exemptions.namespaces.filter((name) => name !== '')),
    exemptRuntimeClasses: new Set(exemptions.runtimeClasses.filter((name) => name !== '')),
    judge: ({ metadata, spec }) => {
      const view = podView(metadata, spec)
      return ({ level, version }) => evaluateView({ level, version: cappedVersion(version, newestMinor) }, view, results)
    },
    clock,
  }
}

export function hasExemptRuntimeClass({ exemptRuntimeClasses }: Context, { spec }: PodParts): boolean {
  const name = Object.hasOwn(spec, 'runtimeClassName') ? spec['runtimeClassName'] : undefined
  return typeof name === 'string' && exemptRuntimeClasses.has(name)
}
