import type { Span } from '../../../core/source.ts'
import { unreachable } from '../../../core/unreachable.ts'
import type { Call, Comprehension, Expression, Group, Slot, Step } from '../ir/ir.ts'
import type { CallLiteral, ComprehensionTerm, RefTerm, TemplateTerm, Term, VarTerm } from './core.ts'
import type { RegoValue } from '../values/value.ts'
import { bind, freshSlot, fromSlot, placeOf, slotOf, within } from './lowering.ts'
import type { Lowering } from './lowering.ts'
import { Overlay } from './overlay.ts'
import { variablesOfTerm, visitTerm } from './variables.ts'

/** Whether all variables of a term have values. */
export function isGround(lowering: Lowering, term: Term): boolean {
  if (term.kind === 'value') return true
  if (term.kind === 'var') return lowering.bound.has(term.name)
  for (const name of variablesOfTerm(term).keys()) if (!lowering.bound.has(name)) return false
  return true
}

/** Whether the term has a value once the refs in it have been iterated over. */
export function isEvaluable(lowering: Lowering, term: Term): boolean {
  if (isGround(lowering, term)) return true
  const known = new Overlay(lowering.bound, [])
  for (let size = -1; size !== known.added.size;) {
    size = known.added.size
    visitTerm(term, {
      ref: ({ head, path }) => {
        for (const name of variablesOfTerm(head).keys()) if (!known.has(name)) return
        for (const part of path) for (const name of variablesOfTerm(part).keys()) known.add(name)
      },
    })
  }
  for (const name of variablesOfTerm(term).keys()) if (!known.has(name)) return false
  return true
}

/** The value of a term. Steps are added for what has to be iterated over; afterwards all variables of the term have values. */
export function lowerTerm(lowering: Lowering, term: Term, steps: Step[]): Expression {
  return groundTerm(lowering, isGround(lowering, term) ? term : iterateRefs(lowering, term, steps), steps)
}

/** The values of several terms, which may give each other's variables values. */
export function lowerTerms(lowering: Lowering, terms: readonly Term[], steps: Step[]): readonly Expression[] {
  let current = terms
  while (!current.every((term) => isGround(lowering, term))) {
    const next = replaceFirst(lowering, current, steps)
    if (next === undefined) throw new Error('unsafe variables are refused before')
    current = next
  }
  return current.map((term) => groundTerm(lowering, term, steps))
}

function groundTerm(lowering: Lowering, term: Term, steps: Step[]): Expression {
  const inner = (each: Term): Expression => groundTerm(lowering, each, steps)
  switch (term.kind) {
    case 'value':
      return { kind: 'constant', value: term.value }
    case 'var':
      return fromSlot(slotOf(lowering, term))
    case 'root':
      return term.name === 'input' ? { kind: 'input' } : { kind: 'document', path: [] }
    case 'ref':
      return lowerRef(lowering, term, steps)
    case 'array':
    case 'set':
      return { kind: term.kind, items: term.items.map(inner) }
    case 'object':
      return { kind: 'object', entries: term.entries.map(({ key, value }) => [inner(key), inner(value)] as const) }
    case 'comprehension':
      return lowerComprehension(lowering, term)
    case 'template':
      return lowerTemplate(lowering, term)
    case 'call':
      throw new Error('calls are literals by now')
    default:
      return unreachable(term)
  }
}

export function lowerComprehension(lowering: Lowering, term: ComprehensionTerm): Comprehension {
  return within(lowering, () => {
    const body = [...lowering.lower.body(lowering, term.body)]
    const key = term.key === undefined ? undefined : lowerTerm(lowering, term.key, body)
    const value = lowerTerm(lowering, term.value, body)
    return { kind: 'comprehension', makes: term.makes, body, key, value, place: placeOf(lowering, term.span) }
  })
}

