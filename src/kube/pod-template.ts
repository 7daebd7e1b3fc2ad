import type { GroupResource } from './status.ts'

/** A built-in kind with a Pod template. */
export interface TemplateKind extends GroupResource {
  readonly kind: string
  /** Where in it the Pod template is. */
  readonly path: readonly string[]
}

const inSpec = (group: string, kind: string): TemplateKind => ({
  group,
  resource: `${kind.toLowerCase()}s`,
  kind,
  path: ['spec', 'template'],
})

/** Those that make Pods out of it. */
const workloads: readonly TemplateKind[] = [
  inSpec('', 'ReplicationController'),
  ...['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => inSpec('apps', kind)),
  inSpec('batch', 'Job'),
  { ...inSpec('batch', 'CronJob'), path: ['spec', 'jobTemplate', 'spec', 'template'] },
]

export const templateKinds: readonly TemplateKind[] = [{ ...inSpec('', 'PodTemplate'), path: ['template'] }, ...workloads]

/** Where the metadata and spec of Pods are, by kind: of those that make Pods, and of a Pod, which is its own: []. */
export const podPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ...workloads.map(({ kind, path }) => [kind, path] as const),
])

/** Where in an object of this kind the metadata and spec of Pods are; undefined of kinds that make none. */
export const podTemplatePath = (kind: string): readonly string[] | undefined => podPaths.get(kind)
