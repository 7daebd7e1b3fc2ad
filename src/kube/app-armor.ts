import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue, setOwn, valueAt } from '../core/json.ts'
import type { KubeObject } from './object.ts'
import { annotationsOf, nameOf } from './object.ts'

/** Before the fields there was an annotation for each container: this and the container's name. */
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

export const appArmorTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const
export type AppArmorType = (typeof appArmorTypes)[number]

/** What a container is confined by. */
export type AppArmorProfile =
  | { readonly type: 'RuntimeDefault' | 'Unconfined' }
  | {
      readonly type: 'Localhost'
      /** A profile that the node has loaded. */
      readonly localhostProfile: string
    }

/** Bytes of the name of a profile. */
export const longestAppArmorProfile = 4095

const localhost = 'localhost/'

/** `runtime/default`, `unconfined` or `localhost/` and a name, the values of annotations; undefined of everything else. */
export function parseAppArmorReference(text: string): AppArmorProfile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' }
  if (text === 'unconfined') return { type: 'Unconfined' }
  if (!text.startsWith(localhost)) return undefined
  const name = text.slice(localhost.length)
  const isName = name !== '' && name === name.trim() && Buffer.byteLength(name) <= longestAppArmorProfile
  return isName ? { type: 'Localhost', localhostProfile: name } : undefined
}

/** The same as a value of an annotation. */
export function printAppArmorReference(profile: AppArmorProfile): string {
  if (profile.type === 'Localhost') return localhost + profile.localhostProfile
  return profile.type === 'RuntimeDefault' ? 'runtime/default' : 'unconfined'
}

/** The value of a field `appArmorProfile`; undefined where it is none that the API server lets in. */
export function readAppArmorProfile(field: Json | undefined): AppArmorProfile | undefined {
  if (field === undefined || !isJsonObject(field)) return undefined
  const [type, name] = [ownValue(field, 'type'), ownValue(field, 'localhostProfile')]
  if (type === 'RuntimeDefault' || type === 'Unconfined') return name === undefined ? { type } : undefined
  return type === 'Localhost' && typeof name === 'string' ? parseAppArmorReference(localhost + name) : undefined
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/**
 * What the API server does with a new Pod: an annotation is written into the field of its container, unless the container has one, or the Pod has the
 * same one; and the user is told that annotations are old. Only what is Linux knows profiles.
 */
export function fillAppArmorFields(pod: KubeObject): { readonly pod: KubeObject; readonly warnings: readonly string[] } {
  const annotations = annotationsOf(pod)
  const spec = ownValue(pod, 'spec')
  const isAnnotated = Object.keys(annotations).some((key) => key.startsWith(appArmorPrefix))
  if (!isAnnotated || spec === undefined || !isJsonObject(spec) || valueAt(spec, ['os', 'name']) === 'windows') return { pod, warnings: [] }
  const ofPod = valueAt(spec, ['securityContext', 'appArmorProfile'])
  const warnings: string[] = []
  const fill = (container: Json): Json => {
    if (!isJsonObject(container) || isPresent(valueAt(container, ['securityContext', 'appArmorProfile']))) return container
    const key = appArmorPrefix + nameOfContainer(container)
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined
    if (text === undefined) return container
    const profile = parseAppArmorReference(text)
    if (profile !== undefined && isPresent(ofPod) && jsonEqual(ofPod, profile)) return container
    warnings.push(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`)
    return profile === undefined ? container : withProfile(container, profile)
  }
  const filled: { [key: string]: Json } = { ...spec }
  for (const list of containerLists) {
    const containers = ownValue(spec, list)
    if (containers !== undefined && isJsonArray(containers)) setOwn(filled, list, containers.map(fill))
  }
  return { pod: { ...pod, spec: filled }, warnings }
}

const isPresent = (value: Json | undefined): value is Json => value !== undefined && value !== null

const nameOfContainer = (container: JsonObject): string => nameOf({ metadata: container })

function withProfile(container: JsonObject, profile: AppArmorProfile): JsonObject {
  const context = ownValue(container, 'securityContext')
  return { ...container, securityContext: { ...(context !== undefined && isJsonObject(context) ? context : {}), appArmorProfile: profile } }
}
