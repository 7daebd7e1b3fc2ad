/** One token of a location, by its name in messages; `position` is its offset in the text. */
export interface Token {
  readonly type: 'IDENT' | 'INT' | 'EOF' | 'ERROR' | Punctuation
  /** The characters; of a string its content. */
  readonly text: string
  readonly position: number
}

const punctuation = { '.': 'SEPARATOR', '[': 'LBRACKET', ']': 'RBRACKET', ':': 'COLON', '*': 'GLOB' } as const
type Punctuation = (typeof punctuation)[keyof typeof punctuation]

const punctuationOf = new Map<string, Punctuation>(Object.entries(punctuation))
const wordAt = /[A-Za-z_-][A-Za-z0-9_-]*/y
const integerAt = /[0-9]+/y
const spaceAt = /\s+/y

interface Scanned {
  readonly type: Token['type']
  readonly text: string
  readonly end: number
}

/** Everything up to the end, or to the first character that no location holds. */
export function scanLocation(text: string): readonly Token[] {
  const tokens: Token[] = []
  let position = 0
  for (;;) {
    position += match(spaceAt, text, position).length
    const { type, text: content, end } = scanToken(text, position)
    tokens.push({ type, text: content, position })
    if (type === 'EOF' || type === 'ERROR') return tokens
    position = end
  }
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function scanToken(text: string, at: number): Scanned {
  const first = text.codePointAt(at)
  if (first === undefined) return { type: 'EOF', text: '', end: at }
  const character = String.fromCodePoint(first)
  const mark = punctuationOf.get(character)
  if (mark !== undefined) return { type: mark, text: character, end: at + 1 }
  if (character === '"' || character === "'") return scanString(text, at)
  const integer = match(integerAt, text, at)
  if (integer !== '') return { type: 'INT', text: integer, end: at + integer.length }
  const word = match(wordAt, text, at)
  return word === '' ? { type: 'ERROR', text: character, end: at } : { type: 'IDENT', text: word, end: at + word.length }
}

/** A backslash keeps the next character as it is. A string that does not end is an error. */
function scanString(text: string, start: number): Scanned {
  const quote = text.charAt(start)
  let content = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === quote) return { type: 'IDENT', text: content, end: at + 1 }
    if (character === '\\') at += 1
    content += text.charAt(at)
  }
  return { type: 'ERROR', text: content, end: text.length }
}
