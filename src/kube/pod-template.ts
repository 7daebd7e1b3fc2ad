import type { JsonPath } from '../core/json.ts'

const inTemplate: JsonPath = ['spec', 'template']

/** Built-in kinds that make Pods, each with where its Pod template is. A Pod is its own: []. */
const templates: ReadonlyMap<string, JsonPath> = new Map<string, JsonPath>([
  ['Pod', []],
  ['DaemonSet', inTemplate],
  ['Deployment', inTemplate],
  ['Job', inTemplate],
  ['ReplicaSet', inTemplate],
  ['ReplicationController', inTemplate],
  ['StatefulSet', inTemplate],
  ['CronJob', ['spec', 'jobTemplate', ...inTemplate]],
])

/** Where in an object of this kind the metadata and spec of Pods are; undefined of kinds that have none. */
export const podTemplatePath = (kind: string): JsonPath | undefined => templates.get(kind)
