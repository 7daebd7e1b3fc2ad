import type { Span } from '../../core/source.ts'

/**
 * Splits a stream of documents. A line that begins with `---` and a space or its end always begins a document, whatever stands around it
 * (inside a block scalar it ends the scalar, inside quotes it is an error), so no YAML needs to be understood.
 * `start` is after the marker's line where nothing but a comment follows the marker on it.
 */
export function splitDocuments(text: string): readonly Span[] {
  const spans: Span[] = []
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let chunkHasDirectives = beginsWithDirective(text, start)
  let line = start
  while (line < text.length) {
    const marker = markerAt(text, line)
    if (marker !== undefined) {
      // Directives belong to the document whose `---` follows them.
      if (!(marker === '---' && chunkHasDirectives)) {
        if (line > start) spans.push({ start, end: line })
        start = marker === '---' ? afterMarker(text, line) : lineAfter(text, line)
      }
      chunkHasDirectives = marker === '...' && beginsWithDirective(text, start)
    }
    line = nextMarkerLine(text, line)
  }
  if (start < text.length) spans.push({ start, end: text.length })
  return spans
}

/** The start of the next line that begins with `---` or `...`, or the end of the text. */
function nextMarkerLine(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    const code = text.charCodeAt(at + 1)
    if ((code === 45 || code === 46) && markerAt(text, at + 1) !== undefined) return at + 1
  }
  return text.length
}

function markerAt(text: string, line: number): '---' | '...' | undefined {
  const first = text.charCodeAt(line)
  if (first !== 45 && first !== 46) return undefined
  if (text.charCodeAt(line + 1) !== first || text.charCodeAt(line + 2) !== first) return undefined
  const next = text.charCodeAt(line + 3)
  const ends = Number.isNaN(next) || next === 10 || next === 13 || next === 32 || next === 9
  if (!ends) return undefined
  return first === 45 ? '---' : '...'
}

function afterMarker(text: string, line: number): number {
  let at = line + 3
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1
  const code = text.charCodeAt(at)
  const nothingFollows = Number.isNaN(code) || code === 10 || code === 13 || code === 35
  return nothingFollows ? lineAfter(text, at) : line
}

function lineAfter(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** The first line that is neither blank nor a comment begins with `%`. */
function beginsWithDirective(text: string, start: number): boolean {
  let line = start
  while (line < text.length) {
    const code = text.charCodeAt(line)
    if (code === 37) return true
    if (code !== 35 && code !== 10 && code !== 13) return false
    line = lineAfter(text, line)
  }
  return false
}
