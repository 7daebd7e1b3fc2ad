import { marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'

/** No vowels and no look-alikes: names made of it spell nothing. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** FNV-1a, 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** The short hash that names ReplicaSets and ControllerRevisions: 32 bits, its decimal digits written in the safe alphabet. */
export function shortHash(value: Json, collisionCount?: number): string {
  const hash = fnv32a(`${marshalJson(value)}${collisionCount === undefined ? '' : `/${collisionCount}`}`)
  return String(hash).replace(/./g, (digit) => alphabet[digit.charCodeAt(0) % alphabet.length] ?? '')
}
