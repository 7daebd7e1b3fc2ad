import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Source } from '../../core/source.ts'
import { builtins as allBuiltins } from './builtins/registry.ts'
import { compileModules } from './compile/compile.ts'
import type { CompiledModules } from './compile/compile.ts'
import { dependenciesOf } from './compile/dependencies.ts'
import type { RegoDependencies } from './compile/dependencies.ts'
import type { CompileOptions } from './compile/state.ts'
import type { RegoEnvironment } from './evaluate/context.ts'
import { newLinker } from './evaluate/link.ts'
import { captureValues, prepareQuestion, withoutCaptures } from './evaluate/question.ts'
import type { RegoQuestion } from './evaluate/question.ts'
import type { BackEnd } from './evaluate/link.ts'
import type { Linker } from './evaluate/linker.ts'
import type { RegoError, RegoMemory } from './evaluate/machine.ts'
import { prepareQuery, prepareRule } from './evaluate/query.ts'
import type { Bindings, RegoQuery, RegoRule } from './evaluate/query.ts'
import type { TraceNode } from './ir/trace.ts'
import type { Module, RegoVersion } from './syntax/ast.ts'
import { parseModule, parseQuery } from './syntax/parse.ts'

export type { Module as RegoModule, RegoVersion } from './syntax/ast.ts'
export type { Builtin } from './builtins/contract.ts'
export type { RegoValue } from './values/value.ts'
export type { BackEnd, RegoEnvironment, RegoError, RegoMemory, Bindings, RegoQuery, RegoRule }
export { parseModule as parseRego } from './syntax/parse.ts'
export { elementsOf as regoElements, getKey as regoGet } from './values/access.ts'
export { typeName as regoTypeName } from './values/value.ts'
export type { RegoDependencies } from './compile/dependencies.ts'
export type { RegoAnswer, RegoExpression, RegoQuestion } from './evaluate/question.ts'
export type { SearchListener, TracedFailure, TracedLocals, TracedValue, TraceEvent, TraceOperation } from './evaluate/trace-event.ts'
export { newSearchTree } from './evaluate/search-tree.ts'
export type { SearchAttempt, SearchSolution, SearchTree } from './evaluate/search-tree.ts'
export { newTraceTree } from './evaluate/trace-tree.ts'
export type { TraceBranch, TraceTree } from './evaluate/trace-tree.ts'
export type { TraceNode } from './ir/trace.ts'
export { errorPlace as regoErrorPlace, errorsText as regoErrorsText } from './syntax/error-text.ts'
export { formatModule as formatRego } from './syntax/format.ts'
export { fromJson, marshalValue as marshalRego, parseJsonValue as parseRegoJson, toJson } from './values/json.ts'
export { formatValue as formatRegoValue } from './values/format.ts'
export { newMemory as newRegoMemory } from './evaluate/machine.ts'
export { errorText } from './evaluate/query.ts'
export { numberFromText } from './values/number.ts'
export { isObject, isSet, objectEntries, objectSize as regoSize, typeName } from './values/value.ts'
export { builtins as regoBuiltins } from './builtins/registry.ts'

export interface RegoOptions {
  readonly regoVersion: RegoVersion
  /** What can be called, by name; all built-ins where absent. */
  readonly builtins?: CompileOptions['builtins']
  /** Names of built-ins whose calls are refused. */
  readonly unsafeBuiltins?: ReadonlySet<string>
  /** Refuses unused variables and imports, and deprecated built-ins. */
  readonly strict?: boolean
  /** How many mistakes are told: 10 where absent. */
  readonly maxErrors?: number
  /** Whether `print` prints; otherwise its calls are dropped. */
  readonly print?: boolean
  /** How rules are run: `adaptive` where absent. */
  readonly backEnd?: BackEnd
  /** Keys of the input that are constant: queries with one `RegoEnvironment.memory` all have the same values there. */
  readonly constants?: ReadonlySet<string>
  /** Whether the program is asked for its rules only: these are then made for it. Queries must not be prepared. */
  readonly rulesOnly?: boolean
  /** Whether queries are evaluated with `RegoEnvironment.strictErrors`. */
  readonly strictErrors?: boolean
  /** Tells `RegoEnvironment.tracer` how rules are evaluated. */
  readonly trace?: boolean
}

const defaultMaxErrors = 10

/** Modules that belong together, compiled. */
export interface RegoProgram {
  /** A query: expressions as in a body. */
  readonly prepare: (query: string) => Result<RegoQuery, readonly Diagnostic[]>
  /** A query whose expressions show their values. It may have the package and the imports of a module. */
  readonly ask: (query: string, context?: Module) => Result<RegoQuestion, readonly Diagnostic[]>
  /** What a query reads, directly or through rules. */
  readonly dependencies: (query: string) => Result<RegoDependencies, readonly Diagnostic[]>
  /** What events of traces can be of; empty without `trace`. */
  readonly traced: readonly TraceNode[]
  /** What is at a path below `data`. Undefined at run time where there is nothing. */
  readonly rule: (path: readonly string[]) => RegoRule
}

