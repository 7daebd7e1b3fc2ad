import type { Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { labelsOf, nameOf } from '../../../kube/object.ts'
import type { Answer, Facts } from '../../../policy/facts.ts'
import { rounded } from '../constraint/review.ts'

/** The Namespace that `gator test` takes to be there: selectors see it without labels, the inventory is without it. */
export const defaultNamespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }

/** A world of the objects that were read and the Namespaces that are assumed. Everything about it is known at once. */
export function factsOf(objects: readonly KubeObject[], assumed: readonly KubeObject[] = []): Facts {
  // The answer is one value for as long as the world lives: what is made of it is kept with it.
  // Rego values are a superset of JSON, and nothing but Rego reads the inventory.
  const inventory = rounded(objects, 'floats') as Json
  const namespaces = new Map(
    [...assumed, ...objects]
      .filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1')
      .map((object) => [nameOf(object), object]),
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
