import { quoteGo } from '../../../core/go-quote.ts'
import { numberText } from './number.ts'
import { isArray, isNumber, isSet, objectEntries } from './value.ts'
import type { RegoValue } from './value.ts'

/** A value as Rego writes it: `{"a": [1, 2]}`, `{1, 2}`, `set()`. Keys and elements are sorted, strings quoted. */
export function formatValue(value: RegoValue): string {
  if (typeof value === 'string') return quoteGo(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumber(value)) return numberText(value)
  if (isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (isSet(value)) return value.size === 0 ? 'set()' : `{${value.sorted.map(formatValue).join(', ')}}`
  return `{${objectEntries(value)
    .map(([key, each]) => `${formatValue(key)}: ${formatValue(each)}`)
    .join(', ')}}`
}
