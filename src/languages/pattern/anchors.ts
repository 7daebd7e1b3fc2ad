import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'

/**
 * Anchors give a key of a pattern another meaning: `(k)` condition, `<(k)` global condition, `=(k)` if present, `X(k)` must be absent, `^(k)` at least one element,
 * `+(k)` add if absent (mutation only).
 */
export type Modifier = '' | '<' | '=' | 'X' | '^' | '+'

export interface Anchor {
  readonly modifier: Modifier
  readonly key: string
}

const written = /^(?<modifier>[+<=X^])?\((?<key>.+)\)$/

/** The anchor of a key, or undefined for a plain one. */
export function parseAnchor(key: string): Anchor | undefined {
  if (!key.includes('(')) return undefined
  const groups = written.exec(key.trim())?.groups
  // The group matches only modifiers.
  return groups === undefined ? undefined : { modifier: (groups['modifier'] ?? '') as Modifier, key: (groups['key'] ?? '').trim() }
}

/** The key without its anchor. */
export const plainKey = (key: string): string => parseAnchor(key)?.key ?? key

/** Whether a map key anywhere inside is an anchor. */
export function hasAnchors(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isJsonArray(value)) return value.some(hasAnchors)
  return Object.entries(value).some(([key, item]) => parseAnchor(key) !== undefined || hasAnchors(item))
}

/** The value with every anchor taken off its key. */
export function stripAnchors(value: Json): Json {
  if (isJsonArray(value)) return value.map(stripAnchors)
  if (!isJsonObject(value)) return value
  const copy: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) setOwn(copy, plainKey(key), stripAnchors(item))
  return copy
}
