import type { Json } from '../../core/json.ts'
import { nearest } from '../../core/nearest.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { JmesProblem, Node } from './ast.ts'
import { arityMessage } from './call.ts'
import type { CompileOptions } from './compile.ts'
import { compileNode } from './compile.ts'
import type { JmesEnvironment } from './function.ts'
import type { JmesFailure } from './function.ts'
import { parse } from './parser.ts'
import { children } from './print.ts'

export type { JmesProblem, Node as JmesNode } from './ast.ts'
export type { CompileOptions } from './compile.ts'
export type { JmesArgument, JmesEnvironment, JmesExpression, JmesFunction, JmesFunctionTable, JmesParameter, JmesType } from './function.ts'
export { functionTable, JmesFailure, jmesFunction } from './function.ts'
export { standardFunctions } from './functions.ts'
export { formatAst, printJmespath } from './print.ts'

/** An expression ready to run. Evaluating never throws and gives the same answer for the same input and environment. */
export interface JmesProgram {
  readonly source: string
  readonly ast: Node
  /** What will fail whenever it is reached: unknown functions, wrong numbers of arguments. */
  readonly warnings: readonly JmesProblem[]
  readonly evaluate: (input: Json, environment: JmesEnvironment) => Json | JmesFailure
}

/** Compiles an expression against a table of functions; the problems are of syntax only. */
export function compileJmespath(source: string, options: CompileOptions): Result<JmesProgram, readonly JmesProblem[]> {
  const ast = parse(source)
  if (!ast.ok) return err([ast.error])
  return ok({ source, ast: ast.value, warnings: callProblems(ast.value, options), evaluate: compileNode(ast.value, options) })
}

function callProblems(root: Node, { functions }: CompileOptions): readonly JmesProblem[] {
  const problems: JmesProblem[] = []
  const pending: Node[] = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    pending.push(...children(node))
    if (node.kind !== 'call') continue
    const span = { start: node.span.start, end: node.span.start + node.name.length }
    const definition = functions.get(node.name)
    if (definition === undefined) {
      const close = nearest(node.name, [...functions.keys()])
      problems.push({
        code: 'unknown-function',
        message: `no function \`${node.name}\``,
        span,
        ...(close === undefined ? {} : { help: `did you mean \`${close}\`?` }),
      })
    } else if (definition.variadic ? node.args.length < definition.parameters.length : node.args.length !== definition.parameters.length) {
      problems.push({ code: 'invalid-arity', message: arityMessage(definition, node.args.length), span })
    }
  }
  return problems
}
