import type { Operator } from '../ir/ir.ts'
import type { RegoValue } from '../values/value.ts'
import type { Body, Literal, Node, Rule, Term } from './core.ts'
import type { CompileState, Pass } from './state.ts'
import { report } from './state.ts'
import { visitLiteral, visitTerm } from './variables.ts'

/** No rule may depend on itself. */
export const checkRecursion: Pass = {
  name: 'recursion',
  run: (state) => {
    const dependencies = new Map<Node, Set<Node>>()
    for (const rule of state.rules) {
      const node = nodeOf(state.root, rule.path)
      if (node === undefined) continue
      const known = dependencies.get(node) ?? new Set()
      dependencies.set(node, known)
      addDependencies(state, rule, known)
    }
    for (const node of suspects(dependencies)) {
      const cycle = cycleFrom(dependencies, node)
      const [rule] = node.rules
      if (cycle === undefined || rule === undefined) continue
      const path = cycle.map((each) => `data.${each.path.join('.')}`)
      const at = { source: rule.module.source, span: rule.span }
      report(state, 'rego_recursion_error', `rule ${path[0]} is recursive: ${path.join(' -> ')}`, at)
    }
  },
}

function nodeOf(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root
  for (const key of path) node = node?.children.get(key)
  return node
}

function addDependencies(state: CompileState, rule: Rule, into: Set<Node>): void {
  const term = (each: Term): void => addTerm(state.root, each, into)
  addBody(state.root, rule.body, into)
  for (const each of [...rule.suffix, ...rule.args, rule.value]) term(each)
  for (const { body, value } of rule.elses) {
    addBody(state.root, body, into)
    term(value)
  }
}

function addBody(root: Node, body: Body, into: Set<Node>): void {
  for (const literal of body) addLiteral(root, literal, into)
}

function addLiteral(root: Node, literal: Literal, into: Set<Node>): void {
  if (literal.kind === 'call') addOperator(root, literal.operator, into)
  for (const { target, value } of literal.withs) {
    if (value.kind === 'function') addOperator(root, value.operator, into)
    if (target.kind === 'function') addOperator(root, target.operator, into)
    if (target.kind === 'data') addReplaced(root, target.path, into)
  }
  if (literal.kind === 'not') addBody(root, literal.body, into)
  visitLiteral(literal, visitorFor(root, into))
}

function addTerm(root: Node, term: Term, into: Set<Node>): void {
  visitTerm(term, visitorFor(root, into))
}

function visitorFor(root: Node, into: Set<Node>): Parameters<typeof visitTerm>[1] {
  return {
    ref: ({ head, path }) => {
      if (head.kind === 'root' && head.name === 'data') addMatching(root, path, into)
    },
    root: ({ name }) => {
      if (name === 'data') addMatching(root, [], into)
    },
    call: ({ operator }) => addOperator(root, operator, into),
    closure: ({ body, terms }) => {
      addBody(root, body, into)
      for (const term of terms) addTerm(root, term, into)
    },
  }
}

/** What is replaced counts as read. */
function addReplaced(root: Node, path: readonly RegoValue[], into: Set<Node>): void {
  const span = { start: 0, end: 0 }
  const terms = path.map((value): Term => ({ kind: 'value', value, span }))
  addMatching(root, terms, into)
}

function addOperator(root: Node, operator: Operator, into: Set<Node>): void {
  const node = operator.kind === 'function' ? nodeOf(root, operator.path) : undefined
  if (node !== undefined) into.add(node)
}

/** All rules that a path may lead to, through or into. */
function addMatching(node: Node, path: readonly Term[], into: Set<Node>): void {
  const isRule = node.rules.length > 0
  if (isRule && !node.rules.every(({ kind }) => kind === 'function')) into.add(node)
  const [part, ...rest] = path
  if (part?.kind === 'value') {
    const child = typeof part.value === 'string' ? node.children.get(part.value) : undefined
    if (child !== undefined) addMatching(child, rest, into)
    return
  }
  for (const child of node.children.values()) addMatching(child, rest, into)
}

/** More rules than this are not looked at one by one: the first problems will do. */
const mostSuspects = 1000

/** The nodes that may lie on a circle: those that are left when all that lead nowhere have been taken away. */
function suspects(dependencies: ReadonlyMap<Node, ReadonlySet<Node>>): readonly Node[] {
  const users = new Map<Node, Node[]>()
  const open = new Map<Node, number>()
  const done: Node[] = []
  for (const [node, needs] of dependencies) {
    let count = 0
    for (const need of needs) {
      if (!dependencies.has(need)) continue
      count += 1
      const known = users.get(need)
      if (known === undefined) users.set(need, [node])
      else known.push(node)
    }
    open.set(node, count)
    if (count === 0) done.push(node)
  }
  for (const node of done) {
    open.delete(node)
    for (const user of users.get(node) ?? []) {
      const left = (open.get(user) ?? 1) - 1
      open.set(user, left)
      if (left === 0) done.push(user)
    }
  }
  return [...open.keys()].slice(0, mostSuspects)
}

/** The shortest way from a node back to itself. */
function cycleFrom(dependencies: ReadonlyMap<Node, ReadonlySet<Node>>, start: Node): readonly Node[] | undefined {
  const cameFrom = new Map<Node, Node>()
  const queue: Node[] = [start]
  for (const node of queue) {
    for (const next of dependencies.get(node) ?? []) {
      if (next === start) return wayTo(cameFrom, start, node)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, node)
      queue.push(next)
    }
  }
  return undefined
}

function wayTo(cameFrom: ReadonlyMap<Node, Node>, start: Node, end: Node): readonly Node[] {
  const way = [start]
  for (let node: Node | undefined = end; node !== undefined && node !== start; node = cameFrom.get(node)) way.unshift(node)
  return [start, ...way]
}
