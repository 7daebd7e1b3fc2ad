import { formatValue } from '../values/format.ts'
import { operatorName } from '../ir/names.ts'
import type { Operator } from '../ir/ir.ts'
import type { Body, Literal, Rule, Term, With } from './core.ts'
import type { CompileState, Pass } from './state.ts'
import { findNode, report } from './state.ts'
import { callDetails } from './types/problem.ts'
import { any } from './types/type.ts'
import { typeWithoutContext } from './types/check.ts'
import { termsOf, visitTerm } from './variables.ts'
import type { Span, Source } from '../../../core/source.ts'

/** Something that is called, and how. */
interface Called {
  readonly operator: Operator
  readonly args: readonly Term[]
  /** Where a call may have its value as a further argument. */
  readonly mayHaveOutput: boolean
  readonly span: Span
  readonly withs: readonly With[]
}

/** Calls every function of a body with each call and modifier in it. */
function visitCalls(body: Body, visit: (called: Called) => void, visitWith: (modifier: With) => void): void {
  for (const literal of body) visitLiteralCalls(literal, visit, visitWith)
}

function visitLiteralCalls(literal: Literal, visit: (called: Called) => void, visitWith: (modifier: With) => void): void {
  const { withs, span } = literal
  for (const modifier of withs) {
    visitWith(modifier)
    if (modifier.value.kind !== 'function') visitTermCalls(modifier.value, withs, visit, visitWith)
  }
  if (literal.kind === 'call') visit({ operator: literal.operator, args: literal.args, mayHaveOutput: true, span, withs })
  for (const term of termsOf(literal)) visitTermCalls(term, withs, visit, visitWith)
  if (literal.kind === 'every' || literal.kind === 'not') visitCalls(literal.body, visit, visitWith)
}

function visitTermCalls(term: Term, withs: readonly With[], visit: (called: Called) => void, visitWith: (modifier: With) => void): void {
  visitTerm(term, {
    call: ({ operator, args, span }) => visit({ operator, args, mayHaveOutput: false, span, withs }),
    closure: ({ body, terms }) => {
      visitCalls(body, visit, visitWith)
      for (const inner of terms) visitTermCalls(inner, withs, visit, visitWith)
    },
  })
}

function visitRuleCalls(rule: Rule, visit: (called: Called) => void, visitWith: (modifier: With) => void): void {
  visitCalls(rule.body, visit, visitWith)
  for (const term of [...rule.args, ...rule.suffix, rule.value]) visitTermCalls(term, [], visit, visitWith)
  for (const { body, value } of rule.elses) {
    visitCalls(body, visit, visitWith)
    visitTermCalls(value, [], visit, visitWith)
  }
}

/** Functions must exist and take as many arguments as they get. */
export const checkCalls: Pass = {
  name: 'calls',
  run: (state) => {
    for (const rule of state.rules) visitRuleCalls(rule, (called) => checkCall(state, called, rule.module), ignore)
  },
}

const ignore = (): void => {}

/** Some built-ins must not be called. */
export const checkRefusedCalls: Pass = {
  name: 'refused calls',
  run: (state) => {
    for (const rule of state.rules) visitRuleCalls(rule, (called) => checkRefused(state, called, rule.module), ignore)
  },
}

function checkRefused(state: CompileState, { operator, span }: Called, { source, version }: In): void {
  if (operator.kind !== 'builtin') return
  const { name } = operator
  const what = state.options.unsafeBuiltins.has(name) ? 'unsafe' : isDeprecated(state, name, version) ? 'deprecated' : undefined
  if (what === undefined) return
  report(state, 'rego_type_error', `${what} built-in function calls in expression: ${name}`, { source, span })
}

const isDeprecated = (state: CompileState, name: string, version: 0 | 1): boolean =>
  state.options.builtins.get(name)?.deprecated === true && (version === 1 || state.options.strict)

/** The same for a query. */
export function checkQueryCalls(state: CompileState, source: Source, body: Body): void {
  visitCalls(
    body,
    (called) => {
      const place = { source, version: state.options.regoVersion }
      checkCall(state, called, place)
      checkRefused(state, called, place)
    },
    (modifier) => checkWith(state, modifier, source),
  )
}

interface In {
  readonly source: Source
  readonly version: 0 | 1
}

