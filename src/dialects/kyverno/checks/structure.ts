import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { nearest } from '../../../core/nearest.ts'
import { unreachable } from '../../../core/unreachable.ts'
import { printPath } from './report.ts'
import type { Report } from './report.ts'
import type { ObjectShape, Shape } from './shape.ts'

export type StructureCheck = 'all' | 'unknown-fields'

/** Holds a value against a shape. A null field counts as absent, as the API server drops it. */
export function checkStructure(
  value: Json,
  shape: Shape,
  path: JsonPath,
  { report, check }: { report: Report; check: StructureCheck },
): void {
  const into = { report, check }
  switch (shape.type) {
    case 'any':
      return
    case 'later':
      return checkStructure(value, shape.shape(), path, into)
    case 'list':
      if (!isJsonArray(value)) return wrongType('a list', value, path, into)
      if (value.length < (shape.fewest ?? 0) && check === 'all')
        report.error('empty-list', { path, part: 'key' }, `expected at least one item in \`${printPath(path)}\``)
      return value.forEach((item, index) => checkStructure(item, shape.items, [...path, index], into))
    case 'map':
      if (!isJsonObject(value)) return wrongType('a map', value, path, into)
      return Object.entries(value).forEach(([key, member]) => member !== null && checkStructure(member, shape.values, [...path, key], into))
    case 'object':
      return isJsonObject(value) ? checkObject(value, shape, path, into) : wrongType('a map', value, path, into)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrongType('a boolean', value, path, into)
    case 'integer':
    case 'string':
    case 'choice':
      return check === 'all' ? checkScalar(value, shape, path, report) : undefined
    default:
      return unreachable(shape)
  }
}

function checkObject(value: JsonObject, shape: ObjectShape, path: JsonPath, into: { report: Report; check: StructureCheck }): void {
  const known = Object.keys(shape.fields)
  for (const [key, member] of Object.entries(value)) {
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined
    if (field === undefined) {
      const close = nearest(key, known)
      const help = close === undefined ? `known fields: ${known.map((name) => `\`${name}\``).join(', ')}` : `did you mean \`${close}\`?`
      into.report.error('unknown-field', { path: [...path, key], part: 'key' }, `unknown field \`${printPath([...path, key])}\``, help)
    } else if (member !== null) checkStructure(member, field, [...path, key], into)
  }
  if (into.check === 'unknown-fields') return
  for (const name of shape.required) {
    if ((ownValue(value, name) ?? null) !== null) continue
    into.report.error(
      'missing-field',
      { path, part: 'key' },
      path.length === 0 ? `expected field \`${name}\`` : `expected field \`${name}\` in \`${printPath(path)}\``,
    )
  }
}

type ScalarShape = Extract<Shape, { readonly type: 'integer' | 'string' | 'choice' }>

function checkScalar(value: Json, shape: ScalarShape, path: JsonPath, report: Report): void {
  const into = { report, check: 'all' } as const
  if (shape.type === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType('an integer', value, path, into)
    const { minimum = -Infinity, maximum = Infinity } = shape
    if (value < minimum || value > maximum) {
      const range = shape.maximum === undefined ? `at least ${minimum}` : `between ${minimum} and ${maximum}`
      report.error('invalid-value', { path }, `expected \`${printPath(path)}\` to be ${range}, found ${value}`)
    }
    return
  }
  if (typeof value !== 'string') return wrongType('a string', value, path, into)
  if (shape.type === 'choice') return checkChoice(value, shape.values, path, report)
  const { longest = Infinity, pattern } = shape
  if (value.length > longest)
    report.error('too-long', { path }, `expected at most ${longest} characters in \`${printPath(path)}\`, found ${value.length}`)
  if (pattern !== undefined && !pattern.test(value)) {
    report.error('invalid-value', { path }, `expected \`${printPath(path)}\` to match \`${pattern.source}\`, found \`${value}\``)
  }
}

function checkChoice(value: string, values: readonly string[], path: JsonPath, report: Report): void {
  if (values.includes(value)) return
  const close = nearest(value, values)
  const message = `expected \`${printPath(path)}\` to be one of ${values.map((known) => `\`${known}\``).join(', ')}, found \`${value}\``
  report.error('invalid-value', { path }, message, close === undefined ? undefined : `did you mean \`${close}\`?`)
}

function wrongType(expected: string, value: Json, path: JsonPath, { report, check }: { report: Report; check: StructureCheck }): void {
  if (check === 'all') report.error('wrong-type', { path }, `expected ${expected} at \`${printPath(path)}\`, found ${typeOf(value)}`)
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : typeof value === 'string' ? 'a string' : typeof value === 'number' ? 'a number' : 'a boolean'
}
