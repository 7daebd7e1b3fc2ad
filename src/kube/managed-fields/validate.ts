import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import { compareText } from '../../core/go-format.ts'
import { goText } from '../patch/go-text.ts'
import type { SchemaSet } from '../schema.ts'
import type { Path } from './field-set.ts'
import { printPath, printStep } from './field-set.ts'
import type { ListShape, MapShape, ScalarShape, TypeOf } from './shape.ts'
import { fieldType, itemStep, narrow, shapeOf } from './shape.ts'

interface Walk {
  readonly definitions: SchemaSet
  readonly errors: string[]
}

/** Why an applied configuration is no object of the type; undefined where it is one. Values of unknown fields and numbers out of range are not looked at. */
export function typedError(value: Json, type: TypeOf): string | undefined {
  const walk: Walk = { definitions: type.definitions, errors: [] }
  visit(walk, value, type, [])
  const [first, ...more] = walk.errors
  if (first === undefined || more.length === 0) return first
  return ['errors:', ...walk.errors.map((error) => `  ${error}`)].join('\n')
}

const report = ({ errors }: Walk, path: Path, message: string): void => {
  errors.push(path.length === 0 ? message : `${printPath(path)}: ${message}`)
}

function visit(walk: Walk, value: Json, type: TypeOf, path: Path): void {
  const { map, scalar, list } = narrow(shapeOf(type), value)
  if (map !== undefined) visitMap(walk, value, map, path)
  else if (scalar !== undefined) visitScalar(walk, value, scalar, path)
  else if (list !== undefined) visitList(walk, value, list, path)
}

function visitMap(walk: Walk, value: Json, shape: MapShape, path: Path): void {
  if (value === null) return
  if (!isJsonObject(value)) return report(walk, path, `expected map, got &{${goText(value)}}`)
  for (const key of Object.keys(value)) {
    const here = [...path, `f:${key}`]
    if (!Object.hasOwn(shape.fields, key) && shape.others === undefined) {
      // What comes after the first unknown field is not read.
      return report(walk, here, 'field not declared in schema')
    }
    visit(walk, value[key] ?? null, fieldType(shape, key, walk.definitions), here)
  }
}

function visitList(walk: Walk, value: Json, shape: ListShape, path: Path): void {
  if (value === null) return
  if (!isJsonArray(value)) return report(walk, path, `expected list, got &{${goText(value)}}`)
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    if (shape.atomic) {
      visit(walk, item, shape.item, [...path, `i:${index}`])
      continue
    }
    const step = itemStep(shape, item)
    if (!step.ok) return report(walk, path, `element ${index}: ${step.error}`)
    if (seen.has(step.value)) report(walk, path, `duplicate entries for key ${printStep(step.value)}`)
    seen.add(step.value)
    visit(walk, item, shape.item, [...path, step.value])
  }
}

function visitScalar(walk: Walk, value: Json, shape: ScalarShape, path: Path): void {
  if (value === null) return
  switch (shape) {
    case 'string':
      if (typeof value !== 'string') report(walk, path, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
      return
    case 'numeric':
      if (typeof value !== 'number') report(walk, path, `expected numeric (int or float), got ${goTypeName(value)}`)
      return
    case 'boolean':
      if (typeof value !== 'boolean') report(walk, path, `expected boolean, got &{${goText(value)}}`)
      return
    case 'any':
      if (typeof value === 'object') report(walk, path, `expected any scalar, got &{${goText(value)}}`)
  }
}

/** A value as Go prints it with `%#v`. */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)'
  if (isJsonArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const entries = Object.keys(value)
    .sort(compareText)
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key] ?? null)}`)
  return `map[string]interface {}{${entries.join(', ')}}`
}

function goTypeName(value: Json): string {
  if (isJsonArray(value)) return '[]interface {}'
  return isJsonObject(value) ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : typeof value
}
