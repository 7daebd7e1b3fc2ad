import { parseDuration } from '../../kube/duration.ts'
import type { CelProblem, Node } from './ast.ts'
import type { Checked } from './checked.ts'
import { childrenOf } from './children.ts'
import { formatMistake, parseFormat } from './libraries/string-format.ts'
import { regexOf } from './libraries/text-functions.ts'
import { largestSecond, smallestSecond } from './operators.ts'
import { parseTimestampText } from './time.ts'
import type { CelType } from './types.ts'
import { formatType, isDyn } from './types.ts'
import type { CelValue } from './values.ts'

/*
 * What Kubernetes looks at after an expression has been found well-typed: literals that are no durations, timestamps or patterns, list and map literals
 * of several types, and calls of `format`.
 */

export interface ValidateOptions {
  /** Whether the items of a list or map literal must be of one type. */
  readonly homogeneousLiterals: boolean
}

export function validate(root: Node, checked: Checked, { homogeneousLiterals }: ValidateOptions): readonly CelProblem[] {
  const problems: CelProblem[] = []
  const visit = (node: Node, exempt: boolean): void => {
    const found = node.kind === 'call' ? callProblem(node, checked) : undefined
    if (found !== undefined) problems.push(found)
    // What is formatted may be of any type.
    const mayMix = exempt || (node.kind === 'call' && node.name === 'format')
    if (homogeneousLiterals && !mayMix && (node.kind === 'list' || node.kind === 'map')) problems.push(...mixed(node, checked))
    for (const child of childrenOf(node)) visit(child, mayMix)
  }
  visit(root, false)
  return problems.toSorted((a, b) => a.at - b.at)
}

const problemAt = (message: string, { at }: Node): CelProblem => ({ code: 'type', message, at })

function callProblem(node: Node & { readonly kind: 'call' }, checked: Checked): CelProblem | undefined {
  const { name, target, args } = node
  if (name === 'format' && target !== undefined) return formatProblem(node, checked)
  if (name === 'matches') {
    const pattern = args[target === undefined ? 1 : 0]
    return pattern?.kind === 'literal' && typeof pattern.value === 'string' && !regexOf(pattern.value).ok
      ? problemAt('invalid matches argument', pattern)
      : undefined
  }
  const [argument] = args
  if (target !== undefined || args.length !== 1 || argument?.kind !== 'literal') return undefined
  if (name === 'duration' && !isDuration(argument.value)) return problemAt('invalid duration argument', argument)
  return name === 'timestamp' && !isTimestamp(argument.value) ? problemAt('invalid timestamp argument', argument) : undefined
}

const isDuration = (value: CelValue): boolean => typeof value === 'string' && parseDuration(value) !== undefined
const isTimestamp = (value: CelValue): boolean =>
  typeof value === 'string'
    ? parseTimestampText(value) !== undefined
    : typeof value === 'number' && value >= smallestSecond && value <= largestSecond

/** The first item that has another type than the one before all others. */
function* mixed(node: Node, { typeOf }: Checked): Generator<CelProblem> {
  const items = node.kind === 'list' ? node.items.map((item) => ({ value: item.value, optional: item.optional })) : []
  const entries = node.kind === 'map' ? node.entries : []
  yield* firstMismatch(items, typeOf)
  const keys = Array.from(
    firstMismatch(
      entries.map(({ key }) => ({ value: key, optional: false })),
      typeOf,
    ),
  )
  yield* keys
  if (keys.length === 0) yield* firstMismatch(entries, typeOf)
}

function* firstMismatch(
  items: readonly { readonly value: Node; readonly optional: boolean }[],
  typeOf: (node: Node) => CelType,
): Generator<CelProblem> {
  const types = items.map(({ value, optional }) => {
    const type = typeOf(value)
    return formatType(optional && type.kind === 'optional' ? type.of : type)
  })
  const [first] = types
  const index = types.findIndex((type) => type !== first)
  const item = items[index]
  if (item !== undefined) yield problemAt(`expected type '${first}' but found '${types[index]}'`, item.value)
}

/** A literal format text against a list literal of arguments. */
function formatProblem(node: Node & { readonly kind: 'call' }, { typeOf }: Checked): CelProblem | undefined {
  const [list] = node.args
  if (node.target?.kind !== 'literal' || typeof node.target.value !== 'string' || list?.kind !== 'list') return undefined
  const { parts, problem } = parseFormat(node.target.value)
  const clauses = parts.filter((part) => typeof part !== 'string')
  for (const [index, { verb }] of clauses.entries()) {
    const argument = list.items[index]?.value
    if (argument === undefined) return problemAt(`index ${index} out of range`, node)
    const type = typeOf(argument)
    // Upstream does not look at what `%e` is given.
    const mistake = isDyn(type) || type.kind === 'parameter' || verb === 'e' ? undefined : formatMistake(verb, valueName(type))
    if (mistake !== undefined) return problemAt(`error during formatting: ${mistake}`, argument)
  }
  if (problem !== undefined) return problemAt(problem, node)
  const extra = list.items.length > clauses.length
  return extra
    ? problemAt(`too many arguments supplied to string.format (expected ${clauses.length}, got ${list.items.length})`, node)
    : undefined
}

/** The name that values of a type give as theirs. */
function valueName(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null_type'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'optional':
      return 'optional_type'
    case 'wrapper':
      return valueName(type.of)
    case 'object':
      return 'map'
    case 'opaque':
    case 'parameter':
      return type.name
    default:
      return type.kind
  }
}
