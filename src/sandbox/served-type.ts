import type { KubeObject } from '../kube/object.ts'
import type { FieldError } from '../kube/field-error.ts'
import type { Schema, SchemaSet } from '../kube/schema.ts'
import type { GroupResource } from '../kube/status.ts'

export const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

export interface ServedSubresource {
  readonly name: string
  /** Of the body; the type's own kind for `status`. */
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly string[]
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
}

/** What became of a body: texts about fields it should not have, and the object without them. */
export interface Decoded {
  readonly object: KubeObject
  /** `unknown field "spec.x"` */
  readonly unknown: readonly string[]
  /** Why it is no object of its type at all, as Go says it. */
  readonly mismatch: string | undefined
}

/** One resource in one version, as it is served: built in, or of a CustomResourceDefinition. Everything that differs between the two is behind this. */
export interface ServedType {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly ServedSubresource[]
  /** Where objects of it are kept. Two types may share one place (`events`). */
  readonly storage: GroupResource
  readonly custom: boolean
  /** The columns of `kubectl get`, for custom types. */
  readonly columns: readonly PrinterColumn[] | undefined
  readonly schema: { readonly schema: Schema; readonly definitions: SchemaSet } | undefined
  /** Paths of the scale subresource of a custom type. */
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string }
  /** `metadata.generation` counts the changes of everything but metadata and status. */
  readonly countsGenerations: boolean
  decode(object: KubeObject): Decoded
  applyDefaults(object: KubeObject): KubeObject
  /** Into the version in which it is kept, and back. */
  toStorage(object: KubeObject): KubeObject
  fromStorage(object: KubeObject): KubeObject
  /** On an object in this version. */
  validateCreate(object: KubeObject): readonly FieldError[]
  validateUpdate(object: KubeObject, old: KubeObject): readonly FieldError[]
  warnings(object: KubeObject, old: KubeObject | undefined): readonly string[]
}

export const groupVersion = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group === '' ? version : `${group}/${version}`

export const groupResource = ({ group, resource }: GroupResource): GroupResource => ({ group, resource })

/** Every type served now. */
export interface Catalogue {
  /** In the order of discovery. */
  all(): readonly ServedType[]
  find(group: string, version: string, resource: string): ServedType | undefined
  /** The preferred version of a kind or resource of a group. */
  ofKind(group: string, kind: string): ServedType | undefined
  ofResource(of: GroupResource): ServedType | undefined
}

const preference = (version: string): readonly number[] => {
  const [, major = '0', stage = '', minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? []
  return [stage === '' ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)]
}

/** Kubernetes' order of versions: stable before beta before alpha, higher numbers first. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [preference(a), preference(b)]
  for (let i = 0; i < 3; i += 1) {
    const difference = (y[i] ?? 0) - (x[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}

export function catalogueOf(types: readonly ServedType[]): Catalogue {
  const byPath = new Map(types.map((type) => [`${type.group}/${type.version}/${type.resource}`, type]))
  const preferred = new Map<string, ServedType>()
  for (const type of types) {
    for (const key of [`kind ${type.group}/${type.kind}`, `resource ${type.group}/${type.resource}`]) {
      const known = preferred.get(key)
      if (known === undefined || compareVersions(type.version, known.version) < 0) preferred.set(key, type)
    }
  }
  return {
    all: () => types,
    find: (group, version, resource) => byPath.get(`${group}/${version}/${resource}`),
    ofKind: (group, kind) => preferred.get(`kind ${group}/${kind}`),
    ofResource: ({ group, resource }) => preferred.get(`resource ${group}/${resource}`),
  }
}
