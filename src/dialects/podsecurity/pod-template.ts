import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, valueAt } from '../../core/json.ts'
import { templateKinds } from '../../kube/pod-template.ts'
import type { GroupResource } from '../../kube/status.ts'

/** The metadata and spec of a Pod that is or will be. */
export interface PodParts {
  readonly metadata: JsonObject
  readonly spec: JsonObject
}

const keyOf = ({ group, resource }: GroupResource): string => `${group}/${resource}`

const templatePaths: ReadonlyMap<string, readonly string[]> = new Map(templateKinds.map((kind) => [keyOf(kind), kind.path]))

export const hasPodTemplate = (of: GroupResource): boolean => templatePaths.has(keyOf(of))

/** Where what runs stands in an object: [] of a Pod itself; undefined of what makes no Pods. */
export const podPath = (of: GroupResource): readonly string[] | undefined =>
  of.group === '' && of.resource === 'pods' ? [] : templatePaths.get(keyOf(of))

/** The Pod template of a workload, or a Pod itself; undefined where there is none. */
export function podTemplateOf(of: GroupResource, object: JsonObject): PodParts | undefined {
  const path = podPath(of)
  const template = path === undefined ? undefined : valueAt(object, path)
  return template !== undefined && isJsonObject(template) ? podParts(template) : undefined
}

/** The parts of a Pod, or of a template. */
export const podParts = (pod: JsonObject): PodParts => ({ metadata: objectAt(pod, 'metadata'), spec: objectAt(pod, 'spec') })
