/** The kinds of tokens, by the names that errors use. */
export type TokenKind = '<EOF>' | '<Invalid>' | 'Name' | 'Int' | 'Float' | 'String' | 'BlockString' | Punctuator
export type Punctuator = '!' | '$' | '&' | '(' | ')' | '...' | ':' | '=' | '@' | '[' | ']' | '{' | '|' | '}'

export interface Token {
  readonly kind: TokenKind
  /** Of a string, after escapes. */
  readonly value: string
  /** Offset in the text; of a string, behind its first quote. */
  readonly at: number
}

/** Splits a document into tokens. The last one is the end or the first thing that is no token. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    ignored.lastIndex = at
    at += ignored.exec(text)?.[0].length ?? 0
    const { token, end } = read(text, at)
    tokens.push(token)
    if (token.kind === '<EOF>' || token.kind === '<Invalid>') return tokens
    at = end
  }
}

const ignored = /(?:[\ufeff\t\n\r ,]|#[^\n\r]*)*/y
const name = /[A-Za-z_]\w*/y
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const punctuator = /\.\.\.|[!$&():=@[\]{|}]/y

interface Read {
  readonly token: Token
  readonly end: number
}

const invalid = (at: number): Read => ({ token: { kind: '<Invalid>', value: '', at }, end: at })

function read(text: string, at: number): Read {
  if (at >= text.length) return { token: { kind: '<EOF>', value: '', at }, end: at }
  if (text.startsWith('"""', at)) return readBlock(text, at + 3)
  if (text[at] === '"') return readString(text, at + 1)
  const word = match(name, text, at)
  if (word !== undefined) return { token: { kind: 'Name', value: word[0], at }, end: at + word[0].length }
  const mark = match(punctuator, text, at)
  if (mark !== undefined) return { token: { kind: mark[0] as Punctuator, value: '', at }, end: at + mark[0].length }
  return /[-\d]/.test(text[at] ?? '') ? readNumber(text, at) : invalid(at)
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function readNumber(text: string, at: number): Read {
  const found = match(number, text, at)
  if (found === undefined) return invalid(at + 1)
  const end = at + found[0].length
  const next = text[end] ?? ''
  if (next === '.' || /[eE]/.test(next)) return invalid(end + 1)
  if (/\d/.test(next)) return invalid(end)
  return { token: { kind: found[1] === undefined && found[2] === undefined ? 'Int' : 'Float', value: found[0], at }, end }
}

const escapes: Readonly<Record<string, string>> = { '"': '"', '/': '/', '\\': '\\', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function readString(text: string, start: number): Read {
  let value = ''
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '"') return { token: { kind: 'String', value, at: start }, end: at + 1 }
    if (char === '\n' || char === '\r' || (char < ' ' && char !== '\t')) return invalid(at)
    if (char !== '\\') {
      value += char
      continue
    }
    at += 1
    const code = text[at] === 'u' ? /^[\da-fA-F]{4}/.exec(text.slice(at + 1, at + 5))?.[0] : undefined
    const plain = escapes[text[at] ?? '']
    if (code === undefined && plain === undefined) return invalid(Math.min(at, text.length))
    value += code === undefined ? plain : String.fromCharCode(Number.parseInt(code, 16))
    if (code !== undefined) at += 4
  }
  return invalid(text.length)
}

function readBlock(text: string, start: number): Read {
  const end = /(?<!\\)"""/.exec(text.slice(start))?.index
  if (end === undefined) return invalid(text.length)
  const raw = text.slice(start, start + end).replaceAll('\\"""', '"""')
  return { token: { kind: 'BlockString', value: dedent(raw), at: start - 2 }, end: start + end + 3 }
}

/** Without the indentation that all lines but the first share, and without blank lines around. */
function dedent(raw: string): string {
  const lines = raw.split(/\r\n|[\n\r]/)
  const margins = lines.slice(1).flatMap((line) => (line.trim() === '' ? [] : [line.length - line.trimStart().length]))
  const margin = Math.min(...margins)
  const cut = lines.map((line, at) => (at === 0 || !Number.isFinite(margin) ? line : line.slice(margin)))
  while (cut.length > 0 && cut[0]?.trim() === '') cut.shift()
  while (cut.length > 0 && cut.at(-1)?.trim() === '') cut.pop()
  return cut.join('\n')
}