/** A template is a call with its texts and the sets of what stands between braces. */
function lowerTemplate(lowering: Lowering, { parts, span }: TemplateTerm): Expression {
  const items = parts.map((part) => (typeof part === 'string' ? constant(part) : lowerComprehension(lowering, part)))
  return lowerOwnCall(lowering, 'internal.template_string', items, span)
}

/** A call of one of the compiler's own built-ins with an array. */
export function lowerOwnCall(lowering: Lowering, name: string, items: readonly Expression[], span: Span): Expression {
  const builtin = lowering.documents.builtins.get(name)
  if (builtin === undefined) throw new Error(`the table of built-ins lacks ${name}`)
  return { kind: 'builtin', builtin, args: [{ kind: 'array', items }], place: placeOf(lowering, span) }
}

const constant = (value: string): Expression => ({ kind: 'constant', value })

/** A call; of rules without arguments, their value. */
export function lowerCall(
  lowering: Lowering,
  literal: CallLiteral,
  args: readonly Expression[],
): Call | Extract<Expression, { kind: 'rules' }> {
  const { operator } = literal
  const place = placeOf(lowering, literal.span)
  if (operator.kind === 'builtin') {
    const builtin = lowering.documents.builtins.get(operator.name)
    if (builtin !== undefined) return { kind: 'builtin', builtin, args, place }
  }
  const group = operator.kind === 'function' ? lowering.documents.groups.get(operator.path.join('\u0000')) : undefined
  if (group === undefined) throw new Error('undefined functions are refused before')
  return group.kind === 'function' ? { kind: 'function', group, args, place } : { kind: 'rules', group }
}

/** Replaces each ref with variables without values by a variable that takes its values one by one. */
function iterateRefs(lowering: Lowering, term: Term, steps: Step[]): Term {
  let current = term
  while (!isGround(lowering, current)) {
    const next = iterateFirst(lowering, current, steps)
    if (next === undefined) throw new Error('unsafe variables are refused before')
    current = next
  }
  return current
}

/** Iterates the first ref that can be; undefined where there is none. */
function iterateFirst(lowering: Lowering, term: Term, steps: Step[]): Term | undefined {
  switch (term.kind) {
    case 'ref':
      return iterateRef(lowering, term, steps)
    case 'array':
    case 'set': {
      const items = replaceFirst(lowering, term.items, steps)
      return items === undefined ? undefined : { ...term, items }
    }
    case 'object': {
      const flat = term.entries.flatMap(({ key, value }) => [key, value])
      const terms = replaceFirst(lowering, flat, steps)
      if (terms === undefined) return undefined
      return {
        ...term,
        entries: term.entries.map((entry, at) => ({ key: terms[2 * at] ?? entry.key, value: terms[2 * at + 1] ?? entry.value })),
      }
    }
    default:
      return undefined
  }
}

function replaceFirst(lowering: Lowering, terms: readonly Term[], steps: Step[]): readonly Term[] | undefined {
  for (const [at, term] of terms.entries()) {
    if (isGround(lowering, term)) continue
    const next = iterateFirst(lowering, term, steps)
    if (next !== undefined) return terms.with(at, next)
  }
  return undefined
}

function iterateRef(lowering: Lowering, term: RefTerm, steps: Step[]): Term | undefined {
  if (!isGround(lowering, term.head)) {
    const head = iterateFirst(lowering, term.head, steps)
    return head === undefined ? undefined : { ...term, head }
  }
  const variable: VarTerm = { kind: 'var', name: `^${lowering.size}`, shown: undefined, span: term.span }
  const value = lowerRef(lowering, term, steps)
  steps.push({ kind: 'assign', slot: bind(lowering, variable), of: value })
  return variable
}

/** The value of a ref; what is not yet known in its path is iterated over. */
function lowerRef(lowering: Lowering, { head, path }: RefTerm, steps: Step[]): Expression {
  if (head.kind !== 'root') return indexInto(lowering, lowerTerm(lowering, head, steps), path, steps)
  return head.name === 'input' ? indexInto(lowering, { kind: 'input' }, path, steps) : lowerDataRef(lowering, path, steps)
}

