import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'

/** Small pieces of YAML text, for edits that leave the rest as it is. What they find is checked by whoever uses it. */

/** What YAML takes for something else than text. */
const meansMore = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i

/** `{a: false, b: ["x"]}`; of JSON with quoted keys. */
export function flowText(value: Json, isJson: boolean): string {
  if (isJsonArray(value)) return `[${value.map((item) => flowText(item, true)).join(', ')}]`
  if (!isJsonObject(value))
    return typeof value === 'string' && !isJson && /^[A-Za-z]+$/.test(value) && !meansMore.test(value) ? value : JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${isJson ? JSON.stringify(key) : key}: ${flowText(item, isJson)}`)
    .join(', ')}}`
}

/** The entries of a map as the lines of a block; lists stay on their line. */
export function blockLines(map: JsonObject): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) =>
    isJsonObject(value) ? [`${key}:`, ...blockLines(value).map((line) => `  ${line}`)] : [`${key}: ${flowText(value, false)}`],
  )
}

/** The spaces that a line needs to stand below what is at `offset`: the dashes of lists before it count. */
export function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return ' '.repeat(line.length)
}

/** The dash of the item of a block list that is at `offset`; the offset itself where there is none. */
export function dashBefore(text: string, offset: number): number {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const dash = text.slice(lineStart, offset).lastIndexOf('-')
  return dash < 0 ? offset : lineStart + dash
}

/** The end of the last line of the block map whose first key is at `start` and whose keys are in column `indent`. */
export function endOfBlock(text: string, start: number, indent: number, limit: number): number {
  let end = lineEnd(text, start)
  for (let at = end; at < limit;) {
    const next = text.indexOf('\n', at)
    if (next < 0 || next + 1 >= limit) break
    const lineStart = next + 1
    at = lineEnd(text, lineStart)
    const line = text.slice(lineStart, at)
    const column = line.length - line.trimStart().length
    const content = line.trim()
    if (content === '') continue
    const isComment = content.startsWith('#')
    if (isComment && column <= indent) continue
    if (column < indent || (column === 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(line))) break
    end = at
  }
  return end
}

function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  const end = newline < 0 ? text.length : newline
  return text[end - 1] === '\r' ? end - 1 : end
}

/** Where the bracket at `start` is closed; the end of the text where it is not. */
export function closingBracket(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return at
    } else if (character === '"' && opensQuote(text, at)) at = closingQuote(text, at, '"')
    else if (character === "'" && opensQuote(text, at)) at = closingQuote(text, at, "'")
    else if (character === '#' && /\s/.test(text[at - 1] ?? '')) at = lineEnd(text, at)
  }
  return text.length
}

/** A quote in the middle of a plain word is a letter of it. */
const opensQuote = (text: string, at: number): boolean => /[\s{}[\],:]/.test(text[at - 1] ?? ' ')

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1
    else if (text[at] === quote && quote === "'" && text[at + 1] === quote) at += 1
    else if (text[at] === quote) return at
  }
  return text.length
}
