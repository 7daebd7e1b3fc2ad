import type { JsonObject } from '../../core/json.ts'
import type { Status } from '../../kube/status.ts'
import type { Dialect, PolicyKind } from '../../policy/dialect.ts'
import type { Api } from '../api.ts'

const groupOf = (apiVersion: string): string => apiVersion.slice(0, apiVersion.indexOf('/'))
const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)

/**
 * The definition of a kind in one of its groups. Its schema takes every field and has the defaults that people see:
 * what a policy may hold is checked by its dialect, with better words.
 */
export function definitionOf(kind: PolicyKind, group: string): JsonObject {
  const versions = kind.apiVersions.filter((apiVersion) => groupOf(apiVersion) === group).map(versionOf)
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const spec = kind.specProperties === undefined ? open : { ...open, properties: kind.specProperties }
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
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: open } } },
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

/** Makes the definitions that the cluster lacks. Those that are there, often the upstream's own, are left alone. */
export async function installDefinitions(api: Api, dialects: readonly Dialect[]): Promise<readonly Status[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const made = await Promise.all(definitionsOf(dialects).map((body) => api.call({ method: 'POST', path, body })))
  return made.flatMap((done) => (done.ok || done.error.code === 409 ? [] : [done.error]))
}
