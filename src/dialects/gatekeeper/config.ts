import { objectField, objectsField, stringField, stringsField } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { GroupVersionKind } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { compileGlob } from './constraint/glob.ts'

/** What Gatekeeper does to objects that a namespace may be taken out of. */
export type Process = 'audit' | 'webhook' | 'sync' | 'mutation-webhook'

/** What Config and SyncSets say together. */
export interface Configuration {
  /** Kinds whose objects are `data.inventory`. */
  readonly synced: readonly GroupVersionKind[]
  readonly isExcluded: (process: Process, namespace: string) => boolean
}

/** The namespace of Gatekeeper, in which alone a Config counts. */
export const gatekeeperNamespace = 'gatekeeper-system'

/** Of several Configs the one called `config` in Gatekeeper's namespace is the one. A file may leave out the namespace. */
export function readConfiguration(manifests: readonly Manifest[]): Configuration {
  const config = manifests.find(
    ({ object }) => object.kind === 'Config' && nameOf(object) === 'config' && ['', gatekeeperNamespace].includes(namespaceOf(object)),
  )
  const spec = objectField(config?.object, 'spec')
  const syncSets = manifests.filter(({ object }) => object.kind === 'SyncSet').map(({ object }) => objectField(object, 'spec'))
  const synced = [
    ...(objectsField(objectField(spec, 'sync'), 'syncOnly') ?? []),
    ...syncSets.flatMap((one) => objectsField(one, 'gvks') ?? []),
  ].map(kindIn)
  const exclusions = (objectsField(spec, 'match') ?? []).map((entry) => ({
    processes: new Set(stringsField(entry, 'processes') ?? []),
    namespaces: (stringsField(entry, 'excludedNamespaces') ?? []).map(compileGlob),
  }))
  return {
    synced: distinct(synced),
    isExcluded: (process, namespace) =>
      namespace !== '' &&
      exclusions.some(
        ({ processes, namespaces }) => (processes.has(process) || processes.has('*')) && namespaces.some((glob) => glob(namespace)),
      ),
  }
}

const kindIn = (entry: JsonObject): GroupVersionKind => ({
  group: stringField(entry, 'group') ?? '',
  version: stringField(entry, 'version') ?? '',
  kind: stringField(entry, 'kind') ?? '',
})

function distinct(kinds: readonly GroupVersionKind[]): readonly GroupVersionKind[] {
  const byKey = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.kind}`, kind]))
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind)
}
