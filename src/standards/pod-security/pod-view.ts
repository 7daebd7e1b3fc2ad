import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'

/** A container of any sort, with its `securityContext` at hand. */
export interface ContainerView {
  /** Where it stands: `['spec', 'initContainers', 0]`. */
  readonly path: JsonPath
  readonly name: string
  readonly container: JsonObject
  /** Empty where it is absent: no check tells the two apart. */
  readonly securityContext: JsonObject
}

/** What checks see of a Pod or a Pod template. A field of the wrong type is an absent one: the API server lets none through. */
export interface PodView {
  /** Where its spec stands, which a `securityContext` is in: `['spec']`. */
  readonly path: JsonPath
  readonly annotations: JsonObject
  readonly spec: JsonObject
  readonly securityContext: JsonObject
  /** Init containers, containers, ephemeral containers: the order in which messages name them. */
  readonly containers: readonly ContainerView[]
  readonly volumes: readonly Json[]
}

const specPath: JsonPath = ['spec']
const nothing: JsonObject = {}
const noItems: readonly Json[] = []

export const asObject = (value: Json | undefined): JsonObject | undefined => (isJsonObject(value) ? value : undefined)
export const asList = (value: Json | undefined): readonly Json[] => (value !== undefined && isJsonArray(value) ? value : noItems)
export const asText = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

export function podView(metadata: JsonObject, spec: JsonObject): PodView {
  const containers: ContainerView[] = []
  for (const list of containerLists) {
    const items = asList(spec[list])
    for (let index = 0; index < items.length; index += 1) {
      const container = items[index]
      if (isJsonObject(container)) containers.push(containerView(container, ['spec', list, index]))
    }
  }
  return {
    path: specPath,
    annotations: asObject(metadata['annotations']) ?? nothing,
    spec,
    securityContext: asObject(spec['securityContext']) ?? nothing,
    containers,
    volumes: asList(spec['volumes']),
  }
}

const containerView = (container: JsonObject, path: JsonPath): ContainerView => ({
  path,
  name: asText(container['name']) ?? '',
  container,
  securityContext: asObject(container['securityContext']) ?? nothing,
})

/** `spec.os.name` is windows: what only Linux knows is not asked of it. */
export function isWindows({ spec }: PodView): boolean {
  const os = asObject(spec['os'])
  return os !== undefined && os['name'] === 'windows'
}

/** `spec.hostUsers` is false: root in the Pod is nobody on the node. */
export const hasUserNamespace = ({ spec }: PodView): boolean => spec['hostUsers'] === false

const noNames: readonly string[] = []

/** Names of the containers for which `predicate` holds, in their order, repeats included. */
export function namesWhere(containers: readonly ContainerView[], predicate: (container: ContainerView) => boolean): readonly string[] {
  let names: string[] | undefined
  for (const container of containers) {
    if (!predicate(container)) continue
    names ??= []
    names.push(container.name)
  }
  return names ?? noNames
}

/** Who has a `securityContext`. */
export type Holder = Pick<ContainerView, 'path' | 'securityContext'>

/** The Pod itself, then its containers. */
export const holders = (pod: PodView): readonly Holder[] => [pod, ...pod.containers]

/** A field of a `securityContext`. */
export const contextPath = ({ path }: Holder, ...steps: readonly string[]): JsonPath => [...path, 'securityContext', ...steps]
