import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Span } from '../../../core/source.ts'
import type * as Ast from '../syntax/ast.ts'
import type { Branch, ModuleInfo, Rule, Term } from './core.ts'
import type { Names } from './resolve.ts'
import { unusedImports } from './names.ts'
import { resolveLiteral } from './resolve-literal.ts'
import { declareVar, joinPath, problem, reportUnused, resolveBody, resolveCall, resolveTerm } from './resolve.ts'
import { forgetUse, globalsOf, openScope } from './scope.ts'
import type { Scope } from './scope.ts'
import type { CompileState, Pass } from './state.ts'
import { nodeAt } from './state.ts'

/** Names become paths and local variables; the tree of packages and rules is built. */
export const resolveNames: Pass = {
  name: 'resolve names',
  run: (state) => {
    const functions = functionsOf(state.modules)
    const ruleNames = ruleNamesByPackage(state.modules)
    const rules: Rule[] = []
    const unused: Diagnostic[] = []
    for (const module of state.modules) {
      nodeAt(state.root, module.package.path).isPackage = true
      const info: ModuleInfo = { source: module.source, version: module.version, package: module.package.path }
      const globals = globalsOf(module, ruleNames.get(joinPath(module.package.path)) ?? new Set())
      const used = new Set<string>()
      const names = { state, module: info, globals, used, functions, literal: resolveLiteral }
      module.rules.forEach((rule, index) => {
        const active = { module, index, path: pathOfHead(module, rule.head).path }
        rules.push(resolveRule({ ...names, active }, rule, index))
      })
      unused.push(...unusedImports(state, module, used))
    }
    // Imports are looked at before variables.
    if (unused.length > 0) state.problems.splice(0, state.problems.length, ...unused)
    state.rules = rules
    for (const rule of rules) nodeAt(state.root, rule.path).rules.push(rule)
  },
}

/** What a query means by names: the roots and, where it has a package and imports, what is there. */
export function namesOfQuery(state: CompileState, source: Ast.Module['source'], context?: Ast.Module): Names {
  const ruleNames = context === undefined ? undefined : ruleNamesByPackage(state.modules).get(joinPath(context.package.path))
  return {
    state,
    module: { source, version: state.options.regoVersion, package: [] },
    globals: context === undefined ? new Map() : globalsOf(context, ruleNames ?? new Set()),
    functions: functionsOf(state.modules),
    used: new Set(),
    active: undefined,
    literal: resolveLiteral,
  }
}

function ruleNamesByPackage(modules: readonly Ast.Module[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const module of modules) {
    const key = joinPath(module.package.path)
    const known = names.get(key) ?? new Set()
    for (const { head } of module.rules) known.add(head.name)
    names.set(key, known)
  }
  return names
}

function functionsOf(modules: readonly Ast.Module[]): ReadonlyMap<string, number> {
  const functions = new Map<string, number>()
  for (const module of modules) {
    for (const { head } of module.rules) {
      if (head.kind === 'function') functions.set(joinPath(pathOfHead(module, head).path), head.args.length)
    }
  }
  return functions
}

/** The constant part of the path of a head, and the rest. */
function pathOfHead(module: { readonly package: Ast.Package }, head: Ast.Head): { path: readonly string[]; suffix: readonly Ast.Term[] } {
  const path = [...module.package.path, head.name]
  let at = 0
  for (; at < head.path.length; at += 1) {
    const part = head.path[at]
    if (part?.kind !== 'string') break
    path.push(part.value)
  }
  return { path, suffix: head.path.slice(at) }
}

function resolveRule(names: Names, rule: Ast.Rule, index: number): Rule {
  const { head } = rule
  const { path, suffix } = pathOfHead({ package: packageOf(names.module) }, head)
  const outer = openScope(undefined)
  const args = head.kind === 'function' ? resolveArgs(names, outer, head.args, rule.span) : []
  const { body, also } = resolveBody(names, outer, rule.body, (scope) => ({
    suffix: suffix.map((part) => resolveTerm(names, scope, part)),
    value: resolveValue(names, scope, head.kind === 'set' ? head.element : head.value),
  }))
  const elses = rule.elses.map((branch) => resolveElse(names, outer, branch))
  reportUnused(names, outer)
  const kind = head.kind === 'set' || head.kind === 'function' ? head.kind : 'value'
  return {
    module: names.module,
    path,
    ...also,
    kind,
    args,
    body,
    elses,
    isDefault: rule.default,
    span: rule.span,
    headSpan: head.refSpan,
    index,
  }
}

const resolveValue = (names: Names, scope: Scope, term: Ast.Term): Term =>
  term.kind === 'call' ? resolveCall(names, scope, term, false) : resolveTerm(names, scope, term)

const packageOf = (module: ModuleInfo): Ast.Package => ({
  kind: 'package',
  path: module.package,
  ref: { kind: 'var', name: 'data', wildcard: false, span: { start: 0, end: 0 } },
  span: { start: 0, end: 0 },
})

function resolveElse(names: Names, outer: Scope, branch: Ast.Else): Branch {
  const { body, also } = resolveBody(names, outer, branch.body, (scope) => resolveValue(names, scope, branch.value))
  return { value: also, body, span: branch.span }
}

function resolveArgs(names: Names, scope: Scope, args: readonly Ast.Term[], at: Span): readonly Term[] {
  // An argument by itself may not repeat another; inside of patterns a name may come again, and has to have the same value.
  const direct = new Set<string>()
  for (const arg of args) {
    if (arg.kind !== 'var' || arg.wildcard) continue
    if (direct.has(arg.name)) problem(names, 'rego_compile_error', `arg ${arg.name} redeclared`, arg.span)
    direct.add(arg.name)
  }
  for (const variable of args.flatMap(variablesOf)) if (!scope.names.has(variable.name)) declareVar(names, scope, variable, 'argument', at)
  const resolved = args.map((arg) => resolveTerm(names, scope, arg))
  for (const name of scope.names.keys()) forgetUse(scope, name)
  return resolved
}

/** Variables that an argument declares. */
function variablesOf(term: Ast.Term): readonly Ast.VarTerm[] {
  switch (term.kind) {
    case 'var':
      return [term]
    case 'array':
    case 'set':
      return term.items.flatMap(variablesOf)
    case 'object':
      return term.entries.flatMap(({ key, value }) => [...variablesOf(key), ...variablesOf(value)])
    default:
      return []
  }
}
