import type { ManifestStore } from '../../admission/manifest-store.ts'
import { createManifestStore } from '../../admission/manifest-store.ts'
import type { PolicyTable } from '../../admission/policy-table.ts'
import { createPolicyTable } from '../../admission/policy-table.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import { gather } from '../../controllers/gathering.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect } from '../../policy/dialect.ts'
import type { PolicyWatches } from './policy-watches.ts'
import { startPolicyWatches } from './policy-watches.ts'
import type { Say } from './say.ts'
import { settleMilliseconds } from './times.ts'

export interface PoliciesOptions {
  readonly watches: WatchSet
  readonly dialects: readonly Dialect[]
  readonly say: Say
  /** Called when what changed has been compiled, also where it means the same as before. */
  readonly onChange: () => void
}

/** The policies of the cluster, compiled anew when something changes. */
export interface Policies {
  /** Those in force. */
  readonly table: () => PolicyTable
  /** What they were compiled from. */
  readonly manifests: () => readonly Manifest[]
  /** A manifest's object as it is stored now. */
  readonly current: (manifest: Manifest) => KubeObject | undefined
  /** The policies that the cluster held at the start have been compiled. */
  readonly isLoaded: boolean
  readonly synced: boolean
  /** A change has not been looked at yet. */
  readonly isPending: boolean
  readonly follow: (resources: readonly ServedResource[]) => void
  readonly cancel: () => void
}

interface Loaded {
  readonly manifests: ManifestStore
  table: PolicyTable
  /** The data of all dialects' settings; undefined before the first load. */
  settingsText: string | undefined
}

export function startPolicies({ watches, dialects, say, onChange }: PoliciesOptions): Policies {
  const loaded: Loaded = {
    manifests: createManifestStore(),
    table: createPolicyTable({ dialects, manifests: [], settings: {}, onBug: () => undefined }),
    settingsText: undefined,
  }
  // Many policies may change at once: they are compiled together.
  const changes = gather(settleMilliseconds, () => {
    if (sources.synced) load(loaded, sources, dialects, say)
    onChange()
  })
  const sources = startPolicyWatches(watches, dialects, changes.soon)
  return {
    table: () => loaded.table,
    manifests: () => loaded.manifests.manifests,
    current: sources.current,
    get isLoaded() {
      return loaded.settingsText !== undefined
    },
    get synced() {
      return sources.synced
    },
    get isPending() {
      return changes.isPending
    },
    follow: sources.follow,
    cancel: changes.cancel,
  }
}

/** Makes a new table, unless everything means what it meant before. */
function load(loaded: Loaded, sources: PolicyWatches, dialects: readonly Dialect[], say: Say): void {
  const settings = sources.settings()
  const settingsText = JSON.stringify(Object.values(settings).map((one) => one?.['data'] ?? null))
  const isNew = loaded.manifests.update(sources.objects())
  if (!isNew && settingsText === loaded.settingsText) return
  loaded.settingsText = settingsText
  loaded.table = createPolicyTable({
    dialects,
    manifests: loaded.manifests.manifests,
    settings,
    onBug: (policy, error) =>
      say('error', `policy ${policy.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  })
  const { policies, rejected } = loaded.table.compilation
  say('info', 'policies loaded', { policies: policies.length, rejected: rejected.length })
}
