import { defaultLimits } from '../../core/limits.ts'
import type { JsonPath } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'
import type { Document } from '../manifest.ts'
import { skipSpace } from './json.ts'
import { blockItems, locateInBlock, locateInBlockItem } from './locate-block.ts'
import { locateByEvents } from './locate-events.ts'
import type { Found } from './locate-found.ts'
import { jsonItems, locateInJson } from './locate-json.ts'

/**
 * Where the value at `path` of the document's value is written: its key, or the value itself (of a collection only the first token).
 * Where the path does not exist, the key of the nearest ancestor that does.
 */
export function locate(document: Document, path: JsonPath, part: 'key' | 'value'): Span {
  const whole = document.base.length === 0 ? path : [...document.base, ...path]
  const found = find(document, whole)
  const exists = found.steps === whole.length
  if (exists && part === 'value') return found.value
  return found.key ?? found.value
}

/**
 * The part `[start, end)` of the text at `path`, where that part can be recognised in what is written; else the whole text.
 * Quotes, escapes and folding make the two differ, so the same occurrence of the same characters is looked for.
 */
export function locateInside(document: Document, path: JsonPath, text: string, part: Span): Span {
  const span = locate(document, path, 'value')
  const wanted = text.slice(part.start, part.end)
  if (wanted === '') return span
  const written = document.source.text.slice(span.start, span.end)
  let at = -1
  for (let before = text.indexOf(wanted); before >= 0 && before <= part.start; before = text.indexOf(wanted, before + 1)) {
    at = written.indexOf(wanted, at + 1)
    if (at < 0) return span
  }
  return at < 0 ? span : { start: span.start + at, end: span.start + at + wanted.length }
}

function find(document: Document, path: JsonPath): Found {
  const { source, start, end } = document
  const text = source.text
  const fast =
    findInItem(document, path) ?? (opensBracket(text, start) ? locateInJson(text, path, start) : locateInBlock(text, path, document))
  if (fast !== undefined) return fast
  const found = locateByEvents(text.slice(start, end), path, defaultLimits.documentDepth)
  const shift = (span: Span): Span => ({ start: span.start + start, end: span.end + start })
  return { steps: found.steps, key: found.key === undefined ? undefined : shift(found.key), value: shift(found.value) }
}

/** A list this long is indexed once instead of being searched from its top for every item. */
const largeList = 64 * 1024

/**
 * Offsets of the items of `List` documents, by source and start. INVARIANT: derived from the immutable source alone, and dies with it, so it is no
 * state anyone can see.
 */
const itemIndex = new WeakMap<object, Map<number, readonly number[] | undefined>>()

function findInItem(document: Document, path: JsonPath): Found | undefined {
  const { source, start, end } = document
  const [list, item, ...rest] = path
  if (document.base.length === 0 || list !== 'items' || typeof item !== 'number' || end - start < largeList) return undefined
  const { text } = source
  const json = opensBracket(text, start)
  const known = itemIndex.get(source) ?? new Map<number, readonly number[] | undefined>()
  itemIndex.set(source, known)
  if (!known.has(start)) known.set(start, json ? jsonItems(text, ['items'], start) : blockItems(text, ['items'], document))
  const offset = known.get(start)?.[item]
  if (offset === undefined) return undefined
  const found = json ? locateInJson(text, rest, offset) : locateInBlockItem(text, rest, offset, document)
  if (found !== undefined) return { ...found, steps: found.steps + 2 }
  // Searching a large document by events for every item would be quadratic: the item's beginning is near enough.
  return { steps: 2, key: undefined, value: { start: offset, end: offset + 1 } }
}

function opensBracket(text: string, start: number): boolean {
  const code = text.charCodeAt(skipSpace(text, start))
  return code === 123 || code === 91
}
