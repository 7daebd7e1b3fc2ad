import { compareText } from '../../../core/go-format.ts'
import type { RegoRecord, RegoValue } from './value.ts'

/** Sets a key of a record under construction as plain data. */
export function setKey(record: { [key: string]: RegoValue }, key: string, value: RegoValue): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

const knownKeys = new WeakMap<RegoRecord, readonly string[]>()
/** Objects up to this size are sorted again each time: that is cheaper than remembering. */
const rememberedFrom = 6

/** The keys of a plain object in the order of values. */
export function sortedKeys(record: RegoRecord): readonly string[] {
  const keys = Object.keys(record)
  if (keys.length < rememberedFrom) return sortTexts(keys)
  const known = knownKeys.get(record)
  if (known !== undefined) return known
  knownKeys.set(record, sortTexts(keys))
  return keys
}

/** Sorts in place. The engine's own order is that of UTF-16 units, which differs only where surrogates are involved. */
export function sortTexts(texts: string[]): string[] {
  if (texts.length < 2) return texts
  return texts.some((text) => surrogate.test(text)) ? texts.sort(compareText) : texts.sort()
}

const surrogate = /[\ud800-\udfff]/
