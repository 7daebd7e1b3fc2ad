import type { Diagnostic, DiagnosticDetails } from '../../../core/diagnostic.ts'
import type { Source, Span } from '../../../core/source.ts'
import type { Builtin } from '../builtins/contract.ts'
import type { Optimisation } from '../optimise/optimise.ts'
import type * as Ast from '../syntax/ast.ts'
import type { Body, Node, Rule } from './core.ts'

export type CompileErrorCode = 'rego_compile_error' | 'rego_type_error' | 'rego_unsafe_var_error' | 'rego_recursion_error'

export interface CompileOptions {
  /** The version of modules that do not say, and of queries. */
  readonly regoVersion: Ast.RegoVersion
  /** What can be called, by name. */
  readonly builtins: ReadonlyMap<string, Builtin>
  /** Names of built-ins that modules must not call. */
  readonly unsafeBuiltins: ReadonlySet<string>
  /** Refuses unused local variables and imports, and what is deprecated. */
  readonly strict: boolean
  /** Whether `print` stays; otherwise calls of it do nothing. */
  readonly print: boolean
  readonly optimisation: Optimisation
  /** How many problems are told before compilation gives up. */
  readonly maxErrors: number
  /** Whether programs tell how they are evaluated. */
  readonly trace: boolean
}

/** What the passes hand on. */
export interface CompileState {
  readonly modules: readonly Ast.Module[]
  readonly options: CompileOptions
  readonly root: Node
  /** The rules of all modules, in order. Each pass replaces it. */
  rules: readonly Rule[]
  readonly problems: Diagnostic[]
  readonly fresh: () => number
}

export interface Pass {
  readonly name: string
  /** Adds to the problems; compilation ends after a pass that found any. */
  readonly run: (state: CompileState) => void
}

export function report(
  state: CompileState,
  code: CompileErrorCode,
  message: string,
  at: { readonly source: Source; readonly span: Span },
  details?: DiagnosticDetails,
): void {
  if (state.problems.length > state.options.maxErrors) return
  const problem: Diagnostic = { code, severity: 'error', message, source: at.source, span: at.span }
  if (state.problems.some((known) => isSame(known, problem))) return
  if (state.problems.length === state.options.maxErrors) {
    state.problems.push({
      ...problem,
      code: 'rego_compile_error',
      message: 'error limit reached',
      source: nowhere,
      span: { start: 0, end: 0 },
    })
    return
  }
  state.problems.push(details === undefined ? problem : { ...problem, details })
}

const isSame = (a: Diagnostic, b: Diagnostic): boolean => a.message === b.message && a.span.start === b.span.start && a.source === b.source

/** The source of problems that have no place. */
export const nowhere: Source = { name: '', text: '' }

export function newNode(path: readonly string[]): Node {
  return { path, children: new Map(), rules: [], isPackage: false }
}

/** The node at a path, made where it is missing. */
export function nodeAt(root: Node, path: readonly string[]): Node {
  let node = root
  path.forEach((key, at) => {
    let child = node.children.get(key)
    if (child === undefined) {
      child = newNode(path.slice(0, at + 1))
      node.children.set(key, child)
    }
    node = child
  })
  return node
}

export function findNode(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root
  for (const key of path) node = node?.children.get(key)
  return node
}

/** The bodies of a rule: its own and those of its `else` branches. */
export function mapBodies(rule: Rule, map: (body: Body, at: number) => Body): Rule {
  return {
    ...rule,
    body: map(rule.body, 0),
    elses: rule.elses.map((branch, at) => ({ ...branch, body: map(branch.body, at + 1) })),
  }
}
