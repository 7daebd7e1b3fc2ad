import type { Diagnostic } from '../../../core/diagnostic.ts'
import { compareText } from '../../../core/go-format.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Source } from '../../../core/source.ts'
import type * as Ast from '../syntax/ast.ts'
import { checkQueryCalls } from './calls.ts'
import type { Body, Node, Rule } from './core.ts'
import { flattenBody } from './flatten.ts'
import { lowerProgram, lowerQuery } from './lower.ts'
import type { LoweredQuery } from './lower.ts'
import type { Documents } from './lowering.ts'
import { printsSomething, replacesFunctions } from '../ir/clauses.ts'
import { optimiseGroups } from '../optimise/optimise.ts'
import { passes } from './passes.ts'
import { namesOfQuery } from './resolve-rules.ts'
import { resolveBody } from './resolve.ts'
import { reorderQuery } from './safety.ts'
import { openScope } from './scope.ts'
import type { CompileOptions, CompileState } from './state.ts'
import { newNode, nowhere } from './state.ts'
import { checkQueryTypes } from './types/check.ts'

export interface CompiledModules {
  readonly documents: Documents
  readonly root: Node
  readonly rules: readonly Rule[]
  /** Whether some rule prints: then the order of evaluation can be seen. */
  readonly prints: boolean
  /** Whether `with` puts functions in the place of others in some rule. */
  readonly replacesFunctions: boolean
  /** Changes the rules to do less for their values, which takes as long as all of compiling them did. Once is enough. */
  readonly optimise: () => void
  /** A query whose names are resolved and whose expressions are in an order that works. */
  readonly resolveQuery: (source: Source, body: Ast.Body) => Result<Body, readonly Diagnostic[]>
  /** `context` is a module whose package and imports the query has. */
  readonly compileQuery: (source: Source, body: Ast.Body, context?: Ast.Module) => Result<LoweredQuery, readonly Diagnostic[]>
}

export function compileModules(modules: readonly Ast.Module[], options: CompileOptions): Result<CompiledModules, readonly Diagnostic[]> {
  return bounded(modules[0]?.source, () => compileAll(modules, options))
}

/** Rules that depend on each other in very long chains exhaust the stack: that is bad input like any other. */
function bounded<T>(source: Source | undefined, compile: () => Result<T, readonly Diagnostic[]>): Result<T, readonly Diagnostic[]> {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const message = 'rules are nested too deeply'
    return err([
      { code: 'rego_compile_error', severity: 'error', message, source: source ?? { name: '', text: '' }, span: { start: 0, end: 0 } },
    ])
  }
}

function compileAll(modules: readonly Ast.Module[], options: CompileOptions): Result<CompiledModules, readonly Diagnostic[]> {
  let count = 0
  const fresh = (): number => (count += 1)
  const state: CompileState = { modules, options, root: newNode([]), rules: [], problems: [], fresh }
  for (const { run } of passes) {
    run(state)
    if (state.problems.length > 0) return err(inOrder(state.problems))
  }
  const documents = lowerProgram(state)
  const groups = [...documents.groups.values()]
  const prints = options.print && groups.some(printsSomething)
  return ok({
    documents,
    root: state.root,
    rules: state.rules,
    prints,
    replacesFunctions: groups.some(replacesFunctions),
    optimise: () => {
      if (!options.trace && !prints) optimiseGroups(groups, options.optimisation)
    },
    resolveQuery: (source, body) => bounded(source, () => resolveQuery(state, source, body)),
    compileQuery: (source, body, context) =>
      bounded(source, () => {
        const resolved = resolveQuery(state, source, body, context)
        return resolved.ok ? ok(lowerQuery(documents, source, resolved.value)) : resolved
      }),
  })
}

function inOrder(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...problems].sort((a, b) => {
    if (a.source === nowhere || b.source === nowhere) return a.source === nowhere ? 1 : -1
    return compareText(a.source.name, b.source.name) || a.span.start - b.span.start || compareText(a.message, b.message)
  })
}

function resolveQuery(compiled: CompileState, source: Source, query: Ast.Body, context?: Ast.Module): Result<Body, readonly Diagnostic[]> {
  const state: CompileState = { ...compiled, problems: [] }
  const { body } = resolveBody(namesOfQuery(state, source, context), openScope(undefined), query, () => undefined)
  if (state.problems.length === 0) checkQueryCalls(state, source, body)
  if (state.problems.length > 0) return err(inOrder(state.problems))
  const ordered = reorderQuery(state, { source }, flattenBody(state, body))
  if (state.problems.length === 0) checkQueryTypes(state, source, ordered)
  return state.problems.length > 0 ? err(inOrder(state.problems)) : ok(ordered)
}
