import { unreachable } from '../../../../core/unreachable.ts'
import type { Operator } from '../../ir/ir.ts'
import { operatorName } from '../../ir/names.ts'
import type { Body, CallLiteral, Literal, Node, Rule, Term } from '../core.ts'
import { partsOf } from '../outputs.ts'
import type { CompileState, Pass } from '../state.ts'
import { findNode, report } from '../state.ts'
import type { Environment } from './environment.ts'
import { narrow, typeOf } from './environment.ts'
import { callDetails, matchDetails } from './problem.ts'
import type { Type } from './type.ts'
import { any, isNever, never, string, typeOfValue, unionOf } from './type.ts'
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

/** The type of the value of rules; of a function, what it takes and gives. Rules do not depend on themselves: that is checked before. */
function typeOfNode(checking: Checking, node: Node): Type {
  const known = checking.known.get(node)
  if (known !== undefined) return known
  // Whatever goes round in a circle by rules below others is anything.
  checking.known.set(node, any)
  const rules = (checking.rules.get(node) ?? []).map((rule) => typeOfRule(checking, rule))
  const below = [...node.children.entries()].map(([key, child]): Way => ({ key: typeOfValue(key), value: typeOfBelow(checking, child) }))
  const type = combined(rules, below)
  checking.known.set(node, type)
  return type
}

interface RuleType {
  readonly parameters: readonly Type[] | undefined
  /** The types of the parts of the path that are no constants. */
  readonly keys: readonly Type[]
  readonly value: Type
}

/** A key of an object and what is there. */
interface Way {
  readonly key: Type
  readonly value: Type
}

function combined(rules: readonly RuleType[], below: readonly Way[]): Type {
  const functions = rules.flatMap(({ parameters }) => (parameters === undefined ? [] : [parameters]))
  if (functions.length > 0) return functionOf(functions, unionOf(rules.map(({ value }) => value)))
  if (rules.every(({ keys }) => keys.length === 0)) return below.length > 0 ? any : unionOf(rules.map(({ value }) => value))
  const ways = rules.flatMap(({ keys: [key, ...more], value }): readonly Way[] =>
    key === undefined ? [] : [{ key, value: more.reduceRight(entriesOf, value) }],
  )
  const all = [...ways, ...below]
  return {
    kind: 'object',
    properties: [],
    rest: { key: unionOf(all.map(({ key }) => key)), value: unionOf(all.map(({ value }) => value)) },
  }
}

const entriesOf = (value: Type, key: Type): Type => ({ kind: 'object', properties: [], rest: { key, value } })

function functionOf(clauses: readonly (readonly Type[])[], result: Type): Type {
  const count = Math.max(...clauses.map(({ length }) => length))
  const parameters = Array.from({ length: count }, (_, at) => unionOf(clauses.map((types) => types[at] ?? any)))
  return { kind: 'function', parameters, result }
}

/** The type of rules below others, whose keys may be any. */
function typeOfBelow(checking: Checking, node: Node): Type {
  if (checking.rules.has(node)) return typeOfNode(checking, node)
  const values = [...node.children.values()].map((child) => typeOfBelow(checking, child))
  return entriesOf(unionOf(values), string)
}

/** A package, or a place in it that only leads to rules: more may be there. */
function typeOfPackage(checking: Checking, path: readonly string[]): Type {
  const node = findNode(checking.state.root, path)
  if (node === undefined || node.children.size === 0 || node.isPackage) return any
  return objectBelow(checking, node)
}

function objectBelow(checking: Checking, node: Node): Type {
  const properties = [...node.children].map(([key, child]) => ({
    key,
    value: checking.rules.has(child) ? typeOfNode(checking, child) : objectBelow(checking, child),
  }))
  return { kind: 'object', properties, rest: { key: string, value: any } }
}

function typeOfRule(checking: Checking, rule: Rule): RuleType {
  const branches = [{ value: rule.value, body: rule.body }, ...rule.elses].map(({ value, body }) => {
    const environment = newEnvironment(checking, rule.module.source)
    checkBody(environment, body)
    const keys = rule.suffix.map((part) => typeOf(environment, part) ?? any)
    const type = typeOf(environment, value) ?? any
    const parameters = rule.args.map((arg) => typeOf(environment, arg) ?? any)
    return { parameters, keys, value: rule.kind === 'set' ? ({ kind: 'set', of: type } as const) : type }
  })
  const parameters = rule.args.map((_, at) => unionOf(branches.map((branch) => branch.parameters[at] ?? any)))
  return {
    parameters: rule.kind === 'function' ? parameters : undefined,
    keys: branches[0]?.keys ?? [],
    value: unionOf(branches.map(({ value }) => value)),
  }
}

