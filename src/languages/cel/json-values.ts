import type { Json } from '../../core/json.ts'
import { isJsonArray, setOwn } from '../../core/json.ts'
import { formatDuration } from './text.ts'
import { adapterOf } from './adapt.ts'
import { formatTimestamp } from './time.ts'
import type { CelType } from './types.ts'
import type { CelOutcome, CelValue } from './values.ts'
import {
  CelBytes,
  CelDouble,
  CelDuration,
  CelError,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  celMapOf,
  entriesOf,
  fromRaw,
  isCelList,
  kindOf,
} from './values.ts'

const maximumDepth = 512

/** A value as JSON; undefined where it has no such form: types, quantities, numbers past a double's precision, maps with other keys than texts. */
export function toJson(value: CelOutcome): Json | undefined {
  return jsonOf(value, 0)
}

function jsonOf(value: CelOutcome, depth: number): Json | undefined {
  if (depth > maximumDepth || value instanceof CelError || value instanceof CelTypeValue) return undefined
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof CelDouble) return Number.isFinite(value.value) ? value.value : undefined
  if (value instanceof CelUint) return Number(value.value)
  if (value instanceof CelBytes) return Buffer.from(value.value).toString('base64')
  if (value instanceof CelTimestamp) return formatTimestamp(value)
  if (value instanceof CelDuration) return formatDuration(value)
  if (value instanceof CelOptional) return value.value === undefined ? null : jsonOf(value.value, depth + 1)
  if (isCelList(value)) return listOf(value, depth)
  const kind = kindOf(value)
  return kind === 'map' || kind === 'struct' ? objectOf(value, depth) : undefined
}

function listOf(list: readonly CelValue[], depth: number): Json | undefined {
  const out: Json[] = []
  for (const item of list) {
    const json = jsonOf(item, depth + 1)
    if (json === undefined) return undefined
    out.push(json)
  }
  return out
}

function objectOf(map: CelValue, depth: number): Json | undefined {
  const out: { [key: string]: Json } = {}
  for (const [key, value] of entriesOf(map)) {
    const json = jsonOf(value, depth + 1)
    if (json === undefined || typeof key !== 'string') return undefined
    setOwn(out, key, json)
  }
  return out
}

/** JSON whose numbers are all doubles, whole ones too. Documents are bounded in depth where they are read. */
export function celDoubles(json: Json): CelValue {
  if (typeof json === 'number') return new CelDouble(json)
  if (typeof json !== 'object' || json === null) return json
  if (isJsonArray(json)) return json.map(celDoubles)
  const entries = Object.entries(json).map(([key, value]) => [key, celDoubles(value)] as const)
  return celMapOf(entries)
}

/** JSON as a value of a type. Bindings are read so by themselves. */
export function fromJson(json: Json, type?: CelType): CelOutcome {
  const adapt = type === undefined ? undefined : adapterOf(type)
  return adapt === undefined ? fromRaw(json) : adapt(json)
}
