import type { Operator } from '../ir/ir.ts'
import type { RegoArray, RegoValue } from '../values/value.ts'
import { compareValues, keyOf } from '../values/value.ts'
import type { Body, Literal, Node, Rule, Term } from './core.ts'
import type { Visitor } from './variables.ts'
import { visitLiteral, visitTerm } from './variables.ts'

/** What is read: paths from `data` or `input` on, sorted. */
export interface RegoDependencies {
  /** Documents that come from outside, as far as their paths are constant. */
  readonly base: readonly RegoArray[]
  /** Rules. */
  readonly virtual: readonly RegoArray[]
}

/** What a query reads, directly or through the rules that it reads. */
export function dependenciesOf(root: Node, query: Body): RegoDependencies {
  const found: Found = { root, refs: new Map(), base: new Map(), rules: new Map() }
  addBody(found, query)
  takeRefs(found)
  // Rules that are found on the way are added at the end of the map, and come to their turn.
  for (const node of found.rules.keys()) {
    for (const rule of node.rules) {
      addRule(found, rule)
      takeRefs(found)
    }
  }
  return { base: sorted([...found.base.values()]), virtual: sorted([...found.rules.values()]) }
}

interface Found {
  readonly root: Node
  /** What one rule reads. */
  readonly refs: Map<string, Read>
  readonly base: Map<string, RegoArray>
  readonly rules: Map<Node, RegoArray>
}

/** A path that is read; `keys` tell its parts apart. */
interface Read {
  readonly keys: readonly string[]
  readonly constant: RegoArray
}

/** What one rule reads is told once: `input.a.b` is part of `input.a` where that is read as well. */
function takeRefs({ refs, base }: Found): void {
  for (const { keys, constant } of refs.values()) {
    const isPart = keys.some((_, at) => at > 0 && refs.has(keys.slice(0, at).join('')))
    if (!isPart) base.set(keyOf(constant), constant)
  }
  refs.clear()
}

function addRule(found: Found, rule: Rule): void {
  const visitor = visitorFor(found)
  addBody(found, rule.body)
  for (const term of [...rule.suffix, ...rule.args, rule.value]) visitTerm(term, visitor)
  for (const { body, value } of rule.elses) {
    addBody(found, body)
    visitTerm(value, visitor)
  }
}

function addBody(found: Found, body: Body): void {
  for (const literal of body) addLiteral(found, literal)
}

function addLiteral(found: Found, literal: Literal): void {
  if (literal.kind === 'call') addOperator(found, literal.operator)
  for (const { target, value } of literal.withs) {
    if (value.kind === 'function') addOperator(found, value.operator)
    if (target.kind !== 'function') addPath(found, target.kind, target.path.map(constant))
  }
  if (literal.kind === 'not') addBody(found, literal.body)
  else visitLiteral(literal, visitorFor(found))
}

function visitorFor(found: Found): Visitor {
  return {
    ref: ({ head, path }) => {
      if (head.kind === 'root') addPath(found, head.name, path)
    },
    root: ({ name }) => addPath(found, name, []),
    call: ({ operator }) => addOperator(found, operator),
    closure: ({ body, terms }) => {
      addBody(found, body)
      for (const term of terms) visitTerm(term, visitorFor(found))
    },
  }
}

function addOperator(found: Found, operator: Operator): void {
  if (operator.kind === 'function') addPath(found, 'data', operator.path.map(constant))
}

const constant = (value: RegoValue): Term => ({ kind: 'value', value, span: { start: 0, end: 0 } })

function addPath(found: Found, root: 'data' | 'input', path: readonly Term[]): void {
  if (root === 'data') {
    const before = found.rules.size
    const isRule = addRulesAt(found, found.root, path)
    if (isRule || found.rules.size > before) return
  }
  // The root of all data stands for everything; there is nothing to name.
  if (root === 'data' && path[0]?.kind !== 'value') return
  const keys = [
    root,
    ...path.map((part, at) => (part.kind === 'value' ? keyOf(part.value) : part.kind === 'var' ? `$${part.name};` : `?${at};`)),
  ]
  found.refs.set(keys.join(''), { keys, constant: [root, ...constantPart(path)] })
}

/** The beginning of a path up to where it is not known. */
function constantPart(path: readonly Term[]): RegoArray {
  const end = path.findIndex(({ kind }) => kind !== 'value')
  return path.slice(0, end < 0 ? path.length : end).flatMap((part) => (part.kind === 'value' ? [part.value] : []))
}

/** Adds the rules that a path leads to, through or into; whether there are any. */
function addRulesAt(found: Found, node: Node, path: readonly Term[]): boolean {
  let isRule = node.rules.length > 0
  if (isRule) found.rules.set(node, ['data', ...node.path])
  const [part, ...rest] = path
  if (part?.kind === 'value') {
    const child = typeof part.value === 'string' ? node.children.get(part.value) : undefined
    return (child !== undefined && addRulesAt(found, child, rest)) || isRule
  }
  for (const child of node.children.values()) isRule = addRulesAt(found, child, rest) || isRule
  return isRule
}

function sorted(paths: readonly RegoArray[]): readonly RegoArray[] {
  return paths.toSorted(compareValues)
}
