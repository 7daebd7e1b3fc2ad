import type { Json } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'

/** One value of a stream of JSON values: `{…}` after `{…}`, as `kubectl` and JSON lines write them. */
export interface JsonValue extends Span {
  readonly value: Json
}

/**
 * The fast path of files that are JSON. Undefined where the text is not wholly JSON: YAML's flow style may still read it, and says better
 * what is wrong.
 */
export function parseJsonStream(text: string, maxDepth: number): readonly JsonValue[] | undefined {
  const values: JsonValue[] = []
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0)
  const whole = parseJson(text.slice(at), maxDepth)
  if (whole !== undefined) return [{ start: at, end: trimmedEnd(text), value: whole }]
  while (at < text.length) {
    const end = endOfValue(text, at, maxDepth)
    if (end === undefined) return undefined
    const value = parseJson(text.slice(at, end), maxDepth)
    if (value === undefined) return undefined
    values.push({ start: at, end, value })
    at = skipSpace(text, end)
  }
  return values.length > 1 ? values : undefined
}

/** True of text that can be JSON a file would hold: an object or a list. */
export function looksLikeJson(text: string): boolean {
  const code = text.charCodeAt(skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0))
  return code === 123 || code === 91
}

export function parseJson(text: string, maxDepth: number): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isBounded(value, maxDepth) ? value : undefined
  } catch {
    return undefined
  }
}

/** No deeper than allowed, and no number that overflowed. */
function isBounded(value: Json, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth <= 0) return false
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)) if (!isBounded(item, depth - 1)) return false
  return true
}

export function skipSpace(text: string, from: number): number {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at
    at += 1
  }
}

function trimmedEnd(text: string): number {
  return text.trimEnd().length
}

/** The offset after the object or list that begins at `start`, by its brackets alone. */
function endOfValue(text: string, start: number, maxDepth: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      const end = endOfString(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (code === 123 || code === 91) {
      depth += 1
      if (depth > maxDepth) return undefined
    } else if (code === 125 || code === 93) {
      depth -= 1
      if (depth === 0) return at + 1
    } else if (depth === 0) return undefined
  }
  return undefined
}

/** The offset after the string whose opening quote is at `start`. */
export function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 92) at += 1
    else if (code === 34) return at + 1
  }
  return undefined
}
