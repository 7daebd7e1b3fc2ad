import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, setOwn } from '../../core/json.ts'
import { hasWildcard, matchesWildcard } from '../../core/wildcard.ts'
import { parseAnchor, plainKey } from './anchors.ts'

/*
 * Under `metadata.labels` and `metadata.annotations` keys of a pattern may hold wildcards: each stands for the first key of the resource, in sorted order, that it matches.
 * As upstream does, that expansion drops values that are not text.
 */
const tags = ['labels', 'annotations'] as const

function entryOf(map: JsonObject, key: string): readonly [written: string, value: JsonObject] | undefined {
  for (const [written, value] of Object.entries(map)) if (plainKey(written) === key && isJsonObject(value)) return [written, value]
  return undefined
}

/** Whether a pattern needs expanding at all. */
export function expandsMetadata(pattern: JsonObject): boolean {
  const metadata = entryOf(pattern, 'metadata')
  if (metadata === undefined) return false
  return tags.some((tag) => {
    const entry = entryOf(metadata[1], tag)
    return entry !== undefined && Object.entries(entry[1]).some(([key, value]) => hasWildcard(plainKey(key)) || typeof value !== 'string')
  })
}

export function expandMetadata(pattern: JsonObject, resource: JsonObject): JsonObject {
  const metadata = entryOf(pattern, 'metadata')
  const actual = Object.hasOwn(resource, 'metadata') ? resource['metadata'] : undefined
  if (metadata === undefined || actual === undefined || !isJsonObject(actual)) return pattern
  const expanded = { ...metadata[1] }
  for (const tag of tags) {
    const entry = entryOf(metadata[1], tag)
    const values = Object.hasOwn(actual, tag) ? actual[tag] : undefined
    if (entry !== undefined && values !== undefined && isJsonObject(values)) expanded[entry[0]] = expandKeys(entry[1], values)
  }
  return { ...pattern, [metadata[0]]: expanded }
}

function expandKeys(pattern: JsonObject, actual: JsonObject): JsonObject {
  const keys = Object.keys(actual).sort()
  const expanded: { [key: string]: Json } = {}
  for (const [written, value] of Object.entries(pattern)) {
    if (typeof value === 'string') setOwn(expanded, hasWildcard(plainKey(written)) ? expandKey(written, keys) : written, value)
  }
  return expanded
}

function expandKey(written: string, keys: readonly string[]): string {
  const anchor = parseAnchor(written)
  const match = keys.find((key) => matchesWildcard(anchor?.key ?? written, key))
  if (match === undefined) return written
  return anchor === undefined ? match : `${anchor.modifier}(${match})`
}
