import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, setOwn } from '../../core/json.ts'
import type { Comparator, Node } from './ast.ts'
import { callFunction } from './call.ts'
import type { JmesArgument, JmesEnvironment, JmesFunctionTable } from './function.ts'
import { JmesFailure } from './function.ts'

/** One node, ready to run. */
export type Evaluate = (value: Json, environment: JmesEnvironment) => Json | JmesFailure

export interface CompileOptions {
  readonly functions: JmesFunctionTable
  /**
   * What a missing key gives. `null` is the specification; `error` is Kyverno's fork, where it is a failure that both sides of `||` and `&&`, the left of `|`, comparators,
   * projections, multi-selects, `!` and function arguments turn into null.
   */
  readonly missingKey: 'error' | 'null'
}

export function compileNode(node: Node, options: CompileOptions): Evaluate {
  switch (node.kind) {
    case 'current':
      return (value) => value
    case 'field':
      return compileField(node.name, options)
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'subexpression':
      return compileSubexpression(compileNode(node.left, options), compileNode(node.right, options))
    case 'index':
      return compileIndex(compileNode(node.left, options), node.index)
    case 'slice':
      return compileSlice(node, options)
    case 'list-projection':
      return compileProjection(node, options, (list) => list)
    case 'flatten':
      return compileProjection(node, options, flatten)
    case 'value-projection':
      return compileValueProjection(node, options)
    case 'filter':
      return compileFilter(node, options)
    case 'pipe':
      return compilePipe(compileNode(node.left, options), compileNode(node.right, options))
    case 'or':
      return compileOr(compileNode(node.left, options), compileNode(node.right, options))
    case 'and':
      return compileAnd(compileNode(node.left, options), compileNode(node.right, options))
    case 'not': {
      const operand = compileNode(node.operand, options)
      return (value, environment) => {
        const result = orNull(operand(value, environment))
        return result instanceof JmesFailure ? result : !isTrue(result)
      }
    }
    case 'comparison':
      return compileComparison(node.operator, compileNode(node.left, options), compileNode(node.right, options))
    case 'list':
      return compileList(node.items.map((item) => compileNode(item, options)))
    case 'hash':
      return compileHash(node.entries.map(({ key, value }) => ({ key, evaluate: compileNode(value, options) })))
    case 'call':
      return compileCall(node.name, node.args, options)
    case 'expression-reference':
      return () => new JmesFailure('invalid-type', 'an expression reference `&…` may only be an argument of a function')
  }
}

/** A missing key counts as null here; other failures stay failures. */
function orNull(result: Json | JmesFailure): Json | JmesFailure {
  return result instanceof JmesFailure && result.kind === 'not-found' ? null : result
}

/** Null, false, and empty strings, lists and maps are false. */
export function isTrue(value: Json): boolean {
  if (value === null || value === false || value === '') return false
  if (typeof value !== 'object') return true
  if (isJsonArray(value)) return value.length > 0
  for (const key in value) if (Object.hasOwn(value, key)) return true
  return false
}

function compileField(name: string, { missingKey }: CompileOptions): Evaluate {
  const missing = missingKey === 'null' ? null : new JmesFailure('not-found', `Unknown key "${name}" in path`)
  return (value) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name) || isJsonArray(value)) return missing
    return (value as { readonly [key: string]: Json })[name] ?? null
  }
}

const compileSubexpression =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, environment) => {
    const inner = left(value, environment)
    return inner instanceof JmesFailure ? inner : right(inner, environment)
  }

const compilePipe =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, environment) => {
    const inner = orNull(left(value, environment))
    return inner instanceof JmesFailure ? inner : right(inner, environment)
  }

const compileIndex =
  (left: Evaluate, index: number): Evaluate =>
  (value, environment) => {
    const list = left(value, environment)
    if (list instanceof JmesFailure) return list
    if (!isJsonArray(list)) return null
    return list[index < 0 ? list.length + index : index] ?? null
  }

function compileSlice(node: Extract<Node, { kind: 'slice' }>, options: CompileOptions): Evaluate {
  const left = compileNode(node.left, options)
  const right = compileNode(node.right, options)
  if (node.step === 0) return () => new JmesFailure('invalid-value', 'Invalid slice, step cannot be 0')
  return (value, environment) => {
    const list = orNull(left(value, environment))
    if (list instanceof JmesFailure) return list
    return isJsonArray(list) ? projected(sliced(list, node), right, environment) : null
  }
}

/** Python's slicing. */
function sliced(list: readonly Json[], { start, stop, step = 1 }: Extract<Node, { kind: 'slice' }>): readonly Json[] {
  const { length } = list
  const clamp = (index: number): number => {
    const from = index < 0 ? index + length : index
    return step > 0 ? Math.max(0, Math.min(length, from)) : Math.max(-1, Math.min(length - 1, from))
  }
  const first = start === undefined ? (step > 0 ? 0 : length - 1) : clamp(start)
  const last = stop === undefined ? (step > 0 ? length : -1) : clamp(stop)
  const out: Json[] = []
  for (let at = first; step > 0 ? at < last : at > last; at += step) out.push(list[at] ?? null)
  return out
}

