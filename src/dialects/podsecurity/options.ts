import type { EvaluationMode } from '../../standards/pod-security/pod-security.ts'
import type { PodSecurityConfiguration } from './configuration.ts'

export interface PodSecurityOptions {
  readonly configuration: PodSecurityConfiguration
  /** The minor of the API server's Kubernetes: `latest` and whatever is newer mean this version of the standards. */
  readonly newestMinor: number
  readonly results: EvaluationMode
  /** Milliseconds that never go back. It bounds the time spent on the Pods that a namespace has already. */
  readonly clock: () => number
}
