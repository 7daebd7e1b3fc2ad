import type { CallTerm, InfixOperator, Term, VarTerm, RefTerm } from './ast.ts'
import type { Span } from '../../../core/source.ts'

/** Binary operators but `in`: the higher, the tighter; all are left associative. */
export const precedences: Readonly<Record<Exclude<InfixOperator, 'in'>, number>> = {
  '==': 2,
  '!=': 2,
  '<': 2,
  '<=': 2,
  '>': 2,
  '>=': 2,
  '|': 3,
  '&': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
}

export type BinaryOperator = keyof typeof precedences

export function isBinaryOperator(kind: string): kind is BinaryOperator {
  return Object.hasOwn(precedences, kind)
}

const builtins: Readonly<Record<BinaryOperator, string>> = {
  '==': 'equal',
  '!=': 'neq',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
  '|': 'or',
  '&': 'and',
  '+': 'plus',
  '-': 'minus',
  '*': 'mul',
  '/': 'div',
  '%': 'rem',
}

/** `left operator right` as a call of the operator's built-in. */
export function binaryCall(infix: BinaryOperator, args: readonly [Term, Term], span: Span): CallTerm {
  return { kind: 'call', operator: builtinVar(builtins[infix], span), args, infix, span }
}

/** `value in collection`, `key, value in collection` */
export function memberCall(args: readonly Term[], span: Span): CallTerm {
  const head = builtinVar('internal', span)
  const operator: RefTerm = { kind: 'ref', head, path: [{ kind: 'string', value: `member_${args.length}`, form: 'name', span }], span }
  return { kind: 'call', operator, args, infix: 'in', span }
}

function builtinVar(name: string, span: Span): VarTerm {
  return { kind: 'var', name, wildcard: false, span }
}
