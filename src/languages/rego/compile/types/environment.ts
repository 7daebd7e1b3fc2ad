import type { DiagnosticDetails } from '../../../../core/diagnostic.ts'
import type { Span } from '../../../../core/source.ts'
import type { Builtin } from '../../builtins/contract.ts'
import type { RefTerm, Term } from '../core.ts'
import type { CompileState } from '../state.ts'
import { keyDetails, leafDetails, refText } from './problem.ts'
import type { Type } from './type.ts'
import { any, elementsOf, keysOf, isNever, never, overlaps, select, string, typeOfItems, typeOfValue, unionOf } from './type.ts'
import { alternatives, fits, isArrayOf, isObjectOf } from './fits.ts'

/** What is known where a body is checked. */
export interface Environment {
  readonly state: CompileState
  /** Arguments of functions are not known until something tells what they are. */
  readonly variables: Map<string, Type>
  /** The type of what is at a path below `data`; undefined where it may be anything, or more of the path has to be looked at. */
  readonly ruleType: (path: readonly string[]) => Type | undefined
  /** The type of a path of which all is known, though no rule is there. */
  readonly packageType: (path: readonly string[]) => Type
  /** What a function takes and gives. */
  readonly functionType: (path: readonly string[]) => Type
  readonly builtin: (name: string) => Builtin | undefined
  /** Checks the body of a comprehension in a scope of its own, and gives the types of its terms. */
  readonly closure: (environment: Environment, term: Extract<Term, { kind: 'comprehension' }>) => Type
  readonly problem: (message: string, span: Span, details?: DiagnosticDetails) => void
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
      return typeOfItems(term.items.map((item) => typeOf(environment, item) ?? any))
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
  const { head } = term
  if (head.kind === 'value') return typeOfConstantRef(environment, term)
  if (head.kind !== 'root') return follow(environment, term, typeOf(environment, head), 0)
  if (head.name === 'input') return follow(environment, term, any, 0)
  const path: string[] = []
  for (const [at, part] of term.path.entries()) {
    if (part.kind !== 'value' || typeof part.value !== 'string') return follow(environment, term, any, at)
    path.push(part.value)
    const type = environment.ruleType(path)
    if (type?.kind === 'function') {
      environment.problem(`function ${refText(term)} used as reference, not called`, placeOf(term), leafDetails(term, at + 1, type))
      return type
    }
    if (type !== undefined) return follow(environment, term, type, at + 1)
  }
  return environment.packageType(path)
}

const placeOf = ({ head, span }: RefTerm): Span => (head.kind === 'root' ? (head.latest?.span ?? span) : span)

/** Of what is written out, upstream does not say that it leads nowhere; it just has no type. */
function typeOfConstantRef(environment: Environment, term: RefTerm): Type | undefined {
  let isWrong = false
  const quiet: Environment = { ...environment, problem: () => (isWrong = true) }
  const type = follow(quiet, term, typeOf(environment, term.head), 0)
  return isWrong ? never : type
}

function follow(environment: Environment, term: RefTerm, start: Type | undefined, from: number): Type | undefined {
  let type = start
  for (const [offset, part] of term.path.slice(from).entries()) {
    const at = from + offset
    const partType = part.kind === 'value' ? undefined : typeOf(environment, part)
    if (type === undefined) continue
    const next = step(environment, type, part)
    if (next === undefined) {
      const details =
        keysOf(type) === undefined ? leafDetails(term, at, type) : keyDetails(term, at, type, partType ?? typeOf(environment, part))
      environment.problem(`undefined ref: ${refText(term)}`, placeOf(term), details)
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
  return narrow(environment, part, keys) ? elementsOf(type) : undefined
}

/** Gives a term a type: variables that have none take it. False where the term cannot have it. */
export function narrow(environment: Environment, term: Term, type: Type): boolean {
  switch (term.kind) {
    case 'var': {
      const known = environment.variables.get(term.name)
      if (known !== undefined) return overlaps(known, type)
      environment.variables.set(term.name, type)
      return true
    }
    case 'array':
      return narrowItems(environment, term, type)
    case 'object':
      return narrowEntries(environment, term, type)
    case 'value':
      return fits(term.value, type)
    default: {
      const own = typeOf(environment, term)
      return own === undefined || (!isNever(own) && overlaps(own, type))
    }
  }
}

function narrowItems(environment: Environment, term: Extract<Term, { kind: 'array' }>, type: Type): boolean {
  const shapes = alternatives(type)
  if (shapes === undefined) return term.items.every((item) => narrow(environment, item, any))
  const fitting = shapes.filter((shape) => isArrayOf(shape, term.items.length))
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
  const fitting = shapes.filter((shape) => isObjectOf(shape, term.entries.length))
  if (fitting.length === 0) return false
  const whole = unionOf(fitting)
  return term.entries.every(({ key, value }) => {
    const part = key.kind === 'value' ? select(whole, key.value) : elementsOf(whole)
    return part !== undefined && narrow(environment, value, part)
  })
}
