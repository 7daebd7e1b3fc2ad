import { unreachable } from '../../../core/unreachable.ts'
import type { Replacement, Step } from '../ir/ir.ts'
import { operatorName } from '../ir/names.ts'
import type { Body, CallLiteral, Literal, With } from './core.ts'
import { lowerCall, lowerComprehension, lowerOwnCall, lowerTerm, lowerTerms } from './lower-term.ts'
import { lowerEquation, unifyWith } from './lower-unify.ts'
import { bind, freshSlot, within } from './lowering.ts'
import type { Lowering } from './lowering.ts'
import { traceLiteral } from './lower-trace.ts'
import { hoistFromNegation } from './negation.ts'

/** The steps of a body whose literals are in an order that works. */
export function lowerBody(lowering: Lowering, body: Body): readonly Step[] {
  const steps: Step[] = []
  for (const literal of body) traceLiteral(lowering, literal, steps, lowerLiteral)
  return steps
}

function lowerLiteral(lowering: Lowering, literal: Literal, steps: Step[]): void {
  if (literal.withs.length === 0) {
    lowerPlain(lowering, literal, steps)
    return
  }
  const replacements = literal.withs.map((each) => lowerWith(lowering, each, steps))
  const body: Step[] = []
  lowerPlain(lowering, literal, body)
  steps.push({ kind: 'with', replacements, body })
}

function lowerPlain(lowering: Lowering, literal: Literal, steps: Step[]): void {
  switch (literal.kind) {
    case 'term': {
      const of = lowerTerm(lowering, literal.term, steps)
      if (of.kind !== 'constant' || of.value === false) steps.push({ kind: 'test', of })
      return
    }
    case 'unify':
      return lowerEquation(lowering, literal.left, literal.right, steps)
    case 'call':
      return lowerCallLiteral(lowering, literal, steps)
    case 'not': {
      const inner = literal.closure ? literal.body : literal.body.map((each) => hoistFromNegation(lowering, each, steps))
      steps.push({ kind: 'not', body: within(lowering, () => lowerBody(lowering, inner)) })
      return
    }
    case 'every': {
      const of = lowerTerm(lowering, literal.domain, steps)
      const { key, value } = literal
      within(lowering, () => {
        const slots = { key: key === undefined ? undefined : bind(lowering, key), value: bind(lowering, value) }
        steps.push({ kind: 'every', of, ...slots, body: lowerBody(lowering, literal.body) })
      })
      return
    }
    case 'print': {
      if (!lowering.documents.prints) return
      const args = literal.args.map((arg) => lowerComprehension(lowering, arg))
      steps.push({ kind: 'test', of: lowerOwnCall(lowering, 'internal.print', args, literal.span) })
      return
    }
    default:
      unreachable(literal)
  }
}

function lowerCallLiteral(lowering: Lowering, literal: CallLiteral, steps: Step[]): void {
  const arity = arityOf(lowering, literal)
  const inputs = literal.args.slice(0, arity)
  const args = lowerTerms(lowering, inputs, steps)
  const [left, right] = args
  if (left !== undefined && right !== undefined && isEquation(literal)) {
    steps.push({ kind: 'equal', left, right })
    return
  }
  const call = lowerCall(lowering, literal, args)
  const output = literal.args[arity]
  if (call.kind === 'builtin' && call.builtin.relation === true) {
    const value = freshSlot(lowering)
    steps.push({ kind: 'relation', builtin: call.builtin, args, value, place: call.place })
    if (output !== undefined) unifyWith(lowering, output, value, steps)
    return
  }
  if (output === undefined) {
    steps.push({ kind: 'test', of: call })
    return
  }
  if (output.kind === 'var' && !lowering.bound.has(output.name)) {
    const slot = bind(lowering, output)
    steps.push({ kind: 'assign', slot, of: call })
    return
  }
  const slot = freshSlot(lowering)
  steps.push({ kind: 'assign', slot, of: call })
  unifyWith(lowering, output, slot, steps)
}

/** `a == b`, whose value nobody asks for. */
const isEquation = ({ operator, args }: CallLiteral): boolean =>
  operator.kind === 'builtin' && operator.name === 'equal' && args.length === 2

function arityOf(lowering: Lowering, { operator }: CallLiteral): number {
  if (operator.kind === 'builtin') {
    const builtin = lowering.documents.builtins.get(operator.name)
    return builtin?.parameters.length ?? 0
  }
  return operator.kind === 'function' ? (lowering.documents.groups.get(operator.path.join('\u0000'))?.arity ?? 0) : 0
}

function lowerWith(lowering: Lowering, { target, value }: With, steps: Step[]): Replacement {
  if (target.kind !== 'function') {
    if (value.kind === 'function') throw new Error('functions replace functions only')
    return { kind: target.kind, path: target.path, value: lowerTerm(lowering, value, steps) }
  }
  const name = operatorName(target.operator)
  if (value.kind !== 'function') return { kind: 'function', name, value: lowerTerm(lowering, value, steps) }
  const { operator } = value
  if (operator.kind === 'builtin') {
    const builtin = lowering.documents.builtins.get(operator.name)
    if (builtin !== undefined) return { kind: 'function', name, value: { kind: 'builtin-callee', builtin } }
  }
  const group = operator.kind === 'function' ? lowering.documents.groups.get(operator.path.join('\u0000')) : undefined
  if (group === undefined) throw new Error('undefined functions are refused before')
  return { kind: 'function', name, value: { kind: 'function-callee', group } }
}
