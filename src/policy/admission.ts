import type { Diagnostic } from '../core/diagnostic.ts'
import type { JsonObject } from '../core/json.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import type { CompiledPolicy, Effect, PolicyOutcome } from './policy.ts'
import type { PolicyRequest } from './request.ts'

/** What a webhook answers. Messages, codes and reasons are those of the dialect's upstream. */
export interface Verdict {
  readonly allowed: boolean
  /** `status.message` of a refusal. */
  readonly message?: string
  /** `status.code`; left out where the upstream leaves it out. */
  readonly code?: number
  /** `status.reason`, such as `Forbidden`. */
  readonly reason?: string
  readonly warnings: readonly string[]
  readonly auditAnnotations: Readonly<Record<string, string>>
}

export const allow: Verdict = { allowed: true, warnings: [], auditAnnotations: {} }

/** What a path of the webhook server evaluates. */
export interface PolicyRoute {
  /** The first part of the path; what follows it is `rest`. */
  readonly path: string
  readonly phases: readonly Effect[]
  /** Which policies take part in a request to `path` + `rest`. */
  takes(policy: CompiledPolicy, rest: string): boolean
  /** The object in the outcomes' order is what is patched; a refusal patches nothing. */
  answer(request: PolicyRequest, outcomes: readonly PolicyOutcome[]): Verdict
}

/** A path at which manifests of the dialect itself are checked before they are stored. */
export interface ManifestRoute {
  readonly path: string
  /** `diagnostics` of the checks of the kind, and of compiling it. */
  answer(manifest: Manifest, diagnostics: readonly Diagnostic[]): Verdict
}

/** A kind that a selector means in this cluster. */
export interface ServedResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
  /** Names of its subresources with the kind each shows. */
  readonly subresources: readonly { readonly name: string; readonly kind: string }[]
}

export interface WebhookContext {
  /** Everything the API server serves, as discovery says. */
  readonly resources: readonly ServedResource[]
  /** `clientConfig` of a webhook at this path. */
  clientConfig(path: string): JsonObject
  /** Where Kanon itself runs: never guarded, so that it can be repaired. */
  readonly ownNamespace: string
  /** The dialect's settings, if the cluster has them. */
  readonly settings: KubeObject | undefined
}

/** How a dialect meets the API server: its webhooks, by their upstream names. */
export interface AdmissionFace {
  readonly policyRoutes: readonly PolicyRoute[]
  readonly manifestRoutes: readonly ManifestRoute[]
  /** The configurations that the policies need now, complete but for what the API server fills in. */
  webhookConfigurations(policies: readonly CompiledPolicy[], context: WebhookContext): readonly KubeObject[]
  /** A request that this dialect lets through unseen, whatever the policies say. */
  ignores(request: PolicyRequest, settings: KubeObject | undefined): boolean
  /** The ConfigMap with the dialect's settings. */
  readonly settingsAt?: { readonly namespace: string; readonly name: string }
}
