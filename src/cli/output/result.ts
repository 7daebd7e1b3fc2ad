import type { JsonPath } from '../../core/json.ts'
import type { Document } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { CompiledPolicy, RuleOutcome, RuleResult } from '../../policy/policy.ts'

/** A resource with where it stands, where it came from a file. */
export interface Subject {
  readonly object: KubeObject
  readonly document: Document | undefined
}

/** One rule on one resource, as every output shows it. */
export interface Result {
  readonly policy: CompiledPolicy
  readonly outcome: RuleOutcome
  /** The outcome's result after `--audit-warn` and unscored policies. */
  readonly result: RuleResult
  readonly subject: Subject
}

/** A line of the user's file. Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Counts {
  readonly pass: number
  readonly fail: number
  readonly warn: number
  readonly error: number
  readonly skip: number
}

/** Finds places; only asked for what is shown. */
export type PlaceOf = (subject: Subject, path: JsonPath) => Place | undefined

/** Everything an output is made from. */
export interface Report {
  readonly results: readonly Result[]
  readonly counts: Counts
  readonly placeOf: PlaceOf
  readonly now: Date
  readonly version: string
}

/** The first place that a violation points at, else the name of the resource. */
export function placeOfResult({ outcome, subject }: Result, placeOf: PlaceOf): Place | undefined {
  return placeOf(subject, outcome.at[0] ?? ['metadata', 'name'])
}

export const isProblem = ({ result }: Result): boolean => result === 'fail' || result === 'warn' || result === 'error'