/** Compiles modules by their text. Problems carry OPA's codes and messages. */
export function compileRego(sources: readonly Source[], options: RegoOptions): Result<RegoProgram, readonly Diagnostic[]> {
  const modules: Module[] = []
  const problems: Diagnostic[] = []
  // Annotations are read where they are asked for: otherwise they are comments, which cannot be wrong.
  const annotations = sources.some(({ text }) => text.includes('rego.metadata'))
  for (const source of sources) {
    const parsed = parseModule(source, { regoVersion: options.regoVersion, annotations, builtins: options.builtins ?? allBuiltins })
    if (parsed.ok) modules.push(parsed.value)
    else problems.push(...parsed.error)
  }
  return problems.length > 0 ? err(problems) : compileParsedRego(modules, options)
}

/** Compiles modules that are parsed (and perhaps moved to other packages). */
export function compileParsedRego(modules: readonly Module[], options: RegoOptions): Result<RegoProgram, readonly Diagnostic[]> {
  const compileOptions: CompileOptions = {
    regoVersion: options.regoVersion,
    builtins: options.builtins ?? allBuiltins,
    unsafeBuiltins: options.unsafeBuiltins ?? new Set(),
    strict: options.strict ?? false,
    print: options.print ?? false,
    optimisation: {
      constants: options.constants ?? new Set(),
      rulesOnly: options.rulesOnly ?? false,
      strictErrors: options.strictErrors ?? false,
    },
    maxErrors: options.maxErrors ?? defaultMaxErrors,
    trace: options.trace ?? false,
  }
  const compiled = compileModules(modules, compileOptions)
  return compiled.ok ? ok(programOf(compiled.value, options)) : compiled
}

/** The evaluation from which on an optimised program pays: most programs of a command line are asked about a few objects. */
const enough = 8

function programOf(compiled: CompiledModules, { backEnd = 'adaptive', trace = false, ...options }: RegoOptions): RegoProgram {
  // Generated code tells nothing, and what is told has to be in order.
  const link = (): Linker =>
    newLinker(compiled.documents.root, {
      ordered: compiled.prints || trace,
      mocks: options.rulesOnly !== true || compiled.replacesFunctions,
      backEnd: trace ? 'closures' : backEnd,
    })
  const isLate = backEnd === 'adaptive' && options.rulesOnly === true
  if (!isLate) compiled.optimise()
  let linker = link()
  let left = enough
  const lateRule = (path: readonly string[]): RegoRule => {
    let linkedBy = linker
    let rule = prepareRule(linker, path)
    return {
      evaluate: (input, environment) => {
        if (left > 0) {
          left -= 1
          if (left === 0) {
            compiled.optimise()
            linker = link()
          }
        }
        if (linkedBy !== linker) {
          linkedBy = linker
          rule = prepareRule(linker, path)
        }
        return rule.evaluate(input, environment)
      },
    }
  }
  const builtins = options.builtins ?? allBuiltins
  return {
    prepare: (query) => {
      checkQueries(options)
      const source: Source = { name: '', text: query }
      const parsed = parseQuery(source, { regoVersion: 1 })
      if (!parsed.ok) return parsed
      const lowered = compiled.compileQuery(source, parsed.value)
      return lowered.ok ? ok(prepareQuery(linker, lowered.value)) : lowered
    },
    ask: (query, context) => {
      checkQueries(options)
      const source: Source = { name: '', text: query }
      const parsed = parseQuery(source, { regoVersion: options.regoVersion })
      if (!parsed.ok) return parsed
      const lowered = compiled.compileQuery(source, captureValues(parsed.value, builtins), context)
      return lowered.ok
        ? ok(prepareQuestion(source, parsed.value, prepareQuery(linker, lowered.value)))
        : err(withoutCaptures(lowered.error))
    },
    dependencies: (query) => {
      const source: Source = { name: '', text: query }
      const parsed = parseQuery(source, { regoVersion: options.regoVersion })
      if (!parsed.ok) return parsed
      const resolved = compiled.resolveQuery(source, parsed.value)
      return resolved.ok ? ok(dependenciesOf(compiled.root, resolved.value)) : resolved
    },
    traced: compiled.documents.traced ?? [],
    rule: (path) => (isLate ? lateRule(path) : prepareRule(linker, path)),
  }
}

function checkQueries({ rulesOnly }: Pick<RegoOptions, 'rulesOnly'>): void {
  if (rulesOnly === true) throw new Error('a program that is made for its rules takes no queries')
}
