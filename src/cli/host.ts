import type { ClusterAddress } from '../cluster/kube-client.ts'
import type { Result } from '../core/result.ts'
import type { Source } from '../core/source.ts'
import type { KubeObject } from '../kube/object.ts'
import type { JmesFunctionTable } from '../languages/jmespath/jmespath.ts'
import type { Dialect, DialectOptions } from '../policy/dialect.ts'
import type { GatorTools } from '../policy/gator.ts'
import type { PodSecurityTools } from '../policy/pod-security.ts'

/** What takes time to load, and only some commands need. */
export interface Tools {
  readonly dialects: readonly Dialect[]
  /** The functions of `kanon jp`. */
  readonly functions: JmesFunctionTable
  /** Absent for commands that load no tools. */
  readonly podSecurity?: PodSecurityTools
  /** What `kanon gator` is made of; absent for commands that load no tools. */
  readonly gator?: GatorTools
}

/** A running sandbox. */
export interface StartedSandbox {
  readonly server: string
  readonly kubeconfig: string
  readonly stop: () => Promise<void>
}

export interface SandboxRequest {
  readonly port: number
  readonly kubernetesVersion: string
  readonly dataDirectory: string | undefined
  readonly kubeconfig: string | undefined
  readonly withKanon: boolean
  readonly dialectOptions: DialectOptions
  /** An `AdmissionConfiguration`: what its plugins are told. */
  readonly admissionConfiguration: Source | undefined
  /** A file that every finished request is appended to. */
  readonly auditLog: string | undefined
  /** Made at the start; what is there already is left as it is. */
  readonly objects: readonly KubeObject[]
  readonly log: (line: string) => void
  readonly verbose: boolean
}

export interface AdmissionRequest {
  readonly cluster: ClusterAddress
  readonly host: string
  readonly port: number
  readonly namespace: string
  readonly reach: { readonly kind: 'service'; readonly name: string } | { readonly kind: 'url' }
  readonly installDefinitions: boolean
  readonly traceEndpoint: string | undefined
  readonly externalDataMilliseconds: number
  readonly dialectOptions: DialectOptions
  readonly verbose: boolean
  /** Takes the log, a line of JSON at a time. */
  readonly write: (text: string) => void
}

/** What runs until it is stopped. The errors say why it could not start. */
export interface ClusterTools {
  startSandbox(request: SandboxRequest): Promise<Result<StartedSandbox, string>>
  startAdmission(request: AdmissionRequest): Promise<Result<{ stop(options: { readonly remove: boolean }): Promise<void> }, string>>
}

/** What a program touches outside itself. `bin` makes one from the process, tests from memory. */
export interface Surroundings {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Standard error is a terminal: progress is shown. */
  readonly isTerminal: boolean
  readonly color: boolean
  readonly cwd: string
  readonly readStdin: () => Promise<string>
  /** Standard input is a terminal: nothing is read from it that was not asked for. */
  readonly inputIsTerminal?: boolean
  readonly now: () => Date
  readonly version: string
  readonly loadTools: () => Promise<Tools>
  readonly loadCluster: () => Promise<ClusterTools>
  /** Resolves when the process is asked to end. */
  readonly untilStopped: () => Promise<void>
  /** Writes what is held back: before a command that goes on for long. */
  readonly flush: () => void
  /** Where kubectl would look for its configuration. */
  readonly kubeconfigFiles: readonly string[]
  /** The API server of the cluster whose Pod this is. */
  readonly inClusterServer: string | undefined
}

/** Everything a command may touch outside itself. */
export type Host = Omit<Surroundings, 'loadTools'> & Tools

/** 0 clean, 1 violations or failed tests, 2 unusable input. */
export type ExitStatus = number
export const exit = { clean: 0, violations: 1, unusable: 2 } as const
