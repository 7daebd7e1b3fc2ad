import type { Settings } from '../../admission/policy-table.ts'
import type { WatchCache } from '../../cluster/watch-cache.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect } from '../../policy/dialect.ts'
import { definedPaths, knownPaths } from './policy-paths.ts'

/** Everything policies are made from, as the cluster has it now. */
export interface PolicyWatches {
  readonly objects: () => readonly KubeObject[]
  /** A manifest's object as it is stored now: its status may have changed since. */
  readonly current: (manifest: Manifest) => KubeObject | undefined
  readonly settings: () => Settings
  /** Of policies; settings may come later. */
  readonly synced: boolean
  /** Watches the kinds that manifests define and the cluster serves, and no others any more. */
  readonly follow: (resources: readonly ServedResource[]) => void
}

/** `onChange` is called for each change of a policy or of settings. */
export function startPolicyWatches(watches: WatchSet, dialects: readonly Dialect[], onChange: () => void): PolicyWatches {
  const known = knownPaths(dialects).map((path) => watches.start(path, onChange))
  // By path: they come and go.
  const defined = new Map<string, WatchCache>()
  const caches = (): readonly WatchCache[] => [...known, ...defined.values()]
  const settings = watchSettings(watches, dialects, onChange)
  return {
    objects: () => caches().flatMap((cache) => cache.list()),
    current: objectFinder(caches),
    settings,
    get synced() {
      return caches().every(({ synced }) => synced)
    },
    follow: (resources) => {
      const paths = definedPaths(dialects, resources)
      for (const path of paths) if (!defined.has(path)) defined.set(path, watches.start(path, onChange))
      for (const [path, cache] of defined) {
        if (paths.has(path)) continue
        watches.end(cache)
        defined.delete(path)
        onChange()
      }
    },
  }
}

function watchSettings(watches: WatchSet, dialects: readonly Dialect[], onChange: () => void): () => Settings {
  const read = dialects.flatMap((dialect) => {
    const at = dialect.admission?.settingsAt
    if (at === undefined) return []
    const cache = watches.start(`/api/v1/namespaces/${at.namespace}/configmaps`, onChange, `metadata.name=${at.name}`)
    return [(): readonly [string, KubeObject | undefined] => [dialect.name, cache.get(at.namespace, at.name)]]
  })
  return () => Object.fromEntries(read.map((one) => one()))
}

function objectFinder(caches: () => readonly WatchCache[]): (manifest: Manifest) => KubeObject | undefined {
  /** Where a manifest's object was found last: there are many caches. */
  const homes = new WeakMap<Manifest, WatchCache>()
  return (manifest) => {
    const home = homes.get(manifest)
    const atHome = home === undefined ? undefined : objectIn(home, manifest)
    if (atHome !== undefined) return atHome
    const cache = caches().find((one) => objectIn(one, manifest) !== undefined)
    if (cache === undefined) return undefined
    homes.set(manifest, cache)
    return objectIn(cache, manifest)
  }
}

function objectIn(cache: WatchCache, { object }: Manifest): KubeObject | undefined {
  const found = cache.get(namespaceOf(object), nameOf(object))
  return found?.kind === object.kind && found.apiVersion === object.apiVersion ? found : undefined
}
