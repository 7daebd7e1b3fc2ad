import type { Span } from '../../../core/source.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Body, Branch, ComprehensionTerm, Literal, ModuleInfo, Rule, Term, VarTerm } from './core.ts'
import type { Arities } from './outputs.ts'
import { outputsOf } from './outputs.ts'
import type { CompileState, Pass } from './state.ts'
import { report } from './state.ts'
import { variablesOfBody, variablesOfClosure, variablesOfTerm, visitLiteral } from './variables.ts'
import type { Variables } from './variables.ts'

/** Every variable must get a value; literals move behind those that give values to what they need. */
export const checkSafety: Pass = {
  name: 'safety',
  run: (state) => {
    for (const rule of state.rules) checkHead(state, rule)
    if (state.problems.length > 0) return
    const arities = aritiesOf(state)
    state.rules = state.rules.map((rule) => safeRule({ state, module: rule.module, arities, told: new Set() }, rule))
  },
}

/** What a head shows has to be in its body, or an argument. */
function checkHead(state: CompileState, rule: Rule): void {
  const args: Variables = new Map()
  for (const arg of rule.args) variablesOfTerm(arg, args)
  const safety: Safety = { state, module: rule.module, arities: noArities, told: new Set() }
  for (const { body, terms } of [{ body: rule.body, terms: [...rule.suffix, rule.value] }, ...rule.elses.map(ofBranch)]) {
    const known = variablesOfBody(body)
    for (const term of terms) {
      for (const variable of variablesOfTerm(term).values()) {
        if (!known.has(variable.name) && !args.has(variable.name)) unsafe(safety, variable, variable.span)
      }
    }
  }
}

const ofBranch = ({ body, value }: Branch): { body: Body; terms: readonly Term[] } => ({ body, terms: [value] })
const noArities: Arities = { of: () => 0 }

interface Safety {
  readonly state: CompileState
  readonly module: Pick<ModuleInfo, 'source'>
  readonly arities: Arities
  /** Variables whose lack of a value was told: it is told once. */
  readonly told: Set<string>
}

export function aritiesOf(state: CompileState): Arities {
  const functions = new Map<string, number>()
  for (const { kind, path, args } of state.rules) if (kind === 'function') functions.set(path.join('\u0000'), args.length)
  return {
    of: (operator) => {
      if (operator.kind === 'builtin') return state.options.builtins.get(operator.name)?.parameters.length ?? 0
      return operator.kind === 'function' ? (functions.get(operator.path.join('\u0000')) ?? 0) : 0
    },
  }
}

function safeRule(safety: Safety, rule: Rule): Rule {
  const args = new Set<string>()
  for (const arg of rule.args) for (const name of variablesOfTerm(arg).keys()) args.add(name)
  const safeBody = (body: Body, terms: readonly Term[], span: Span): Body => {
    const fresh: Safety = { ...safety, told: new Set() }
    const ordered = reorder(fresh, body, args)
    if (fresh.told.size === 0) checkCovered(fresh, terms, ordered.safe, span)
    return ordered.body
  }
  return {
    ...rule,
    body: safeBody(rule.body, [...rule.suffix, rule.value], rule.span),
    elses: rule.elses.map((branch) => ({ ...branch, body: safeBody(branch.body, [branch.value], branch.span) })),
  }
}

/** For queries: the body in an order that works, or problems. */
export function reorderQuery(state: CompileState, module: Pick<ModuleInfo, 'source'>, body: Body): Body {
  return reorder({ state, module, arities: aritiesOf(state), told: new Set() }, body, new Set()).body
}

function checkCovered(safety: Safety, terms: readonly Term[], safe: ReadonlySet<string>, span: Span): void {
  for (const term of terms)
    for (const variable of variablesOfTerm(term).values()) if (!safe.has(variable.name)) unsafe(safety, variable, span)
}

function unsafe(safety: Safety, variable: VarTerm, span: Span): void {
  if (safety.told.has(variable.name)) return
  safety.told.add(variable.name)
  // A variable of the compiler's own stands for a term whose variables are told.
  if (variable.shown === undefined && safety.state.problems.length > 0) return
  report(safety.state, 'rego_unsafe_var_error', `var ${variable.shown ?? '_'} is unsafe`, { source: safety.module.source, span })
}

