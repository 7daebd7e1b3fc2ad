import type { Json, JsonPath } from '../../core/json.ts'
import type { PodView } from './pod-view.ts'

/** Why a Pod does not meet a check: a few words that are always shown, and what to change, shown where one Pod is talked about. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** One field of a Pod that a check does not accept. */
export interface FieldFault {
  /** From the root of the Pod: `['spec', 'containers', 0, 'securityContext', 'privileged']`. */
  readonly path: JsonPath
  /** `required`: something must be there and is not. `forbidden`: what is there, or what its absence means, must not be. */
  readonly fault: 'required' | 'forbidden'
  /** What is there, as far as it is bad: of a list the items that are not allowed. Undefined where the field is absent. */
  readonly value: Json | undefined
}

/** What a check asks, told in two ways that always agree: `faults` has some exactly where `test` finds a violation. */
export interface Demand {
  readonly test: (pod: PodView) => Violation | undefined
  /** The Pod's own fields first, then those of containers in their order. Made where somebody asks for fields, which costs more than `test`. */
  readonly faults: (pod: PodView) => readonly FieldFault[]
}

/** A check as it is from one version of Kubernetes on. */
export interface Revision extends Demand {
  /** The minor of Kubernetes 1. */
  readonly since: number
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

const noFaults: readonly FieldFault[] = []

/** The same demand, made of some Pods only. */
export const unless = (isExempt: (pod: PodView) => boolean, { test, faults }: Demand): Demand => ({
  test: (pod) => (isExempt(pod) ? undefined : test(pod)),
  faults: (pod) => (isExempt(pod) ? noFaults : faults(pod)),
})

export const forbidden = (path: JsonPath, value: Json | undefined): FieldFault => ({ path, fault: 'forbidden', value })
export const required = (path: JsonPath): FieldFault => ({ path, fault: 'required', value: undefined })
