import type { Json } from '../../core/json.ts'
import { setOwn } from '../../core/json.ts'
import type { Limits } from '../../core/limits.ts'
import { notJson, plainKey, resolvePlain } from './scalar.ts'

/**
 * A parser of the YAML that people and tools really write for Kubernetes: block maps and lists of scalars, literal and folded blocks, and
 * small flow collections on one line. It reads the text once, in place, and is several times faster than the general parser.
 *
 * INVARIANT: it accepts a strict subset. At anything it is not sure of (anchors, tags, merge keys, duplicate keys, tabs, carriage returns,
 * quoted scalars over several lines, blank lines in plain ones, odd indentation, every error) it gives up and the general parser decides. A property test holds the two equal.
 */

/** Returned where the general parser must decide. */
export const notPlainBlock: unique symbol = Symbol('not plain block YAML')

/** Deeper documents are left to the general parser, which bounds them. */
const maxDepth = 100
const internedKeys = 1024

/** Thrown inside and caught by the face: giving up must unwind the recursion, and happens at most once a document. */
const giveUp: { readonly reason: string } = { reason: 'not plain block YAML' }

export interface BlockParser {
  /** The value of the document in `[start, end)`; the end must be the end of a line. */
  readonly parse: (start: number, end: number) => Json | typeof notPlainBlock
}

export function blockParser(text: string, limits: Limits): BlockParser {
  const cursor = new Cursor(text, limits)
  return {
    parse: (start, end) => {
      try {
        return cursor.document(start, end)
      } catch (error) {
        if (error === giveUp) return notPlainBlock
        throw error
      }
    },
  }
}

class Cursor {
  readonly #text: string
  readonly #depthLimit: number
  readonly #nodeLimit: number
  /** Keys repeat endlessly across manifests: the same string is used again instead of a new one being cut and hashed. */
  readonly #keys: string[] = Array.from({ length: internedKeys }, () => '')
  #end = 0
  /** At the first character of a line's content, or after a value on it. */
  #at = 0
  /** The column of the current line's content; -1 at the end of the document. */
  #column = -1
  #depth = 0
  #nodes = 0

  constructor(text: string, limits: Limits) {
    this.#text = text
    this.#depthLimit = Math.min(maxDepth, limits.documentDepth)
    this.#nodeLimit = limits.documentNodes
  }

