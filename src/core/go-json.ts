/** What the scanner of Go's encoding/json expects next. */
type Step = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'end'

/** encoding/json gives up on documents that are nested deeper. */
const deepest = 10_000
const unfinished = 'unexpected end of JSON input'

const invalid = (text: string, at: number, where: string): string =>
  at >= text.length ? unfinished : `invalid character ${quoted(text, at)} ${where}`

/** A byte, as Go's errors show it: a character beyond ASCII is only its first one. */
function quoted(text: string, at: number): string {
  const [byte = 0] = Buffer.from(String.fromCodePoint(text.codePointAt(at) ?? 0))
  if (byte === 39) return "'\\''"
  if (byte === 34) return `'"'`
  if (byte === 92) return "'\\\\'"
  const short = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }[byte]
  if (short !== undefined) return `'${short}'`
  if (byte < 32 || byte === 127) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  return byte >= 128 && byte < 161 ? `'\\u${byte.toString(16).padStart(4, '0')}'` : `'${String.fromCharCode(byte)}'`
}

/** What encoding/json says of a text that is no JSON, such as `invalid character '<' looking for beginning of value`; undefined where it is JSON. */
export function goJsonError(text: string): string | undefined {
  const open: ('{' | '[')[] = []
  let [at, step] = [0, 'value' as Step]
  const after = (): string => {
    const inside = open.at(-1)
    return inside === undefined ? 'after top-level value' : inside === '{' ? 'after object key:value pair' : 'after array element'
  }
  for (;;) {
    at = skipSpace(text, at)
    const char = text[at] ?? ''
    if (char === '') return step === 'end' && open.length === 0 ? undefined : unfinished
    if (step === 'end') {
      const inside = open.at(-1)
      if (char === ',' && inside !== undefined) step = inside === '{' ? 'key' : 'value'
      else if ((char === '}' && inside === '{') || (char === ']' && inside === '[')) open.pop()
      else return invalid(text, at, after())
      at += 1
      continue
    }
    if (step === 'colon') {
      if (char !== ':') return invalid(text, at, 'after object key')
      ;[at, step] = [at + 1, 'value']
      continue
    }
    const closing = step === 'keyOrEnd' ? '}' : step === 'valueOrEnd' ? ']' : ''
    if (char === closing) {
      open.pop()
      ;[at, step] = [at + 1, 'end']
      continue
    }
    if (step === 'key' || step === 'keyOrEnd') {
      if (char !== '"') return invalid(text, at, 'looking for beginning of object key string')
      const key = scanString(text, at)
      if (typeof key === 'string') return key
      ;[at, step] = [key, 'colon']
      continue
    }
    if (char === '{' || char === '[') {
      open.push(char)
      if (open.length > deepest) return 'exceeded max depth'
      ;[at, step] = [at + 1, char === '{' ? 'keyOrEnd' : 'valueOrEnd']
      continue
    }
    const end = scanScalar(text, at)
    if (typeof end === 'string') return end
    ;[at, step] = [end, 'end']
  }
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n') at += 1
  return at
}

/** Where the scalar ends, or what is wrong with it. */
function scanScalar(text: string, at: number): number | string {
  const char = text[at] ?? ''
  if (char === '"') return scanString(text, at)
  if (char === '-' || isDigit(char)) return scanNumber(text, at)
  const literal = ['true', 'false', 'null'].find((one) => one.startsWith(char))
  return literal === undefined ? invalid(text, at, 'looking for beginning of value') : scanLiteral(text, at, literal)
}

function scanLiteral(text: string, start: number, literal: string): number | string {
  for (let index = 1; index < literal.length; index += 1) {
    const expected = literal[index] ?? ''
    if (text[start + index] !== expected) return invalid(text, start + index, `in literal ${literal} (expecting '${expected}')`)
  }
  return start + literal.length
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

function scanDigits(text: string, start: number): number {
  let at = start
  while (isDigit(text[at])) at += 1
  return at
}

function scanNumber(text: string, start: number): number | string {
  let at = text[start] === '-' ? start + 1 : start
  if (!isDigit(text[at])) return invalid(text, at, 'in numeric literal')
  at = text[at] === '0' ? at + 1 : scanDigits(text, at)
  if (text[at] === '.') {
    if (!isDigit(text[at + 1])) return invalid(text, at + 1, 'after decimal point in numeric literal')
    at = scanDigits(text, at + 1)
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += text[at + 1] === '+' || text[at + 1] === '-' ? 2 : 1
    if (!isDigit(text[at])) return invalid(text, at, 'in exponent of numeric literal')
    at = scanDigits(text, at)
  }
  return at
}

function scanString(text: string, start: number): number | string {
  for (let at = start + 1; ; at += 1) {
    const char = text[at]
    if (char === undefined) return unfinished
    if (char === '"') return at + 1
    if (char < ' ') return invalid(text, at, 'in string literal')
    if (char !== '\\') continue
    at += 1
    const escaped = text[at] ?? ''
    if (escaped === 'u') {
      for (let digit = 0; digit < 4; digit += 1) {
        at += 1
        if (!/^[\da-fA-F]$/.test(text[at] ?? '')) return invalid(text, at, 'in \\u hexadecimal character escape')
      }
    } else if (escaped === '' || !'bfnrt\\/"'.includes(escaped)) return invalid(text, at, 'in string escape code')
  }
}
