import type { Span } from '../../../core/source.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Operator } from '../ir/ir.ts'
import type * as Ast from '../syntax/ast.ts'
import { numberFromText } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import { objectOf, setOf } from '../values/value.ts'
import type { Body, ComprehensionTerm, Literal, ModuleInfo, RefTerm, Term, ValueTerm, VarTerm } from './core.ts'
import type { ActiveRule } from './metadata.ts'
import { metadataChain, ruleMetadata } from './metadata.ts'
import { isReserved } from './names.ts'
import { declare, declaredBy, isPending, lookUp, openScope, pathTerm, unusedNames } from './scope.ts'
import type { Globals, How, Scope } from './scope.ts'
import type { CompileErrorCode, CompileState } from './state.ts'
import { report } from './state.ts'

/** What names mean while one module is resolved. */
export interface Names {
  readonly state: CompileState
  readonly module: ModuleInfo
  readonly globals: Globals
  /** Globals that were mentioned; filled in on the way. */
  readonly used: Set<string>
  /** How many arguments the functions of all modules take, by their path joined with `pathSeparator`. */
  readonly functions: ReadonlyMap<string, number>
  /** The rule that is resolved; a query has none. */
  readonly active: ActiveRule | undefined
  /** Resolves one literal with its negation and modifiers; none comes of a mere declaration. */
  readonly literal: (names: Names, scope: Scope, literal: Ast.Literal) => readonly Literal[]
}

/** Not a character of any sane name: paths joined by it stay apart. */
export const pathSeparator = '\u0000'
export const joinPath = (path: readonly string[]): string => path.join(pathSeparator)

export function problem(names: Names, code: CompileErrorCode, message: string, span: Span): void {
  report(names.state, code, message, { source: names.module.source, span })
}

/** A variable of the compiler's own. */
export function freshVar(names: { readonly state: CompileState }, span: Span): VarTerm {
  return { kind: 'var', name: `~${names.state.fresh()}`, shown: undefined, span }
}

/** `unusedAt` is where it is told that nothing uses the variable; one that is declared has to be used where it is given. */
export function declareVar(names: Names, scope: Scope, variable: Ast.VarTerm, how: How, unusedAt?: Span): void {
  if (variable.wildcard) return
  if (
    how === 'assigned' &&
    isReserved(variable.name) &&
    (names.module.version === 1 || names.state.options.strict) &&
    names.active !== undefined
  ) {
    problem(names, 'rego_compile_error', `variables must not shadow ${variable.name} (use a different variable name)`, variable.span)
  }
  const unique = `${variable.name}#${names.state.fresh()}`
  const text = declare(scope, variable.name, {
    unique,
    how,
    at: unusedAt ?? variable.span,
    mustBeUsed: how === 'declared' && unusedAt !== undefined,
  })
  if (text !== undefined) problem(names, 'rego_compile_error', text, variable.span)
}

/** Resolves a body in a scope of its own, and with it whatever `also` resolves there: the head of a rule or comprehension. */
export function resolveBody<T>(names: Names, parent: Scope, body: Ast.Body, also: (scope: Scope) => T): { body: Body; also: T } {
  const scope = openScope(parent, declaredBy(body))
  const known = names.state.problems.length
  const literals = resolveLiterals(names, scope, body)
  const result = also(scope)
  // What is wrong with declarations is told before what they are good for.
  if (names.state.problems.length === known) reportUnused(names, scope)
  return { body: literals, also: result }
}

export function resolveLiterals(names: Names, scope: Scope, body: Ast.Body): readonly Literal[] {
  return body.flatMap((literal) => names.literal(names, scope, literal))
}

export function reportUnused(names: Names, scope: Scope): void {
  for (const { name, how, at, mustBeUsed } of unusedNames(scope)) {
    if (!mustBeUsed && !(names.state.options.strict && how !== 'declared')) continue
    const message = how === 'argument' ? `unused argument ${name}. (hint: use _ (wildcard variable) instead)` : `${how} var ${name} unused`
    problem(names, 'rego_compile_error', message, at)
  }
}

