import type { Builtin } from '../../builtins/contract.ts'
import type { AnyObject } from '../../values/value.ts'
import { isObject, objectEntries } from '../../values/value.ts'
import type { RefTerm, Term } from '../core.ts'
import type { CompileState } from '../state.ts'
import type { Type } from './type.ts'
import { any, elementsOf, keysOf, overlaps, select, string, typeOfValue, unionOf } from './type.ts'
import type { Span } from '../../../../core/source.ts'

/** What is known where a body is checked. */
export interface Environment {
  readonly state: CompileState
  readonly variables: Map<string, Type>
  /** The type of the rules at a path; undefined where no rules are. */
  readonly ruleType: (path: readonly string[]) => Type | undefined
  /** The type of the results of a function. */
  readonly functionType: (path: readonly string[]) => Type
  readonly builtin: (name: string) => Builtin | undefined
  /** Checks the body of a comprehension in a scope of its own, and gives the types of its terms. */
  readonly closure: (environment: Environment, term: Extract<Term, { kind: 'comprehension' }>) => Type
  readonly problem: (message: string, span: Span) => void
}

/** The type of a term; undefined where a variable is not known yet. */
export function typeOf(environment: Environment, term: Term): Type | undefined {
  switch (term.kind) {
    case 'value':
      return typeOfValue(term.value)
    case 'var':
      return environment.variables.get(term.name)
    case 'root':
      return any
    case 'ref':
      return typeOfRef(environment, term)
    case 'array':
      return { kind: 'array', items: term.items.map((item) => typeOf(environment, item) ?? any) }
    case 'set':
      return { kind: 'set', of: unionOf(term.items.map((item) => typeOf(environment, item) ?? any)) }
    case 'object':
      return typeOfObject(environment, term)
    case 'comprehension':
      return environment.closure(environment, term)
    case 'template':
      for (const part of term.parts) if (typeof part !== 'string') environment.closure(environment, part)
      return string
    case 'call':
      return any
  }
}

function typeOfObject(environment: Environment, term: Extract<Term, { kind: 'object' }>): Type {
  const properties = []
  const rest = []
  for (const { key, value } of term.entries) {
    const type = typeOf(environment, value) ?? any
    if (key.kind === 'value') properties.push({ key: key.value, value: type })
    else rest.push({ key: typeOf(environment, key) ?? any, value: type })
  }
  if (rest.length === 0) return { kind: 'object', properties }
  const dynamic = { key: unionOf(rest.map(({ key }) => key)), value: unionOf(rest.map(({ value }) => value)) }
  return { kind: 'object', properties, rest: dynamic }
}

/** The type of a ref. One that cannot lead anywhere is a problem. */
function typeOfRef(environment: Environment, term: RefTerm): Type | undefined {
  if (term.head.kind !== 'root') {
    return follow(environment, term, typeOf(environment, term.head), 0)
  }
  if (term.head.name === 'input') return follow(environment, term, any, 0)
  const path: string[] = []
  for (const [at, part] of term.path.entries()) {
    if (part.kind !== 'value' || typeof part.value !== 'string') return follow(environment, term, any, at)
    path.push(part.value)
    const type = environment.ruleType(path)
    if (type !== undefined) return follow(environment, term, type, at + 1)
  }
  return any
}

function follow(environment: Environment, term: RefTerm, start: Type | undefined, from: number): Type | undefined {
  let type = start
  for (const part of term.path.slice(from)) {
    if (type === undefined) {
      typeOf(environment, part)
      continue
    }
    const next = step(environment, type, part)
    if (next === undefined) {
      environment.problem(`undefined ref: ${shownRef(term)}`, term.span)
      return any
    }
    type = next
  }
  return type
}

function step(environment: Environment, type: Type, part: Term): Type | undefined {
  if (part.kind === 'value') return select(type, part.value)
  const keys = keysOf(type)
  if (keys === undefined) return undefined
  if (!narrow(environment, part, keys)) return undefined
  return elementsOf(type)
}

/** Gives a term a type: variables that have none take it. False where the term cannot have it. */
export function narrow(environment: Environment, term: Term, type: Type): boolean {
  if (term.kind === 'var') {
    const known = environment.variables.get(term.name)
    if (known !== undefined) return overlaps(known, type)
    environment.variables.set(term.name, type)
    return true
  }
  if (term.kind === 'array') return narrowItems(environment, term, type)
  if (term.kind === 'object') return narrowEntries(environment, term, type)
  if (term.kind === 'value' && isObject(term.value)) return fitsObject(term.value, type)
  const own = typeOf(environment, term)
  return own === undefined || overlaps(own, type)
}

/** A constant object has no more keys than the type knows; of those it need not have all where the type has others too. */
function fitsObject(value: AnyObject, type: Type): boolean {
  const shapes = alternatives(type)
  const entries = objectEntries(value)
  if (shapes === undefined || entries.length > 200) return true
  return shapes.some((shape) => {
    if (shape.kind !== 'object' || (shape.rest === undefined && shape.properties.length !== entries.length)) return false
    return entries.every(([key, each]) => {
      const part = select(shape, key)
      return part !== undefined && overlaps(part, typeOfValue(each))
    })
  })
}

function narrowItems(environment: Environment, term: Extract<Term, { kind: 'array' }>, type: Type): boolean {
  const shapes = alternatives(type)
  if (shapes === undefined) return term.items.every((item) => narrow(environment, item, any))
  const fitting = shapes.filter((shape) => shape.kind === 'array' && (shape.rest !== undefined || shape.items.length === term.items.length))
  if (fitting.length === 0) return false
  const whole = unionOf(fitting)
  return term.items.every((item, at) => {
    const part = select(whole, at)
    return part !== undefined && narrow(environment, item, part)
  })
}

function narrowEntries(environment: Environment, term: Extract<Term, { kind: 'object' }>, type: Type): boolean {
  const shapes = alternatives(type)
  if (shapes === undefined) return term.entries.every(({ value }) => narrow(environment, value, any))
  const fitting = shapes.filter(
    (shape) => shape.kind === 'object' && (shape.rest !== undefined || shape.properties.length === term.entries.length),
  )
  if (fitting.length === 0) return false
  const whole = unionOf(fitting)
  return term.entries.every(({ key, value }) => {
    const part = key.kind === 'value' ? select(whole, key.value) : elementsOf(whole)
    return part !== undefined && narrow(environment, value, part)
  })
}

/** The members of a union; undefined where anything goes. */
function alternatives(type: Type): readonly Type[] | undefined {
  if (type.kind === 'any') return undefined
  return type.kind === 'union' ? type.of : [type]
}

/** As users wrote it, nearly. */
function shownRef({ head, path }: RefTerm): string {
  let text = head.kind === 'root' ? head.name : head.kind === 'var' ? (head.shown ?? '_') : '_'
  for (const part of path) {
    if (part.kind === 'value' && typeof part.value === 'string' && /^[A-Za-z_]\w*$/.test(part.value)) text += `.${part.value}`
    else text += `[${part.kind === 'value' ? JSON.stringify(part.value) : part.kind === 'var' ? (part.shown ?? '_') : '_'}]`
  }
  return text
}
