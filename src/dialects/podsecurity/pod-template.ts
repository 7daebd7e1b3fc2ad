import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, valueAt } from '../../core/json.ts'
import type { GroupResource } from '../../kube/status.ts'

/** The metadata and spec of a Pod that is or will be. */
export interface PodParts {
  readonly metadata: JsonObject
  readonly spec: JsonObject
}

/** Built-in kinds that make Pods, and where in them the Pod template is. */
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['/podtemplates', ['template']],
  ['/replicationcontrollers', ['spec', 'template']],
  ['apps/replicasets', ['spec', 'template']],
  ['apps/deployments', ['spec', 'template']],
  ['apps/statefulsets', ['spec', 'template']],
  ['apps/daemonsets', ['spec', 'template']],
  ['batch/jobs', ['spec', 'template']],
  ['batch/cronjobs', ['spec', 'jobTemplate', 'spec', 'template']],
])

const keyOf = ({ group, resource }: GroupResource): string => `${group}/${resource}`

export const hasPodTemplate = (of: GroupResource): boolean => templatePaths.has(keyOf(of))

/** The Pod template of a workload; undefined where it has none. */
export function podTemplateOf(of: GroupResource, object: JsonObject): PodParts | undefined {
  const path = templatePaths.get(keyOf(of))
  const template = path === undefined ? undefined : valueAt(object, path)
  return template !== undefined && isJsonObject(template) ? podParts(template) : undefined
}

/** The parts of a Pod, or of a template. */
export const podParts = (pod: JsonObject): PodParts => ({ metadata: objectAt(pod, 'metadata'), spec: objectAt(pod, 'spec') })

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = valueAt(object, [key])
  return value !== undefined && isJsonObject(value) ? value : {}
}
