import type { Literal, TemplatePart, TemplateTerm } from './ast.ts'
import type { Reader } from './reader.ts'

/** `$"text {expression}"` from its beginning. */
export function parseTemplate(reader: Reader): TemplateTerm | undefined {
  if (!reader.templates) return reader.fail('template strings are not supported by current capabilities', reader.token)
  const opening = reader.advance()
  const parts: TemplatePart[] = []
  while (reader.token.kind !== 'template-end') {
    const part = parsePart(reader)
    if (part === undefined) return undefined
    parts.push(part)
  }
  reader.advance()
  return { kind: 'template', parts, raw: opening.text === '`', span: { start: opening.start, end: reader.previousEnd } }
}

function parsePart(reader: Reader): TemplatePart | undefined {
  const { token } = reader
  const { start, end } = token
  if (token.kind === 'template-text') {
    reader.advance()
    return { kind: 'text', value: token.text, span: { start, end } }
  }
  if (token.kind !== 'template-open') return unterminated(reader, 'expected template-string part')
  reader.advance()
  const literal = reader.grammar.literal(reader)
  if (literal === undefined) return reader.fail('invalid template-string expression', reader.token)
  const unfit = unfitness(literal)
  if (unfit !== undefined) return reader.fail(`unexpected ${unfit} in template-string expression`, literal.span)
  if (reader.token.kind !== 'template-close') return unterminated(reader, 'expected } to end template string expression')
  reader.advance()
  return { kind: 'expression', literal, span: { start, end: reader.previousEnd } }
}

function unterminated(reader: Reader, message: string): undefined {
  const { token } = reader
  if (token.kind === 'illegal') for (const problem of (token.problem ?? '').split('\n')) if (problem !== '') reader.fail(problem, token)
  return reader.fail(message, token)
}

function unfitness(literal: Literal): string | undefined {
  if (literal.negated) return "negation ('not')"
  switch (literal.kind) {
    case 'assign':
      return "assignment (':=')"
    case 'unify':
      return "unification ('=')"
    case 'some':
    case 'some-in':
      return "'some'"
    case 'every':
      return "'every'"
    default:
      return undefined
  }
}