export function resolveTerm(names: Names, scope: Scope, term: Ast.Term): Term {
  const { span } = term
  switch (term.kind) {
    case 'null':
      return { kind: 'value', value: null, span }
    case 'boolean':
    case 'string':
      return { kind: 'value', value: term.value, span }
    case 'number':
      return { kind: 'value', value: numberFromText(term.text), span }
    case 'var':
      return resolveVar(names, scope, term)
    case 'ref':
      return resolveRef(names, scope, term)
    case 'call':
      return resolveCall(names, scope, term, true)
    case 'array':
    case 'set':
    case 'object':
      return resolveCollection(names, scope, term)
    case 'array-comprehension':
    case 'set-comprehension':
    case 'object-comprehension':
      return resolveComprehension(names, scope, term)
    case 'template':
      return { kind: 'template', parts: term.parts.map((part) => resolvePart(names, scope, part, span)), span }
    default:
      return unreachable(term)
  }
}

/** A call, which may be a literal or the value of a rule by itself. */
export function resolveCall(names: Names, scope: Scope, term: Ast.CallTerm, isInside: boolean): Term {
  const { span } = term
  const metadata = term.args.length === 0 && names.active !== undefined ? metadataOf(names, names.active, dotted(term.operator)) : undefined
  if (metadata !== undefined) return { kind: 'value', value: metadata, span }
  const operator = resolveOperator(names, scope, term.operator, isInside)
  return { kind: 'call', operator, args: term.args.map((arg) => resolveTerm(names, scope, arg)), span }
}

/** What is annotated is known now: calls that ask for it become its value. */
function metadataOf(names: Names, active: ActiveRule, name: readonly string[] | undefined): RegoValue | undefined {
  if (names.globals.has('rego')) return undefined
  switch (name?.join('.')) {
    case 'rego.metadata.rule':
      return ruleMetadata(active)
    case 'rego.metadata.chain':
      return metadataChain(names.state.modules, active)
    default:
      return undefined
  }
}

const isValue = (term: Term): term is ValueTerm => term.kind === 'value'

function resolveCollection(names: Names, scope: Scope, term: Ast.ArrayTerm | Ast.SetTerm | Ast.ObjectTerm): Term {
  const { span } = term
  if (term.kind === 'object') {
    const entries = term.entries.map(({ key, value }) => ({
      key: resolveTerm(names, scope, key),
      value: resolveTerm(names, scope, value),
    }))
    const constants: (readonly [RegoValue, RegoValue])[] = []
    for (const { key, value } of entries) if (isValue(key) && isValue(value)) constants.push([key.value, value.value])
    if (constants.length === entries.length) return { kind: 'value', value: objectOf(constants), span }
    return { kind: 'object', entries, span }
  }
  const items = term.items.map((item) => resolveTerm(names, scope, item))
  if (items.every(isValue)) {
    const values = items.map(({ value }) => value)
    return { kind: 'value', value: term.kind === 'array' ? values : setOf(values), span }
  }
  return { kind: term.kind, items, span }
}

function resolveComprehension(
  names: Names,
  scope: Scope,
  term: Ast.ArrayComprehension | Ast.SetComprehension | Ast.ObjectComprehension,
): ComprehensionTerm {
  const { body, also } = resolveBody(names, scope, term.body, (inner) => {
    if (term.kind !== 'object-comprehension') return { value: resolveTerm(names, inner, term.item) }
    return { key: resolveTerm(names, inner, term.key), value: resolveTerm(names, inner, term.value) }
  })
  const makes = term.kind === 'array-comprehension' ? 'array' : term.kind === 'set-comprehension' ? 'set' : 'object'
  return { kind: 'comprehension', makes, ...also, body, span: term.span }
}

