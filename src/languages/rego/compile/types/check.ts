import { unreachable } from '../../../../core/unreachable.ts'
import type { Operator } from '../../ir/ir.ts'
import { operatorName } from '../../ir/names.ts'
import type { Body, CallLiteral, Literal, Node, Rule, Term } from '../core.ts'
import { partsOf } from '../outputs.ts'
import type { CompileState, Pass } from '../state.ts'
import { findNode, report } from '../state.ts'
import type { Environment } from './environment.ts'
import { narrow, typeOf } from './environment.ts'
import type { Type } from './type.ts'
import { any, typeOfValue, unionOf } from './type.ts'
import type { Source } from '../../../../core/source.ts'

/** Types of values are inferred, and what can never match, be called or be found is refused. */
export const checkTypes: Pass = {
  name: 'types',
  run: (state) => {
    const byPath = rulesByNode(state)
    const known = new Map<Node, Type>()
    const checking: Checking = { state, rules: byPath, known }
    for (const node of byPath.keys()) typeOfNode(checking, node)
  },
}

interface Checking {
  readonly state: CompileState
  readonly rules: ReadonlyMap<Node, readonly Rule[]>
  readonly known: Map<Node, Type>
}

/** The rules as earlier passes left them, by their place in the tree. */
function rulesByNode(state: CompileState): ReadonlyMap<Node, readonly Rule[]> {
  const found = new Map<Node, Rule[]>()
  for (const rule of state.rules) {
    const node = findNode(state.root, rule.path)
    if (node === undefined) continue
    const rules = found.get(node)
    if (rules === undefined) found.set(node, [rule])
    else rules.push(rule)
  }
  return found
}

/** The type of the value of rules (of a function, of its results). Rules do not depend on themselves: that is checked before. */
function typeOfNode(checking: Checking, node: Node): Type {
  const known = checking.known.get(node)
  if (known !== undefined) return known
  // Whatever goes round in a circle by rules below others is anything.
  checking.known.set(node, any)
  const types = (checking.rules.get(node) ?? []).flatMap((rule) => typesOfRule(checking, rule))
  const type = node.children.size > 0 ? any : typeOfRules(checking.rules.get(node) ?? [], types)
  checking.known.set(node, type)
  return type
}

/** What the rules at one path make of the types of their values. */
function typeOfRules(rules: readonly Rule[], types: readonly Type[]): Type {
  if (rules.every(({ suffix }) => suffix.length === 0)) return unionOf(types)
  // Entries of an object; deeper paths are not followed.
  const areFlat = rules.every(({ suffix, kind }) => suffix.length === 1 && kind === 'value')
  return areFlat ? { kind: 'object', properties: [], rest: { key: any, value: unionOf(types) } } : any
}

function typesOfRule(checking: Checking, rule: Rule): readonly Type[] {
  const branches = [{ value: rule.value, body: rule.body }, ...rule.elses]
  return branches.map(({ value, body }) => {
    const environment = newEnvironment(checking, rule.module.source)
    for (const arg of rule.args) narrow(environment, arg, any)
    checkBody(environment, body)
    for (const part of rule.suffix) typeOf(environment, part)
    const type = typeOf(environment, value) ?? any
    return rule.kind === 'set' ? { kind: 'set', of: type } : type
  })
}

function newEnvironment(checking: Checking, source: Source): Environment {
  const { state } = checking
  return {
    state,
    variables: new Map(),
    ruleType: (path) => {
      const node = findNode(state.root, path)
      if (node === undefined || !checking.rules.has(node)) return undefined
      return (checking.rules.get(node) ?? []).some(({ kind }) => kind === 'function') ? any : typeOfNode(checking, node)
    },
    functionType: (path) => {
      const node = findNode(state.root, path)
      return node === undefined ? any : typeOfNode(checking, node)
    },
    builtin: (name) => state.options.builtins.get(name),
    closure: typeOfComprehension,
    problem: (message, span) => report(state, 'rego_type_error', message, { source, span }),
  }
}

const inner = (environment: Environment): Environment => ({ ...environment, variables: new Map(environment.variables) })

