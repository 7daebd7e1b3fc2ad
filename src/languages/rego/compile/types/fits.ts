import type { RegoValue } from '../../values/value.ts'
import { isArray, isObject, isSet, objectEntries } from '../../values/value.ts'
import type { Type } from './type.ts'
import { overlaps, select, typeOfValue } from './type.ts'

/** Larger constants are not looked into. */
const mostParts = 200

/** A constant has no more parts than the type knows; of those it need not have all where the type has others too. */
export function fits(value: RegoValue, type: Type): boolean {
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

export const isArrayOf = (shape: Type, length: number): boolean =>
  shape.kind === 'array' && (shape.rest !== undefined || shape.items.length === length)

export const isObjectOf = (shape: Type, size: number): boolean =>
  shape.kind === 'object' && (shape.rest !== undefined || shape.properties.length === size)

/** The members of a union; undefined where anything goes. */
export function alternatives(type: Type): readonly Type[] | undefined {
  if (type.kind === 'any') return undefined
  return type.kind === 'union' ? type.of : [type]
}
