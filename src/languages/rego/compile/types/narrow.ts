import type { RegoValue } from '../../values/value.ts'
import { isArray, isObject, isSet, objectEntries } from '../../values/value.ts'
import type { Term } from '../core.ts'
import type { Environment } from './environment.ts'
import { typeOf } from './environment.ts'
import type { Type } from './type.ts'
import { any, elementsOf, isNever, overlaps, select, typeOfValue, unionOf } from './type.ts'

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

/** Larger constants are not looked into. */
const mostParts = 200

/** A constant has no more parts than the type knows; of those it need not have all where the type has others too. */
function fits(value: RegoValue, type: Type): boolean {
  const shapes = alternatives(type)
  if (shapes === undefined) return true
  if (isArray(value)) {
    return value.length > mostParts || value.length === 0
      ? overlaps(typeOfValue(value), type)
      : shapes.some((shape) => isArrayOf(shape, value.length) && value.every((item, at) => fitsAt(shape, at, item)))
  }
  if (isSet(value))
    return shapes.some((shape) => shape.kind === 'set' && (value.size > mostParts || value.sorted.every((item) => fits(item, shape.of))))
  if (!isObject(value)) return overlaps(typeOfValue(value), type)
  const entries = objectEntries(value)
  if (entries.length > mostParts || entries.length === 0) return overlaps(typeOfValue(value), type)
  return shapes.some((shape) => isObjectOf(shape, entries.length) && entries.every(([key, each]) => fitsAt(shape, key, each)))
}

function fitsAt(shape: Type, key: RegoValue, value: RegoValue): boolean {
  const part = select(shape, key)
  return part !== undefined && fits(value, part)
}

const isArrayOf = (shape: Type, length: number): boolean =>
  shape.kind === 'array' && (shape.rest !== undefined || shape.items.length === length)

const isObjectOf = (shape: Type, size: number): boolean =>
  shape.kind === 'object' && (shape.rest !== undefined || shape.properties.length === size)

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

/** The members of a union; undefined where anything goes. */
function alternatives(type: Type): readonly Type[] | undefined {
  if (type.kind === 'any') return undefined
  return type.kind === 'union' ? type.of : [type]
}
