import type { Span } from '../../../core/source.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Operator } from '../ir/ir.ts'
import type * as Ast from '../syntax/ast.ts'
import type { RegoValue } from '../values/value.ts'
import type { EveryLiteral, Literal, Term, VarTerm, With, WithTarget } from './core.ts'
import type { Names } from './resolve.ts'
import {
  captured,
  declareVar,
  freshVar,
  indexed,
  joinPath,
  namedOperator,
  problem,
  reportUnused,
  resolveBody,
  resolveCall,
  resolveLiterals,
  resolveOperator,
  resolveTerm,
} from './resolve.ts'
import { declaredBy, forgetUse, isPending, lookUp, openScope, patternVariables } from './scope.ts'
import type { Scope } from './scope.ts'

/** One literal, with its negation and modifiers; none for a mere declaration. */
export function resolveLiteral(names: Names, scope: Scope, literal: Ast.Literal): readonly Literal[] {
  const { span } = literal
  if (literal.kind === 'some') {
    for (const variable of literal.variables) declareVar(names, scope, variable, 'declared', span)
    return []
  }
  const withs = literal.withs.flatMap((each) => resolveWith(names, scope, each))
  if (literal.kind === 'not-body') {
    const { body } = resolveBody(names, scope, literal.body, () => undefined)
    return [{ kind: 'not', body, closure: true, withs, span }]
  }
  if (!literal.negated) return positive(names, scope, literal, withs)
  if (literal.kind === 'assign') {
    problem(names, 'rego_compile_error', 'cannot assign vars inside negated expression', span)
    return []
  }
  return [{ kind: 'not', body: positive(names, scope, literal, []), closure: false, withs, span }]
}

type Positive = Exclude<Ast.Literal, Ast.SomeLiteral | Ast.NotBodyLiteral>

function positive(names: Names, scope: Scope, literal: Positive, withs: readonly With[]): readonly Literal[] {
  const { span } = literal
  switch (literal.kind) {
    case 'term':
      return termLiteral(names, scope, literal.term, { withs, span })
    case 'unify':
      return [
        {
          kind: 'unify',
          left: resolveTerm(names, scope, literal.left),
          right: resolveTerm(names, scope, literal.right),
          assigns: false,
          withs,
          span,
        },
      ]
    case 'assign': {
      const right = resolveTerm(names, scope, literal.right)
      const left = declarePattern(names, scope, literal.left)
      return left === undefined ? [] : [{ kind: 'unify', left, right, assigns: true, withs, span }]
    }
    case 'some-in':
      return [someIn(names, scope, literal, withs)]
    case 'every':
      return [every(names, scope, literal, withs)]
    default:
      return unreachable(literal)
  }
}

function termLiteral(
  names: Names,
  scope: Scope,
  term: Ast.Term,
  at: { readonly withs: readonly With[]; readonly span: Span },
): readonly Literal[] {
  const resolved = term.kind === 'call' ? resolveCall(names, scope, term, false) : resolveTerm(names, scope, term)
  if (resolved.kind !== 'call') return [{ kind: 'term', term: resolved, ...at }]
  const { operator, args } = resolved
  if (operator.kind === 'builtin' && operator.name === 'print') {
    return [{ kind: 'print', args: args.map((arg) => captured(names, arg, undefined)), ...at }]
  }
  return [{ kind: 'call', operator, args, ...at }]
}

/** The left side of `:=`: new variables, in arrays and objects. */
function declarePattern(names: Names, scope: Scope, pattern: Ast.Term): Term | undefined {
  const known = names.state.problems.length
  declareIn(names, scope, pattern, pattern.span)
  if (names.state.problems.length !== known) return undefined
  const resolved = resolveTerm(names, scope, pattern)
  for (const { name } of patternVariables(pattern)) forgetUse(scope, name)
  return resolved
}

function declareIn(names: Names, scope: Scope, pattern: Ast.Term, at: Span): void {
  switch (pattern.kind) {
    case 'var':
      return declareVar(names, scope, pattern, 'assigned', at)
    case 'array':
      for (const item of pattern.items) declareIn(names, scope, item, at)
      return
    case 'object':
      for (const { value } of pattern.entries) declareIn(names, scope, value, at)
      return
    default:
      problem(names, 'rego_compile_error', `cannot assign to ${assigneeNames[pattern.kind] ?? pattern.kind}`, pattern.span)
  }
}

