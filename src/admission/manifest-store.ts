import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf, namespaceOf } from '../kube/object.ts'
import { manifestOf } from './handler.ts'

/** The manifests of a cluster's objects. What is compiled is kept by manifest, so one stays the same for as long as its object means the same. */
export interface ManifestStore {
  /** By the names of the objects. */
  readonly manifests: readonly Manifest[]
  /** Takes the objects of now; tells whether there is anything new in them. */
  update(objects: readonly KubeObject[]): boolean
}

/** What of an object a policy is compiled from: everything but its status and the server's bookkeeping. */
function sourceOf(object: KubeObject): string {
  const { status: _status, metadata, ...rest } = object
  const { managedFields: _fields, resourceVersion: _version, ...kept } = (metadata ?? {}) as { readonly [key: string]: unknown }
  return JSON.stringify({ ...rest, metadata: kept })
}

interface Entry {
  readonly key: string
  /** As it was seen last: another one may mean the same. */
  readonly object: KubeObject
  readonly source: string
  readonly manifest: Manifest
}

const keyOf = (object: KubeObject): string => `${object.apiVersion} ${object.kind} ${namespaceOf(object)}/${nameOf(object)}`

export function createManifestStore(): ManifestStore {
  let entries: ReadonlyMap<string, Entry> = new Map()
  let manifests: readonly Manifest[] = []
  const entryFor = (object: KubeObject): Entry => {
    const key = keyOf(object)
    const known = entries.get(key)
    if (known?.object === object) return known
    const source = sourceOf(object)
    return { key, object, source, manifest: known?.source === source ? known.manifest : manifestOf(object) }
  }
  return {
    get manifests() {
      return manifests
    },
    update: (objects) => {
      const next = objects.map(entryFor).sort((a, b) => (a.key < b.key ? -1 : 1))
      entries = new Map(next.map((entry) => [entry.key, entry]))
      const isSame = next.length === manifests.length && next.every(({ manifest }, index) => manifest === manifests[index])
      if (!isSame) manifests = next.map(({ manifest }) => manifest)
      return !isSame
    },
  }
}
