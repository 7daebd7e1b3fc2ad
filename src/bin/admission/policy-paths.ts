import { collectionPath } from '../../cluster/discovery.ts'
import type { ServedResource } from '../../policy/admission.ts'
import type { Dialect, PolicyKind } from '../../policy/dialect.ts'

interface WatchedKind {
  readonly kind: PolicyKind
  readonly apiVersion: string
}

const watchedKinds = (dialects: readonly Dialect[]): readonly WatchedKind[] =>
  dialects.flatMap(({ kinds }) => kinds).flatMap((kind) => groupsOf(kind).map((apiVersion) => ({ kind, apiVersion })))

/** The newest version of each group in which a kind is served. */
function groupsOf({ apiVersions }: PolicyKind): readonly string[] {
  const first = new Map<string, string>()
  for (const apiVersion of apiVersions) {
    const group = apiVersion.slice(0, apiVersion.indexOf('/'))
    if (!first.has(group)) first.set(group, apiVersion)
  }
  return [...first.values()]
}

/** The collections of the kinds that dialects have by themselves, served or not. */
export const knownPaths = (dialects: readonly Dialect[]): readonly string[] =>
  watchedKinds(dialects)
    .filter(({ kind }) => kind.kind !== '*')
    .map(({ kind, apiVersion }) => `/apis/${apiVersion}/${kind.plural}`)

/** The collections of the kinds that manifests define, as far as they are served now. */
export function definedPaths(dialects: readonly Dialect[], resources: readonly ServedResource[]): ReadonlySet<string> {
  const groups = new Set(
    watchedKinds(dialects)
      .filter(({ kind }) => kind.kind === '*')
      .map(({ apiVersion }) => apiVersion),
  )
  return new Set(resources.filter(({ group, version }) => groups.has(`${group}/${version}`)).map((one) => collectionPath(one)))
}
