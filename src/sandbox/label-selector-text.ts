import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { FieldError } from '../kube/field-error.ts'
import { invalid, printFieldError } from '../kube/field-error.ts'
import { labelValue, qualifiedName } from '../kube/validation/names.ts'

export interface Requirement {
  readonly key: string
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | 'missing' | '>' | '<'
  readonly values: readonly string[]
}

interface Token {
  /** A name, or a sign; `end` after the last. */
  readonly kind: 'name' | 'sign' | 'end'
  readonly text: string
}

const signs = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'] as const
const end: Token = { kind: 'end', text: '' }
const isSpace = (character: string): boolean => character === ' ' || character === '\t' || character === '\r' || character === '\n'
const isSign = (character: string): boolean => '=!(),><'.includes(character)

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? ''
    const sign = signs.find((one) => text.startsWith(one, at))
    if (isSpace(character)) at += 1
    else if (sign !== undefined) {
      tokens.push({ kind: 'sign', text: sign })
      at += sign.length
    } else {
      let to = at
      while (to < text.length && !isSpace(text[to] ?? '') && !isSign(text[to] ?? '')) to += 1
      tokens.push({ kind: 'name', text: text.slice(at, to) })
      at = to
    }
  }
  return tokens
}

/** Words that are operators after a key, and names anywhere else. */
const operators: Readonly<Record<string, Requirement['operator']>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '>': '>',
  '<': '<',
  in: 'in',
  notin: 'notin',
}

interface Reader {
  readonly peek: () => Token
  readonly next: () => Token
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0
  return {
    peek: () => tokens[at] ?? end,
    next: () => tokens[at++] ?? end,
  }
}

const is = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign
const found = ({ text }: Token, expected: string): string => `found '${text}', expected: ${expected}`

/** `a=b,c!=d,e in (f,g),!h,i,j>1`, as in `labelSelector` of a list. The error is in the words of kube-apiserver. */
export function parseLabelSelector(text: string): Result<readonly Requirement[], string> {
  const reader = readerOf(tokensOf(text))
  const requirements: Requirement[] = []
  for (;;) {
    const first = reader.peek()
    if (first.kind === 'end') return ok(requirements)
    if (first.kind !== 'name' && !is(first, '!')) return err(found(first, "!, identifier, or 'end of string'"))
    const read = readRequirement(reader)
    if (!read.ok) return err(`unable to parse requirement: ${read.error}`)
    requirements.push(read.value)
    const after = reader.next()
    if (after.kind === 'end') return ok(requirements)
    if (!is(after, ',')) return err(found(after, "',' or 'end of string'"))
    const following = reader.peek()
    if (following.kind !== 'name' && !is(following, '!')) return err(found(following, "identifier after ','"))
  }
}

function readRequirement(reader: Reader): Result<Requirement, string> {
  let first = reader.next()
  const absent = is(first, '!')
  if (absent) first = reader.next()
  if (first.kind !== 'name') return err(found(first, 'identifier'))
  const key = first.text
  const wrongKey = qualifiedName(key)
  if (wrongKey.length > 0) return err(printErrors([invalid('<nil>', key, wrongKey.join('; '))]))
  if (absent) return ok({ key, operator: 'missing', values: [] })
  const after = reader.peek()
  if (after.kind === 'end' || is(after, ',')) return ok({ key, operator: 'exists', values: [] })
  const word = reader.next()
  const operator = Object.hasOwn(operators, word.text) ? operators[word.text] : undefined
  if (operator === undefined) return err(found(word, 'in, notin, =, ==, !=, gt, lt'))
  const values = operator === 'in' || operator === 'notin' ? readSet(reader) : readValue(reader)
  if (!values.ok) return values
  const wrong = valueErrors(key, operator, values.value)
  return wrong.length > 0 ? err(printErrors(wrong)) : ok({ key, operator, values: values.value })
}

function readValue(reader: Reader): Result<readonly string[], string> {
  const token = reader.peek()
  if (token.kind === 'end' || is(token, ',')) return ok([''])
  reader.next()
  return token.kind === 'name' ? ok([token.text]) : err(found(token, 'identifier'))
}

function readSet(reader: Reader): Result<readonly string[], string> {
  const open = reader.next()
  if (!is(open, '(')) return err(`found '${open.text}' expected: '('`)
  const first = reader.peek()
  if (is(first, ')')) {
    reader.next()
    return ok([''])
  }
  if (first.kind !== 'name' && !is(first, ',')) return err(found(first, "',', ')' or identifier"))
  const members = readMembers(reader)
  if (!members.ok) return members
  const close = reader.next()
  return is(close, ')') ? members : err(found(close, "')'"))
}

/** Up to the closing parenthesis. Nothing between two commas is the empty value. */
function readMembers(reader: Reader): Result<readonly string[], string> {
  const members = new Set<string>()
  for (;;) {
    const token = reader.next()
    if (token.kind === 'name') {
      members.add(token.text)
      const after = reader.peek()
      if (is(after, ')')) return ok([...members].sort())
      if (!is(after, ',')) return err(found(after, "',' or ')'"))
    } else if (is(token, ',')) {
      if (members.size === 0) members.add('')
      const after = reader.peek()
      if (is(after, ')')) return ok([...members.add('')].sort())
      if (is(after, ',')) {
        reader.next()
        members.add('')
      }
    } else return err(found(token, "',', or identifier"))
  }
}

function valueErrors(key: string, operator: Requirement['operator'], values: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const [i, value] of values.entries()) {
    if ((operator === '>' || operator === '<') && !/^[+-]?\d+$/.test(value))
      errors.push(invalid(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    const wrong = labelValue(value)
    if (wrong.length > 0) errors.push(invalid(`values[${i}][${key}]`, value, wrong.join('; ')))
  }
  return errors
}

function printErrors(errors: readonly FieldError[]): string {
  const texts = errors.map(printFieldError)
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}
