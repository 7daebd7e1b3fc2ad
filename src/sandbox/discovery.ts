import { createHash } from 'node:crypto'
import type { Json } from '../core/json.ts'
import type { Catalogue, ServedType } from './served-type.ts'
import { compareVersions, groupVersion } from './served-type.ts'

interface GroupEntry {
  readonly group: string
  /** The preferred first. */
  readonly versions: readonly string[]
}

/** Groups in the order in which they were first served; built-in ones come first. */
function groupsOf(catalogue: Catalogue): readonly GroupEntry[] {
  const groups = new Map<string, Set<string>>()
  for (const { group, version } of catalogue.all()) {
    const versions = groups.get(group) ?? new Set<string>()
    versions.add(version)
    groups.set(group, versions)
  }
  return [...groups].map(([group, versions]) => ({ group, versions: [...versions].sort(compareVersions) }))
}

const versionEntry = (group: string, version: string): Json => ({ groupVersion: groupVersion({ group, version }), version })

const groupEntry = ({ group, versions }: GroupEntry): { readonly [key: string]: Json } => ({
  name: group,
  versions: versions.map((version) => versionEntry(group, version)),
  preferredVersion: versionEntry(group, versions[0] ?? ''),
})

/** `/api` */
export const apiVersions = (host: string): Json => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
})

/** `/apis` */
export const apiGroupList = (catalogue: Catalogue): Json => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(catalogue)
    .filter(({ group }) => group !== '')
    .map(groupEntry),
})

/** `/apis/GROUP`, undefined for a group that is not served. */
export function apiGroup(catalogue: Catalogue, group: string): Json | undefined {
  const entry = groupsOf(catalogue).find((one) => one.group === group)
  return entry === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(entry) }
}

/** As kube-apiserver computes it: clients see that the version in which a kind is stored has changed. */
const storageVersionHash = ({ group, version, kind }: ServedType): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')

/** `/api/v1` and `/apis/GROUP/VERSION`, undefined where nothing of it is served. */
export function apiResourceList(catalogue: Catalogue, group: string, version: string): Json | undefined {
  const types = catalogue.all().filter((type) => type.group === group && type.version === version)
  if (types.length === 0) return undefined
  const resources = types.flatMap((type) => [mainEntry(type), ...type.subresources.map((sub) => subEntry(type, sub))])
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: groupVersion({ group, version }),
    resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

type Entry = { readonly name: string } & { readonly [key: string]: Json }

const mainEntry = (type: ServedType): Entry => ({
  name: type.resource,
  singularName: type.singular,
  namespaced: type.namespaced,
  kind: type.kind,
  verbs: type.verbs,
  ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
  ...(type.categories.length === 0 ? {} : { categories: type.categories }),
  ...(type.verbs.includes('create') && type.verbs.includes('get') ? { storageVersionHash: storageVersionHash(type) } : {}),
})

const subEntry = (type: ServedType, sub: ServedType['subresources'][number]): Entry => ({
  name: `${type.resource}/${sub.name}`,
  singularName: '',
  namespaced: type.namespaced,
  ...(sub.group === type.group && sub.version === type.version ? {} : { group: sub.group, version: sub.version }),
  kind: sub.kind,
  verbs: sub.verbs,
})

/** The whole of discovery in one answer (`apidiscovery.k8s.io`), for `/api` or `/apis`. */
export function aggregatedDiscovery(catalogue: Catalogue, core: boolean, version: string): Json {
  const items = groupsOf(catalogue)
    .filter(({ group }) => (group === '') === core)
    .map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((one) => ({
        version: one,
        resources: catalogue
          .all()
          .filter((type) => type.group === group && type.version === one)
          .map(aggregatedEntry),
        freshness: 'Current',
      })),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
}

/** An empty group and version stand for those of the list. */
const aggregatedEntry = (type: ServedType): Json => ({
  resource: type.resource,
  responseKind: { group: '', version: '', kind: type.kind },
  scope: type.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: type.singular,
  verbs: type.verbs,
  ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
  ...(type.categories.length === 0 ? {} : { categories: type.categories }),
  ...(type.subresources.length === 0
    ? {}
    : {
        subresources: type.subresources.map((sub) => ({
          subresource: sub.name,
          responseKind:
            sub.group === type.group && sub.version === type.version
              ? { group: '', version: '', kind: sub.kind }
              : { group: sub.group, version: sub.version, kind: sub.kind },
          verbs: sub.verbs,
        })),
      }),
})
