import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../core/json.ts'
import { appArmorPrefix, printAppArmorReference, readAppArmorProfile } from '../../kube/app-armor.ts'

/** A Pod, or what a Pod template makes. */
export interface PodParts {
  readonly metadata: JsonObject
  readonly spec: JsonObject
}

/** By what a container is confined, and who says so. */
export interface ContainerProfile {
  /** The container. */
  readonly name: string
  readonly path: JsonPath
  /** `runtime/default`, `unconfined`, `localhost/NAME`; '' where nobody chose; what was written where it means nothing. */
  readonly reference: string
  /** Where it is chosen: the container's field, its annotation, the Pod's field. Where nobody chose: where the container would. */
  readonly chosenAt: JsonPath
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** Of every container in its order. A container's field comes before its annotation, that before the Pod's field. */
export function profilesOf({ metadata, spec }: PodParts): readonly ContainerProfile[] {
  return containerLists.flatMap((list) =>
    listAt(spec, list).flatMap((container, index) =>
      isJsonObject(container) ? [profileOf(container, ['spec', list, index], { metadata, spec })] : [],
    ),
  )
}

const field = ['securityContext', 'appArmorProfile'] as const

function profileOf(container: JsonObject, path: JsonPath, { metadata, spec }: PodParts): ContainerProfile {
  const written = ownValue(container, 'name')
  const name = typeof written === 'string' ? written : ''
  const own = valueAt(container, field)
  const key = appArmorPrefix + name
  const annotation = valueAt(metadata, ['annotations', key])
  const ofPod = valueAt(spec, field)
  if (isPresent(own)) return { name, path, reference: referenceOf(own), chosenAt: [...path, ...field] }
  if (typeof annotation === 'string' && annotation !== '')
    return { name, path, reference: annotation, chosenAt: ['metadata', 'annotations', key] }
  if (isPresent(ofPod)) return { name, path, reference: referenceOf(ofPod), chosenAt: ['spec', ...field] }
  return { name, path, reference: '', chosenAt: [...path, ...field] }
}

/** A field that means nothing keeps its type, so that it can be talked about. */
function referenceOf(value: Json): string {
  const profile = readAppArmorProfile(value)
  if (profile !== undefined) return printAppArmorReference(profile)
  const type = isJsonObject(value) ? ownValue(value, 'type') : undefined
  return typeof type === 'string' && type !== '' ? type : 'unknown'
}

/** Every place of a Pod that has to do with AppArmor, whether or not it means something. */
export function mentionsOf({ metadata, spec }: PodParts): readonly JsonPath[] {
  const annotations = valueAt(metadata, ['annotations'])
  const keys = annotations !== undefined && isJsonObject(annotations) ? Object.keys(annotations) : []
  const fields: readonly JsonPath[] = [
    ['spec', ...field],
    ...containerLists.flatMap((list) => listAt(spec, list).map((_, index): JsonPath => ['spec', list, index, ...field])),
  ]
  return [
    ...keys.filter((key) => key.startsWith(appArmorPrefix)).map((key): JsonPath => ['metadata', 'annotations', key]),
    ...fields.filter((path) => isPresent(valueAt({ spec }, path))),
  ]
}

/** Windows knows no AppArmor: nothing is asked of its Pods. */
export const isWindows = ({ spec }: PodParts): boolean => valueAt(spec, ['os', 'name']) === 'windows'

const isPresent = (value: Json | undefined): value is Json => value !== undefined && value !== null

function listAt(spec: JsonObject, list: string): readonly Json[] {
  const value = ownValue(spec, list)
  return value !== undefined && isJsonArray(value) ? value : []
}