function checkCall(state: CompileState, called: Called, { source }: Pick<In, 'source'>): void {
  const { operator, mayHaveOutput, span } = called
  const count = called.args.length
  const at = { source, span }
  const name = operatorName(operator)
  if (operator.kind === 'unknown') return report(state, 'rego_type_error', `undefined function ${name}`, at)
  if (operator.kind === 'function') {
    const rules = findNode(state.root, operator.path)?.rules ?? []
    const [rule] = rules
    if (rule === undefined) return report(state, 'rego_type_error', `undefined function ${name}`, at)
    // `f() { … }` is a value that may be called: the library of Gatekeeper does, although OPA refuses it.
    if (rule.kind !== 'function' && count === 0) return
    if (rule.kind !== 'function' && mayHaveOutput) return report(state, 'rego_type_error', `undefined function ${name}`, at)
    const arity = rule.args.length
    if (isArity(arity, count, mayHaveOutput)) return
    return report(
      state,
      'rego_type_error',
      `function ${name} has arity ${arity}, got ${count} ${count === 1 ? 'argument' : 'arguments'}`,
      at,
    )
  }
  const builtin = state.options.builtins.get(name)
  if (builtin === undefined) return
  if (builtin.result === undefined && !mayHaveOutput) {
    return report(state, 'rego_type_error', `${callText(source, called)} used as value`, at)
  }
  if (builtin.variadic === undefined && !isArity(builtin.parameters.length, count, mayHaveOutput)) {
    const have = [...called.args.map((arg) => typeWithoutContext(state, arg)), ...(mayHaveOutput ? [] : [undefined])]
    report(state, 'rego_type_error', `${name}: arity mismatch`, at, callDetails(operator, have, builtin.parameters))
  }
}

function callText(source: Source, { operator, args }: Called): string {
  const texts = args.map((arg) => (arg.kind === 'value' ? formatValue(arg.value) : source.text.slice(arg.span.start, arg.span.end)))
  return `${operatorName(operator)}(${texts.join(', ')})`
}

const isArity = (arity: number, count: number, mayHaveOutput: boolean): boolean => count === arity || (mayHaveOutput && count === arity + 1)

/** What `with` may replace. */
export const checkWiths: Pass = {
  name: 'with',
  run: (state) => {
    for (const rule of state.rules) visitRuleCalls(rule, ignore, (modifier) => checkWith(state, modifier, rule.module.source))
  },
}

function checkWith(state: CompileState, modifier: With, source: Source): void {
  const { target, targetSpan } = modifier
  if (target.kind === 'function') return checkMock(state, modifier, source)
  if (target.kind === 'input') return
  let node: CompileState['root'] | undefined = state.root
  for (const part of target.path.slice(0, -1)) {
    node = typeof part === 'string' ? node?.children.get(part) : undefined
    if (node === undefined) return
    if (node.rules.length > 0) {
      report(state, 'rego_compile_error', 'with keyword cannot partially replace virtual document(s)', { source, span: targetSpan })
      return
    }
  }
}

/** What is compiled and not called. */
const irreplaceable: ReadonlySet<string> = new Set(['eq', 'rego.metadata.chain', 'rego.metadata.rule'])

function checkMock(state: CompileState, { target, value, targetSpan, span }: With, source: Source): void {
  if (target.kind !== 'function') return
  const at = { source, span: targetSpan }
  const problem = (message: string): void => report(state, 'rego_compile_error', message, at)
  const { operator } = target
  if (operator.kind === 'builtin') {
    const builtin = state.options.builtins.get(operator.name)
    if (operator.name.startsWith('internal.'))
      problem(`with keyword replacing built-in function: replacement of internal function "${operator.name}" invalid`)
    else if (irreplaceable.has(operator.name))
      problem(`with keyword replacing built-in function: replacement of "${operator.name}" invalid`)
    else if (builtin?.relation === true) problem('with keyword replacing built-in function: target must not be a relation')
    else if (builtin !== undefined && builtin.result === undefined)
      problem('with keyword replacing built-in function: target must not be a void function')
  }
  if (value.kind !== 'function') return
  const [wanted, given] = [arityOf(state, operator), arityOf(state, value.operator)]
  if (wanted === given) return
  const parameters = operator.kind === 'builtin' ? state.options.builtins.get(operator.name)?.parameters : undefined
  const have = Array.from({ length: given ?? 0 }, () => any)
  const details = callDetails(operator, have, parameters ?? Array.from({ length: wanted ?? 0 }, () => any))
  report(state, 'rego_type_error', `${operatorName(operator)}: arity mismatch`, { source, span }, details)
}

function arityOf(state: CompileState, operator: Operator): number | undefined {
  if (operator.kind === 'builtin') return state.options.builtins.get(operator.name)?.parameters.length
  return operator.kind === 'function' ? findNode(state.root, operator.path)?.rules[0]?.args.length : undefined
}
