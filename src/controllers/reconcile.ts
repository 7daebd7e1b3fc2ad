import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import type { Compilation, Dialect } from '../policy/dialect.ts'
import type { Api } from './api.ts'
import { reconcileDefinitions } from './custom-resource-definitions/reconcile.ts'
import { reconcileStatus } from './policy-status/reconcile.ts'
import { reconcileWebhooks } from './webhook-configuration/reconcile.ts'

/** What policies want a cluster to hold. */
export interface WantedCluster {
  readonly dialects: readonly Dialect[]
  readonly manifests: readonly Manifest[]
  /** Of the manifests. */
  readonly compilation: Compilation
  /** The webhook configurations; asked for once the definitions are there. */
  readonly webhooks: () => readonly KubeObject[]
  /** A definition as it was seen last. */
  readonly definition: (name: string) => KubeObject | undefined
  /** A manifest's object as it is stored now. */
  readonly current: (manifest: Manifest) => KubeObject | undefined
  readonly now: () => Date
}

/** Writes everything that policies want of a cluster: the definitions of kinds, the webhooks, and once they are there, the status. The errors are those of the API server. */
export async function reconcileCluster(
  api: Api,
  { dialects, manifests, compilation, webhooks, definition, current, now }: WantedCluster,
): Promise<readonly Status[]> {
  const definitions = dialects.flatMap((dialect) => dialect.definitions?.(manifests) ?? [])
  const failed = [...(await reconcileDefinitions(api, definitions, definition)), ...(await reconcileWebhooks(api, webhooks()))]
  // A policy whose webhook is not there is not enforced, so it is not said to be.
  return failed.length > 0 ? failed : reconcileStatus(api, { dialects, manifests, compilation, current, now: now() })
}
