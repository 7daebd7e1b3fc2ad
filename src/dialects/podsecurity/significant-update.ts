import { listAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'

/**
 * Whether an update of a Pod can make it violate what it met before. Of the few fields that may change only images can, and new containers;
 * everything else is let through, so that Pods which a namespace's new level would refuse can still be worked with.
 */
export function isSignificantUpdate(spec: JsonObject, oldSpec: JsonObject): boolean {
  return (
    differ(listAt(spec, 'containers'), listAt(oldSpec, 'containers')) ||
    differ(listAt(spec, 'initContainers'), listAt(oldSpec, 'initContainers')) ||
    hasNewEphemeral(listAt(spec, 'ephemeralContainers'), listAt(oldSpec, 'ephemeralContainers'))
  )
}

const textAt = (container: Json | undefined, key: string): string => {
  const value = container !== undefined && isJsonObject(container) ? ownValue(container, key) : undefined
  return typeof value === 'string' ? value : ''
}

const differ = (now: readonly Json[], before: readonly Json[]): boolean =>
  now.length !== before.length || now.some((container, index) => textAt(container, 'image') !== textAt(before[index], 'image'))

/** Ephemeral containers have no fixed order: they are told apart by name, and one that goes changes nothing. */
function hasNewEphemeral(now: readonly Json[], before: readonly Json[]): boolean {
  if (now.length === 0) return false
  const images = new Map(before.map((container) => [textAt(container, 'name'), textAt(container, 'image')]))
  return now.some((container) => images.get(textAt(container, 'name')) !== textAt(container, 'image'))
}