function indexInto(lowering: Lowering, of: Expression, path: readonly Term[], steps: Step[]): Expression {
  let value = of
  for (const part of path) {
    if (isGround(lowering, part)) {
      value = { kind: 'index', of: value, key: lowerTerm(lowering, part, steps) }
      continue
    }
    const slot = freshSlot(lowering)
    if (part.kind === 'var') {
      steps.push({ kind: 'scan', of: value, key: isWildcard(part) ? undefined : bind(lowering, part), value: slot })
    } else {
      const key = freshSlot(lowering)
      steps.push({ kind: 'scan', of: value, key, value: slot })
      matchKey(lowering, part, key, steps)
    }
    value = fromSlot(slot)
  }
  return value
}

/** Wildcards and variables made for `some x in xs` stand nowhere else. */
const isWildcard = ({ name }: VarTerm): boolean => name.startsWith('$')

function matchKey(lowering: Lowering, part: Term, key: Slot, steps: Step[]): void {
  if (part.kind === 'var' || part.kind === 'array' || part.kind === 'object' || isEvaluable(lowering, part))
    lowering.lower.match(lowering, part, key, steps)
  else throw new Error('unsafe variables are refused before')
}

function lowerDataRef(lowering: Lowering, path: readonly Term[], steps: Step[]): Expression {
  const known: string[] = []
  let node = lowering.documents.root
  for (const [at, part] of path.entries()) {
    if (part.kind !== 'value') return lowerOpenPath(lowering, known, path.slice(at), steps)
    if (typeof part.value !== 'string') return lowerBaseRef(lowering, known, path.slice(at), steps)
    known.push(part.value)
    const child = node.children.get(part.value)
    if (child === undefined) return lowerBaseRef(lowering, known, path.slice(at + 1), steps)
    const { group } = child
    if (group !== undefined && group.kind !== 'function') return lowerRulesRef(lowering, group, path.slice(at + 1), steps)
    node = child
  }
  return { kind: 'document', path: known.map((value) => ({ kind: 'constant', value })) }
}

function lowerRulesRef(lowering: Lowering, group: Group, path: readonly Term[], steps: Step[]): Expression {
  if (group.kind !== 'object') return indexInto(lowering, { kind: 'rules', group }, path, steps)
  const open = path.findIndex((part) => !isGround(lowering, part))
  const ground = open < 0 ? path.length : open
  const keys = path.slice(0, ground).map((part) => lowerTerm(lowering, part, steps))
  const of: Expression = keys.length === 0 ? { kind: 'rules', group } : { kind: 'entry', group, keys }
  return indexInto(lowering, of, path.slice(ground), steps)
}

/** Nothing virtual is at or below the path. */
function lowerBaseRef(lowering: Lowering, known: readonly string[], rest: readonly Term[], steps: Step[]): Expression {
  const path: RegoValue[] = [...known]
  let at = 0
  for (; at < rest.length; at += 1) {
    const part = rest[at]
    if (part?.kind !== 'value') break
    path.push(part.value)
  }
  return indexInto(lowering, { kind: 'base', path }, rest.slice(at), steps)
}

/** A path through packages whose names are not constant. */
function lowerOpenPath(lowering: Lowering, known: readonly string[], rest: readonly Term[], steps: Step[]): Expression {
  const path: Expression[] = known.map((value) => ({ kind: 'constant', value }))
  for (const part of rest) {
    if (isGround(lowering, part)) {
      path.push(lowerTerm(lowering, part, steps))
      continue
    }
    const key = freshSlot(lowering)
    steps.push({ kind: 'scan-document', path: [...path], key })
    matchKey(lowering, part, key, steps)
    path.push(fromSlot(key))
  }
  return { kind: 'document', path }
}
