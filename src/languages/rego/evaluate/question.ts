import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Result } from '../../../core/result.ts'
import { ok } from '../../../core/result.ts'
import { lineAndColumn } from '../../../core/source.ts'
import type { Source } from '../../../core/source.ts'
import type { Builtin } from '../builtins/contract.ts'
import type * as Ast from '../syntax/ast.ts'
import { setKey } from '../values/record.ts'
import type { RegoValue } from '../values/value.ts'
import type { RegoEnvironment } from './context.ts'
import type { RegoError } from './machine.ts'
import type { Bindings, RegoQuery } from './query.ts'

/** An expression of a query, as written. Row and column are one-based. */
export interface RegoExpression {
  readonly text: string
  readonly row: number
  readonly column: number
}

/** One solution: the values of the query's variables and, in their order, of its expressions. */
export interface RegoAnswer {
  readonly bindings: Bindings
  readonly values: readonly RegoValue[]
}

export interface RegoQuestion {
  readonly expressions: readonly RegoExpression[]
  readonly evaluate: (input: RegoValue | undefined, environment?: RegoEnvironment) => Result<readonly RegoAnswer[], RegoError>
}

/** Not a name that anybody can write. */
const capture = (at: number): string => `$value${at}`

/** The query with a variable for the value of each expression that has one: a false one is a result then, no failure. */
export function captureValues(body: Ast.Body, builtins: ReadonlyMap<string, Builtin>): Ast.Body {
  return body.map((literal, at) => {
    if (literal.kind !== 'term' || literal.negated || !hasValue(literal.term, builtins)) return literal
    const { span, withs, term } = literal
    const left: Ast.VarTerm = { kind: 'var', name: capture(at), wildcard: false, span }
    return { kind: 'unify', negated: false, left, right: term, operatorSpan: span, withs, span }
  })
}

/** A call that names its output, or of something like `print`, has none. */
function hasValue(term: Ast.Term, builtins: ReadonlyMap<string, Builtin>): boolean {
  if (term.kind !== 'call') return true
  const builtin = builtins.get(nameOf(term.operator))
  return builtin === undefined || (builtin.variadic === undefined && term.args.length <= builtin.parameters.length)
}

/** Problems as they are without the variables that were added, which are called `_`, and come last. */
export function withoutCaptures(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const renamed = problems.map((problem) => ({ ...problem, message: problem.message.replaceAll(/\$value\d+/g, '_') }))
  const isOwn = (at: number): boolean => problems[at]?.message !== renamed[at]?.message
  return [...renamed.filter((_, at) => !isOwn(at)), ...renamed.filter((_, at) => isOwn(at))]
}

function nameOf(operator: Ast.VarTerm | Ast.RefTerm): string {
  if (operator.kind === 'var') return operator.name
  const parts = [operator.head, ...operator.path]
  return parts.map((part) => (part.kind === 'var' ? part.name : part.kind === 'string' ? part.value : '')).join('.')
}

export function prepareQuestion(source: Source, body: Ast.Body, query: RegoQuery): RegoQuestion {
  const expressions = body.map(({ span }) => {
    const { line, column } = lineAndColumn(source, span.start)
    return { text: source.text.slice(span.start, span.end), row: line, column }
  })
  return {
    expressions,
    evaluate: (input, environment) => {
      const found = query.evaluate(input, environment)
      if (!found.ok) return found
      const answers = found.value.map((bindings) => answerOf(bindings, expressions.length))
      // That an expression is false is an answer only where it is the whole query.
      return ok(expressions.length > 1 ? answers.filter(({ values }) => !values.includes(false)) : answers)
    },
  }
}

function answerOf(all: Bindings, count: number): RegoAnswer {
  const bindings: { [variable: string]: RegoValue } = {}
  for (const name of Object.keys(all)) if (!name.startsWith('$')) setKey(bindings, name, all[name] ?? null)
  return {
    bindings,
    values: Array.from({ length: count }, (_, at) => (Object.hasOwn(all, capture(at)) ? (all[capture(at)] ?? null) : true)),
  }
}