/** Applies `right` to each element; elements that come to null are left out. */
function projected(list: readonly Json[], right: Evaluate, environment: JmesEnvironment): Json | JmesFailure {
  const out: Json[] = []
  for (const item of list) {
    const result = right(item, environment)
    if (result instanceof JmesFailure) {
      if (result.kind !== 'not-found') return result
    } else if (result !== null) out.push(result)
  }
  return out
}

type Projection = Extract<Node, { kind: 'list-projection' | 'flatten' }>

function compileProjection(node: Projection, options: CompileOptions, prepare: (list: readonly Json[]) => readonly Json[]): Evaluate {
  const left = compileNode(node.left, options)
  const right = compileNode(node.right, options)
  return (value, environment) => {
    const list = orNull(left(value, environment))
    if (list instanceof JmesFailure) return list
    return isJsonArray(list) ? projected(prepare(list), right, environment) : null
  }
}

const flatten = (list: readonly Json[]): readonly Json[] => (list.some(isJsonArray) ? list.flatMap((item) => item) : list)

/** Values in the order of their keys, so that the answer does not depend on how a map was written. */
function compileValueProjection(node: Extract<Node, { kind: 'value-projection' }>, options: CompileOptions): Evaluate {
  const left = compileNode(node.left, options)
  const right = compileNode(node.right, options)
  return (value, environment) => {
    const map = orNull(left(value, environment))
    if (map instanceof JmesFailure) return map
    if (!isJsonObject(map)) return null
    const values = Object.keys(map)
      .sort()
      .map((key) => map[key] ?? null)
    return projected(values, right, environment)
  }
}

function compileFilter(node: Extract<Node, { kind: 'filter' }>, options: CompileOptions): Evaluate {
  const left = compileNode(node.left, options)
  const condition = compileNode(node.condition, options)
  const right = compileNode(node.right, options)
  return (value, environment) => {
    const list = orNull(left(value, environment))
    if (list instanceof JmesFailure) return list
    if (!isJsonArray(list)) return null
    const kept: Json[] = []
    for (const item of list) {
      const held = orNull(condition(item, environment))
      if (held instanceof JmesFailure) return held
      if (isTrue(held)) kept.push(item)
    }
    return projected(kept, right, environment)
  }
}

const compileOr =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, environment) => {
    const first = orNull(left(value, environment))
    if (first instanceof JmesFailure) return first
    return isTrue(first) ? first : orNull(right(value, environment))
  }

const compileAnd =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, environment) => {
    const first = orNull(left(value, environment))
    if (first instanceof JmesFailure) return first
    return isTrue(first) ? orNull(right(value, environment)) : first
  }

function compileComparison(operator: Comparator, left: Evaluate, right: Evaluate): Evaluate {
  const compare = comparisons[operator]
  return (value, environment) => {
    const a = orNull(left(value, environment))
    if (a instanceof JmesFailure) return a
    const b = orNull(right(value, environment))
    return b instanceof JmesFailure ? b : compare(a, b)
  }
}

const ordered =
  (compare: (a: number, b: number) => boolean) =>
  (a: Json, b: Json): Json =>
    typeof a === 'number' && typeof b === 'number' ? compare(a, b) : null

/** Only numbers have an order; comparing anything else by order is null. */
const comparisons: Readonly<Record<Comparator, (a: Json, b: Json) => Json>> = {
  '==': (a, b) => jsonEqual(a, b),
  '!=': (a, b) => !jsonEqual(a, b),
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
}

const compileList =
  (items: readonly Evaluate[]): Evaluate =>
  (value, environment) => {
    if (value === null) return null
    const out: Json[] = []
    for (const item of items) {
      const result = orNull(item(value, environment))
      if (result instanceof JmesFailure) return result
      out.push(result)
    }
    return out
  }

const compileHash =
  (entries: readonly { readonly key: string; readonly evaluate: Evaluate }[]): Evaluate =>
  (value, environment) => {
    if (value === null) return null
    const out: { [key: string]: Json } = {}
    for (const { key, evaluate } of entries) {
      const result = orNull(evaluate(value, environment))
      if (result instanceof JmesFailure) return result
      setOwn(out, key, result)
    }
    return out
  }

function compileCall(name: string, args: readonly Node[], options: CompileOptions): Evaluate {
  const definition = options.functions.get(name)
  if (definition === undefined) return () => new JmesFailure('unknown-function', `Unknown function: ${name}`)
  const compiled = args.map((arg) => ({
    isReference: arg.kind === 'expression-reference',
    evaluate: compileNode(arg.kind === 'expression-reference' ? arg.operand : arg, options),
  }))
  return (value, environment) => {
    const values: JmesArgument[] = []
    for (const { isReference, evaluate } of compiled) {
      if (isReference) {
        values.push({ evaluate: (item) => orNull(evaluate(item, environment)) })
        continue
      }
      const result = orNull(evaluate(value, environment))
      if (result instanceof JmesFailure) return result
      values.push(result)
    }
    return callFunction(definition, values, environment)
  }
}
