import type { JsonPath } from '../../core/json.ts'
import type { Span } from '../../core/source.ts'
import { trimmed } from './locate-events.ts'
import type { Found } from './locate-found.ts'
import { plainKey } from './scalar.ts'

/**
 * Finds a path in block style YAML by indentation alone, without building anything: the lines of a value are exactly those that are deeper
 * than its key (and the dashes at the key's own column). The text is known to be YAML, because it was loaded.
 *
 * INVARIANT: undefined at anything that indentation does not tell (flow collections with members, anchors, tags, aliases, merge keys, `? key`, tabs,
 * scalars over several lines that are asked for). A property test holds it equal to the search by events.
 */
export function locateInBlock(text: string, path: JsonPath, bounds: Span): Found | undefined {
  const lines = new Lines(text, bounds)
  lines.toContent(bounds.start)
  return lines.find(path, { key: undefined, opens: true, empty: false }, -1)
}

/** The same, for a path in the list item whose dash is at `dash`. */
export function locateInBlockItem(text: string, path: JsonPath, dash: number, bounds: Span): Found | undefined {
  const column = dash - (text.lastIndexOf('\n', dash) + 1)
  const lines = new Lines(text, bounds)
  return lines.find(path, lines.intoItem(dash, column), column)
}

/** The offsets of the dashes of the list at `path`. */
export function blockItems(text: string, path: JsonPath, bounds: Span): readonly number[] | undefined {
  const found = locateInBlock(text, path, bounds)
  if (found?.steps !== path.length || text.charCodeAt(found.value.start) !== 45) return undefined
  return new Lines(text, bounds).dashesFrom(found.value.start)
}

interface Key {
  readonly name: string
  readonly span: Span
  /** After the colon. */
  readonly end: number
}

class Lines {
  readonly #text: string
  readonly #end: number
  /** The first character of the current line's content and its column; -1 at the end. */
  #at = 0
  #column = -1
  #dash = 0

  constructor(text: string, bounds: Span) {
    this.#text = text
    this.#end = bounds.end
  }

