import { compareText } from '../core/go-format.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import type { Document } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { groupVersionKind, nameOf, namespaceOf } from '../kube/object.ts'

/** One map that was read from a file: gator takes what is no Kubernetes object too, and says what it lacks. */
export type GatorInput = Document & { readonly value: JsonObject }

/** One violation, as gator reports it. */
export interface GatorResult {
  readonly target: string
  readonly message: string
  /** What the template says besides the message; absent where it says nothing in Rego. */
  readonly metadata?: { readonly details: Json }
  /** With the defaults of its template. */
  readonly constraint: KubeObject
  /** As it is written: `deny`, `scoped`, or a word that means nothing. */
  readonly enforcementAction: string
  /** What a scoped constraint does on the command line. */
  readonly scopedActions: readonly string[]
  /** The object that was read, also where something that it makes is at fault. */
  readonly object: KubeObject
}

/** The order of results. Where upstream has none it is that of the names of constraints. */
export const compareResults = (a: GatorResult, b: GatorResult): number =>
  compareText(a.enforcementAction, b.enforcementAction) ||
  compareText(a.message, b.message) ||
  compareText(nameOf(a.constraint), nameOf(b.constraint))

/** What evaluating took: in Rego the constraints of one kind together, in CEL each constraint. */
export type GatorStat =
  | {
      readonly engine: 'rego'
      readonly kind: string
      readonly nanoseconds: number
      /** How many constraints of the kind are for the object. */
      readonly constraints: number
    }
  | {
      readonly engine: 'cel'
      readonly kind: string
      /** The name of the constraint. */
      readonly constraint: string
      readonly nanoseconds: number
    }

export interface GatorReview {
  readonly results: readonly GatorResult[]
  /** Those of CEL come first. */
  readonly stats: readonly GatorStat[]
}

/** Nanoseconds that parts of the setup took. */
export interface GatorSetup {
  readonly templates: number
  readonly constraints: number
  readonly data: number
}

export type GatorEngine = 'rego' | 'cel'

/**
 * `gator test` reviews what objects would make as well, and takes what is in no namespace to be in one without a name; `gator bench` does
 * neither.
 */
export type GatorPurpose = 'test' | 'bench'

export interface GatorOptions {
  /** The engines that templates may be evaluated by. With CEL, what has code in both is evaluated in CEL. */
  readonly engines: readonly GatorEngine[]
  /** Nanoseconds since some moment. */
  readonly clock: () => number
  readonly now: () => Date
}

/** Templates and constraints, ready to review objects. */
export interface GatorClient {
  /** Everything that was read, in order; constraints with their defaults. */
  readonly objects: readonly KubeObject[]
  /** Those that are neither template nor constraint. */
  readonly data: readonly KubeObject[]
  readonly setup: GatorSetup
  /** The error is that of the framework. */
  review(object: KubeObject): Result<GatorReview, string>
}

/** What a suite may read; `path` is as the suite says it. */
export interface GatorSuiteHost extends GatorOptions {
  readonly read: (path: string) => GatorFile
  /** Undefined runs everything. */
  readonly filter: GatorFilter | undefined
}

/** A file that a suite names. */
export interface GatorFile {
  /** As messages name it. */
  readonly name: string
  /** The maps in it, or why there are none: in the words of reading, or of YAML. */
  readonly content:
    | { readonly kind: 'documents'; readonly documents: readonly Document[] }
    | { readonly kind: 'unreadable'; readonly message: string }
    | { readonly kind: 'malformed'; readonly message: string }
}

export interface GatorFilter {
  /** Whether a test with these cases takes part at all. */
  readonly test: (test: string, cases: readonly string[]) => boolean
  readonly case: (test: string, name: string) => boolean
}

export interface GatorCaseResult {
  readonly name: string
  readonly skipped: boolean
  readonly nanoseconds: number
  readonly error: string | undefined
  /** Lines of templates that print. */
  readonly printed: string
}

export interface GatorTestResult extends GatorCaseResult {
  readonly cases: readonly GatorCaseResult[]
}

export interface GatorSuite {
  readonly skipped: boolean
  run(host: GatorSuiteHost): readonly GatorTestResult[]
}

/** How a review that has no answer is told. What could not be expanded says so itself. */
export function reviewFailure(object: KubeObject, error: string): string {
  if (error.startsWith('expanding resource ')) return error
  const { group, version, kind } = groupVersionKind(object)
  return `reviewing ${group}/${version}, Kind=${kind} ${namespaceOf(object)}/${nameOf(object)}: ${error}`
}

/** Whether templates have the data that they need. */
export interface GatorSync {
  /** Names of what says nothing about it. */
  readonly skipped: readonly string[]
  /** Nobody says what the cluster supports, so it is taken to support everything. */
  readonly assumesAll: boolean
  /** Upstream's text. */
  readonly problem: string | undefined
}

/** What `kanon gator` asks of Gatekeeper's dialect. Nothing of it throws. */
export interface GatorTools {
  /** Loads templates, constraints, mutators and expansions. The error is upstream's. */
  open(inputs: readonly GatorInput[], options: GatorOptions & { readonly purpose: GatorPurpose }): Result<GatorClient, string>
  /** Everything that the objects would make. */
  expand(inputs: readonly GatorInput[], now: Date): Result<readonly KubeObject[], string>
  isTemplate(input: GatorInput): boolean
  isConstraint(input: GatorInput): boolean
  /** Whether a template has code for the engine. */
  hasEngine(input: GatorInput, engine: GatorEngine): boolean
  /** `omitManifest` does without a list of what the cluster supports. */
  checkSync(inputs: readonly GatorInput[], omitManifest: boolean): GatorSync
  /** Undefined where the document is no Suite; an error where it is one that cannot be read. */
  suite(document: Document): Result<GatorSuite, string> | undefined
}
