import type { Diagnostic } from '../core/diagnostic.ts'
import type { JsonObject, JsonPath } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import type { Source } from '../core/source.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'

/** A level of the Pod Security Standards, as they were in one version of Kubernetes. */
export interface PodSecurityLevel {
  readonly level: 'privileged' | 'baseline' | 'restricted'
  /** `latest`, `v1.24`; the minor is Infinity of the former. */
  readonly version: { readonly text: string; readonly minor: number }
}

/** Pods that fail in the same way. */
export interface PodSecurityGroup {
  /** The first of them. */
  readonly name: string
  /** How many there are, this one included. */
  readonly count: number
  /** `host namespaces, privileged` */
  readonly reasons: string
  /** As Kubernetes warns: `web-1 (and 2 other pods): host namespaces`. */
  readonly text: string
}

/** What one level would mean to one namespace. */
export interface SimulatedLevel {
  /** `baseline:latest` */
  readonly level: string
  readonly pods: readonly PodSecurityGroup[]
  /** What makes Pods and is made by nobody: Deployments, CronJobs. Named `deployments.apps/web`. */
  readonly workloads: readonly PodSecurityGroup[]
}

export interface SimulatedNamespace {
  readonly name: string
  /** What it enforces now. */
  readonly enforces: string
  /** Its configuration exempts it, so that no level would mean anything to it. */
  readonly exempt: boolean
  /** Labels that are no levels or versions, and Pods that are none. */
  readonly problems: readonly string[]
  readonly pods: number
  readonly workloads: number
  /** What could not be judged, because it is no Pod and no workload whatever it says; each is among the problems. */
  readonly unjudged: number
  readonly levels: readonly SimulatedLevel[]
}

export interface Simulation {
  /** Namespaces, Pods and workloads; others are not looked at. Namespaced objects without a namespace are in `default`. */
  readonly objects: readonly KubeObject[]
  readonly levels: readonly PodSecurityLevel[]
  /** From `readConfiguration`; absent where nothing is configured. */
  readonly configuration: Manifest | undefined
}

/** What an object needs so that its Pods comply. Paths are from the root of the object. */
export interface PodSecurityFix {
  /** Fields to add, deeply, to the map at `path`: none of them is there; to a list its items are added. */
  readonly additions: readonly { readonly path: JsonPath; readonly add: JsonObject }[]
  /** What nobody can know but who runs it. */
  readonly decisions: readonly PodSecurityDecision[]
}

export interface PodSecurityDecision {
  /** The id of the check. */
  readonly check: string
  /** `host namespaces (hostNetwork=true)` */
  readonly message: string
  readonly at: readonly JsonPath[]
}

/** What commands ask of the Pod Security Standards. Nothing of it throws. */
export interface PodSecurityTools {
  /** `restricted`, `restricted@v1.24`. The error says what is expected. */
  parseLevel(text: string): Result<PodSecurityLevel, string>
  /** A policy that enforces a level in every namespace whose labels say nothing else. */
  enforcing(level: PodSecurityLevel): Manifest
  /** The policy in an AdmissionConfiguration or PodSecurityConfiguration; `readFile` reads files that it names. */
  readConfiguration(source: Source, readFile: (path: string) => Result<Source, string>): Result<Manifest, readonly Diagnostic[]>
  /** In the order of names. */
  simulate(simulation: Simulation): readonly SimulatedNamespace[]
  /** Undefined where the object makes no Pods; an error where it is no such object at all. */
  fix(object: KubeObject, level: PodSecurityLevel): Result<PodSecurityFix, string> | undefined
}
