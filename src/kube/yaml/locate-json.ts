import type { JsonPath } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'
import { endOfString, skipSpace } from './json.ts'
import type { Found } from './locate-found.ts'

/**
 * Finds a path in JSON. Undefined where what is passed on the way turns out to be YAML's flow style: names and single quotes, comments,
 * missing commas.
 */
export function locateInJson(text: string, path: JsonPath, start: number): Found | undefined {
  let found: Found | undefined
  let at = skipSpace(text, start)
  let key: Span | undefined
  for (let steps = 0; ; steps += 1) {
    const value = firstToken(text, at)
    if (value === undefined) return undefined
    found = { steps, key, value }
    const step = path[steps]
    if (step === undefined) return found
    const next =
      text.charCodeAt(at) === 123 ? member(text, at, String(step)) : text.charCodeAt(at) === 91 ? item(text, at, step) : 'missing'
    if (next === 'unsure') return undefined
    if (next === 'missing') return found
    key = next.key
    at = next.at
  }
}

/** The offset of every item of the list at `path`. */
export function jsonItems(text: string, path: JsonPath, start: number): readonly number[] | undefined {
  const list = locateInJson(text, path, start)
  if (list?.steps !== path.length || text.charCodeAt(list.value.start) !== 91) return undefined
  const offsets: number[] = []
  let at = skipSpace(text, list.value.end)
  while (text.charCodeAt(at) !== 93) {
    offsets.push(at)
    const after = endOfValue(text, at)
    const next = after === undefined ? undefined : afterComma(text, after, 93)
    if (next === undefined) return undefined
    at = next
  }
  return offsets
}

interface Next {
  readonly key: Span | undefined
  readonly at: number
}

function firstToken(text: string, at: number): Span | undefined {
  const code = text.charCodeAt(at)
  if (code === 123 || code === 91) return { start: at, end: at + 1 }
  const end = endOfScalar(text, at)
  return end === undefined ? undefined : { start: at, end }
}

function endOfScalar(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) === 34) return endOfString(text, at)
  let end = at
  while (end < text.length && /[-+.0-9a-zA-Z]/.test(text.charAt(end))) end += 1
  return jsonWord.test(text.slice(at, end)) ? end : undefined
}
const jsonWord = /^(?:true|false|null|-?[0-9][-+.0-9eE]*)$/

/** The last member of that name: JSON readers let it win. */
function member(text: string, open: number, name: string): Next | 'missing' | 'unsure' {
  let at = skipSpace(text, open + 1)
  let found: Next | 'missing' = 'missing'
  while (text.charCodeAt(at) === 34) {
    const end = endOfString(text, at)
    if (end === undefined) return 'unsure'
    const colon = skipSpace(text, end)
    if (text.charCodeAt(colon) !== 58) return 'unsure'
    const value = skipSpace(text, colon + 1)
    if (keyIs(text, at, end, name)) found = { key: { start: at, end }, at: value }
    const after = endOfValue(text, value)
    const next = after === undefined ? undefined : afterComma(text, after, 125)
    if (next === undefined) return 'unsure'
    at = next
  }
  return text.charCodeAt(at) === 125 ? found : 'unsure'
}

function item(text: string, open: number, index: string | number): Next | 'missing' | 'unsure' {
  let at = skipSpace(text, open + 1)
  for (let i = 0; text.charCodeAt(at) !== 93; i += 1) {
    if (i === index) return { key: undefined, at }
    const after = endOfValue(text, at)
    const next = after === undefined ? undefined : afterComma(text, after, 93)
    if (next === undefined) return 'unsure'
    at = next
  }
  return 'missing'
}

/** The next member or item, or the closing bracket. */
function afterComma(text: string, from: number, close: number): number | undefined {
  const at = skipSpace(text, from)
  const code = text.charCodeAt(at)
  if (code === 44) return skipSpace(text, at + 1)
  return code === close ? at : undefined
}

function keyIs(text: string, start: number, end: number, name: string): boolean {
  if (end - start - 2 === name.length && text.startsWith(name, start + 1)) return true
  if (!text.slice(start, end).includes('\\')) return false
  try {
    return JSON.parse(text.slice(start, end)) === name
  } catch {
    return false
  }
}

function endOfValue(text: string, start: number): number | undefined {
  const code = text.charCodeAt(start)
  if (code !== 123 && code !== 91) return endOfScalar(text, start)
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const current = text.charCodeAt(at)
    if (current === 34) {
      const end = endOfString(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (current === 39 || current === 35) return undefined
    else if (current === 123 || current === 91) depth += 1
    else if (current === 125 || current === 93) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}
