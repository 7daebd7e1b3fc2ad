import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'

/**
 * A set of fields in the form of FieldsV1: `f:name` a field, `k:{"name":"web"}` an element by its keys, `v:"x"` an element of a set. `.` stands for the
 * path itself where it has members inside; an empty object is the path itself.
 */
export type FieldSet = JsonObject

export const emptySet: FieldSet = {}
const self = '.'

export const isEmptySet = (set: FieldSet): boolean => Object.keys(set).length === 0

const inner = (set: FieldSet, key: string): FieldSet | undefined => {
  const value = ownValue(set, key)
  return isJsonObject(value) ? value : undefined
}

/** The path itself is in the set (of a node that is not the root). */
const hasSelf = (node: FieldSet): boolean => isEmptySet(node) || Object.hasOwn(node, self)

function node(withSelf: boolean, members: Readonly<Record<string, Json>>): FieldSet | undefined {
  if (Object.keys(members).length === 0) return withSelf ? {} : undefined
  return withSelf ? { [self]: {}, ...members } : members
}

const memberKeys = (set: FieldSet): readonly string[] => Object.keys(set).filter((key) => key !== self)

function combineMembers(a: FieldSet, b: FieldSet, operation: Operation): Record<string, Json> {
  const members: Record<string, Json> = {}
  for (const key of new Set([...memberKeys(a), ...memberKeys(b)])) {
    const [x, y] = [inner(a, key), inner(b, key)]
    const combined = x !== undefined && y !== undefined ? combine(x, y, operation) : operation.alone(x, y)
    if (combined !== undefined) members[key] = combined
  }
  return members
}

const combine = (a: FieldSet, b: FieldSet, operation: Operation): FieldSet | undefined =>
  node(operation.self(hasSelf(a), hasSelf(b)), combineMembers(a, b, operation))

interface Operation {
  self(a: boolean, b: boolean): boolean
  /** One of the two is missing. */
  alone(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined
}

const unionOf: Operation = { self: (a, b) => a || b, alone: (a, b) => a ?? b }
const intersectionOf: Operation = { self: (a, b) => a && b, alone: () => undefined }
const differenceOf: Operation = { self: (a, b) => a && !b, alone: (a) => a }

// The root is never a member itself.
export const union = (a: FieldSet, b: FieldSet): FieldSet => combineMembers(a, b, unionOf)
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combineMembers(a, b, intersectionOf)
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combineMembers(a, b, differenceOf)

/** Without the members of `b` and everything inside them. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  const kept: Record<string, Json> = {}
  for (const [key, value] of Object.entries(a)) {
    const [own, gone] = [isJsonObject(value) ? value : {}, inner(b, key)]
    if (gone === undefined || key === self) kept[key] = value
    else if (!hasSelf(gone)) {
      const rest = without(own, gone)
      if (!isEmptySet(rest)) kept[key] = rest
    }
  }
  return kept
}

export type PathStep = string

/** Every member, as the keys on its way. */
export function pathsOf(set: FieldSet): readonly (readonly PathStep[])[] {
  const found: PathStep[][] = []
  const walk = (current: FieldSet, path: readonly PathStep[]): void => {
    for (const key of memberKeys(current)) {
      const next = inner(current, key) ?? {}
      const here = [...path, key]
      if (hasSelf(next)) found.push(here)
      walk(next, here)
    }
  }
  walk(set, [])
  return found
}

export function insert(set: FieldSet, path: readonly PathStep[]): FieldSet {
  const single = path.reduceRight<FieldSet>((value, step) => ({ [step]: value }), {})
  return union(set, single)
}

export function includes(set: FieldSet, path: readonly PathStep[]): boolean {
  let current: FieldSet | undefined = set
  for (const step of path) current = current === undefined ? undefined : inner(current, step)
  return current !== undefined && (path.length === 0 || hasSelf(current))
}

/** Something at the path or inside it is in the set. */
export function touches(set: FieldSet, path: readonly PathStep[]): boolean {
  let current: FieldSet | undefined = set
  for (const step of path) current = current === undefined ? undefined : inner(current, step)
  return current !== undefined
}

/** `.spec.containers[name="web"].image`, as conflicts name a path. */
export function printPath(path: readonly PathStep[]): string {
  return path.map(printStep).join('')
}

function printStep(step: PathStep): string {
  const rest = step.slice(2)
  if (step.startsWith('f:')) return `.${rest}`
  if (step.startsWith('v:')) return `[=${rest}]`
  if (step.startsWith('i:')) return `[${rest}]`
  const keys = JSON.parse(rest) as JsonObject
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}
