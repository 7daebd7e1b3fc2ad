import { numberAt, textAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'

type FieldPath = readonly string[]

/** A copy of the object with a field set, or taken away (undefined). */
export function withField<T extends JsonObject>(root: T, path: FieldPath, value: Json | undefined): T {
  const [key, ...rest] = path
  if (key === undefined) return root
  if (rest.length === 0) {
    if (value === undefined) {
      const { [key]: _removed, ...others } = root
      // Only fields below the header are ever taken away.
      return others as T
    }
    return { ...root, [key]: value }
  }
  const child = ownValue(root, key)
  return { ...root, [key]: withField(child !== undefined && isJsonObject(child) ? child : {}, rest, value) }
}

/** Counters as Go writes them with `omitempty`: zero is left out. */
export const nonZero = (counters: Readonly<Record<string, number | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(counters).filter((entry): entry is [string, number] => (entry[1] ?? 0) !== 0))

/** Fields without the undefined and empty ones. */
export const present = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== ''))

export const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid')
export const generationOf = (object: JsonObject): number => numberAt(object, 'metadata', 'generation')
export const isDeleting = (object: JsonObject): boolean => textAt(object, 'metadata', 'deletionTimestamp') !== ''
export const finalizersOf = (object: JsonObject): readonly string[] => textsAt(object, 'metadata', 'finalizers')
export const createdAt = (object: JsonObject): number => Date.parse(textAt(object, 'metadata', 'creationTimestamp')) || 0

/** `metav1.Time`: whole seconds, UTC. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
/** `metav1.MicroTime`. */
export const microTimestamp = (date: Date): string => `${date.toISOString().slice(0, -1)}000Z`

/** An int-or-string field against a total: `25%` or a number. */
export function resolveIntOrPercent(value: Json | undefined, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = typeof value === 'string' ? /^(\d{1,9})%$/.exec(value)?.[1] : undefined
  if (percent === undefined) return 0
  const exact = (Number(percent) * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