function typeOfComprehension(outer: Environment, term: Extract<Term, { kind: 'comprehension' }>): Type {
  const environment = inner(outer)
  checkBody(environment, term.body)
  const value = typeOf(environment, term.value) ?? any
  if (term.makes === 'array') return { kind: 'array', items: [], rest: value }
  if (term.makes === 'set') return { kind: 'set', of: value }
  const key = term.key === undefined ? any : (typeOf(environment, term.key) ?? any)
  return { kind: 'object', properties: [], rest: { key, value } }
}

/** The same for a query, whose rules are checked. */
export function checkQueryTypes(state: CompileState, source: Source, body: Body): void {
  const checking: Checking = { state: { ...state, problems: [] }, rules: rulesByNode(state), known: new Map() }
  const environment = newEnvironment(checking, source)
  checkBody({ ...environment, problem: (message, span) => report(state, 'rego_type_error', message, { source, span }) }, body)
}

function checkBody(environment: Environment, body: Body): void {
  for (const literal of body) checkLiteral(environment, literal)
}

function checkLiteral(environment: Environment, literal: Literal): void {
  for (const { value } of literal.withs) if (value.kind !== 'function') typeOf(environment, value)
  switch (literal.kind) {
    case 'term':
      typeOf(environment, literal.term)
      return
    case 'unify':
      if (!unify(environment, literal.left, literal.right)) environment.problem('match error', literal.span)
      return
    case 'call':
      return checkCall(environment, literal)
    case 'not':
      return checkBody(inner(environment), literal.body)
    case 'every':
      // Upstream does not look into the bodies of `every`.
      typeOf(environment, literal.domain)
      return
    case 'print':
      for (const arg of literal.args) typeOf(environment, arg)
      return
    default:
      unreachable(literal)
  }
}

/** Whether both terms may be equal; their variables learn from each other. */
function unify(environment: Environment, a: Term, b: Term): boolean {
  const parts = a.kind === 'value' && b.kind === 'value' ? undefined : partsOf(a, b)
  if (parts !== undefined) return parts.map(([left, right]) => unify(environment, left, right)).every(Boolean)
  const left = typeOf(environment, a)
  const right = typeOf(environment, b)
  if (right !== undefined && !narrow(environment, a, right)) return false
  return left === undefined || narrow(environment, b, left)
}

function checkCall(environment: Environment, literal: CallLiteral): void {
  const { operator, args, span } = literal
  if (operator.kind === 'builtin' && operator.name === 'equal' && args[0] !== undefined && args[1] !== undefined && args.length === 2) {
    if (!unify(environment, args[0], args[1])) environment.problem('match error', span)
    return
  }
  const { parameters, result } = signatureOf(environment, operator, args.length)
  const inputs = args.slice(0, parameters.length)
  const fits = inputs.map((arg, at) => narrow(environment, arg, parameters[at] ?? any)).every(Boolean)
  const output = args[parameters.length]
  if (!fits) environment.problem(`${operatorName(operator)}: invalid argument(s)`, span)
  else if (output !== undefined && !narrow(environment, output, result)) environment.problem('match error', span)
  for (const arg of args) for (const name of namesIn(arg)) if (!environment.variables.has(name)) environment.variables.set(name, any)
}

function namesIn(term: Term): readonly string[] {
  if (term.kind === 'var') return [term.name]
  if (term.kind === 'array' || term.kind === 'set') return term.items.flatMap(namesIn)
  return term.kind === 'object' ? term.entries.flatMap(({ key, value }) => [...namesIn(key), ...namesIn(value)]) : []
}

interface Signature {
  readonly parameters: readonly Type[]
  readonly result: Type
}

function signatureOf(environment: Environment, operator: Operator, count: number): Signature {
  if (operator.kind === 'builtin') {
    const builtin = environment.builtin(operator.name)
    const parameters = builtin?.variadic === undefined ? (builtin?.parameters ?? []) : Array.from({ length: count }, () => any)
    return { parameters, result: builtin?.result ?? typeOfValue(true) }
  }
  if (operator.kind !== 'function') return { parameters: [], result: any }
  const node = findNode(environment.state.root, operator.path)
  const arity = node?.rules[0]?.args.length ?? 0
  // What a function takes is not inferred: its clauses may match anything.
  return { parameters: Array.from({ length: arity }, () => any), result: environment.functionType(operator.path) }
}
