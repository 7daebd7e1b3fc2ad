import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import type { Quantity } from '../quantity.ts'
import { formatQuantity, parseQuantity, quantityOf } from '../quantity.ts'

/** A shallow copy that may be changed; what is below it is copied only when it is changed in turn. */
export type Draft = { [key: string]: Json }
/** Sets the defaults of one object, in place. */
export type Defaulter = (draft: Draft) => void

/** A copy of `object` with what `defaulter` sets. */
export function withDefaults(object: JsonObject, defaulter: Defaulter): Draft {
  const draft = copyOf(object)
  defaulter(draft)
  return draft
}

function copyOf(object: JsonObject): Draft {
  const draft: Draft = {}
  for (const [key, value] of Object.entries(object)) setOwn(draft, key, value)
  return draft
}

/** Null is an absent value everywhere in the API. */
export function isSet(draft: JsonObject, key: string): boolean {
  return (ownValue(draft, key) ?? null) !== null
}

/** Sets a field of which absence and the zero value mean different things. */
export function setAbsent(draft: Draft, key: string, value: Json): void {
  if (!isSet(draft, key)) draft[key] = value
}

/** Sets a field whose zero value means that it is not given. */
export function setEmpty(draft: Draft, key: string, value: string | number): void {
  const given = ownValue(draft, key) ?? null
  if (given === null || given === '' || given === 0) draft[key] = value
}

/** Sets several fields by `set`, in order. */
export function setAll(draft: Draft, set: typeof setAbsent | typeof setEmpty, values: Readonly<Record<string, string | number>>): void {
  for (const [key, value] of Object.entries(values)) set(draft, key, value)
}

/** Defaults inside the object at `key`, if there is one. */
export function inside(draft: Draft, key: string, defaulter: Defaulter): void {
  const value = ownValue(draft, key)
  if (isJsonObject(value)) draft[key] = withDefaults(value, defaulter)
}

/** Defaults inside the object at `key`, which is made if there is none. */
export function insideMade(draft: Draft, key: string, defaulter: Defaulter): void {
  setAbsent(draft, key, {})
  inside(draft, key, defaulter)
}

/** Defaults inside every object of the list at `key`. */
export function each(draft: Draft, key: string, defaulter: Defaulter): void {
  const list = ownValue(draft, key)
  if (isJsonArray(list)) draft[key] = list.map((item) => (isJsonObject(item) ? withDefaults(item, defaulter) : item))
}

/** Writes the quantities of the map at `key` in their canonical form, nothing finer than a thousandth. */
export function canonicalQuantities(draft: Draft, key: string): void {
  inside(draft, key, (quantities) => {
    for (const [name, value] of Object.entries(quantities)) setOwn(quantities, name, canonicalAmount(value))
  })
}

/** Writes the quantity at `key` in its canonical form. */
export function canonicalQuantity(draft: Draft, key: string): void {
  const quantity = readQuantity(ownValue(draft, key) ?? null)
  if (quantity !== undefined) draft[key] = formatQuantity(quantity)
}

/** The unit in which a resource is given to a container. */
export const divisorDefault: Defaulter = (reference) => {
  setAbsent(reference, 'divisor', '0')
  canonicalQuantity(reference, 'divisor')
}

const million = 1_000_000n
const readQuantity = (value: Json): Quantity | undefined =>
  typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined

/** Amounts in a resource list are whole thousandths, rounded up. */
function canonicalAmount(value: Json): Json {
  const quantity = readQuantity(value)
  if (quantity === undefined) return value
  const { nanos, format } = quantity
  if (nanos % million === 0n) return formatQuantity(quantity)
  return formatQuantity(quantityOf(nanos / million + (nanos > 0n ? 1n : -1n), -3, format))
}