/** The set of the values of a term, for `print` and templates: empty where the term is undefined. */
export function captured(names: Names, term: Term, literal: Literal | undefined, span = term.span): ComprehensionTerm {
  const value = freshVar(names, span)
  const equation: Literal = { kind: 'unify', left: value, right: term, assigns: false, withs: literal?.withs ?? [], span }
  return { kind: 'comprehension', makes: 'set', value, body: [equation], span }
}

function resolvePart(names: Names, scope: Scope, part: Ast.TemplatePart, span: Span): string | ComprehensionTerm {
  if (part.kind === 'text') return part.value
  const { literal } = part
  if (literal.kind !== 'term') {
    problem(names, 'rego_compile_error', 'unexpected expression in template string', part.span)
    return ''
  }
  const [resolved] = names.literal(names, scope, { ...literal, withs: literal.withs, negated: false })
  return captured(names, resolveTerm(names, scope, literal.term), resolved, span)
}

export function resolveVar(names: Names, scope: Scope, term: Ast.VarTerm): Term {
  const { name, span } = term
  if (term.wildcard) return { kind: 'var', name, shown: '_', span }
  const unique = lookUp(scope, name)
  if (unique !== undefined) return { kind: 'var', name: unique, shown: name, span }
  if (!isPending(scope, name)) {
    if (name === 'data' || name === 'input') return { kind: 'root', name, span }
    const global = names.globals.get(name)
    if (global !== undefined) {
      names.used.add(name)
      return pathTerm(global, span)
    }
  }
  scope.seen.add(name)
  return { kind: 'var', name, shown: name, span }
}

function resolveRef(names: Names, scope: Scope, term: Ast.RefTerm): Term {
  const head = resolveTerm(names, scope, term.head)
  const path = term.path.map((part) => resolveTerm(names, scope, part))
  return indexed(head, path, term.span)
}

/** `head[path…]`, flat. */
export function indexed(head: Term, path: readonly Term[], span: Span): RefTerm {
  return head.kind === 'ref' ? { ...head, path: [...head.path, ...path], span } : { kind: 'ref', head, path, span }
}

/** The dotted form of a ref of constant strings, as calls have it. */
function dotted(term: Ast.VarTerm | Ast.RefTerm): readonly string[] | undefined {
  if (term.kind === 'var') return [term.name]
  if (term.head.kind !== 'var') return undefined
  const parts: string[] = [term.head.name]
  for (const part of term.path) {
    if (part.kind !== 'string') return undefined
    parts.push(part.value)
  }
  return parts
}

/** A variable cannot be called; of calls inside of others upstream says that it hides a function. */
export function resolveOperator(names: Names, scope: Scope, operator: Ast.VarTerm | Ast.RefTerm, isInside = false): Operator {
  const parts = dotted(operator)
  if (parts === undefined) return { kind: 'unknown', name: names.module.source.text.slice(operator.span.start, operator.span.end) }
  const [head = '', ...rest] = parts
  if (lookUp(scope, head) !== undefined) {
    if (isInside) problem(names, 'rego_compile_error', `called function ${head} shadowed`, operator.span)
    return { kind: 'unknown', name: parts.join('.') }
  }
  return namedOperator(names, head, rest) ?? { kind: 'unknown', name: parts.join('.') }
}

/** The function or built-in of a dotted name. */
export function namedOperator(names: Names, head: string, rest: readonly string[]): Operator | undefined {
  const global = head === 'data' ? { root: 'data' as const, path: [] } : names.globals.get(head)
  if (global !== undefined) names.used.add(head)
  if (global?.root === 'data') return { kind: 'function', path: [...global.path, ...rest] }
  if (global !== undefined) return { kind: 'unknown', name: ['input', ...global.path, ...rest].join('.') }
  const name = [head, ...rest].join('.')
  return names.state.options.builtins.has(name) ? { kind: 'builtin', name } : undefined
}
