import type { Diagnostic } from '../core/diagnostic.ts'
import type { Document, Manifest } from '../kube/manifest.ts'
import type { Compilation } from './dialect.ts'
import type { FactSource } from './facts.ts'
import type { CompiledPolicy, PolicyOutcome } from './policy.ts'
import type { PolicyRequest } from './request.ts'

/** One expectation of a test file and what came of it. */
export interface TestRow {
  /** The place of the expectation among those of its file. */
  readonly entry: number
  /** The resource as the expectation named it; '' where it named none, or none of those it named exists. */
  readonly asked: string
  readonly policy: string
  readonly rule: string
  readonly resource: string
  readonly expected: string
  readonly actual: string
  /** `skipped` is an expectation that cannot be decided (excluded in upstream's words); it counts as passed, as upstream does. */
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Upstream's word: `Ok`, `Want pass, got fail`, `Excluded`, `Not found`, … */
  readonly reason: string
  readonly message: string
}

export interface TestRun {
  readonly name: string
  readonly rows: readonly TestRow[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What a test file may ask of the program around it. Paths are relative to the test file. */
export interface TestHost {
  /** Every manifest of a file or folder. */
  readonly manifests: (path: string) => Promise<{ readonly manifests: readonly Manifest[]; readonly diagnostics: readonly Diagnostic[] }>
  /** Every document of a file, Kubernetes object or not. */
  readonly documents: (path: string) => Promise<{ readonly documents: readonly Document[]; readonly diagnostics: readonly Diagnostic[] }>
  /** Compiles manifests of every dialect. */
  readonly compile: (manifests: readonly Manifest[]) => Compilation
  /** The clock, which every request of one run takes its time from. */
  readonly now: () => Date
  /** Runs a request through policies: mutations first, each phase seeing what the one before made. */
  readonly evaluate: (policies: readonly CompiledPolicy[], request: PolicyRequest, source: FactSource) => Promise<readonly PolicyOutcome[]>
}

/** One format of test file. */
export interface TestSuiteFormat {
  /** Names of files that hold it: `kyverno-test.yaml`. */
  readonly fileNames: readonly string[]
  readonly recognises: (document: Manifest) => boolean
  readonly run: (document: Manifest, host: TestHost, options: { readonly select: TestSelector }) => Promise<TestRun>
}

/** `--test-case-selector policy=…,rule=…,resource=…`, wildcards. */
export interface TestSelector {
  readonly policy: string
  readonly rule: string
  readonly resource: string
}
