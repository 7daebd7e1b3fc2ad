import type { JsonPath } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { Match, MatchTarget } from '../constraint/match.ts'
import type { ApplyTo } from './apply-to.ts'
import type { Location } from './location.ts'
import type { PathTests } from './path-tests.ts'
import type { ExternalValues } from './external-data.ts'
import type { Setter } from './walk.ts'

export const mutatorKinds = ['Assign', 'AssignMetadata', 'AssignImage', 'ModifySet'] as const
export type MutatorKind = (typeof mutatorKinds)[number]

export const mutationGroup = 'mutations.gatekeeper.sh'

/** One object and what a mutator may know of its surroundings. */
export interface MutationTarget extends MatchTarget {
  /** Names this mutation in messages: a UUID. */
  readonly id: string
  /** '' where there is no request. */
  readonly operation: string
  /** `userInfo.username` of the request, '' where nobody asks. */
  readonly username: string
}

/** What a location says of the objects it is applied to; locations that say different things exclude each other. */
export type TerminalType = 'unknown' | 'string' | 'set'

/** A mutator ready to run. */
export interface Mutator {
  readonly kind: MutatorKind
  readonly name: string
  readonly manifest: Manifest
  readonly location: Location
  readonly tests: PathTests
  readonly terminal: TerminalType
  /** The kinds it is for; undefined: all (AssignMetadata). */
  readonly applyTo: readonly ApplyTo[] | undefined
  /** The error is upstream's, without the part that names the mutator. */
  readonly matches: Match
  readonly setter: (target: MutationTarget, external: ExternalValues) => Setter
}

/** Why a manifest is no mutator, and where in it. `inside` is a part of the text at `path`. */
export interface MutatorProblem {
  readonly path: JsonPath
  readonly message: string
  readonly inside?: { readonly start: number; readonly text: string }
}

/** How upstream names a mutator in messages. */
export const mutatorId = ({ kind, name }: Pick<Mutator, 'kind' | 'name'>): string => `${kind}.${mutationGroup} /${name}`
