import { equalValues, isArray, isObject, objectEntries } from '../values/value.ts'
import type { CallLiteral, Literal, Term, UnifyLiteral } from './core.ts'
import type { Names } from './overlay.ts'
import { Overlay } from './overlay.ts'
import { termsOf, variablesOfTerm, visitTerm } from './variables.ts'

/** What the safety of literals depends on beside variables. */
export interface Arities {
  /** How many arguments an operator takes. */
  readonly of: (operator: CallLiteral['operator']) => number
}

/** Variables that a literal gives values to, where all of SAFE have one. */
export function outputsOf(literal: Literal, safe: Names, arities: Arities): ReadonlySet<string> {
  for (const { value } of literal.withs) {
    if (value.kind === 'function') continue
    for (const name of variablesOfTerm(value).keys()) if (!safe.has(name)) return none
  }
  switch (literal.kind) {
    case 'term':
    case 'every':
      return refOutputs(termsOf(literal), safe)
    case 'call':
      return callOutputs(literal, safe, arities)
    case 'unify':
      return unifyOutputs(literal, safe)
    case 'not':
    case 'print':
      return none
  }
}

const none: ReadonlySet<string> = new Set()

/** The variables in brackets of refs whose heads have values. */
function refOutputs(terms: readonly Term[], safe: Names): Set<string> {
  const found = new Set<string>()
  for (const term of terms) {
    visitTerm(term, {
      ref: ({ head, path }) => {
        if (!isCovered(head, safe)) return
        for (const part of path) for (const name of variablesOfTerm(part).keys()) if (!safe.has(name)) found.add(name)
      },
    })
  }
  return found
}

function isCovered(term: Term, safe: Names): boolean {
  for (const name of variablesOfTerm(term).keys()) if (!safe.has(name)) return false
  return true
}

/** Upstream does not look at keys of objects and elements of sets here: these are then told to be unsafe, and what they would make is not. */
function isOpenlyCovered(term: Term, safe: Names): boolean {
  switch (term.kind) {
    case 'array':
      return term.items.every((item) => isOpenlyCovered(item, safe))
    case 'object':
      return term.entries.every(({ value }) => isOpenlyCovered(value, safe))
    case 'set':
      return true
    default:
      return isCovered(term, safe)
  }
}

function callOutputs(literal: CallLiteral, safe: Names, arities: Arities): ReadonlySet<string> {
  const outputs = refOutputs(literal.args, safe)
  const arity = arities.of(literal.operator)
  const known = new Overlay(safe, outputs)
  for (const arg of literal.args.slice(0, arity)) if (!isOpenlyCovered(arg, known)) return outputs
  for (const arg of literal.args.slice(arity)) for (const name of bindable(arg)) if (!safe.has(name)) outputs.add(name)
  return outputs
}

/** Variables of a pattern that matching gives values to. */
function bindable(term: Term): readonly string[] {
  switch (term.kind) {
    case 'var':
      return [term.name]
    case 'array':
      return term.items.flatMap(bindable)
    case 'object':
      return term.entries.flatMap(({ value }) => bindable(value))
    default:
      return []
  }
}

function unifyOutputs({ left, right }: UnifyLiteral, safe: Names): ReadonlySet<string> {
  const refs = refOutputs([left, right], safe)
  const known = new Overlay(safe, refs)
  let size: number
  do {
    size = known.added.size
    unify(left, right, known)
  } while (known.added.size > size)
  return known.added
}

/** Adds the variables that get values when both terms are made equal. */
function unify(a: Term, b: Term, known: Overlay): void {
  if (a.kind === 'var') return unifyVar(a, b, known)
  if (b.kind === 'var') return unifyVar(b, a, known)
  const pairs = partsOf(a, b)
  if (pairs !== undefined) {
    for (const [left, right] of pairs) unify(left, right, known)
    return
  }
  // Two collections that are written out and do not fit match nothing.
  if (isWrittenOut(a) && isWrittenOut(b)) return
  if (isPattern(a) && isCovered(b, known)) addBindable(a, known)
  if (isPattern(b) && isCovered(a, known)) addBindable(b, known)
}

const isPattern = (term: Term): boolean => term.kind === 'array' || term.kind === 'object'

const isWrittenOut = (term: Term): boolean => isPattern(term) || term.kind === 'value' || term.kind === 'set'

function unifyVar(variable: Extract<Term, { kind: 'var' }>, other: Term, known: Overlay): void {
  if (known.has(variable.name)) addBindable(other, known)
  else if (isOpenlyCovered(other, known)) known.add(variable.name)
}

function addBindable(term: Term, known: Overlay): void {
  // Keys have to be known before objects can be matched.
  if (term.kind === 'object' && !term.entries.every(({ key }) => isCovered(key, known))) return
  for (const name of bindable(term)) known.add(name)
}

/** The parts of two patterns that have to be equal one by one, or undefined where one of them is no pattern. */
export function partsOf(a: Term, b: Term): readonly (readonly [Term, Term])[] | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    return a.items.length === b.items.length ? a.items.map((item, at) => [item, b.items[at] ?? item]) : undefined
  }
  if (a.kind === 'array' && b.kind === 'value' && isArray(b.value)) {
    const { value, span } = b
    if (value.length !== a.items.length) return undefined
    return a.items.map((item, at) => [item, { kind: 'value', value: value[at] ?? null, span }])
  }
  if (isPattern(b) && a.kind === 'value') return partsOf(b, a)
  return a.kind === 'object' ? objectParts(a, entriesOf(b)) : undefined
}

type Entries = Extract<Term, { kind: 'object' }>['entries']

function entriesOf(term: Term): Entries | undefined {
  if (term.kind === 'object') return term.entries
  if (term.kind !== 'value' || !isObject(term.value)) return undefined
  const { span } = term
  return objectEntries(term.value).map(([key, value]) => ({
    key: { kind: 'value', value: key, span },
    value: { kind: 'value', value, span },
  }))
}

function objectParts(
  { entries }: Extract<Term, { kind: 'object' }>,
  others: Entries | undefined,
): readonly (readonly [Term, Term])[] | undefined {
  if (entries.length !== others?.length) return undefined
  const pairs: (readonly [Term, Term])[] = []
  for (const { key, value } of entries) {
    const other = others.find((entry) => isSameKey(entry.key, key))
    if (other === undefined) return undefined
    pairs.push([value, other.value])
  }
  return pairs
}

function isSameKey(a: Term, b: Term): boolean {
  if (a.kind === 'value' && b.kind === 'value') return equalValues(a.value, b.value)
  return a.kind === 'var' && b.kind === 'var' && a.name === b.name
}