/** Takes, round after round, every literal whose variables have values by then. */
function reorder(safety: Safety, body: Body, globals: ReadonlySet<string>): { body: Body; safe: ReadonlySet<string> } {
  const all = variablesOfBody(body)
  const waiting = body.map((literal) => ({ literal, needs: needsOf(literal, all) }))
  const ordered: Literal[] = []
  const safe = new Set(globals)
  for (let count = -1; count !== ordered.length;) {
    count = ordered.length
    for (let at = 0; at < waiting.length;) {
      const next = waiting[at]
      if (next === undefined) break
      const outputs = outputsOf(next.literal, safe, safety.arities)
      if (missing(next.needs, safe, outputs).length > 0) {
        at += 1
        continue
      }
      // Closures see what earlier literals gave.
      ordered.push(safeClosures(safety, next.literal, safe))
      for (const name of outputs) safe.add(name)
      waiting.splice(at, 1)
    }
  }
  for (const { literal, needs } of waiting) {
    const lacking = missing(needs, safe, outputsOf(literal, safe, safety.arities))
    for (const variable of lacking.toSorted((a, b) => Number(a.shown === undefined) - Number(b.shown === undefined))) {
      unsafe(safety, variable, literal.span)
    }
  }
  return { body: ordered, safe }
}

function missing(needs: Variables, safe: ReadonlySet<string>, outputs: ReadonlySet<string>): readonly VarTerm[] {
  return [...needs.values()].filter(({ name }) => !safe.has(name) && !outputs.has(name))
}

/** The variables of a literal, and those of its closures that the body around has too. */
function needsOf(literal: Literal, outer: Variables): Variables {
  const needs: Variables = new Map()
  visitLiteral(literal, {
    variable: (variable) => void needs.set(variable.name, variable),
    closure: (closure) => {
      for (const variable of variablesOfClosure(closure).values()) if (outer.has(variable.name)) needs.set(variable.name, variable)
    },
  })
  return needs
}

function safeClosures(safety: Safety, literal: Literal, safe: ReadonlySet<string>): Literal {
  const withs = literal.withs.map((each) =>
    each.value.kind === 'function' ? each : { ...each, value: safeTerm(safety, each.value, safe) },
  )
  const term = (inner: Term): Term => safeTerm(safety, inner, safe)
  switch (literal.kind) {
    case 'term':
      return { ...literal, term: term(literal.term), withs }
    case 'call':
      return { ...literal, args: literal.args.map(term), withs }
    case 'unify':
      return { ...literal, left: term(literal.left), right: term(literal.right), withs }
    case 'every': {
      const inner = new Set(safe)
      if (literal.key !== undefined) inner.add(literal.key.name)
      inner.add(literal.value.name)
      return { ...literal, domain: term(literal.domain), body: reorder(safety, literal.body, inner).body, withs }
    }
    case 'not':
      if (literal.closure) return { ...literal, body: reorder(safety, literal.body, safe).body, withs }
      return { ...literal, body: literal.body.map((inner) => safeClosures(safety, inner, safe)), withs }
    case 'print':
      return { ...literal, args: literal.args.map((arg) => safePrinted(safety, arg, safe)), withs }
    default:
      return unreachable(literal)
  }
}

/** What is printed must have a value by then. */
function safePrinted(safety: Safety, term: ComprehensionTerm, safe: ReadonlySet<string>): ComprehensionTerm {
  const undeclared = [...variablesOfBody(term.body).values()].filter(({ name, shown }) => shown !== undefined && !safe.has(name))
  for (const { shown = '_' } of undeclared) {
    report(safety.state, 'rego_compile_error', `var ${shown} is undeclared`, { source: safety.module.source, span: term.span })
  }
  return undeclared.length > 0 ? term : safeComprehension(safety, term, safe)
}

function safeTerm(safety: Safety, term: Term, safe: ReadonlySet<string>): Term {
  const inner = (each: Term): Term => safeTerm(safety, each, safe)
  switch (term.kind) {
    case 'value':
    case 'var':
    case 'root':
      return term
    case 'ref':
      return { ...term, head: inner(term.head), path: term.path.map(inner) }
    case 'call':
      return { ...term, args: term.args.map(inner) }
    case 'array':
    case 'set':
      return { ...term, items: term.items.map(inner) }
    case 'object':
      return { ...term, entries: term.entries.map(({ key, value }) => ({ key: inner(key), value: inner(value) })) }
    case 'comprehension':
      return safeComprehension(safety, term, safe)
    case 'template':
      return {
        ...term,
        parts: term.parts.map((part) => (typeof part === 'string' ? part : safeComprehension(safety, part, safe))),
      }
    default:
      return unreachable(term)
  }
}

function safeComprehension(safety: Safety, term: ComprehensionTerm, outer: ReadonlySet<string>): ComprehensionTerm {
  const { body, safe } = reorder(safety, term.body, outer)
  checkCovered(safety, term.key === undefined ? [term.value] : [term.key, term.value], safe, term.span)
  return { ...term, body }
}
