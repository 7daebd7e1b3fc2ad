import type { Diagnostic } from '../core/diagnostic.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Schema } from '../kube/schema.ts'
import type { AdmissionFace } from './admission.ts'
import type { CompiledPolicy } from './policy.ts'
import type { GivenValues, Requester } from './request.ts'
import type { TestSuiteFormat } from './test-suite.ts'

/**
 * Everything generic code may ask about one kind of manifest that a dialect understands. When it needs to know something new,
 * a member is added here: branching on a kind outside its dialect is a defect.
 */
export interface PolicyKind {
  /** `group/version`, every version served; all are one shape. */
  readonly apiVersions: readonly string[]
  /** `*` is every kind of its groups: those kinds are defined by other manifests (`Dialect.definitions`). */
  readonly kind: string
  /** '' where the kind is `*`: such kinds have their lower-case name as plural. */
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  /** `policy` is evaluated; `companion` is consulted by policies of the dialect (an exception, a binding). */
  readonly role: 'policy' | 'companion'
  /** What the upstream's admission would refuse (error) or warn about, and what it would not notice but should. */
  check(manifest: Manifest): readonly Diagnostic[]
  /** Columns of `kubectl get`, as in a CustomResourceDefinition. */
  readonly columns?: readonly JsonObject[]
  /** The group is Kubernetes' own or another's: no CustomResourceDefinition is made for it. */
  readonly builtIn?: boolean
  /** The schema of its objects in a version, where storing them is to do more than keep what was written: where a version has defaults of its own. */
  schema?(apiVersion: string): Schema
  /** Groups of kinds that `kubectl get` takes together, such as `kyverno`. */
  readonly categories?: readonly string[]
  /** `status` of a manifest once it is enforced (`policy`), or why it is not. */
  status?(manifest: Manifest, state: PolicyState, now: Date): JsonObject
}

/** How far a manifest has come in a cluster. */
export type PolicyState =
  /** A companion is no policy itself. */
  { readonly ready: true; readonly policy?: CompiledPolicy } | { readonly ready: false; readonly message: string }

export interface Compilation {
  readonly policies: readonly CompiledPolicy[]
  /** Companions that are in force, where their status is to say so. */
  readonly companions?: readonly Manifest[]
  /** Manifests that could not be compiled, with the reasons. The others are in `policies`. */
  readonly rejected: readonly { readonly manifest: Manifest; readonly diagnostics: readonly Diagnostic[] }[]
}

/** What a `Values`-like file of a dialect supplies to the CLI and to tests. */
export interface RequestInputs {
  /** The values for one object; absent where the file says nothing of it. */
  readonly given: (resource: KubeObject) => GivenValues
  readonly namespaceLabels: (namespace: string) => Readonly<Record<string, string>> | undefined
}

/** The formats in which a dialect's own CLI takes what a cluster would have known. */
export interface InputFormats {
  /** `--values-file`, `--set`: undefined makes the values of no file. */
  readonly parseValues: (
    document: Manifest | undefined,
    set: Readonly<Record<string, Json>>,
  ) => Result<RequestInputs, readonly Diagnostic[]>
  /** `--userinfo` */
  readonly parseUserInfo: (document: Manifest) => Result<Requester, readonly Diagnostic[]>
}

/**
 * What the programs of upstream let their users choose about policies. One value goes to all dialects, each of which looks at what is its own;
 * what is absent is as upstream has it.
 */
export interface DialectOptions {
  /** Gatekeeper's `--enable-k8s-native-validation`: templates in CEL are evaluated, and CEL is preferred where a template has Rego too (default true). */
  readonly k8sNativeValidation?: boolean
}

export interface Dialect {
  readonly name: string
  readonly kinds: readonly PolicyKind[]
  readonly testSuites: readonly TestSuiteFormat[]
  readonly inputs?: InputFormats
  readonly admission?: AdmissionFace
  /** All manifests of the dialect's kinds together, because some consult others. Never throws. */
  compile(manifests: readonly Manifest[]): Compilation
  /** The CustomResourceDefinitions of kinds that manifests of the dialect define, such as those of constraints. Wrong manifests define nothing. */
  definitions?(manifests: readonly Manifest[]): readonly KubeObject[]
  /** The dialect with these options; those that were given before are as if they had not been. Absent where there is nothing to choose. */
  withOptions?(options: DialectOptions): Dialect
}

/** The dialects with the options of a person. */
export const dialectsWith = (dialects: readonly Dialect[], options: DialectOptions): readonly Dialect[] =>
  dialects.map((dialect) => dialect.withOptions?.(options) ?? dialect)

interface KindOfObject {
  readonly apiVersion: string
  readonly kind: string
}

/** Whether the descriptor is that of an object. */
export const claims = (of: PolicyKind, { apiVersion, kind }: KindOfObject): boolean =>
  (of.kind === kind || of.kind === '*') && of.apiVersions.includes(apiVersion)

/** The plural by which objects of a kind are asked for. */
export const pluralIn = (of: PolicyKind, kind: string): string => (of.kind === '*' ? kind.toLowerCase() : of.plural)

/** The descriptor that claims a manifest, or undefined: it is a resource. */
export function kindOf(dialects: readonly Dialect[], object: KindOfObject): PolicyKind | undefined {
  for (const dialect of dialects) {
    for (const kind of dialect.kinds) {
      if (claims(kind, object)) return kind
    }
  }
  return undefined
}
