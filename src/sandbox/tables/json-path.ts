import { compareText } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Operator, Path, PathNode, SliceNode } from './json-path-syntax.ts'
import { parsePath } from './json-path-syntax.ts'

/** The values at a path, in the order of the document; none where the path does not fit the document. */
export type JsonPathReader = (root: Json) => readonly Json[]

/**
 * Compiles a JSONPath as Kubernetes uses it: `.spec.size`, `.a[0]`, `.a[-1]`, `.a[1:3]`, `[*]`, `['a-b']`, `[?(@.type=="Ready")]`, `..name`.
 * Braces around it may be there.
 */
export function compileJsonPath(source: string): Result<JsonPathReader, string> {
  const trimmed = source.trim()
  const text = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed
  const path = parsePath(text)
  if (!path.ok) return err(`${path.error} in ${JSON.stringify(source)}`)
  return ok((root) => evaluate(path.value, [root]) ?? [])
}

/** Values that one step may find: what is more is a misfit. */
const mostValues = 100_000

/** Undefined where a step does not fit the value: an index of something that is no list, or outside of it. */
function evaluate(path: Path, roots: readonly Json[]): readonly Json[] | undefined {
  let values: readonly Json[] | undefined = roots
  for (const node of path) {
    values = step(node, values)
    if (values === undefined || values.length > mostValues) return undefined
  }
  return values
}

function step(node: PathNode, values: readonly Json[]): readonly Json[] | undefined {
  switch (node.kind) {
    case 'field':
      return values.flatMap((value) => fieldOf(value, node.name))
    case 'every':
      return values.flatMap(children)
    case 'descend':
      return descend(values)
    case 'slice':
      return each(values, (value) => sliceOf(value, node))
    case 'union':
      return each(node.branches, (branch) => evaluate(branch, values))
    case 'exists':
      return filter(values, (value) => (evaluate(node.path, [value]) ?? []).length > 0)
    case 'compare':
      return filter(values, (value) => isMatch(node, value))
    case 'literal':
      return [node.value]
    default:
      return unreachable(node)
  }
}

/** All results together, unless one is a misfit. */
function each<T>(items: readonly T[], find: (item: T) => readonly Json[] | undefined): readonly Json[] | undefined {
  const found: Json[] = []
  for (const item of items) {
    const own = find(item)
    if (own === undefined || found.length + own.length > mostValues) return undefined
    for (const value of own) found.push(value)
  }
  return found
}

function fieldOf(value: Json, name: string): readonly Json[] {
  const found = isJsonObject(value) ? ownValue(value, name) : undefined
  return found === undefined ? [] : [found]
}

const children = (value: Json): readonly Json[] => (isJsonArray(value) ? value : isJsonObject(value) ? Object.values(value) : [])

/** Everything that holds something, from the outside in. A text holds its characters. */
function descend(values: readonly Json[]): readonly Json[] | undefined {
  const found: Json[] = []
  const stack = values.toReversed()
  while (stack.length > 0) {
    const value = stack.pop() ?? null
    const inner = children(value)
    if (inner.length > 0 || (typeof value === 'string' && value !== '')) found.push(value)
    if (found.length > mostValues || stack.length > mostValues) return undefined
    for (const one of inner.toReversed()) stack.push(one)
  }
  return found
}

function sliceOf(value: Json, { from, to, step: stride, single }: SliceNode): readonly Json[] | undefined {
  if (value === null) return []
  if (!isJsonArray(value)) return undefined
  const { length } = value
  const start = from === undefined ? 0 : from < 0 ? from + length : from
  const end = to === undefined ? length : to < 0 || (single && to === 0) ? to + length : to
  if (start !== end && (start >= length || start < 0 || end > length || end < 0 || start > end)) return undefined
  if (stride < 1) return undefined
  return value.slice(start, end).filter((_, index) => index % stride === 0)
}

/** The elements of lists that pass; undefined where one cannot be judged. */
function filter(values: readonly Json[], passes: (value: Json) => boolean | undefined): readonly Json[] | undefined {
  const found: Json[] = []
  for (const list of values) {
    if (list === null) continue
    if (!isJsonArray(list)) return undefined
    for (const value of list) {
      const passed = passes(value)
      if (passed === undefined) return undefined
      if (passed) found.push(value)
    }
  }
  return found
}

type Comparison = Extract<PathNode, { readonly kind: 'compare' }>

/** Exactly one value on each side can be compared; an element that lacks one does not pass. */
function isMatch({ left, operator, right }: Comparison, value: Json): boolean | undefined {
  const [lefts, rights] = [evaluate(left, [value]), evaluate(right, [value])]
  if (lefts === undefined || rights === undefined || lefts.length > 1 || rights.length > 1) return undefined
  const [a, b] = [lefts[0], rights[0]]
  if (a === undefined || b === undefined) return false
  if (kindOf(a, left) !== kindOf(b, right)) return undefined
  return compare(a, operator, b)
}

/** Whole numbers and others are different kinds; `2.0` in the path is not whole. */
function kindOf(value: Json, path: Path): string {
  if (typeof value !== 'number') return typeof value
  const [first] = path
  return (first?.kind === 'literal' && first.isFloat) || !Number.isInteger(value) ? 'float' : 'integer'
}

function compare(a: Json, operator: Operator, b: Json): boolean | undefined {
  if (typeof a === 'object' || typeof b === 'object') return undefined
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  const order = orderOf(a, b)
  if (order === undefined) return undefined
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return unreachable(operator)
  }
}

function orderOf(a: Json, b: Json): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : undefined
}
