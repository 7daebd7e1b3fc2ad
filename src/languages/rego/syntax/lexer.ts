import type { Comment } from './ast.ts'
import { scanQuoted, scanRaw, scanTemplateText } from './scan-string.ts'
import { punctuation, type Token, type TokenKind } from './token.ts'

export interface Tokens {
  /** The last one is `eof`. */
  readonly tokens: readonly Token[]
  readonly comments: readonly Comment[]
}

/** A template string that is being read: its quote, and how many braces of the current expression are open. */
interface OpenTemplate {
  readonly quote: '"' | '`'
  braces: number
}

interface Scan {
  readonly text: string
  readonly tokens: Token[]
  readonly comments: Comment[]
  readonly templates: OpenTemplate[]
  at: number
  newline: boolean
}

/** Splits a file into tokens. What is no token becomes an `illegal` one, so that errors are told where the parser gets to them. */
export function tokenize(text: string): Tokens {
  const scan: Scan = { text, tokens: [], comments: [], templates: [], at: text.startsWith('\ufeff') ? 1 : 0, newline: false }
  for (skipBlank(scan); scan.at < text.length; skipBlank(scan)) scanToken(scan)
  // OPA places the end on the last character.
  const end = Math.max(0, text.length - 1)
  scan.tokens.push({ kind: 'eof', text: '', start: end, end: text.length, newline: true, touching: false })
  return { tokens: scan.tokens, comments: scan.comments }
}

function skipBlank(scan: Scan): void {
  for (; scan.at < scan.text.length; scan.at += 1) {
    const char = scan.text[scan.at]
    if (char === '\n') scan.newline = true
    else if (char === '#') {
      readComment(scan)
    } else if (char !== ' ' && char !== '\t' && char !== '\r') return
  }
}

/** Leaves the scan on the last character of the comment. */
function readComment(scan: Scan): void {
  const newline = scan.text.indexOf('\n', scan.at)
  const lineEnd = newline < 0 ? scan.text.length : newline
  const end = scan.text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd
  scan.comments.push({ text: scan.text.slice(scan.at, end), span: { start: scan.at, end } })
  scan.at = lineEnd - 1
}

function scanToken(scan: Scan): void {
  const { text, at } = scan
  const char = text.charAt(at)
  if (isNameStart(char)) push(scan, 'name', nameEnd(text, at))
  else if (isDigit(char)) scanNumber(scan)
  else if (char === '"') pushString(scan, 'string', scanQuoted(text, at))
  else if (char === '`') pushString(scan, 'raw-string', scanRaw(text, at))
  else if (char === '$') scanTemplateStart(scan)
  else scanPunctuation(scan)
}

function scanPunctuation(scan: Scan): void {
  const kind = punctuation.find((sign) => scan.text.startsWith(sign, scan.at))
  if (kind === undefined) {
    const char = String.fromCodePoint(scan.text.codePointAt(scan.at) ?? 0)
    return pushIllegal(scan, scan.at + char.length, char === '!' ? 'illegal ! character' : '')
  }
  const template = scan.templates.at(-1)
  if (template !== undefined && kind === '}' && template.braces === 0) {
    push(scan, 'template-close', scan.at + 1)
    return scanTemplateParts(scan, template)
  }
  if (template !== undefined && kind === '{') template.braces += 1
  if (template !== undefined && kind === '}') template.braces -= 1
  push(scan, kind, scan.at + kind.length)
}

function scanTemplateStart(scan: Scan): void {
  const quote = scan.text[scan.at + 1]
  if (quote !== '"' && quote !== '`') return pushIllegal(scan, scan.at + 1, 'illegal $ character')
  push(scan, 'template-start', scan.at + 2, quote)
  const template: OpenTemplate = { quote, braces: 0 }
  scan.templates.push(template)
  scanTemplateParts(scan, template)
}

/** Text up to the next expression, which the main loop reads, or up to the end of the template. */
function scanTemplateParts(scan: Scan, { quote }: OpenTemplate): void {
  const part = scanTemplateText(scan.text, scan.at, quote)
  if ('problem' in part) {
    scan.templates.pop()
    return pushIllegal(scan, part.end, part.problem)
  }
  if (part.end > scan.at) push(scan, 'template-text', part.end, part.value)
  if (scan.text[scan.at] === '{') return push(scan, 'template-open', scan.at + 1)
  scan.templates.pop()
  push(scan, 'template-end', scan.at + 1)
}

const numberPattern = /\d+(?:\.(\d*))?(?:[eE][+-]?(\d*))?/y

function scanNumber(scan: Scan): void {
  numberPattern.lastIndex = scan.at
  const [number = '', fraction, exponent] = numberPattern.exec(scan.text) ?? []
  const end = scan.at + number.length
  const tail = nameEnd(scan.text, end)
  if (fraction === '') pushIllegal(scan, tail, tail > end ? 'expected fraction\nillegal number format' : 'expected fraction')
  else if (exponent === '') pushIllegal(scan, tail, 'expected exponent')
  else if (tail > end) pushIllegal(scan, tail, 'illegal number format')
  else push(scan, 'number', end)
}

function pushString(
  scan: Scan,
  kind: 'string' | 'raw-string',
  read: { end: number; value: string } | { end: number; problem: string },
): void {
  if ('problem' in read) pushIllegal(scan, read.end, read.problem)
  else push(scan, kind, read.end, read.value)
}

function push(scan: Scan, kind: TokenKind, end: number, text = scan.text.slice(scan.at, end)): void {
  scan.tokens.push({ kind, text, start: scan.at, end, ...gapBefore(scan) })
  scan.at = end
  scan.newline = false
}

function pushIllegal(scan: Scan, end: number, problem: string): void {
  scan.tokens.push({ kind: 'illegal', text: '', start: scan.at, end, ...gapBefore(scan), problem })
  scan.at = end
  scan.newline = false
}

function gapBefore(scan: Scan): { newline: boolean; touching: boolean } {
  return { newline: scan.newline, touching: scan.tokens.at(-1)?.end === scan.at }
}

function isNameStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_'
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9'
}

// Letters are of ASCII, digits of any script.
const nameRest = /[A-Za-z0-9_\p{Nd}]*/uy

function nameEnd(text: string, at: number): number {
  nameRest.lastIndex = at
  return at + (nameRest.exec(text)?.[0].length ?? 0)
}
