import type { Json } from '../core/json.ts'
import { compileWildcard } from '../core/wildcard.ts'
import { compileLabelSelector } from '../kube/label-selector.ts'
import type { KubeObject } from '../kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../kube/object.ts'
import type { Answer, FactSource, Question } from '../policy/facts.ts'

export interface MemoryOptions {
  readonly objects: readonly KubeObject[]
  /** Labels that a person gave, before those of Namespace objects. */
  readonly namespaceLabels?: (namespace: string) => Readonly<Record<string, string>> | undefined
}

/** Answers from a list of objects: the cluster of the command line. What only a cluster or the network could say is not known. */
export function memoryFacts({ objects, namespaceLabels }: MemoryOptions): FactSource {
  const answer = (question: Question): Answer => {
    switch (question.ask) {
      case 'object':
        return known(objects.find((object) => isOne(object, question)) ?? null)
      case 'objects':
        return findAll(objects, question)
      case 'namespaceLabels':
        return known(
          namespaceLabels?.(question.name) ??
            labelsOf(objects.find((object) => object.kind === 'Namespace' && nameOf(object) === question.name) ?? {}),
        )
      case 'apiCall':
        return unknown(`no cluster to call ${question.urlPath} on`)
      case 'service':
        return unknown(`calls to services are not made here: ${question.url}`)
      case 'externalData':
        return unknown(`providers of external data are not asked here: ${question.provider.url}`)
      case 'image':
        return unknown(`no registry to look up ${question.reference} in`)
      case 'globalContext':
        return unknown(`no global context entry ${question.name}`)
      case 'hostAddresses':
        return unknown(`names are not looked up here: ${question.host}`)
      case 'inventory':
        return known(objects)
    }
  }
  return { fetch: (question) => Promise.resolve(answer(question)) }
}

const known = (value: Json): Answer => ({ known: true, value })
const unknown = (reason: string): Answer => ({ known: false, reason })

type One = Extract<Question, { ask: 'object' }>
type Many = Extract<Question, { ask: 'objects' }>

const isOne = (object: KubeObject, { apiVersion, kind, namespace, name }: One): boolean =>
  object.kind === kind && object.apiVersion === apiVersion && nameOf(object) === name && namespaceOf(object) === namespace

/** Empty parts do not narrow the search; others may hold wildcards. */
function findAll(objects: readonly KubeObject[], { apiVersion, kind, namespace, name, selector }: Many): Answer {
  const labels = compileLabelSelector(selector)
  if (!labels.ok) return unknown(labels.error)
  const fits = (pattern: string): ((text: string) => boolean) => (pattern === '' ? () => true : compileWildcard(pattern))
  const [version, kinds, namespaces, names] = [fits(apiVersion), fits(kind), fits(namespace), fits(name)]
  return known(
    objects.filter(
      (object) =>
        version(object.apiVersion) &&
        kinds(object.kind) &&
        namespaces(namespaceOf(object)) &&
        names(nameOf(object)) &&
        labels.value(labelsOf(object)),
    ),
  )
}
