import type { PodView } from './pod-view.ts'

/** Why a Pod does not meet a check: a few words that are always shown, and what to change, shown where one Pod is talked about. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** A check as it is from one version of Kubernetes on. */
export interface Revision {
  /** The minor of Kubernetes 1. */
  readonly since: number
  readonly test: (pod: PodView) => Violation | undefined
  /** Baseline checks that this one says more strictly: they are not run where it is. */
  readonly overrides?: readonly string[]
}

/** One control of the Pod Security Standards. */
export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** Of the newest revision, in the words of the standards' page. */
  readonly restrictedFields: readonly string[]
  readonly allowedValues: string
  /** The oldest first. Before the first one the check does not exist. */
  readonly revisions: readonly Revision[]
}
