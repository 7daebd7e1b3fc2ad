import { unreachable } from '../../../core/unreachable.ts'
import type { Body, CallTerm, ComprehensionTerm, Literal, NotLiteral, Rule, Term, With } from './core.ts'
import { freshVar } from './resolve.ts'
import type { CompileState, Pass } from './state.ts'

/**
 * Calls inside of terms become literals of their own, before the literal that has them: `f(g(x))` is `g(x, y); f(y)`. The literal of
 * a negation moves its calls out of the negation, as upstream does: `not f(g(x))` fails where `g(x)` is undefined.
 */
export const flattenCalls: Pass = {
  name: 'flatten calls',
  run: (state) => {
    state.rules = state.rules.map((rule) => flattenRule(state, rule))
  },
}

function flattenRule(state: CompileState, rule: Rule): Rule {
  const tail: Literal[] = []
  const suffix = rule.suffix.map((part) => headTerm(state, part, tail))
  const value = headTerm(state, rule.value, tail)
  const front: Literal[] = []
  const args = rule.args.map((arg) => argument(state, arg, front))
  return {
    ...rule,
    suffix,
    value,
    args,
    body: [...front, ...flattenBody(state, rule.body), ...tail],
    elses: rule.elses.map((branch) => {
      const after: Literal[] = []
      const branchValue = headTerm(state, branch.value, after)
      return { ...branch, value: branchValue, body: [...front, ...flattenBody(state, branch.body), ...after] }
    }),
  }
}

/** What a head shows: terms that have to be evaluated move to the end of the body. */
function headTerm(state: CompileState, term: Term, tail: Literal[]): Term {
  const flat = flattenTerm(state, term, [], tail)
  if (isStatic(flat)) return flat
  const value = freshVar({ state }, term.span)
  tail.push({ kind: 'unify', left: value, right: flat, assigns: false, withs: [], span: term.span })
  return value
}

function argument(state: CompileState, term: Term, front: Literal[]): Term {
  if (isStatic(term)) return term
  const value = freshVar({ state }, term.span)
  front.push({ kind: 'unify', left: value, right: flattenTerm(state, term, [], front), assigns: false, withs: [], span: term.span })
  return value
}

/** Without refs, calls and comprehensions. */
function isStatic(term: Term): boolean {
  switch (term.kind) {
    case 'value':
    case 'var':
      return true
    case 'array':
    case 'set':
      return term.items.every(isStatic)
    case 'object':
      return term.entries.every(({ key, value }) => isStatic(key) && isStatic(value))
    default:
      return false
  }
}

export function flattenBody(state: CompileState, body: Body): Body {
  const flat: Literal[] = []
  for (const literal of body) flattenLiteral(state, literal, flat)
  return flat
}

function flattenLiteral(state: CompileState, literal: Literal, out: Literal[]): void {
  const withs = literal.withs.map((each) => flattenWith(state, each, out))
  const term = (inner: Term): Term => flattenTerm(state, inner, withs, out)
  switch (literal.kind) {
    case 'term':
      out.push({ ...literal, term: term(literal.term), withs })
      return
    case 'call':
      out.push({ ...literal, args: literal.args.map(term), withs })
      return
    case 'unify': {
      const { left, right } = literal
      if (left.kind === 'var' && right.kind === 'call') out.push(callWith(right, right.args.map(term), left, literal, withs))
      else if (right.kind === 'var' && left.kind === 'call') out.push(callWith(left, left.args.map(term), right, literal, withs))
      else out.push({ ...literal, left: term(left), right: term(right), withs })
      return
    }
    case 'every':
      out.push({ ...literal, domain: term(literal.domain), body: flattenBody(state, literal.body), withs })
      return
    case 'not':
      out.push(flattenNot(state, { ...literal, withs }, out))
      return
    case 'print':
      out.push({ ...literal, args: literal.args.map((arg) => flattenComprehension(state, arg)), withs })
      return
    default:
      unreachable(literal)
  }
}

function callWith(call: CallTerm, args: readonly Term[], output: Term, from: Literal, withs: readonly With[]): Literal {
  return { kind: 'call', operator: call.operator, args: [...args, output], withs, span: from.span, callSpan: call.span }
}

function flattenNot(state: CompileState, literal: NotLiteral, out: Literal[]): NotLiteral {
  if (literal.closure) return { ...literal, body: flattenBody(state, literal.body) }
  const flat = flattenBody(state, literal.body)
  for (const extra of flat.slice(0, -1)) out.push({ ...extra, withs: [...literal.withs, ...extra.withs] })
  return { ...literal, body: flat.slice(-1) }
}

function flattenWith(state: CompileState, modifier: With, out: Literal[]): With {
  if (modifier.value.kind === 'function') return modifier
  const flat = flattenTerm(state, modifier.value, [], out)
  if (isStatic(flat)) return { ...modifier, value: flat }
  const value = freshVar({ state }, flat.span)
  out.push({ kind: 'unify', left: value, right: flat, assigns: false, withs: [], span: modifier.span })
  return { ...modifier, value }
}

function flattenTerm(state: CompileState, term: Term, withs: readonly With[], out: Literal[]): Term {
  const inner = (each: Term): Term => flattenTerm(state, each, withs, out)
  switch (term.kind) {
    case 'value':
    case 'var':
    case 'root':
      return term
    case 'ref':
      return { ...term, head: inner(term.head), path: term.path.map(inner) }
    case 'array':
    case 'set':
      return { ...term, items: term.items.map(inner) }
    case 'object':
      return { ...term, entries: term.entries.map(({ key, value }) => ({ key: inner(key), value: inner(value) })) }
    case 'comprehension':
      return flattenComprehension(state, term)
    case 'template':
      return { ...term, parts: term.parts.map((part) => (typeof part === 'string' ? part : flattenComprehension(state, part))) }
    case 'call': {
      const args = term.args.map(inner)
      const output = freshVar({ state }, term.span)
      out.push({ kind: 'call', operator: term.operator, args: [...args, output], withs, span: term.span })
      return output
    }
    default:
      return unreachable(term)
  }
}

function flattenComprehension(state: CompileState, term: ComprehensionTerm): ComprehensionTerm {
  const tail: Literal[] = []
  const key = term.key === undefined ? undefined : headTerm(state, term.key, tail)
  const value = headTerm(state, term.value, tail)
  return { ...term, ...(key === undefined ? {} : { key }), value, body: [...flattenBody(state, term.body), ...tail] }
}
