import type { JsonPath } from '../core/json.ts'
import { valueAt } from '../core/json.ts'
import type { Span } from '../core/source.ts'
import type { Document } from '../kube/manifest.ts'
import { lineAndColumn } from '../core/source.ts'
import { locate } from '../kube/yaml/yaml.ts'
import type { Place, Subject } from './output/result.ts'

/** A scalar is pointed at itself, a map or list by its key. */
function spanOf(document: Document, path: JsonPath): Span {
  const value = valueAt(document.value, path)
  return locate(document, path, typeof value === 'object' && value !== null ? 'key' : 'value')
}

/** Where a node of a resource stands in its file. */
export function placeIn({ document }: Subject, path: JsonPath): Place | undefined {
  if (document === undefined) return undefined
  let places = known.get(document)
  if (places === undefined) {
    places = new Map()
    known.set(document, places)
  }
  const key = path.join('\n')
  let place = places.get(key)
  if (place === undefined) {
    place = { file: document.source.name, ...lineAndColumn(document.source, spanOf(document, path).start) }
    places.set(key, place)
  }
  return place
}

/** Many policies point at the same place of a resource. */
const known = new WeakMap<Document, Map<string, Place>>()

/** The line of a place with a caret under what is meant. */
export function excerptOf({ document }: Subject, path: JsonPath): string | undefined {
  if (document === undefined) return undefined
  const span = spanOf(document, path)
  const { text } = document.source
  const start = text.lastIndexOf('\n', span.start - 1) + 1
  const newline = text.indexOf('\n', span.start)
  const line = text.slice(start, newline < 0 ? text.length : newline).replace(/\r$/, '')
  const { line: number } = lineAndColumn(document.source, span.start)
  const gutter = String(number)
  const width = Math.max(1, Math.min(span.end, start + line.length) - span.start)
  return `    ${gutter} | ${line}\n    ${' '.repeat(gutter.length)} | ${' '.repeat(span.start - start)}${'^'.repeat(width)}\n`
}
