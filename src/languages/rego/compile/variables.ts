import { unreachable } from '../../../core/unreachable.ts'
import type { Body, CallTerm, Literal, RootTerm, Term, VarTerm } from './core.ts'

/** Variables by name, in the order of their first occurrence. */
export type Variables = Map<string, VarTerm>

/** What is walked over: terms and literals themselves, or the bodies of comprehensions, `every` and `not { … }` inside of them. */
export interface Visitor {
  readonly variable?: (term: VarTerm) => void
  /** Called for each ref, before its parts. */
  readonly ref?: (term: Extract<Term, { kind: 'ref' }>) => void
  /** Called for `data` and `input` where they are not the head of a ref. */
  readonly root?: (term: RootTerm) => void
  /** Called for each call, before its arguments. */
  readonly call?: (term: CallTerm) => void
  /** Called for each closure; its inside is not walked. */
  readonly closure?: (closure: Closure) => void
}

/** A body inside of a body, with the terms that are evaluated in it and the variables it has by itself. */
export interface Closure {
  readonly body: Body
  readonly terms: readonly Term[]
  readonly own: readonly VarTerm[]
}

export function visitTerm(term: Term, visitor: Visitor): void {
  switch (term.kind) {
    case 'value':
      return
    case 'root':
      visitor.root?.(term)
      return
    case 'var':
      visitor.variable?.(term)
      return
    case 'ref':
      visitor.ref?.(term)
      if (term.head.kind !== 'root') visitTerm(term.head, visitor)
      for (const part of term.path) visitTerm(part, visitor)
      return
    case 'call':
      visitor.call?.(term)
      for (const arg of term.args) visitTerm(arg, visitor)
      return
    case 'array':
    case 'set':
      for (const item of term.items) visitTerm(item, visitor)
      return
    case 'object':
      for (const { key, value } of term.entries) {
        visitTerm(key, visitor)
        visitTerm(value, visitor)
      }
      return
    case 'comprehension':
      visitor.closure?.({ body: term.body, terms: term.key === undefined ? [term.value] : [term.key, term.value], own: [] })
      return
    case 'template':
      for (const part of term.parts) if (typeof part !== 'string') visitTerm(part, visitor)
      return
    default:
      unreachable(term)
  }
}

/** The terms of a literal outside of closures. */
export function termsOf(literal: Literal): readonly Term[] {
  switch (literal.kind) {
    case 'term':
      return [literal.term]
    case 'call':
      return literal.args
    case 'unify':
      return [literal.left, literal.right]
    case 'every':
      return [literal.domain]
    case 'print':
      return literal.args
    case 'not':
      return []
    default:
      return unreachable(literal)
  }
}

export function visitLiteral(literal: Literal, visitor: Visitor): void {
  for (const term of termsOf(literal)) visitTerm(term, visitor)
  if (literal.kind === 'every') {
    visitor.closure?.({ body: literal.body, terms: [], own: literal.key === undefined ? [literal.value] : [literal.key, literal.value] })
  }
  if (literal.kind === 'not') {
    if (literal.closure) visitor.closure?.({ body: literal.body, terms: [], own: [] })
    else for (const inner of literal.body) visitLiteral(inner, visitor)
  }
  for (const { value } of literal.withs) if (value.kind !== 'function') visitTerm(value, visitor)
}

/** Calls the visitor for all of a body, closures within closures included. */
export function visitDeep(body: Body, visitor: Omit<Visitor, 'closure'>): void {
  const deep: Visitor = {
    ...visitor,
    closure: (closure) => {
      for (const own of closure.own) visitor.variable?.(own)
      for (const literal of closure.body) visitLiteral(literal, deep)
      for (const term of closure.terms) visitTerm(term, deep)
    },
  }
  for (const literal of body) visitLiteral(literal, deep)
}

export function variablesOfTerm(term: Term, into: Variables = new Map()): Variables {
  visitTerm(term, { variable: (variable) => void (into.has(variable.name) || into.set(variable.name, variable)) })
  return into
}

/** Of a body, without those that only closures have. */
export function variablesOfBody(body: Body): Variables {
  const found: Variables = new Map()
  for (const literal of body) {
    visitLiteral(literal, { variable: (variable) => void (found.has(variable.name) || found.set(variable.name, variable)) })
  }
  return found
}

/** All variables in a closure but its own. */
export function variablesOfClosure(closure: Closure): Variables {
  const found: Variables = new Map()
  const add = (variable: VarTerm): void => void (found.has(variable.name) || found.set(variable.name, variable))
  visitDeep(closure.body, { variable: add })
  for (const term of closure.terms) {
    visitTerm(term, { variable: add, closure: (inner) => variablesOfClosure(inner).forEach(add) })
  }
  for (const { name } of closure.own) found.delete(name)
  return found
}
