import { flagAt, has, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import type { LabelPredicate } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource, Status } from '../../kube/status.ts'
import type { SandboxClient, WatchEvent } from '../client.ts'
import type { Key } from './controller.ts'
import { keyOf } from './controller.ts'
import { isDeleting, uidOf, withField } from './fields.ts'
import { sameKind } from './kinds.ts'

export const ownerReferencesOf = (object: JsonObject): readonly JsonObject[] => objectsAt(object, 'metadata', 'ownerReferences')

/** The owner that manages the object. */
export const controllerOf = (object: JsonObject): JsonObject | undefined =>
  ownerReferencesOf(object).find((reference) => flagAt(reference, 'controller'))

export const isControlledBy = (object: JsonObject, owner: JsonObject): boolean => {
  const controller = controllerOf(object)
  return controller !== undefined && textAt(controller, 'uid') === uidOf(owner)
}

export const controllerReference = (owner: KubeObject): JsonObject => ({
  apiVersion: owner.apiVersion,
  blockOwnerDeletion: true,
  controller: true,
  kind: owner.kind,
  name: nameOf(owner),
  uid: uidOf(owner),
})

export const selectsNothing: LabelPredicate = () => false

/** `spec.selector` of a workload; one that is absent, empty or malformed selects nothing. */
export function workloadSelector(owner: JsonObject): LabelPredicate {
  const selector = objectAt(owner, 'spec', 'selector')
  if (Object.keys(selector).length === 0) return selectsNothing
  const compiled = compileLabelSelector(selector)
  return compiled.ok ? compiled.value : selectsNothing
}

export interface Claim {
  readonly client: SandboxClient
  readonly of: GroupResource
  readonly owner: KubeObject
  readonly matches: LabelPredicate
}

/** The objects of the owner's namespace that it manages: matching orphans are adopted, and those that no longer match let go. */
export async function claimObjects({ client, of, owner, matches }: Claim): Promise<Result<readonly KubeObject[], Status>> {
  const claimed: KubeObject[] = []
  for (const object of client.list(of, namespaceOf(owner))) {
    const controller = controllerOf(object)
    if (controller !== undefined && textAt(controller, 'uid') !== uidOf(owner)) continue
    const matching = matches(labelsOf(object))
    if (controller !== undefined) {
      if (matching) claimed.push(object)
      else if (!isDeleting(owner)) {
        const released = await client.update(of, withoutOwner(object, uidOf(owner)))
        if (!released.ok && released.error.reason !== 'NotFound') return released
      }
      continue
    }
    if (!matching || isDeleting(owner) || isDeleting(object)) continue
    const references = [...ownerReferencesOf(object), controllerReference(owner)]
    const adopted = await client.update(of, withField(object, ['metadata', 'ownerReferences'], references))
    if (adopted.ok) claimed.push(adopted.value)
    else if (adopted.error.reason !== 'NotFound') return adopted
  }
  return ok(claimed)
}

export function withoutOwner(object: KubeObject, uid: string): KubeObject {
  const rest = ownerReferencesOf(object).filter((reference) => textAt(reference, 'uid') !== uid)
  return withField(object, ['metadata', 'ownerReferences'], rest.length === 0 ? undefined : rest)
}

/** The key of the controller of a changed object, if it is of the kind; for an orphan the keys of those that may adopt it. */
export function ownerKeys(
  event: WatchEvent,
  owners: { readonly client: SandboxClient; readonly of: GroupResource; readonly kind: string },
): readonly Key[] {
  const controller = controllerOf(event.object)
  const namespace = namespaceOf(event.object)
  if (controller !== undefined) return textAt(controller, 'kind') === owners.kind ? [{ namespace, name: textAt(controller, 'name') }] : []
  if (event.type === 'DELETED' || !has(event.object, 'metadata', 'labels')) return []
  const labels = labelsOf(event.object)
  return owners.client
    .list(owners.of, namespace)
    .filter((owner) => workloadSelector(owner)(labels))
    .map(keyOf)
}

/** Own changes and those of what is owned: the usual triggers of a workload controller. */
export function workloadKeys(client: SandboxClient, of: GroupResource, kind: string): (event: WatchEvent) => readonly Key[] {
  return (event) => (sameKind(event.of, of) ? [keyOf(event.object)] : ownerKeys(event, { client, of, kind }))
}
