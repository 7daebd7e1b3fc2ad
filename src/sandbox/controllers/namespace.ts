import { objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { again, done, writeStatus } from './controller.ts'
import { finalizersOf, isDeleting, timestamp, uidOf, withField } from './fields.ts'
import { events, namespaces, pods, sameKind } from './kinds.ts'
import type { Reconciled } from './workqueue.ts'

/** A namespace is Terminating for at least so many milliseconds, so that it can be seen to be. */
const shortestEnd = 1000
/** Ready to look again this soon while the namespace still has content. */
const pollInterval = 200

/** Empties a Terminating namespace and lets it go. */
export const namespaceController = (context: ControllerContext, resources: () => readonly GroupResource[]): Controller => ({
  name: 'namespace',
  kinds: 'all',
  keysOf: (event) => {
    if (sameKind(event.of, namespaces)) return isDeleting(event.object) ? [{ namespace: '', name: nameOf(event.object) }] : []
    // The last object of a namespace on its way out has gone.
    if (event.type !== 'DELETED' || namespaceOf(event.object) === '') return []
    const namespace = context.client.get(namespaces, '', namespaceOf(event.object))
    return namespace !== undefined && isDeleting(namespace) ? [{ namespace: '', name: nameOf(namespace) }] : []
  },
  reconcile: async ({ name }) => {
    const namespace = context.client.get(namespaces, '', name)
    if (namespace === undefined || !isDeleting(namespace)) return done
    return empty(context, namespace, resources())
  },
})

interface Remaining {
  readonly of: GroupResource
  readonly objects: readonly KubeObject[]
}

async function empty(context: ControllerContext, namespace: KubeObject, resources: readonly GroupResource[]): Promise<Reconciled> {
  const { client } = context
  if (!textsAt(namespace, 'spec', 'finalizers').includes('kubernetes')) return done
  const inside = (): readonly Remaining[] =>
    resources.map((of) => ({ of, objects: client.list(of, nameOf(namespace)) })).filter(({ objects }) => objects.length > 0)
  for (const { of, objects } of inside()) {
    for (const object of objects) {
      // A Pod with a grace period of its own goes when its node lets it.
      if (isDeleting(object)) continue
      const at = { namespace: nameOf(namespace), name: nameOf(object) }
      const deleted = await client.delete(of, at, { propagationPolicy: 'Background', uid: uidOf(object) })
      if (!deleted.ok && !['NotFound', 'Conflict'].includes(deleted.error.reason ?? '')) return deleted
    }
  }
  const left = inside()
  // What others say about the end is no reason to wait for them.
  const waitsFor = left.filter(({ of }) => !sameKind(of, events))
  const current = client.get(namespaces, '', nameOf(namespace))
  if (current === undefined) return done
  const told = await writeStatus(client, namespaces, current, { ...statusOf(current, waitsFor, timestamp(context.clock.now())) })
  if (!told.ok) return told.error.reason === 'NotFound' ? done : told
  if (left.length > 0) return again(pollInterval)
  // The time of deletion is known in whole seconds, of which up to one may have passed before it.
  const rest = Date.parse(textAt(current, 'metadata', 'deletionTimestamp')) + shortestEnd * 2 - context.clock.now().getTime()
  if (rest > 0) return again(Math.min(rest, shortestEnd))
  const finalizers = textsAt(told.value, 'spec', 'finalizers').filter((finalizer) => finalizer !== 'kubernetes')
  const finalized = await client.update(namespaces, withField(told.value, ['spec', 'finalizers'], finalizers), 'finalize')
  return finalized.ok || finalized.error.reason === 'NotFound' ? done : finalized
}

interface Verdict {
  readonly type: string
  readonly bad: readonly [reason: string, message: string] | undefined
  readonly good: readonly [reason: string, message: string]
}

function statusOf(namespace: KubeObject, left: readonly Remaining[], now: string): JsonObject {
  const before = objectsAt(namespace, 'status', 'conditions')
  const conditions = verdicts(left).map(({ type, bad, good }): Json => {
    const status = bad === undefined ? 'False' : 'True'
    const [reason, message] = bad ?? good
    const known = before.find((condition) => textAt(condition, 'type') === type)
    const since = known !== undefined && textAt(known, 'status') === status ? textAt(known, 'lastTransitionTime') : now
    return { lastTransitionTime: since, message, reason, status, type }
  })
  return { ...objectAt(namespace, 'status'), phase: 'Terminating', conditions }
}

const resourceName = ({ group, resource }: GroupResource): string => `${resource}.${group}`

function verdicts(left: readonly Remaining[]): readonly Verdict[] {
  const content = left.map(({ of, objects }) => `${resourceName(of)} has ${objects.length} resource instances`)
  const finalizers = new Map<string, number>()
  for (const { of, objects } of left) {
    if (sameKind(of, pods)) continue
    for (const object of objects) for (const one of finalizersOf(object)) finalizers.set(one, (finalizers.get(one) ?? 0) + 1)
  }
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      bad: undefined,
      good: ['ResourcesDiscovered', 'All resources successfully discovered'],
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      bad: undefined,
      good: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    },
    {
      type: 'NamespaceDeletionContentFailure',
      bad: undefined,
      good: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    },
    {
      type: 'NamespaceContentRemaining',
      bad: content.length === 0 ? undefined : ['SomeResourcesRemain', `Some resources are remaining: ${content.sort().join(', ')}`],
      good: ['ContentRemoved', 'All content successfully removed'],
    },
    {
      type: 'NamespaceFinalizersRemaining',
      bad:
        held.length === 0
          ? undefined
          : ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held.sort().join(', ')}`],
      good: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    },
  ]
}