function newEnvironment(checking: Checking, source: Source): Environment {
  const { state } = checking
  return {
    state,
    variables: new Map(),
    ruleType: (path) => {
      const node = findNode(state.root, path)
      if (node === undefined || !checking.rules.has(node)) return undefined
      // What lies deeper is known better than the whole.
      return node.children.size > 0 && (checking.rules.get(node) ?? []).every(({ suffix }) => suffix.length > 0)
        ? undefined
        : typeOfNode(checking, node)
    },
    packageType: (path) => {
      const node = findNode(state.root, path)
      return node !== undefined && checking.rules.has(node) ? typeOfNode(checking, node) : typeOfPackage(checking, path)
    },
    functionType: (path) => {
      const node = findNode(state.root, path)
      return node === undefined ? any : typeOfNode(checking, node)
    },
    builtin: (name) => state.options.builtins.get(name),
    closure: typeOfComprehension,
    problem: (message, span, details) => report(state, 'rego_type_error', message, { source, span }, details),
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

/** The type of a term as far as it can be told before variables and rules are looked at. */
export function typeWithoutContext(state: CompileState, term: Term): Type | undefined {
  const environment = newEnvironment({ state: { ...state, problems: [] }, rules: new Map(), known: new Map() }, { name: '', text: '' })
  return shownType(environment, term)
}

/** The same for a query, whose rules are checked. */
export function checkQueryTypes(state: CompileState, source: Source, body: Body): void {
  const checking: Checking = { state: { ...state, problems: [] }, rules: rulesByNode(state), known: new Map() }
  const environment = newEnvironment(checking, source)
  checkBody(
    { ...environment, problem: (message, span, details) => report(state, 'rego_type_error', message, { source, span }, details) },
    body,
  )
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
      return checkMatch(environment, literal, literal.left, literal.right)
    case 'call':
      return checkCall(environment, literal)
    case 'not':
      return checkBody(literal.closure ? inner(environment) : environment, literal.body)
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

function checkMatch(environment: Environment, literal: Literal, left: Term, right: Term): void {
  if (unify(environment, left, right)) return
  const types = [shownType(environment, left), shownType(environment, right)]
  const [leftType, rightType] = types.some(isNever) ? [] : types
  environment.problem('match error', literal.span, matchDetails(leftType, rightType))
}

/** The type of a term, in which parts that are not known stay so. */
export function shownType(environment: Environment, term: Term): Type | undefined {
  const quiet: Environment = { ...environment, problem: () => undefined }
  if (term.kind === 'array' && term.items.length > 0) {
    return { kind: 'array', items: term.items.map((item) => shownType(quiet, item) ?? never) }
  }
  if (term.kind === 'object' && term.entries.every(({ key }) => key.kind === 'value')) {
    const properties = term.entries.flatMap(({ key, value }) =>
      key.kind === 'value' ? [{ key: key.value, value: shownType(quiet, value) ?? never }] : [],
    )
    return { kind: 'object', properties }
  }
  return typeOf(quiet, term)
}

/** Whether both terms may be equal; their variables learn from each other. */
function unify(environment: Environment, a: Term, b: Term): boolean {
  const parts = a.kind === 'value' && b.kind === 'value' ? undefined : partsOf(a, b)
  if (parts !== undefined) return parts.every(([left, right]) => unify(environment, left, right))
  const left = typeOf(environment, a)
  const right = typeOf(environment, b)
  if (isNever(left) || isNever(right)) return false
  if (right !== undefined && !narrow(environment, a, right)) return false
  return left === undefined || narrow(environment, b, left)
}

function checkCall(environment: Environment, literal: CallLiteral): void {
  const { operator, args, callSpan = literal.span } = literal
  if (operator.kind === 'builtin' && operator.name === 'equal' && args[0] !== undefined && args[1] !== undefined && args.length === 2) {
    return checkMatch(environment, literal, args[0], args[1])
  }
  const signature = signatureOf(environment, operator, args.length)
  if (signature === undefined) return environment.problem(`undefined function ${operatorName(operator)}`, callSpan)
  const { parameters, result } = signature
  const known = new Map(environment.variables)
  const wanted = [...parameters, result]
  const fits = args.every((arg, at) => narrow(environment, arg, wanted[at] ?? any))
  if (!fits) {
    const have = args.map((arg) => shownType({ ...environment, variables: known }, arg))
    environment.problem(`${operatorName(operator)}: invalid argument(s)`, callSpan, callDetails(operator, have, wanted))
  }
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

/** Undefined where a value is called: upstream takes what may be anything for a function that has mistakes of its own, and lets it be called. */
function signatureOf(environment: Environment, operator: Operator, count: number): Signature | undefined {
  if (operator.kind === 'builtin') {
    const builtin = environment.builtin(operator.name)
    const parameters = builtin?.variadic === undefined ? (builtin?.parameters ?? []) : Array.from({ length: count }, () => any)
    return { parameters, result: builtin?.result ?? typeOfValue(true) }
  }
  const type = operator.kind === 'function' ? environment.functionType(operator.path) : any
  if (type.kind === 'function') return type
  return type.kind === 'any' ? { parameters: [], result: type } : undefined
}
