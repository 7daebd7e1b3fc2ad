import type { JsonObject } from '../../core/json.ts'
import type { Status } from '../../kube/status.ts'
import type { Dialect, PolicyKind } from '../../policy/dialect.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Api } from '../api.ts'
import { covers, replacing } from '../api.ts'

const groupOf = (apiVersion: string): string => apiVersion.slice(0, apiVersion.indexOf('/'))
const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)

/**
 * The definition of a kind in one of its groups. Its schema, if it has none of its own, takes every field: what a policy may hold is checked by its dialect,
 * with better words.
 */
export function definitionOf(kind: PolicyKind, group: string): JsonObject {
  const versions = kind.apiVersions.filter((apiVersion) => groupOf(apiVersion) === group).map(versionOf)
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'kanon' } },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
        ...(kind.categories === undefined ? {} : { categories: kind.categories }),
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: {
          openAPIV3Schema: (kind.schema?.(`${group}/${name}`) as JsonObject | undefined) ?? {
            type: 'object',
            properties: { spec: open, status: open },
          },
        },
        subresources: { status: {} },
        ...(kind.columns === undefined ? {} : { additionalPrinterColumns: kind.columns }),
      })),
    },
  }
}

export function definitionsOf(dialects: readonly Dialect[]): readonly JsonObject[] {
  return dialects
    .flatMap(({ kinds }) => kinds)
    .filter(({ builtIn }) => builtIn !== true)
    .flatMap((kind) => [...new Set(kind.apiVersions.map(groupOf))].map((group) => definitionOf(kind, group)))
}

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/**
 * Makes the definitions of kinds that manifests define, and changes those that are not as they should be. What nobody defines any more goes with its owner.
 * `known` is what a watch has seen of a definition: one that is as it should be is not asked for.
 */
export async function reconcileDefinitions(
  api: Api,
  wanted: readonly KubeObject[],
  known: (name: string) => KubeObject | undefined = () => undefined,
): Promise<readonly Status[]> {
  const failed: Status[] = []
  for (const definition of wanted) {
    if (isSeen(known(nameOf(definition)), definition)) continue
    const path = `${collection}/${nameOf(definition)}`
    const found = await api.call({ method: 'GET', path })
    if (found.ok && covers(found.value['spec'], definition['spec'] ?? null)) continue
    const isMissing = !found.ok && found.error.code === 404
    if (!found.ok && !isMissing) {
      failed.push(found.error)
      continue
    }
    const done = found.ok
      ? await api.call({ method: 'PUT', path, body: replacing(definition, found.value) })
      : await api.call({ method: 'POST', path: collection, body: definition })
    if (!done.ok && done.error.code !== 409) failed.push(done.error)
  }
  return failed
}

/** Schemas are large: a definition and what is wanted of it are compared once. */
const seenAsWanted = new WeakMap<KubeObject, KubeObject>()

function isSeen(seen: KubeObject | undefined, wanted: KubeObject): boolean {
  if (seen === undefined) return false
  if (seenAsWanted.get(seen) === wanted) return true
  if (!covers(seen['spec'], wanted['spec'] ?? null)) return false
  seenAsWanted.set(seen, wanted)
  return true
}

/** Makes the definitions that the cluster lacks. Those that are there, often the upstream's own, are left alone. */
export async function installDefinitions(api: Api, dialects: readonly Dialect[]): Promise<readonly Status[]> {
  const made = await Promise.all(definitionsOf(dialects).map((body) => api.call({ method: 'POST', path: collection, body })))
  return made.flatMap((done) => (done.ok || done.error.code === 409 ? [] : [done.error]))
}