  document(start: number, end: number): Json {
    this.#end = end
    this.#at = start
    this.#depth = 0
    this.#nodes = 0
    this.#toContent()
    if (this.#column < 0) return null
    // A value on the line of its marker.
    if (this.#column === 0 && this.#text.startsWith('---', this.#at)) throw giveUp
    const value = this.#block(this.#column)
    if (this.#column >= 0) throw giveUp
    return value
  }

  /** A map or list whose first line is the current one. */
  #block(indent: number): Json {
    if (this.#isItem()) return this.#list(indent)
    const key = this.#key()
    if (key === undefined) throw giveUp
    return this.#map(indent, key)
  }

  #map(indent: number, firstKey: string): Json {
    this.#enter()
    const map: { [key: string]: Json } = {}
    let key: string | undefined = firstKey
    for (;;) {
      if (Object.hasOwn(map, key)) throw giveUp
      setOwn(map, key, this.#member(indent))
      if (this.#column !== indent) break
      key = this.#key()
      if (key === undefined) throw giveUp
    }
    if (this.#column > indent) throw giveUp
    this.#depth -= 1
    return map
  }

  /** The value after `key:`. A list may stand at the column of its key. */
  #member(indent: number): Json {
    if (!this.#atLineEnd()) return this.#inline(indent)
    this.#toNextLine()
    if (this.#column > indent) return this.#block(this.#column)
    if (this.#column === indent && this.#isItem()) return this.#list(indent)
    this.#count()
    return null
  }

  #list(indent: number): Json {
    this.#enter()
    const list: Json[] = []
    do {
      list.push(this.#item(indent))
    } while (this.#column === indent && this.#isItem())
    if (this.#column > indent) throw giveUp
    this.#depth -= 1
    return list
  }

  #item(indent: number): Json {
    const dash = this.#at
    this.#at += 1
    if (this.#atLineEnd()) {
      this.#toNextLine()
      if (this.#column > indent) return this.#block(this.#column)
      this.#count()
      return null
    }
    const column = indent + (this.#at - dash)
    if (this.#isItem()) return this.#nested(column)
    const code = this.#text.charCodeAt(this.#at)
    // A flow collection or a block scalar is never a key here: that would be one of the odd things left to the general parser.
    if (code !== 91 && code !== 123 && code !== 124 && code !== 62) {
      const start = this.#at
      const key = this.#key()
      if (key !== undefined) return this.#map(column, key)
      this.#at = start
    }
    return this.#inline(indent)
  }

  /** `- - a`: the inner list's column is that of its first dash. */
  #nested(column: number): Json {
    this.#column = column
    return this.#list(column)
  }

  /** A value on the line of its key or dash. Nothing that belongs to it may follow on deeper lines. */
  #inline(indent: number): Json {
    this.#count()
    const code = this.#text.charCodeAt(this.#at)
    if (code === 124 || code === 62) return this.#blockScalar(indent, code === 62)
    const value = code === 91 || code === 123 ? this.#flow() : code === 34 || code === 39 ? this.#quoted(code) : this.#plain(indent)
    if (!this.#atLineEnd()) throw giveUp
    this.#toNextLine()
    if (this.#column > indent) throw giveUp
    return value
  }

  /** A plain scalar and the lines that go on with it: those right below that are deeper. */
  #plain(indent: number): Json {
    let text = this.#plainText()
    while (this.#goesOn(indent)) text += ` ${this.#plainText()}`
    const value = resolvePlain(text)
    if (value === notJson) throw giveUp
    return value
  }

  /** Whether the next line belongs to a plain scalar that has ended its line; then it is gone to. */
  #goesOn(indent: number): boolean {
    this.#skipSpaces()
    if (this.#at >= this.#end || this.#text.charCodeAt(this.#at) !== 10) return false
    const start = this.#at + 1
    let at = start
    while (at < this.#end && this.#text.charCodeAt(at) === 32) at += 1
    const code = at < this.#end ? this.#text.charCodeAt(at) : 10
    if (code === 10 || code === 35 || at - start <= indent) return false
    this.#at = at
    return true
  }

  /** What a plain scalar has on one line. */
  #plainText(): string {
    const text = this.#text
    const start = this.#at
    if (!beginsPlain(text, start)) throw giveUp
    let end = start
    let at = start
    for (; at < this.#end; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 32) continue
      if (code === 10) break
      if (code === 35 && end < at) break
      if (code === 58 && endsKey(text, at + 1, this.#end)) throw giveUp
      if (isOdd(code)) throw giveUp
      end = at + 1
    }
    this.#at = end
    return text.slice(start, end)
  }

  #quoted(quote: number): string {
    const text = this.#text
    const start = this.#at + 1
    let escaped = false
    let at = start
    for (; ; at += 1) {
      if (at >= this.#end) throw giveUp
      const code = text.charCodeAt(at)
      if (code === quote) {
        if (quote === 34 || text.charCodeAt(at + 1) !== 39) break
        escaped = true
        at += 1
      } else if (code === 92 && quote === 34) {
        escaped = true
        at += 1
        if (text.charCodeAt(at) === 10) throw giveUp
      } else if (isOdd(code)) throw giveUp
    }
    this.#at = at + 1
    if (!escaped) return text.slice(start, at)
    return quote === 39 ? text.slice(start, at).replaceAll("''", "'") : unescapeAsJson(text.slice(start - 1, at + 1))
  }

  /** `|`, `|-`, `|+`, `>` and `>-` without an indentation indicator. */
  #blockScalar(indent: number, isFolded: boolean): string {
    const text = this.#text
    this.#at += 1
    const chomping = text.charCodeAt(this.#at)
    if (chomping === 43 || chomping === 45) this.#at += 1
    if (!this.#atLineEnd()) throw giveUp
    const lines: string[] = []
    let margin = -1
    let at = lineAfter(text, this.#at, this.#end)
    while (at < this.#end) {
      const stop = lineEnd(text, at, this.#end)
      let content = at
      while (content < stop && text.charCodeAt(content) === 32) content += 1
      if (content === stop) {
        // Spaces on a blank line beyond the margin are content, before the margin is known they may be an error.
        if (content > at && (margin < 0 || content - at > margin)) throw giveUp
        lines.push('')
      } else {
        if (margin < 0 && content - at > indent) margin = content - at
        if (margin < 0 || content - at < margin) break
        for (let i = content; i < stop; i += 1) {
          const code = text.charCodeAt(i)
          if (isOdd(code) && code !== 9) throw giveUp
        }
        lines.push(text.slice(at + margin, stop))
      }
      at = stop + 1
    }
    this.#at = Math.min(at, this.#end)
    this.#toContent()
    if (this.#column > indent) throw giveUp
    return isFolded ? fold(lines, chomping) : chomp(lines, chomping, at > this.#end)
  }

  /** A collection in brackets on one line, of quoted strings and words. */
  #flow(): Json {
    this.#enter()
    const isMap = this.#text.charCodeAt(this.#at) === 123
    const close = isMap ? 125 : 93
    const list: Json[] = []
    const map: { [key: string]: Json } = {}
    this.#at += 1
    this.#skipSpaces()
    while (this.#text.charCodeAt(this.#at) !== close) {
      if (isMap) this.#flowMember(map)
      else list.push(this.#flowValue())
      this.#skipSpaces()
      const code = this.#text.charCodeAt(this.#at)
      if (code === 44) {
        this.#at += 1
        this.#skipSpaces()
      } else if (code !== close) throw giveUp
    }
    this.#at += 1
    this.#depth -= 1
    return isMap ? map : list
  }

  #flowMember(map: { [key: string]: Json }): void {
    const code = this.#text.charCodeAt(this.#at)
    const key = code === 34 || code === 39 ? this.#quoted(code) : plainKey(this.#word())
    if (key === undefined || key === '<<' || Object.hasOwn(map, key)) throw giveUp
    if (this.#text.charCodeAt(this.#at) !== 58 || this.#text.charCodeAt(this.#at + 1) !== 32) throw giveUp
    this.#at += 2
    this.#skipSpaces()
    setOwn(map, key, this.#flowValue())
  }

  #flowValue(): Json {
    this.#count()
    const code = this.#text.charCodeAt(this.#at)
    if (code === 91 || code === 123) return this.#flow()
    if (code === 34 || code === 39) {
      const value = this.#quoted(code)
      // `["a": b]` is a map of one pair.
      if (this.#text.charCodeAt(this.#at) === 58) throw giveUp
      return value
    }
    const value = resolvePlain(this.#word())
    if (value === notJson) throw giveUp
    return value
  }

  /** Letters, digits and `_ . / -`, beginning with a letter, digit or `/`: never an indicator in a flow collection. */
  #word(): string {
    const start = this.#at
    const first = this.#text.charCodeAt(start)
    if (!isWordCharacter(first) || first === 45 || first === 46) throw giveUp
    while (this.#at < this.#end && isWordCharacter(this.#text.charCodeAt(this.#at))) this.#at += 1
    return this.#text.slice(start, this.#at)
  }

  /** Reads `key:` and stops after the colon. Undefined where the line is no `key: value`; the position is then meaningless. */
  #key(): string | undefined {
    const text = this.#text
    const first = text.charCodeAt(this.#at)
    if (first === 34 || first === 39) {
      const key = this.#quoted(first)
      this.#skipSpaces()
      if (text.charCodeAt(this.#at) !== 58) return undefined
      if (!endsKey(text, this.#at + 1, this.#end)) throw giveUp
      this.#at += 1
      return key
    }
    if (!beginsPlain(text, this.#at)) throw giveUp
    return this.#plainKey()
  }

  #plainKey(): string | undefined {
    const text = this.#text
    const start = this.#at
    let hash = 0
    for (let at = start; at < this.#end; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 58) {
        if (endsKey(text, at + 1, this.#end)) {
          this.#at = at + 1
          return this.#cutKey(start, at, hash)
        }
      } else if (code === 10) return undefined
      else if (code === 35 && text.charCodeAt(at - 1) === 32) return undefined
      else if (isOdd(code)) throw giveUp
      hash = (hash * 31 + code) & 0xffffff
    }
    return undefined
  }

  #cutKey(start: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >> 10)) & (internedKeys - 1)
    const known = this.#keys[slot] ?? ''
    if (known.length === end - start && this.#text.startsWith(known, start)) return known
    if (this.#text.charCodeAt(end - 1) === 32) throw giveUp
    const text = this.#text.slice(start, end)
    const key = plainKey(text)
    if (key === undefined || key === '<<') throw giveUp
    if (key === text) this.#keys[slot] = key
    return key
  }

  #isItem(): boolean {
    if (this.#text.charCodeAt(this.#at) !== 45) return false
    const next = this.#at + 1
    if (next >= this.#end) return true
    const code = this.#text.charCodeAt(next)
    return code === 32 || code === 10
  }

  /** Skips spaces; true at the end of the line or at a comment. */
  #atLineEnd(): boolean {
    const before = this.#at
    this.#skipSpaces()
    if (this.#at >= this.#end) return true
    const code = this.#text.charCodeAt(this.#at)
    return code === 10 || (code === 35 && this.#at > before)
  }

  #skipSpaces(): void {
    while (this.#at < this.#end && this.#text.charCodeAt(this.#at) === 32) this.#at += 1
  }

  #toNextLine(): void {
    this.#skipComment()
    this.#at += 1
    this.#toContent()
  }

  /** From the start of a line to the content of it or of the next line that has any. */
  #toContent(): void {
    const text = this.#text
    while (this.#at < this.#end) {
      const start = this.#at
      this.#skipSpaces()
      const code = this.#at < this.#end ? text.charCodeAt(this.#at) : 10
      if (code === 35) this.#skipComment()
      else if (code !== 10) {
        this.#column = this.#at - start
        return
      }
      this.#at += 1
    }
    this.#column = -1
  }

  /** To the line's end. */
  #skipComment(): void {
    for (; this.#at < this.#end; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === 10) return
      if (isOdd(code) && code !== 9) throw giveUp
    }
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > this.#depthLimit) throw giveUp
    this.#count()
  }

  #count(): void {
    this.#nodes += 1
    if (this.#nodes > this.#nodeLimit) throw giveUp
  }
}

/** The `:` before `at` ends a key. A tab would too, but is left to the general parser. */
function endsKey(text: string, at: number, end: number): boolean {
  if (at >= end) return true
  const code = text.charCodeAt(at)
  if (code === 9 || code === 13) throw giveUp
  return code === 32 || code === 10
}

/** Not an indicator. `-` begins a scalar where no space follows; `?` and `:` may too, but are left to the general parser. */
function beginsPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code >= 97 && code <= 122) return true
  if (code >= 65 && code <= 90) return true
  if (code >= 48 && code <= 57) return true
  if (code === 45) return text.charCodeAt(at + 1) > 32
  // $ ( ) + . / ; < = \ ^ _ ~
  return (
    code === 36 ||
    code === 40 ||
    code === 41 ||
    code === 43 ||
    code === 46 ||
    code === 47 ||
    code === 59 ||
    code === 60 ||
    code === 61 ||
    code === 92 ||
    code === 94 ||
    code === 95 ||
    code === 126
  )
}

function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 45 && code <= 57) || code === 95
}

/** Controls, what follows `~` in ASCII and Latin-1, surrogates and beyond: printable or not, the general parser decides. */
function isOdd(code: number): boolean {
  return code < 32 || (code > 126 && code < 160) || code > 0xd7ff
}

function unescapeAsJson(quoted: string): string {
  // JSON's escapes are a subset of YAML's double-quoted ones and mean the same; `\x41` and its like fail here.
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw giveUp
  }
}

function lineEnd(text: string, from: number, end: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 || at > end ? end : at
}

const lineAfter = (text: string, from: number, end: number): number => lineEnd(text, from, end) + 1

/** `|` keeps one line break at the end, `|-` none, `|+` all. `unterminated`: the text ended without a line break. */
function chomp(lines: readonly string[], chomping: number, unterminated: boolean): string {
  let count = lines.length
  while (count > 0 && lines[count - 1] === '') count -= 1
  const body = lines.slice(0, count).join('\n')
  if (chomping === 45) return body
  if (chomping === 43) {
    if (unterminated) throw giveUp
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`
  }
  return count === 0 ? '' : `${body}\n`
}

/** As `chomp`, with lines joined: each blank line between two others is a line break. Lines that are deeper stay apart: these are left to the general parser. */
function fold(lines: readonly string[], chomping: number): string {
  if (chomping === 43) throw giveUp
  let text = ''
  let blanks = 0
  let isFirst = true
  for (const line of lines) {
    if (line === '') {
      blanks += 1
      continue
    }
    const code = line.charCodeAt(0)
    if (code === 32 || code === 9) throw giveUp
    text += blanks > 0 ? '\n'.repeat(blanks) + line : isFirst ? line : ` ${line}`
    blanks = 0
    isFirst = false
  }
  return isFirst || chomping === 45 ? text : `${text}\n`
}
