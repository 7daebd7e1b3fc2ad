import type { KubeObject } from '../../../kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Answer, FactSource, Question } from '../../../policy/facts.ts'

/** The world of a case: the objects of its inventory, and nothing else. */
export function caseFacts(inventory: readonly KubeObject[]): FactSource {
  return { fetch: (question) => Promise.resolve(answer(question, inventory)) }
}

function answer(question: Question, inventory: readonly KubeObject[]): Answer {
  if (question.ask === 'inventory') return { known: true, value: inventory }
  if (question.ask === 'namespaceLabels') {
    const namespace = inventory.find(
      ({ kind, apiVersion, ...object }) => kind === 'Namespace' && apiVersion === 'v1' && nameOf(object) === question.name,
    )
    return namespace === undefined ? unknown : { known: true, value: labelsOf(namespace) }
  }
  if (question.ask !== 'object') return unknown
  const found = inventory.find(
    (object) =>
      object.kind === question.kind &&
      object.apiVersion === question.apiVersion &&
      nameOf(object) === question.name &&
      namespaceOf(object) === question.namespace,
  )
  return { known: true, value: found ?? null }
}

const unknown: Answer = { known: false, reason: 'a test has only its inventory' }
