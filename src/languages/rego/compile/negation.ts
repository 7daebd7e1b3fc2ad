import type { Step } from '../ir/ir.ts'
import type { Literal, Term, VarTerm } from './core.ts'
import { lowerTerm } from './lower-term.ts'
import { bind } from './lowering.ts'
import type { Lowering } from './lowering.ts'

/**
 * What a negation negates. Upstream evaluates refs in the arguments of calls, in the brackets of refs and in collections before the
 * negation: `not startswith(input.x, "a")` fails where `input.x` is undefined. Only refs that are compared or tested by themselves
 * stay: `not input.x == 1` and `not input.x` hold there.
 */
export function hoistFromNegation(lowering: Lowering, literal: Literal, steps: Step[]): Literal {
  const term = (each: Term): Term => hoistAll(lowering, each, steps)
  const side = (each: Term): Term => hoistInside(lowering, each, steps)
  switch (literal.kind) {
    case 'term':
      return { ...literal, term: side(literal.term) }
    case 'unify':
      return { ...literal, left: side(literal.left), right: side(literal.right) }
    case 'call': {
      const isEquation = literal.operator.kind === 'builtin' && literal.operator.name === 'equal' && literal.args.length === 2
      return { ...literal, args: literal.args.map(isEquation ? side : term) }
    }
    case 'every':
      return { ...literal, domain: term(literal.domain) }
    case 'not':
    case 'print':
      return literal
  }
}

/** A ref stays, what is in its brackets does not. */
function hoistInside(lowering: Lowering, term: Term, steps: Step[]): Term {
  if (term.kind !== 'ref') return hoistAll(lowering, term, steps)
  const inner = (each: Term): Term => hoistAll(lowering, each, steps)
  return { ...term, head: term.head.kind === 'root' ? term.head : inner(term.head), path: term.path.map(inner) }
}

function hoistAll(lowering: Lowering, term: Term, steps: Step[]): Term {
  const inner = (each: Term): Term => hoistAll(lowering, each, steps)
  switch (term.kind) {
    case 'ref':
    case 'root':
      return hoisted(lowering, term, steps)
    case 'array':
    case 'set':
      return { ...term, items: term.items.map(inner) }
    case 'object':
      return { ...term, entries: term.entries.map(({ key, value }) => ({ key: inner(key), value: inner(value) })) }
    default:
      return term
  }
}

function hoisted(lowering: Lowering, term: Term, steps: Step[]): Term {
  const variable: VarTerm = { kind: 'var', name: `^${lowering.size}`, shown: undefined, span: term.span }
  const of = lowerTerm(lowering, term, steps)
  steps.push({ kind: 'assign', slot: bind(lowering, variable), of })
  return variable
}
