/** A string that was read, after escapes, or what is wrong with it; `end` is behind it. */
export type Scanned = { readonly end: number; readonly value: string } | { readonly end: number; readonly problem: string }

const unterminated = 'non-terminated string'
const badEscape = 'illegal escape sequence'

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** `"…"` from its opening quote: escapes as in JSON, on one line. */
export function scanQuoted(text: string, start: number): Scanned {
  const body = scanEscaped(text, start + 1, (char) => char === '"')
  return 'problem' in body ? body : { end: body.end + 1, value: body.value }
}

/** `` `…` `` from its opening quote: no escapes, over lines. */
export function scanRaw(text: string, start: number): Scanned {
  const end = text.indexOf('`', start + 1)
  return end < 0 ? { end: text.length, problem: unterminated } : { end: end + 1, value: text.slice(start + 1, end) }
}

/** The text of a template up to its quote or an opening brace, which is left. `\{` is a brace. */
export function scanTemplateText(text: string, start: number, quote: '"' | '`'): Scanned {
  if (quote === '"') return scanEscaped(text, start, (char) => char === '"' || char === '{')
  let value = ''
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '`' || char === '{') return { end: at, value }
    if (char === '\\' && text[at + 1] === '{') at += 1
    value += text.charAt(at)
  }
  return { end: text.length, problem: unterminated }
}

function scanEscaped(text: string, start: number, isEnd: (char: string) => boolean): Scanned {
  const pieces: string[] = []
  let from = start
  for (let at = start; at < text.length;) {
    const char = text.charAt(at)
    if (isEnd(char)) return { end: at, value: wellFormed(pieces.join('') + text.slice(from, at)) }
    if (char === '\n') return { end: at, problem: unterminated }
    if (char !== '\\') {
      at += 1
      continue
    }
    const escape = readEscape(text, at, isEnd('{'))
    if (escape === undefined) return { end: endOfBroken(text, at), problem: badEscape }
    pieces.push(text.slice(from, at), escape.value)
    at = escape.end
    from = at
  }
  return { end: text.length, problem: unterminated }
}

function readEscape(text: string, at: number, inTemplate: boolean): { end: number; value: string } | undefined {
  const char = text.charAt(at + 1)
  if (char === 'u') {
    const digits = /^[0-9a-fA-F]{4}/.exec(text.slice(at + 2, at + 6))
    return digits === null ? undefined : { end: at + 6, value: String.fromCharCode(Number.parseInt(digits[0], 16)) }
  }
  if (inTemplate && char === '{') return { end: at + 2, value: '{' }
  const value = simpleEscapes.get(char)
  return value === undefined ? undefined : { end: at + 2, value }
}

/** Behind the closing quote of a string with a bad escape, so that what follows is read as code again. */
function endOfBroken(text: string, at: number): number {
  const rest = /(?:\\.|[^"\\\n])*"?/y
  rest.lastIndex = at
  return at + Math.max(1, rest.exec(text)?.[0].length ?? 1)
}

/** Half of a surrogate pair is not a character: it becomes U+FFFD. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed()
}