  find(path: JsonPath, from: Position, column: number): Found | undefined {
    let key = from.key
    let parent = column
    let lineOpensValue = from.opens
    if (from.empty) return { steps: 0, key, value: { start: this.#dash, end: this.#dash + 1 } }
    for (let steps = 0; ; steps += 1) {
      if (this.#column < 0) return undefined
      const step = path[steps]
      if (!lineOpensValue) {
        const value = this.#inlineValue(parent)
        if (value === undefined) return undefined
        // A value on its key's line is a scalar, or the search by events decides.
        return { steps, key, value }
      }
      const column = this.#column
      const isList = this.#isItem()
      const first = isList ? undefined : this.#key()
      if (!isList && first === undefined) return this.#scalarOnItsOwn(steps, key, parent)
      const value = isList ? { start: this.#at, end: this.#at + 1 } : first?.span
      if (value === undefined) return undefined
      const here: Found = { steps, key, value }
      if (step === undefined) return here
      const next = isList ? this.#toItem(column, step) : this.#toMember(column, String(step))
      if (next === 'unsure') return undefined
      if (next === 'missing') return here
      key = next.key
      parent = column
      lineOpensValue = next.opens
      if (next.empty) return { steps: steps + 1, key, value: key ?? value }
    }
  }

  /** Stops at the value of the last member of that name. */
  #toMember(column: number, name: string): Step {
    let found: { readonly key: Key; readonly at: number } | undefined
    while (this.#column === column) {
      const key = this.#key()
      if (key === undefined || key.name === '<<') return 'unsure'
      if (key.name === name) found = { key, at: this.#at }
      this.#skipNested(column, true)
    }
    if (this.#column > column) return 'unsure'
    if (found === undefined) return 'missing'
    this.#at = found.key.end
    if (!this.#atLineEnd()) {
      this.#column = column
      return { key: found.key.span, opens: false, empty: false }
    }
    const after = this.#at
    this.toContent(this.#nextLine(after))
    const nested = this.#column > column || (this.#column === column && this.#isItem())
    return { key: found.key.span, opens: true, empty: !nested }
  }

  #toItem(column: number, step: string | number): Step {
    for (let i = 0; this.#column === column && this.#isItem(); i += 1) {
      if (i === step) return this.intoItem(this.#at, column)
      this.#skipNested(column, false)
    }
    return this.#column > column ? 'unsure' : 'missing'
  }

  dashesFrom(dash: number): readonly number[] {
    const dashes: number[] = []
    this.#at = dash
    const column = dash - (this.#text.lastIndexOf('\n', dash) + 1)
    this.#column = column
    while (this.#column === column && this.#isItem()) {
      dashes.push(this.#at)
      this.#skipNested(column, false)
    }
    return dashes
  }

  intoItem(dash: number, column: number): Position {
    this.#dash = dash
    this.#at = dash + 1
    if (this.#atLineEnd()) {
      this.toContent(this.#nextLine(this.#at))
      return { key: undefined, opens: true, empty: this.#column <= column }
    }
    this.#column = column + (this.#at - dash)
    const opens = this.#isItem() || this.#key() !== undefined
    if (!opens) this.#column = column
    return { key: undefined, opens, empty: false }
  }

  /** From a line to the next one that is not deeper; dashes at a key's own column belong to the key. */
  #skipNested(column: number, dashesToo: boolean): void {
    do this.toContent(this.#nextLine(this.#at))
    while (this.#column > column || (dashesToo && this.#column === column && this.#isItem()))
  }

  #key(): Key | undefined {
    const text = this.#text
    const start = this.#at
    const first = text.charCodeAt(start)
    if (first === 34 || first === 39) {
      const end = this.#endOfQuoted(start, first)
      if (end === undefined) return undefined
      const name = unquote(text.slice(start, end))
      const colon = this.#skipSpaces(end)
      if (name === undefined || text.charCodeAt(colon) !== 58 || !this.#endsKey(colon + 1)) return undefined
      return { name, span: { start, end }, end: colon + 1 }
    }
    if (!beginsPlain(text, start)) return undefined
    for (let at = start; at < this.#end; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 10 || (code === 35 && text.charCodeAt(at - 1) === 32)) return undefined
      if (code !== 58 || !this.#endsKey(at + 1)) continue
      const span = trimmed(text, start, at)
      const raw = text.slice(span.start, span.end)
      const name = raw === '<<' ? raw : plainKey(raw)
      return name === undefined ? undefined : { name, span, end: at + 1 }
    }
    return undefined
  }

  /** A scalar after `key: ` or `- `. */
  #inlineValue(indent: number): Span | undefined {
    const text = this.#text
    const start = this.#at
    const first = text.charCodeAt(start)
    if (first === 34 || first === 39) {
      const end = this.#endOfQuoted(start, first)
      return end === undefined ? undefined : { start, end }
    }
    if (first === 124 || first === 62) return this.#blockScalar(indent)
    if ((first === 123 && text.charCodeAt(start + 1) === 125) || (first === 91 && text.charCodeAt(start + 1) === 93))
      return { start, end: start + 1 }
    if (!beginsPlain(text, start)) return undefined
    return this.#plainValue(indent)
  }

  #plainValue(indent: number): Span | undefined {
    const text = this.#text
    const start = this.#at
    let at = start
    for (; at < this.#end; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 10 || (code === 35 && (text.charCodeAt(at - 1) === 32 || text.charCodeAt(at - 1) === 9))) break
    }
    this.toContent(this.#nextLine(at))
    // Deeper lines would continue the scalar.
    return this.#column > indent ? undefined : trimmed(text, start, at)
  }

  #blockScalar(indent: number): Span | undefined {
    const start = this.#nextLine(this.#at)
    // With an indentation indicator, or blank lines at its end, the general parser knows better where it ends.
    const header = this.#text.slice(this.#at, start)
    if (/^[|>][-+]?[0-9]/.test(header)) return undefined
    let line = start
    let end = start
    // The column of its first line: what is deeper than the parent and not as deep as that is a comment behind the scalar.
    let margin = indent + 1
    while (line < this.#end) {
      let content = line
      while (this.#text.charCodeAt(content) === 32) content += 1
      const code = content < this.#end ? this.#text.charCodeAt(content) : 10
      const isBlank = code === 10 || code === 13
      if (!isBlank && content - line < margin) break
      if (!isBlank && end === start) margin = content - line
      line = this.#nextLine(content)
      if (!isBlank) end = line
    }
    return contentOf(this.#text, start, end)
  }

  /** The document, a member or an item whose value stands on a line of its own and is no collection. */
  #scalarOnItsOwn(steps: number, key: Span | undefined, parent: number): Found | undefined {
    const value = this.#inlineValue(parent)
    return value === undefined ? undefined : { steps, key, value }
  }

  #endOfQuoted(start: number, quote: number): number | undefined {
    const text = this.#text
    for (let at = start + 1; at < this.#end; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 92 && quote === 34) at += 1
      else if (code === quote) {
        if (quote === 34 || text.charCodeAt(at + 1) !== 39) return at + 1
        at += 1
      }
    }
    return undefined
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === 45 && this.#endsKey(this.#at + 1)
  }

  #endsKey(at: number): boolean {
    if (at >= this.#end) return true
    const code = this.#text.charCodeAt(at)
    return code === 32 || code === 10 || code === 13 || code === 9
  }

  #skipSpaces(from: number): number {
    let at = from
    while (at < this.#end && (this.#text.charCodeAt(at) === 32 || this.#text.charCodeAt(at) === 9)) at += 1
    return at
  }

  #atLineEnd(): boolean {
    const before = this.#at
    this.#at = this.#skipSpaces(before)
    if (this.#at >= this.#end) return true
    const code = this.#text.charCodeAt(this.#at)
    return code === 10 || code === 13 || (code === 35 && this.#at > before)
  }

  #nextLine(from: number): number {
    const at = this.#text.indexOf('\n', from)
    return at < 0 || at >= this.#end ? this.#end : at + 1
  }

  toContent(line: number): void {
    const text = this.#text
    let start = line
    while (start < this.#end) {
      let at = start
      while (at < this.#end && text.charCodeAt(at) === 32) at += 1
      const code = at < this.#end ? text.charCodeAt(at) : 10
      if (code !== 10 && code !== 13 && code !== 35) {
        this.#at = at
        this.#column = at - start
        return
      }
      start = this.#nextLine(at)
    }
    this.#column = -1
    this.#at = this.#end
  }
}

/** At the value of a step. */
interface Position {
  readonly key: Span | undefined
  /** A map or list begins here, at a column of its own; else a scalar on the line of its key or dash. */
  readonly opens: boolean
  /** There is no value at all: the key, or the list, stands for it. */
  readonly empty: boolean
}

type Step = 'missing' | 'unsure' | Position

function contentOf(text: string, from: number, to: number): Span {
  return to <= from ? { start: from, end: from } : trimmed(text, from, to)
}

function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1)
  if (quoted.startsWith("'")) return inner.includes('\n') ? undefined : inner.replaceAll("''", "'")
  if (!inner.includes('\\')) return inner.includes('\n') ? undefined : inner
  try {
    return JSON.parse(quoted) as string
  } catch {
    return undefined
  }
}

/** Indicators, and what only the general parser understands. */
function beginsPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code === 45 || code === 58 || code === 63) return text.charCodeAt(at + 1) > 32
  return !indicators.has(code)
}

/** `, [ ] { } # & * ! | > ' " % @` and the backquote, and a tab. */
const indicators: ReadonlySet<number> = new Set([44, 91, 93, 123, 125, 35, 38, 42, 33, 124, 62, 39, 34, 37, 64, 96, 9])
