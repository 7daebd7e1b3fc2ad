import { parseGoFloat, parseGoInt } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { isJsonArray, jsonEqual } from '../../../core/json.ts'
import { compileWildcard } from '../../../core/wildcard.ts'
import { compareQuantities, parseQuantity } from '../../../kube/quantity.ts'
import { compareVersions, parseVersion } from '../../../kube/semver.ts'
import { deprecatedMembership, membership } from './membership.ts'
import { durationOf, durationPair, wholeSeconds } from './seconds.ts'

/** An operator in two stages, because the value is usually known when the policy is loaded. */
type Prepare = (value: Json, written: string) => (key: Json) => boolean

/** By lower-case name: operators are found whatever their case, but see `orders`. */
const operators: ReadonlyMap<string, Prepare> = new Map<string, Prepare>([
  ['equal', equals],
  ['equals', equals],
  ['notequal', notEquals],
  ['notequals', notEquals],
  ['in', (value) => deprecatedMembership('In', value)],
  ['notin', (value) => deprecatedMembership('NotIn', value)],
  ['anyin', (value) => membership('AnyIn', value)],
  ['allin', (value) => membership('AllIn', value)],
  ['anynotin', (value) => membership('AnyNotIn', value)],
  ['allnotin', (value) => membership('AllNotIn', value)],
  ['greaterthan', ordered],
  ['greaterthanorequals', ordered],
  ['lessthan', ordered],
  ['lessthanorequals', ordered],
  ['durationgreaterthan', durationOrdered],
  ['durationgreaterthanorequals', durationOrdered],
  ['durationlessthan', durationOrdered],
  ['durationlessthanorequals', durationOrdered],
])

export const isOperator = (name: string): boolean => operators.has(name.toLowerCase())

/** A null key is false for every operator, the negative ones too. So is a key of an operator that there is not. */
export function prepareOperator(operator: string, value: Json): (key: Json | undefined) => boolean {
  const test = operators.get(operator.toLowerCase())?.(value, operator)
  return (key) => key !== undefined && key !== null && test !== undefined && test(key)
}

export function evaluateOperator(operator: string, key: Json | undefined, value: Json): boolean {
  return prepareOperator(operator, value)(key)
}

function equals(value: Json): (key: Json) => boolean {
  const textEquals = prepareTextEquals(value)
  return (key) => {
    if (typeof key === 'string') return textEquals(key)
    if (typeof key === 'number') return numberEquals(key, value)
    if (typeof key !== 'object') return key === value
    return isJsonArray(key) === isJsonArray(value) && jsonEqual(key, value)
  }
}

/** Nothing equal is unequal, and what cannot be compared is. */
function notEquals(value: Json): (key: Json) => boolean {
  const test = equals(value)
  return (key) => !test(key)
}

/** Durations first, then quantities, then wildcards with the value as the pattern. Only a key that is text can be compared with a duration. */
function prepareTextEquals(value: Json): (key: string) => boolean {
  const duration = durationOf(value)
  if (typeof value === 'number') return (key) => durationOf(key) === value
  if (typeof value !== 'string') return () => false
  const quantity = parseQuantity(value)
  const matches = compileWildcard(value)
  return (key) => {
    const pair = durationPair(key, value, duration)
    if (pair !== undefined) return pair[0] === pair[1]
    const keyQuantity = parseQuantity(key)
    if (keyQuantity !== undefined) return quantity !== undefined && compareQuantities(keyQuantity, quantity) === 0
    return matches(key)
  }
}

function numberEquals(key: number, value: Json): boolean {
  if (typeof value !== 'string') return key === value
  return (Number.isInteger(key) ? parseGoInt(value) : parseGoFloat(value)) === key
}

// --- order

type Order = (key: number, value: number) => boolean

/** The comparers look at the operator as it was written: `greaterthan` is found and then always false. */
const orders: ReadonlyMap<string, Order> = new Map<string, Order>([
  ['GreaterThan', (key, value) => key > value],
  ['GreaterThanOrEquals', (key, value) => key >= value],
  ['LessThan', (key, value) => key < value],
  ['LessThanOrEquals', (key, value) => key <= value],
])

/** Two numbers to compare in place of the sides, or undefined where they have no order. */
type Numbers = readonly [key: number, value: number] | undefined

function ordered(value: Json, written: string): (key: Json) => boolean {
  const order = orders.get(written)
  if (order === undefined) return () => false
  const duration = durationOf(value)
  const textNumbers = prepareTextNumbers(value, duration)
  return (key) => {
    const numbers = durationPair(key, value, duration) ?? (typeof key === 'string' ? textNumbers(key) : numberNumbers(key, value))
    return numbers !== undefined && order(numbers[0], numbers[1])
  }
}

/** Quantities, then numbers, then versions. */
function prepareTextNumbers(value: Json, duration: number | undefined): (key: string) => Numbers {
  const quantity = typeof value === 'string' ? parseQuantity(value) : undefined
  const version = typeof value === 'string' ? parseVersion(value) : undefined
  return (key) => {
    const keyQuantity = quantity === undefined ? undefined : parseQuantity(key)
    if (quantity !== undefined && keyQuantity !== undefined) return [compareQuantities(keyQuantity, quantity), 0]
    const number = parseGoFloat(key)
    if (number !== undefined) return durationPair(number, value, duration) ?? numberNumbers(number, value)
    const keyVersion = version === undefined ? undefined : parseVersion(key)
    return version === undefined || keyVersion === undefined ? undefined : [compareVersions(keyVersion, version), 0]
  }
}

function numberNumbers(key: Json, value: Json): Numbers {
  if (typeof key !== 'number') return undefined
  if (typeof value === 'number') return [key, value]
  const number = typeof value === 'string' ? parseGoFloat(value) : undefined
  return number === undefined ? undefined : [key, number]
}

function durationOrdered(value: Json, written: string): (key: Json) => boolean {
  const order = written.startsWith('Duration') ? orders.get(written.slice('Duration'.length)) : undefined
  const right = wholeSeconds(value)
  if (order === undefined || right === undefined) return () => false
  return (key) => {
    const left = wholeSeconds(key)
    return left !== undefined && order(left, right)
  }
}
