import type { Json } from '../../../core/json.ts'
import { parseDuration } from '../../../kube/duration.ts'

/** A Go duration in seconds. */
function parseSeconds(text: string): number | undefined {
  const duration = parseDuration(text)
  return duration === undefined ? undefined : Number(duration) / 1e9
}

/** A side of a comparison in seconds, where it is a duration. The text `0` is a number. */
export const durationOf = (side: Json): number | undefined => (typeof side === 'string' && side !== '0' ? parseSeconds(side) : undefined)

/** Both sides in seconds where at least one is a duration and the other a duration or a number. The duration of `value` is known beforehand. */
export function durationPair(key: Json, value: Json, valueDuration: number | undefined): readonly [key: number, value: number] | undefined {
  const left = durationOf(key)
  if (left === undefined && valueDuration === undefined) return undefined
  const a = left ?? (typeof key === 'number' ? key : undefined)
  const b = valueDuration ?? (typeof value === 'number' ? value : undefined)
  return a === undefined || b === undefined ? undefined : [a, b]
}

/** A side of the deprecated Duration operators: any duration, or a number of whole seconds. */
export function wholeSeconds(side: Json): number | undefined {
  if (typeof side === 'number') return Math.trunc(side)
  return typeof side === 'string' ? parseSeconds(side) : undefined
}
