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

export interface MemoryFacts extends FactSource {
  /** What `fetch` answers, at once. */
  readonly answer: (question: Question) => Answer
}

/** Answers from a list of objects: the cluster of the command line. What only a cluster or the network could say is not known. */
export function memoryFacts({ objects, namespaceLabels }: MemoryOptions): MemoryFacts {
  const find = finder(objects)
  const answer = (question: Question): Answer => {
    switch (question.ask) {
      case 'object':
        return known(find(question) ?? null)
      case 'objects':
        return findAll(objects, question)
      case 'namespaceLabels':
        return known(
          namespaceLabels?.(question.name) ??
            labelsOf(find({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: question.name }) ?? {}),
        )
      case 'apiCall':
        return unknown(`no cluster to call ${question.urlPath} on`)
      case 'service':
        return unknown(`calls to services are not made here: ${question.url}`)
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
  return { answer, fetch: (question) => Promise.resolve(answer(question)) }
}

const known = (value: Json): Answer => ({ known: true, value })
const unknown = (reason: string): Answer => ({ known: false, reason })

type One = Omit<Extract<Question, { ask: 'object' }>, 'ask'>
type Many = Extract<Question, { ask: 'objects' }>

/** Finds objects by what they are; of several that are the same, the first. */
function finder(objects: readonly KubeObject[]): (one: One) => KubeObject | undefined {
  let all: Map<string, KubeObject> | undefined
  const index = (): Map<string, KubeObject> => {
    const byKey = new Map<string, KubeObject>()
    for (const object of objects) {
      const { apiVersion, kind } = object
      const key = keyOf({ apiVersion, kind, namespace: namespaceOf(object), name: nameOf(object) })
      if (!byKey.has(key)) byKey.set(key, object)
    }
    return byKey
  }
  return (one) => (all ??= index()).get(keyOf(one))
}

const keyOf = ({ apiVersion, kind, namespace, name }: One): string => [apiVersion, kind, namespace, name].join('\n')

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
