import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { jsonEqual, setOwn } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { podTemplatePath } from '../../kube/pod-template.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { ContainerProfile, PodParts } from '../../standards/apparmor/apparmor.ts'
import { profilesOf } from '../../standards/apparmor/apparmor.ts'

/** The Pod of a request, or the template of what makes Pods. */
export interface Subject {
  readonly object: KubeObject
  /** Where its metadata and spec are: [] of a Pod. */
  readonly template: readonly string[]
  readonly pod: PodParts
  /** Containers whose profile this request chooses: all of them on creation; later those that are new or changed. */
  readonly isChosenHere: (container: ContainerProfile) => boolean
}

/** Undefined where the request is not about Pods, or takes something away. */
export function subjectOf({ operation, object, oldObject }: PolicyRequest): Subject | undefined {
  const template = object === undefined ? undefined : podTemplatePath(object.kind)
  if (object === undefined || template === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined
  const pod = partsOf(object, template)
  // Whoever changes a template chooses anew; the profiles of a Pod stay as they are, and other changes of it must not be held up.
  if (operation === 'CREATE' || oldObject === undefined || template.length > 0) return { object, template, pod, isChosenHere: () => true }
  const before = profilesOf(partsOf(oldObject, template))
  const isSame = (one: ContainerProfile, other: ContainerProfile): boolean =>
    one.name === other.name && one.reference === other.reference && one.path[1] === other.path[1]
  return { object, template, pod, isChosenHere: (container) => !before.some((other) => isSame(container, other)) }
}

const partsOf = (object: KubeObject, template: readonly string[]): PodParts => ({
  metadata: objectAt(object, ...template, 'metadata'),
  spec: objectAt(object, ...template, 'spec'),
})

/** The Pod with other parts; the same object where they are the same. */
export function withParts(object: KubeObject, before: PodParts, after: PodParts): KubeObject {
  const changed: { [key: string]: Json } = { ...object }
  if (!jsonEqual(before.metadata, after.metadata)) setOwn(changed, 'metadata', after.metadata)
  if (!jsonEqual(before.spec, after.spec)) setOwn(changed, 'spec', after.spec)
  const isChanged = (['metadata', 'spec'] as const).some((key) => changed[key] !== object[key])
  return isChanged ? { ...(changed as JsonObject), apiVersion: object.apiVersion, kind: object.kind } : object
}
