import type { RegoType } from '../../builtins/contract.ts'
import type { RegoValue } from '../../values/value.ts'
import { equalValues, isArray, isNumber, isSet, keyOf, objectEntries } from '../../values/value.ts'

export type Type = RegoType
type Of<K extends Type['kind']> = Extract<Type, { kind: K }>

export const any: Type = { kind: 'any' }
export const boolean: Type = { kind: 'boolean' }
export const number: Type = { kind: 'number' }
export const string: Type = { kind: 'string' }
const nothing: Type = { kind: 'null' }

const anyObject: Type = { kind: 'object', properties: [], rest: { key: any, value: any } }

/** An array of elements of these types. One that is written empty may be compared with any. */
export const typeOfItems = (items: readonly Type[]): Type =>
  items.length === 0 ? { kind: 'array', items, rest: any } : { kind: 'array', items }

/** What nothing is of. */
export const never: Type = { kind: 'union', of: [] }
export const isNever = (type: Type | undefined): boolean => type?.kind === 'union' && type.of.length === 0

/** Larger constants and unions are taken for anything. */
const mostParts = 200

/** The type of a value: constants are known part by part. */
export function typeOfValue(value: RegoValue): Type {
  if (value === null) return nothing
  if (typeof value === 'boolean') return boolean
  if (typeof value === 'string') return string
  if (isNumber(value)) return number
  if (isArray(value)) return value.length > mostParts ? any : typeOfItems(value.map(typeOfValue))
  if (isSet(value)) return { kind: 'set', of: value.size > mostParts ? any : unionOf(value.sorted.map(typeOfValue)) }
  const entries = objectEntries(value)
  if (entries.length > mostParts) return any
  if (entries.length === 0) return anyObject
  return { kind: 'object', properties: entries.map(([key, each]) => ({ key, value: typeOfValue(each) })) }
}

/** One of several types; anything where there is none. */
export function unionOf(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.of : [type]))
  if (flat.length === 0 || flat.some(({ kind }) => kind === 'any')) return any
  const distinct = new Map(flat.map((type) => [textOf(type), type] as const))
  const [first = any] = distinct.values()
  if (distinct.size > mostParts) return any
  return distinct.size === 1 ? first : { kind: 'union', of: [...distinct.values()] }
}

/** Equal for equal types. */
function textOf(type: Type): string {
  switch (type.kind) {
    case 'any':
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return type.kind
    case 'array':
      return `[${type.items.map(textOf).join()}|${type.rest === undefined ? '' : textOf(type.rest)}]`
    case 'set':
      return `<${textOf(type.of)}>`
    case 'object': {
      const rest = type.rest === undefined ? '' : `${textOf(type.rest.key)}:${textOf(type.rest.value)}`
      return `{${type.properties.map(({ key, value }) => `${keyOf(key)}:${textOf(value)}`).join()}|${rest}}`
    }
    case 'union':
      return `(${type.of.map(textOf).join('|')})`
    case 'function':
      return `f(${type.parameters.map(textOf).join()})${textOf(type.result)}`
  }
}

/** Whether some value may be of both types. */
export function overlaps(a: Type, b: Type): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true
  if (a.kind === 'union') return a.of.some((each) => overlaps(each, b))
  if (b.kind === 'union') return b.of.some((each) => overlaps(a, each))
  if (a.kind === 'array' && b.kind === 'array') return overlapArrays(a, b)
  if (a.kind === 'set' && b.kind === 'set') return overlaps(a.of, b.of)
  if (a.kind === 'object' && b.kind === 'object') return overlapObjects(a, b)
  return a.kind === b.kind
}

function overlapArrays(a: Of<'array'>, b: Of<'array'>): boolean {
  const length = Math.max(a.items.length, b.items.length)
  for (let at = 0; at < length; at += 1) {
    const left = a.items[at] ?? a.rest
    const right = b.items[at] ?? b.rest
    if (left === undefined || right === undefined || !overlaps(left, right)) return false
  }
  return a.rest === undefined || b.rest === undefined || overlaps(a.rest, b.rest)
}

function overlapObjects(a: Of<'object'>, b: Of<'object'>): boolean {
  if (a.rest === undefined && b.rest === undefined && a.properties.length !== b.properties.length) return false
  return fits(a, b) && fits(b, a)
}

/** Whether all the known properties may be those of the other. */
function fits(a: Of<'object'>, b: Of<'object'>): boolean {
  return a.properties.every(({ key, value }) => {
    const other = select(b, key)
    return other !== undefined && overlaps(value, other)
  })
}

/** The type of what is at a key; undefined where nothing can be. */
export function select(type: Type, key: RegoValue): Type | undefined {
  switch (type.kind) {
    case 'any':
      return any
    case 'array':
      return typeof key === 'number' && Number.isInteger(key) && key >= 0 ? (type.items[key] ?? type.rest) : undefined
    case 'set':
      return overlaps(type.of, typeOfValue(key)) ? type.of : undefined
    case 'object': {
      const found = type.properties.find((property) => equalValues(property.key, key))
      if (found !== undefined) return found.value
      return type.rest !== undefined && overlaps(type.rest.key, typeOfValue(key)) ? type.rest.value : undefined
    }
    case 'union': {
      const found = type.of.flatMap((each) => select(each, key) ?? [])
      return found.length === 0 ? undefined : unionOf(found)
    }
    default:
      return undefined
  }
}

/** The type of keys; undefined for what has none. */
export function keysOf(type: Type): Type | undefined {
  switch (type.kind) {
    case 'any':
      return any
    case 'array':
      return number
    case 'set':
      return type.of
    case 'object':
      return unionOf([...type.properties.map(({ key }) => typeOfValue(key)), ...(type.rest === undefined ? [] : [type.rest.key])])
    case 'union':
      return unionOfSome(type.of.map(keysOf))
    default:
      return undefined
  }
}

/** The type of elements; undefined for what has none. */
export function elementsOf(type: Type): Type | undefined {
  switch (type.kind) {
    case 'any':
      return any
    case 'array':
      return unionOf([...type.items, ...(type.rest === undefined ? [] : [type.rest])])
    case 'set':
      return type.of
    case 'object':
      return unionOf([...type.properties.map(({ value }) => value), ...(type.rest === undefined ? [] : [type.rest.value])])
    case 'union':
      return unionOfSome(type.of.map(elementsOf))
    default:
      return undefined
  }
}

function unionOfSome(types: readonly (Type | undefined)[]): Type | undefined {
  const some = types.filter((type) => type !== undefined)
  return some.length === 0 ? undefined : unionOf(some)
}
