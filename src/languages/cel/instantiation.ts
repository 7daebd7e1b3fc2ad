import type { Node } from './ast.ts'
import { childrenOf } from './children.ts'
import type { Checked } from './checked.ts'
import { compilationOf } from './compile.ts'
import { isConstant, isConversion } from './constants.ts'
import type { CelFunctions } from './function.ts'
import { regexOf } from './libraries/text-functions.ts'
import { CelError } from './values.ts'

/*
 * What cel-go works out when it makes a program of a checked expression: conversions of constants, and patterns that are constants. What fails then is
 * no error of an evaluation but of the program.
 */

const patterns: ReadonlySet<string> = new Set(['matches', 'find', 'findAll'])

/** Why a program cannot be made of an expression, or undefined. */
export function instantiationProblem(root: Node, checked: Checked, functions: CelFunctions): string | undefined {
  const pending: Node[] = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const problem = isConversion(node) && isConstant(node) ? conversionProblem(node, checked, functions) : patternProblem(node)
    if (problem !== undefined) return problem
    pending.push(...childrenOf(node).toReversed())
  }
  return undefined
}

function conversionProblem(node: Node, checked: Checked, functions: CelFunctions): string | undefined {
  const outcome = compilationOf(checked, functions).compile(node)({ slots: [], bindings: {}, cost: 0, limit: Infinity })
  return outcome instanceof CelError ? outcome.message : undefined
}

function patternProblem(node: Node): string | undefined {
  if (node.kind !== 'call' || !patterns.has(node.name)) return undefined
  const pattern = node.args[node.target === undefined ? 1 : 0]
  if (pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return undefined
  const regex = regexOf(pattern.value)
  return regex.ok ? undefined : regex.error
}
