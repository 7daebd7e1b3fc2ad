import { objectAt } from '../../core/fields.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, ownValue, valueAt } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { success } from '../../kube/status.ts'
import type { DeleteOptions } from '../client.ts'
import type { ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import { finalizersOf, isTerminating, metadataOf, timestamp, uidOf, withFields, withMetadata } from './metadata.ts'

export interface Deletion {
  /** Marks or removes the object. The object if it stays, a Status if it is gone. */
  begin(
    type: ServedType,
    object: KubeObject,
    requested: DeleteOptions,
    context: { readonly dryRun: boolean; readonly now: Date },
  ): KubeObject | Status
  /** An object without finalizers that is marked may go now: its grace is over. */
  isReady(type: ServedType, object: KubeObject): boolean
}

const isPod = ({ group, resource }: ServedType): boolean => group === '' && resource === 'pods'
const isDefinition = ({ group, resource }: ServedType): boolean =>
  group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions'
/** Taken away once the objects of a definition are gone. */
const definitionCleanup = 'customresourcecleanup.apiextensions.k8s.io'
const isNamespace = ({ group, resource }: ServedType): boolean => group === '' && resource === 'namespaces'

export function deletion(store: Store): Deletion {
  return {
    isReady: (type, object) => {
      if (isNamespace(type)) return remainingNamespaceFinalizers(object).length === 0
      return metadataOf(object)['deletionGracePeriodSeconds'] === 0 || !isPod(type)
    },
    begin: (type, object, requested, { dryRun, now }) => {
      const asked = finalizersFor(object, requested.propagationPolicy)
      const finalizers =
        isDefinition(type) && !isTerminating(object) && !asked.includes(definitionCleanup) ? [...asked, definitionCleanup] : asked
      const grace = isPod(type) ? gracePeriod(object, requested.gracePeriodSeconds) : 0
      const stays = finalizers.length > 0 || grace > 0 || (isNamespace(type) && remainingNamespaceFinalizers(object).length > 0)
      if (!stays) {
        if (!dryRun) store.remove(type.storage, namespaceOf(object), nameOf(object))
        return isPod(type) && !isTerminating(object) && requested.gracePeriodSeconds !== 0 && requested.gracePeriodSeconds !== undefined
          ? object
          : gone(type, object)
      }
      const since = ownValue(metadataOf(object), 'deletionTimestamp')
      const known = isTerminating(object) ? metadataOf(object)['deletionGracePeriodSeconds'] : undefined
      const seconds = typeof known === 'number' ? Math.min(known, grace) : grace
      const marked = withMetadata(object, {
        finalizers: finalizers.length === 0 ? undefined : finalizers,
        deletionTimestamp: typeof since === 'string' && seconds === known ? since : timestamp(new Date(now.getTime() + seconds * 1000)),
        deletionGracePeriodSeconds: seconds,
      })
      const next = withFields(marked, terminatingStatus(type, marked, now))
      if (dryRun) return next
      return type.fromStorage(store.put(type.storage, type.toStorage(next)))
    },
  }
}

/** What the status of an object says from the beginning of its end. */
function terminatingStatus(type: ServedType, object: KubeObject, now: Date): { readonly status?: Json } {
  const status = objectAt(object, 'status')
  if (isNamespace(type)) return { status: { ...status, phase: 'Terminating' } }
  if (!isDefinition(type)) return {}
  const before = isJsonArray(status['conditions']) ? status['conditions'] : []
  if (before.some((condition) => valueAt(condition, ['type']) === 'Terminating')) return {}
  const condition = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    lastTransitionTime: timestamp(now),
  }
  return { status: { ...status, conditions: [...before, condition] } }
}

const gone = ({ group, resource }: ServedType, object: KubeObject): Status =>
  success({ name: nameOf(object), ...(group === '' ? {} : { group }), kind: resource, uid: uidOf(object) })

function remainingNamespaceFinalizers(object: KubeObject): readonly Json[] {
  const finalizers = valueAt(object, ['spec', 'finalizers'])
  return isJsonArray(finalizers) ? finalizers : []
}

/** `Foreground` and `Orphan` become finalizers that the garbage collector takes away; another policy takes them back. */
function finalizersFor(object: KubeObject, policy: DeleteOptions['propagationPolicy']): readonly string[] {
  const others = finalizersOf(object).filter((one) => one !== 'foregroundDeletion' && one !== 'orphan')
  switch (policy) {
    case 'Foreground':
      return [...others, 'foregroundDeletion']
    case 'Orphan':
      return [...others, 'orphan']
    case 'Background':
      return others
    case undefined:
      return finalizersOf(object)
  }
}

/** A Pod that no node runs goes at once. */
function gracePeriod(pod: KubeObject, requested: number | undefined): number {
  const phase = valueAt(pod, ['status', 'phase'])
  const node = valueAt(pod, ['spec', 'nodeName'])
  if (typeof node !== 'string' || node === '' || phase === 'Succeeded' || phase === 'Failed') return 0
  const own = valueAt(pod, ['spec', 'terminationGracePeriodSeconds'])
  return Math.max(0, requested ?? (typeof own === 'number' ? own : 30))
}