const assigneeNames: Readonly<Record<string, string>> = {
  'array-comprehension': 'arraycomprehension',
  'set-comprehension': 'setcomprehension',
  'object-comprehension': 'objectcomprehension',
  template: 'templatestring',
}

function someIn(names: Names, scope: Scope, literal: Ast.SomeInLiteral, withs: readonly With[]): Literal {
  const { span } = literal
  const domain = resolveTerm(names, scope, literal.domain)
  const patterns = literal.key === undefined ? [literal.value] : [literal.key, literal.value]
  for (const pattern of patterns) for (const variable of patternVariables(pattern)) declareVar(names, scope, variable, 'declared')
  const key = literal.key === undefined ? freshVar(names, span) : resolveTerm(names, scope, literal.key)
  const left = resolveTerm(names, scope, literal.value)
  return { kind: 'unify', left, right: indexed(domain, [key], literal.domain.span), assigns: false, withs, span }
}

function every(names: Names, scope: Scope, literal: Ast.EveryLiteral, withs: readonly With[]): EveryLiteral {
  const domain = resolveTerm(names, scope, literal.domain)
  const inner = openScope(scope, declaredBy(literal.body))
  const variable = (term: Ast.VarTerm): VarTerm => {
    declareVar(names, inner, term, 'declared', literal.body[0]?.span ?? literal.span)
    const unique = inner.names.get(term.name)?.unique
    return unique === undefined
      ? { kind: 'var', name: term.name, shown: '_', span: term.span }
      : { kind: 'var', name: unique, shown: term.name, span: term.span }
  }
  const key = literal.key === undefined ? undefined : variable(literal.key)
  const value = variable(literal.value)
  const body = resolveLiterals(names, inner, literal.body)
  reportUnused(names, inner)
  return { kind: 'every', key, value, domain, body, withs, span: literal.span }
}

function resolveWith(names: Names, scope: Scope, modifier: Ast.With): readonly With[] {
  const { span } = modifier
  const target = withTarget(names, scope, modifier.target)
  if (target === undefined) {
    problem(names, 'rego_type_error', 'with keyword target must reference existing input, data, or a function', modifier.target.span)
    return []
  }
  const callee = target.kind === 'function' ? calleeOf(names, scope, modifier.value) : undefined
  if (callee !== undefined)
    return [{ target, value: { kind: 'function', operator: callee, span: modifier.value.span }, targetSpan: modifier.target.span, span }]
  return [{ target, value: resolveTerm(names, scope, modifier.value), targetSpan: modifier.target.span, span }]
}

function withTarget(names: Names, scope: Scope, term: Ast.VarTerm | Ast.RefTerm): WithTarget | undefined {
  const resolved = resolveTerm(names, scope, term)
  const parts = resolved.kind === 'ref' ? resolved.path : []
  const head = resolved.kind === 'ref' ? resolved.head : resolved
  if (head.kind === 'root') return rootTarget(names, head.name, parts)
  const named = head.kind === 'var' && head.shown !== undefined ? constantPath(parts) : undefined
  if (named === undefined || head.kind !== 'var' || head.name !== head.shown) return undefined
  const operator = namedOperator(names, head.name, named.map(String))
  return operator === undefined ? undefined : { kind: 'function', operator }
}

function rootTarget(names: Names, root: 'data' | 'input', parts: readonly Term[]): WithTarget | undefined {
  const path = constantPath(parts)
  if (path === undefined) return undefined
  const words = path.filter((part) => typeof part === 'string')
  if (root === 'data' && words.length === path.length && names.functions.has(joinPath(words)))
    return { kind: 'function', operator: { kind: 'function', path: words } }
  return { kind: root, path }
}

function constantPath(parts: readonly Term[]): readonly RegoValue[] | undefined {
  const path: RegoValue[] = []
  for (const part of parts) {
    if (part.kind !== 'value') return undefined
    path.push(part.value)
  }
  return path
}

/** The function that a replacement names, if it names one. */
function calleeOf(names: Names, scope: Scope, term: Ast.Term): Operator | undefined {
  if (term.kind !== 'var' && term.kind !== 'ref') return undefined
  const head = term.kind === 'var' ? term : term.head
  if (head.kind !== 'var' || head.wildcard || isPending(scope, head.name) || lookUp(scope, head.name) !== undefined) return undefined
  const known = names.state.problems.length
  const operator = resolveOperator(names, scope, term)
  if (names.state.problems.length !== known || operator.kind === 'unknown') return undefined
  if (operator.kind === 'function' && !names.functions.has(joinPath(operator.path))) return undefined
  return operator
}
