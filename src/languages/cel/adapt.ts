import { parseDuration } from '../../kube/duration.ts'
import type { CelType } from './types.ts'
import type { CelOutcome, CelValue } from './values.ts'
import { CelBytes, CelDouble, CelDuration, CelError, CelMap, CelUint, celMapOf, entriesOf, isCelList, isRawMap } from './values.ts'
import { parseTimestamp } from './time.ts'

/*
 * Reads raw JSON as its declared type wants: a double may be written `1`, a timestamp is a string. Objects stay as they are, because their fields are
 * read when they are selected.
 */
export type Adapter = (value: CelValue) => CelOutcome

/** How to read data of a type; undefined where it already is what it should be. */
export function adapterOf(type: CelType): Adapter | undefined {
  switch (type.kind) {
    case 'double':
      return (value) => (typeof value === 'number' ? new CelDouble(value) : value)
    case 'uint':
      return (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? new CelUint(value) : value)
    case 'timestamp':
      return (value) => (typeof value === 'string' ? (parseTimestamp(value) ?? new CelError(`not a timestamp: ${value}`)) : value)
    case 'duration':
      return readDuration
    case 'bytes':
      return (value) => (typeof value === 'string' ? new CelBytes(new Uint8Array(Buffer.from(value, 'base64'))) : value)
    case 'list':
      return listAdapter(adapterOf(type.element))
    case 'map':
      return mapAdapter(adapterOf(type.value))
    case 'wrapper':
      return adapterOf(type.of)
    default:
      return undefined
  }
}

function readDuration(value: CelValue): CelOutcome {
  if (typeof value !== 'string') return value
  const nanos = parseDuration(value)
  return nanos === undefined ? new CelError(`not a duration: ${value}`) : new CelDuration(nanos)
}

function listAdapter(adapt: Adapter | undefined): Adapter | undefined {
  if (adapt === undefined) return undefined
  return (value) => {
    if (!isCelList(value)) return value
    const list: CelValue[] = []
    for (const item of value) {
      const adapted = adapt(item)
      if (adapted instanceof CelError) return adapted
      list.push(adapted)
    }
    return list
  }
}

function mapAdapter(adapt: Adapter | undefined): Adapter | undefined {
  if (adapt === undefined) return undefined
  return (value) => {
    if (!isRawMap(value) && !(value instanceof CelMap)) return value
    const entries: (readonly [CelValue, CelValue])[] = []
    for (const [key, held] of entriesOf(value)) {
      const adapted = held instanceof CelError ? held : adapt(held)
      if (adapted instanceof CelError) return adapted
      entries.push([key, adapted])
    }
    return celMapOf(entries)
  }
}
