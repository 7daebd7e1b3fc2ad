import type { Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { labelsOf, nameOf } from '../../../kube/object.ts'
import type { Answer, Facts } from '../../../policy/facts.ts'

/** A world of the objects that were read, and of nothing else. Everything about it is known at once. */
export function factsOf(objects: readonly KubeObject[]): Facts {
  // The answer is one value for as long as the world lives: what is made of it is kept with it.
  const inventory: Json = objects
  const namespaces = new Map(
    objects.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1').map((object) => [nameOf(object), object]),
  )
  return {
    missing: [],
    read: (question): Answer => {
      if (question.ask === 'inventory') return { known: true, value: inventory }
      const namespace = question.ask === 'namespaceLabels' ? namespaces.get(question.name) : undefined
      return namespace === undefined ? { known: false, reason: 'only what was read is known' } : { known: true, value: labelsOf(namespace) }
    },
  }
}
