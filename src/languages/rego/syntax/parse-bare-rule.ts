import type { CallTerm, Literal, Rule, Term, ValueForm } from './ast.ts'
import { headOf, partsOf } from './head.ts'
import { kindInWords } from './kinds.ts'
import { parseLiteral } from './parse-body.ts'
import { impliedTrue, noBody } from './parse-rule.ts'
import type { Problem, Reader } from './reader.ts'

/** Expressions at the top of a file, up to the end of the last one: `;` alone joins them. */
export function parseStatement(reader: Reader): readonly Literal[] | undefined {
  const body: Literal[] = []
  do {
    const literal = parseLiteral(reader)
    if (literal === undefined) return undefined
    body.push(literal)
  } while (reader.take(';'))
  return body
}

/** An expression that stands for a rule without a body: `p = 1`, `f(x) = y`, `p.a := 1`, `p["a"]`; or why it does not. */
export function bareRule(reader: Reader, body: readonly Literal[], isBuiltin: (name: string) => boolean): Rule | Problem {
  const [literal, ...more] = body
  if (literal === undefined) throw new Error('a statement has an expression')
  const problem = more.length > 0 ? 'multiple expressions cannot be used for rule head' : literalProblem(literal)
  if (problem !== undefined) return { message: problem, span: literal.span }
  if (literal.kind === 'unify' || literal.kind === 'assign') return ofEquation(reader, literal)
  if (literal.kind !== 'term') return { message: 'expression cannot be used for rule head', span: literal.span }
  const { term } = literal
  if (term.kind === 'var') return { message: 'var cannot be used for rule name', span: literal.span }
  if (term.kind === 'call' && (term.infix !== undefined || isBuiltin(dotted(term)))) {
    return { message: 'rule name conflicts with built-in function', span: literal.span }
  }
  if (term.kind === 'call' && term.args.length === 0) {
    return { message: 'rule argument list must take at least one argument', span: literal.span }
  }
  return ruleOf(reader, literal, { term })
}

function literalProblem(literal: Literal): string | undefined {
  if (literal.negated) return 'negated expressions cannot be used for rule head'
  if (literal.withs.length > 0) return 'expressions using with keyword cannot be used for rule head'
  if (literal.kind === 'some' || literal.kind === 'some-in') return "'some' declarations cannot be used for rule head"
  return undefined
}

function ofEquation(reader: Reader, literal: Literal & { kind: 'unify' | 'assign' }): Rule | Problem {
  return ruleOf(reader, literal, { term: literal.left, value: literal.right, valueForm: literal.kind })
}

function dotted({ operator }: CallTerm): string {
  if (operator.kind === 'var') return operator.name
  const parts = operator.path.map((part) => (part.kind === 'string' ? part.value : ''))
  return [operator.head.kind === 'var' ? operator.head.name : '', ...parts].join('.')
}

function ruleOf(
  reader: Reader,
  { span }: Literal,
  { term, value, valueForm = 'implied' }: { readonly term: Term; readonly value?: Term; readonly valueForm?: ValueForm },
): Rule | Problem {
  if (term.kind === 'call' && term.infix !== undefined) return { message: 'rule name conflicts with built-in function', span }
  const parts = partsOf(term)
  if (parts === undefined) return { message: notAName(reader, term), span }
  const bracketSet = value === undefined && parts.args === undefined && parts.path.length === 1
  const head = headOf(parts, { value: value ?? impliedTrue(span.end), valueForm, end: span.end, bracketSet })
  return { kind: 'rule', default: false, head, body: [], elses: [], chained: false, form: noBody(span.end), span }
}

function notAName(reader: Reader, term: Term): string {
  if (term.kind !== 'ref' && term.kind !== 'call') return `${kindInWords(term)} cannot be used for rule name`
  return `invalid rule head: ${reader.source.text.slice(term.span.start, term.span.end)}`
}
