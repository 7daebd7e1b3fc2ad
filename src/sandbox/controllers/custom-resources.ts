import { textAt } from '../../core/fields.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { again, done, ignoreNotFound, keyOf } from './controller.ts'
import { finalizersOf, isDeleting, uidOf, withField } from './fields.ts'
import { customResourceDefinitions } from './kinds.ts'

/** Holds a definition until its objects are gone. */
const cleanup = 'customresourcecleanup.apiextensions.k8s.io'
/** Ready to look again this soon while finalizers hold objects. */
const pollInterval = 200

/** With a CustomResourceDefinition go the objects it defines. */
export const customResourceCleanup = ({ client }: ControllerContext): Controller => ({
  name: 'custom-resource-cleanup',
  kinds: [customResourceDefinitions],
  keysOf: ({ object }) => (isDeleting(object) ? [keyOf(object)] : []),
  reconcile: async ({ name }) => {
    const definition = client.get(customResourceDefinitions, '', name)
    if (definition === undefined || !finalizersOf(definition).includes(cleanup)) return done
    const of = { group: textAt(definition, 'spec', 'group'), resource: textAt(definition, 'spec', 'names', 'plural') }
    for (const object of client.list(of)) {
      if (isDeleting(object)) continue
      const at = { namespace: namespaceOf(object), name: nameOf(object) }
      const deleted = ignoreNotFound(await client.delete(of, at, { propagationPolicy: 'Background', uid: uidOf(object) }))
      if (!deleted.ok) return deleted
    }
    if (client.list(of).length > 0) return again(pollInterval)
    const rest = finalizersOf(definition).filter((finalizer) => finalizer !== cleanup)
    const freed = ignoreNotFound(await client.update(customResourceDefinitions, withField(definition, ['metadata', 'finalizers'], rest)))
    return freed.ok ? done : freed
  },
})
