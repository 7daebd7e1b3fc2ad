import type { Json } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { compileWildcard } from '../core/wildcard.ts'
import { compileLabelSelector } from '../kube/label-selector.ts'
import { labelsOf, nameOf, namespaceOf } from '../kube/object.ts'
import type { ServedResource } from '../policy/admission.ts'
import type { Answer, FactSource, Question } from '../policy/facts.ts'
import { collectionPath } from './discovery.ts'
import type { ExternalDataClient } from './external-data.ts'
import type { KubeClient } from './kube-client.ts'
import { itemsOf } from './kube-client.ts'

export interface ApiFactsOptions {
  readonly client: KubeClient
  readonly resources: () => readonly ServedResource[]
  /** From a watch; undefined where the namespace is not known yet. */
  readonly namespaceLabels: (name: string) => Readonly<Record<string, string>> | undefined
  readonly externalData: Pick<ExternalDataClient, 'fetch'>
}

const known = (value: Json): Answer => ({ known: true, value })
const unknown = (reason: string): Answer => ({ known: false, reason })

/** Answers from an API server. What it refuses or does not have is not known, with its words. */
export function apiFacts(options: ApiFactsOptions): FactSource {
  return { fetch: (question) => answer(question, options) }
}

function resourceOf(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  resources: readonly ServedResource[],
): ServedResource | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return resources.find((one) => one.group === group && one.version === version && one.kind === kind)
}

async function answer(question: Question, options: ApiFactsOptions): Promise<Answer> {
  const { client, resources, namespaceLabels, externalData } = options
  switch (question.ask) {
    case 'object': {
      const resource = resourceOf(question, resources())
      if (resource === undefined) return unknown(`no resource of kind ${question.apiVersion} ${question.kind} is served`)
      const path = `${collectionPath(resource, resource.namespaced ? question.namespace : '')}/${encodeURIComponent(question.name)}`
      const found = await client.call({ method: 'GET', path })
      if (found.ok) return known(found.value)
      return found.error.code === 404 ? known(null) : unknown(found.error.message ?? 'unknown error')
    }
    case 'objects':
      return findAll(question, options)
    case 'namespaceLabels': {
      const labels = namespaceLabels(question.name)
      if (labels !== undefined) return known(labels)
      const found = await client.call({ method: 'GET', path: `/api/v1/namespaces/${encodeURIComponent(question.name)}` })
      return found.ok ? known(labelsOf(found.value)) : unknown(found.error.message ?? 'unknown error')
    }
    case 'apiCall': {
      const method = question.method === 'POST' ? 'POST' : 'GET'
      const called = await client.call({ method, path: question.urlPath, ...(method === 'POST' ? { body: question.body } : {}) })
      return called.ok
        ? known(called.value)
        : unknown(`failed to ${method.toLowerCase()} resource with raw url ${question.urlPath}: ${called.error.message ?? ''}`)
    }
    case 'service':
      return unknown(`calls to services are not made here: ${question.url}`)
    case 'externalData':
      return externalData.fetch(question)
    case 'image':
      return unknown(`no registry to look up ${question.reference} in`)
    case 'globalContext':
      return unknown(`no global context entry ${question.name}`)
    case 'hostAddresses':
      return unknown(`names are not looked up here: ${question.host}`)
    case 'inventory':
      return inventory(question, options)
  }
}

/** The objects of all kinds that are served; the others are none. */
async function inventory({ kinds }: Extract<Question, { ask: 'inventory' }>, { client, resources }: ApiFactsOptions): Promise<Answer> {
  const served = resources().filter((one) =>
    kinds.some(({ group, version, kind }) => one.group === group && one.version === version && one.kind === kind),
  )
  const lists = await Promise.all(
    served.map(async (resource) => ({ resource, list: await client.call({ method: 'GET', path: collectionPath(resource) }) })),
  )
  const objects: Json[] = []
  for (const { resource, list } of lists) {
    if (!list.ok) return unknown(list.error.message ?? 'unknown error')
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
    // The items of a list of built-in objects say neither.
    for (const item of itemsOf(list.value)) objects.push({ ...item, apiVersion, kind: resource.kind })
  }
  return known(objects)
}

/** Empty parts do not narrow the search; others may hold wildcards. */
async function findAll(question: Extract<Question, { ask: 'objects' }>, { client, resources }: ApiFactsOptions): Promise<Answer> {
  const labels = compileLabelSelector(question.selector)
  if (!labels.ok) return unknown(labels.error)
  const fits = (pattern: string): ((value: string) => boolean) => (pattern === '' ? () => true : compileWildcard(pattern))
  const [versions, kinds, namespaces, names] = [
    fits(question.apiVersion),
    fits(question.kind),
    fits(question.namespace),
    fits(question.name),
  ]
  const chosen = resources().filter(({ group, version, kind }) => versions(group === '' ? version : `${group}/${version}`) && kinds(kind))
  const lists = await Promise.all(chosen.map((resource) => client.call({ method: 'GET', path: collectionPath(resource) })))
  const failed = lists.find((list) => !list.ok)
  if (failed !== undefined && !failed.ok) return unknown(failed.error.message ?? 'unknown error')
  const objects = lists.flatMap((list) => (list.ok ? itemsOf(list.value) : []))
  return known(
    objects.filter(
      (object) => namespaces(namespaceOf(object)) && names(nameOf(object)) && labels.value(labelsOf(object)) && isJsonObject(object),
    ),
  )
}
