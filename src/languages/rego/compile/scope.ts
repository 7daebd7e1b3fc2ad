import type { Span } from '../../../core/source.ts'
import type * as Ast from '../syntax/ast.ts'
import type { Term } from './core.ts'

export type How = 'argument' | 'declared' | 'assigned'

interface Declared {
  readonly unique: string
  readonly how: How
  /** Where it is told that nothing uses it. */
  readonly at: Span
  used: boolean
  /** Refused when unused, even outside strict mode. */
  readonly mustBeUsed: boolean
}

/** The names of one body. */
export interface Scope {
  readonly parent: Scope | undefined
  readonly names: Map<string, Declared>
  /** Names that were mentioned here without being declared. */
  readonly seen: Set<string>
  /** Names that this body declares somewhere: from its beginning they mean no rule and no import. */
  readonly pending: ReadonlySet<string>
}

/** What names mean outside of bodies: rules of the package and imports, as paths from `data` or `input`. */
export type Globals = ReadonlyMap<string, GlobalPath>

export interface GlobalPath {
  readonly root: 'data' | 'input'
  readonly path: readonly string[]
  /** Where the name is mentioned last, as far as is known. */
  readonly latest: { span: Span }
}

export function openScope(parent: Scope | undefined, pending: ReadonlySet<string> = new Set()): Scope {
  return { parent, names: new Map(), seen: new Set(), pending }
}

/** The problem with declaring a name here, in OPA's words, or undefined. */
export function declare(
  scope: Scope,
  name: string,
  declared: { readonly unique: string; readonly how: How; readonly at: Span; readonly mustBeUsed: boolean },
): string | undefined {
  const known = scope.names.get(name)
  if (known?.how === 'argument' || isArgument(scope.parent, name)) return `arg ${name} redeclared`
  if (known !== undefined) return `var ${name} ${known.how} above`
  if (scope.seen.has(name)) return `var ${name} referenced above`
  scope.names.set(name, { ...declared, used: false })
  return undefined
}

/** The arguments of a function are in the outermost scope. */
function isArgument(scope: Scope | undefined, name: string): boolean {
  return scope?.parent === undefined && scope?.names.get(name)?.how === 'argument'
}

/** The unique name of a declared variable, innermost first. */
export function lookUp(scope: Scope, name: string): string | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name)
    if (found !== undefined) {
      found.used = true
      return found.unique
    }
  }
  return undefined
}

/** A declaration is no use of its own name. */
export function forgetUse(scope: Scope, name: string): void {
  const found = scope.names.get(name)
  if (found !== undefined) found.used = false
}

/** Whether a body around declares the name further down. */
export function isPending(scope: Scope, name: string): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.pending.has(name)) return true
  return false
}

/** Variables that a body declares itself, its closures left out. */
export function declaredBy(body: Ast.Body): ReadonlySet<string> {
  const names = new Set<string>()
  for (const literal of body) {
    if (literal.kind === 'some') for (const { name } of literal.variables) names.add(name)
    if (literal.kind === 'assign') addPatternNames(literal.left, names)
    if (literal.kind === 'some-in') {
      if (literal.key !== undefined) addPatternNames(literal.key, names)
      addPatternNames(literal.value, names)
    }
  }
  return names
}

function addPatternNames(pattern: Ast.Term, names: Set<string>): void {
  for (const variable of patternVariables(pattern)) names.add(variable.name)
}

/** The variables that matching the pattern gives values to, wildcards left out. */
export function patternVariables(pattern: Ast.Term): readonly Ast.VarTerm[] {
  switch (pattern.kind) {
    case 'var':
      return pattern.wildcard ? [] : [pattern]
    case 'array':
      return pattern.items.flatMap(patternVariables)
    case 'object':
      return pattern.entries.flatMap(({ value }) => patternVariables(value))
    default:
      return []
  }
}

export interface Unused {
  readonly name: string
  readonly how: How
  readonly at: Span
  readonly mustBeUsed: boolean
}

export function unusedNames(scope: Scope): readonly Unused[] {
  return [...scope.names].filter(([, { used }]) => !used).map(([name, { how, at, mustBeUsed }]) => ({ name, how, at, mustBeUsed }))
}

export function pathTerm({ root, path, latest }: GlobalPath, span: Span): Term {
  if (span.start > latest.span.start) latest.span = span
  const head: Term = { kind: 'root', name: root, span, latest }
  if (path.length === 0) return head
  return { kind: 'ref', head, path: path.map((value) => ({ kind: 'value', value, span })), span }
}

const nowhere: Span = { start: -1, end: -1 }

/** Rules of the package by the first part of their name, then imports. */
export function globalsOf(module: Ast.Module, ruleNames: ReadonlySet<string>): Globals {
  const globals = new Map<string, GlobalPath>()
  for (const name of ruleNames) globals.set(name, { root: 'data', path: [...module.package.path, name], latest: { span: nowhere } })
  for (const { path, alias } of module.imports) {
    const [root, ...rest] = path
    const name = alias?.name ?? path.at(-1)
    if ((root === 'data' || root === 'input') && name !== undefined) globals.set(name, { root, path: rest, latest: { span: nowhere } })
  }
  return globals
}
