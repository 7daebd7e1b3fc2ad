import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'

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

export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = ownValue(object, key)
  return isJsonObject(value) ? value : undefined
}

export function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = ownValue(object, key)
  return value !== undefined && isJsonArray(value) ? value : noItems
}

export function textAt(object: JsonObject, key: string): string | undefined {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : undefined
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

export function podView(metadata: JsonObject, spec: JsonObject): PodView {
  const containers: ContainerView[] = []
  for (const list of containerLists) {
    const items = listAt(spec, list)
    for (let index = 0; index < items.length; index += 1) {
      const container = items[index]
      if (isJsonObject(container)) containers.push(containerView(container, ['spec', list, index]))
    }
  }
  return {
    path: specPath,
    annotations: objectAt(metadata, 'annotations') ?? nothing,
    spec,
    securityContext: objectAt(spec, 'securityContext') ?? nothing,
    containers,
    volumes: listAt(spec, 'volumes'),
  }
}

const containerView = (container: JsonObject, path: JsonPath): ContainerView => ({
  path,
  name: textAt(container, 'name') ?? '',
  container,
  securityContext: objectAt(container, 'securityContext') ?? nothing,
})

/** `spec.os.name` is windows: what only Linux knows is not asked of it. */
export function isWindows({ spec }: PodView): boolean {
  const os = objectAt(spec, 'os')
  return os !== undefined && ownValue(os, 'name') === 'windows'
}

/** `spec.hostUsers` is false: root in the Pod is nobody on the node. */
export const hasUserNamespace = ({ spec }: PodView): boolean => ownValue(spec, 'hostUsers') === false

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
