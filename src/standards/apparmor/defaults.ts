import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn, valueAt } from '../../core/json.ts'
import type { AppArmorProfile } from '../../kube/app-armor.ts'
import { appArmorPrefix, printAppArmorReference } from '../../kube/app-armor.ts'
import type { ContainerProfile, PodParts } from './profiles.ts'
import { profilesOf } from './profiles.ts'

/**
 * PodSecurityPolicy's `defaultProfileName`: containers for which nobody chose a profile get this one, in their field. One with an empty annotation gets it
 * there, because the API server wants both to agree. The same parts where nothing is missing; only containers in `among` are filled.
 */
export function fillDefault(
  pod: PodParts,
  profile: AppArmorProfile,
  among: (container: ContainerProfile) => boolean = () => true,
): PodParts {
  const missing = profilesOf(pod).filter((one) => one.reference === '' && among(one))
  return missing.reduce((filled, container) => withProfile(filled, container, profile), pod)
}

function withProfile(pod: PodParts, { name, path }: ContainerProfile, profile: AppArmorProfile): PodParts {
  const key = appArmorPrefix + name
  const annotations = ownValue(pod.metadata, 'annotations')
  if (annotations !== undefined && isJsonObject(annotations) && ownValue(annotations, key) === '') {
    return { ...pod, metadata: { ...pod.metadata, annotations: { ...annotations, [key]: printAppArmorReference(profile) } } }
  }
  const [, list, index] = path
  const containers = valueAt(pod.spec, [String(list)])
  if (containers === undefined || !isJsonArray(containers)) return pod
  const spec: { [key: string]: Json } = { ...pod.spec }
  setOwn(
    spec,
    String(list),
    containers.map((container, i) => (i === index && isJsonObject(container) ? confined(container, profile) : container)),
  )
  return { ...pod, spec }
}

function confined(container: JsonObject, profile: AppArmorProfile): JsonObject {
  const context = ownValue(container, 'securityContext')
  return { ...container, securityContext: { ...(context !== undefined && isJsonObject(context) ? context : {}), appArmorProfile: profile } }
}
