import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'
import { marshalJson } from '../../core/go-format.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Schema, SchemaSet } from '../schema.ts'
import { resolveSchema } from '../schema.ts'
import type { FieldNode, FieldSet, Step } from './field-set.ts'

/** A type by its schema. Built-in ones refer to other definitions; those of custom resources do not. */
export interface TypeOf {
  readonly schema: Schema
  readonly definitions: SchemaSet
}

export interface MapShape {
  /** Owned and replaced as a whole. */
  readonly atomic: boolean
  readonly fields: Readonly<Record<string, Schema>>
  /** The schema of all other fields; undefined where there may be none. */
  readonly others: Schema | undefined
}

export interface ListShape {
  readonly atomic: boolean
  readonly item: TypeOf
  /** What tells the elements apart; undefined in a set, whose elements are their own keys. */
  readonly keys: readonly string[] | undefined
}

export type ScalarShape = 'string' | 'numeric' | 'boolean' | 'any'

/** What a value of a type may be, and how it is owned and merged. Without a schema it may be all three. */
export interface Shape {
  readonly scalar?: ScalarShape
  readonly map?: MapShape
  readonly list?: ListShape
}

/** The schema of what nobody declared: objects are merged by field, lists replaced. */
const anything: Schema = {}
const anyShape: Shape = {
  scalar: 'any',
  map: { atomic: false, fields: {}, others: anything },
  list: { atomic: true, item: { schema: anything, definitions: {} }, keys: undefined },
}

export function shapeOf({ schema, definitions }: TypeOf): Shape {
  const resolved = resolveSchema(schema, definitions)
  if (schema.$ref?.endsWith('.api.resource.Quantity') === true) return { scalar: 'any' }
  if (resolved.format === 'int-or-string' || resolved['x-kubernetes-int-or-string'] === true) return anyShape
  switch (resolved.type) {
    case 'string':
      return { scalar: 'string' }
    case 'integer':
    case 'number':
      return { scalar: 'numeric' }
    case 'boolean':
      return { scalar: 'boolean' }
    case 'array':
      return { list: listShape(schema, resolved, definitions) }
    case 'object':
      return { map: mapShape(schema, resolved) }
    default:
      if (resolved.properties !== undefined) return { map: mapShape(schema, resolved) }
      return resolved.items === undefined ? anyShape : { list: listShape(schema, resolved, definitions) }
  }
}

function mapShape(schema: Schema, resolved: Schema): MapShape {
  const atomic = (schema['x-kubernetes-map-type'] ?? resolved['x-kubernetes-map-type']) === 'atomic'
  const embedded = resolved['x-kubernetes-embedded-resource'] === true
  const fields = embedded ? withObjectFields(resolved).properties : resolved.properties
  return { atomic, fields: fields ?? {}, others: otherFields(resolved) }
}

function otherFields({ properties, additionalProperties, 'x-kubernetes-preserve-unknown-fields': open }: Schema): Schema | undefined {
  if (typeof additionalProperties === 'object') return additionalProperties
  const isBare = properties === undefined && additionalProperties !== false
  return open === true || additionalProperties === true || isBare ? anything : undefined
}

function listShape(schema: Schema, resolved: Schema, definitions: SchemaSet): ListShape {
  const item = { schema: resolved.items ?? anything, definitions }
  const type = schema['x-kubernetes-list-type'] ?? resolved['x-kubernetes-list-type']
  const mapKeys = schema['x-kubernetes-list-map-keys'] ?? resolved['x-kubernetes-list-map-keys']
  if (type === 'map') return { atomic: false, item, keys: mapKeys ?? [] }
  if (type === 'set') return { atomic: false, item, keys: undefined }
  const strategy = schema['x-kubernetes-patch-strategy'] ?? ''
  // Types older than list types say it with the words of strategic merge patches.
  if (type === undefined && strategy.split(',').includes('merge')) {
    const key = schema['x-kubernetes-patch-merge-key']
    return { atomic: false, item, keys: key === undefined ? undefined : [key] }
  }
  return { atomic: true, item, keys: undefined }
}

const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } }
const text: Schema = { type: 'string' }

/** The metadata of every object, for schemas that leave it out. */
const objectMeta: Schema = {
  type: 'object',
  properties: {
    annotations: texts,
    creationTimestamp: text,
    deletionGracePeriodSeconds: { type: 'integer' },
    deletionTimestamp: text,
    finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    generateName: text,
    generation: { type: 'integer' },
    labels: texts,
    managedFields: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'atomic' },
    name: text,
    namespace: text,
    ownerReferences: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      items: {
        type: 'object',
        required: ['apiVersion', 'kind', 'name', 'uid'],
        'x-kubernetes-map-type': 'atomic',
        properties: {
          apiVersion: text,
          blockOwnerDeletion: { type: 'boolean' },
          controller: { type: 'boolean' },
          kind: text,
          name: text,
          uid: text,
        },
      },
    },
    resourceVersion: text,
    selfLink: text,
    uid: text,
  },
}

/** Custom resources declare their own fields only. */
function withObjectFields(schema: Schema): Schema {
  return { ...schema, type: 'object', properties: { ...schema.properties, apiVersion: text, kind: text, metadata: objectMeta } }
}

/** The type of a whole object. */
export function objectType(type: TypeOf): TypeOf {
  if (type.schema.$ref !== undefined || type.schema['x-kubernetes-group-version-kind'] !== undefined) return type
  const isUnknown = type.schema.type === undefined && type.schema.properties === undefined
  const schema = withObjectFields(type.schema)
  return { ...type, schema: isUnknown ? { ...schema, 'x-kubernetes-preserve-unknown-fields': true } : schema }
}

/** The part of a shape that a value chooses by what it is; a null chooses nothing. */
export function narrow(shape: Shape, value: Json | undefined): Shape {
  if (value === undefined || value === null) return shape
  if (isJsonArray(value)) return shape.list === undefined ? shape : { list: shape.list }
  if (isJsonObject(value)) return shape.map === undefined ? shape : { map: shape.map }
  return shape.scalar === undefined ? shape : { scalar: shape.scalar }
}

export const sameKind = (a: Shape, b: Shape): boolean =>
  (a.map === undefined) === (b.map === undefined) &&
  (a.list === undefined) === (b.list === undefined) &&
  (a.scalar === undefined) === (b.scalar === undefined)

export function fieldType({ fields, others }: MapShape, key: string, definitions: SchemaSet): TypeOf {
  const own = Object.hasOwn(fields, key) ? fields[key] : undefined
  return { schema: own ?? others ?? anything, definitions }
}

/** The step to an element of a list that is no atomic one, or why it has none. */
export function itemStep({ item: type, keys }: ListShape, item: Json): Result<Step, string> {
  if (keys !== undefined) return keyedStep(type, keys, item)
  if (item === null) return err("associative list without keys has an element that's an explicit null")
  if (isJsonObject(item)) return err("associative list without keys has an element that's a map type")
  if (isJsonArray(item)) return err('not supported: associative list with lists as elements')
  return ok(`v:${marshalJson(item)}`)
}

function keyedStep(type: TypeOf, keys: readonly string[], item: Json): Result<Step, string> {
  if (item === null) return err('associative list with keys may not have a null element')
  if (!isJsonObject(item)) return err('associative list with keys may not have non-map elements')
  const values: { [key: string]: Json } = {}
  for (const key of keys) {
    const value = ownValue(item, key) ?? keyDefault(type, key)
    if (Object.hasOwn(item, key)) setOwn(values, key, ownValue(item, key) ?? null)
    else if (value !== undefined) setOwn(values, key, value)
  }
  if (Object.keys(values).length === 0) {
    const names = keys.map((key) => JSON.stringify(key)).join(' ')
    return err(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    )
  }
  return ok(`k:${marshalJson(values)}`)
}

/** Fields of Go that are always written although no schema requires them. */
const alwaysWritten: Readonly<Record<string, readonly string[]>> = { 'io.k8s.api.core.v1.LocalObjectReference': ['name'] }

/** Where a key is left out: its default; of built-in types also the zero value of fields that Go always writes. */
function keyDefault({ schema, definitions }: TypeOf, key: string): Json | undefined {
  const item = resolveSchema(schema, definitions)
  const field = item.properties !== undefined && Object.hasOwn(item.properties, key) ? item.properties[key] : undefined
  if (field?.default !== undefined || field === undefined || schema.$ref === undefined) return field?.default
  const isWritten = item.required?.includes(key) === true || alwaysWritten[schema.$ref]?.includes(key) === true
  if (!isWritten) return undefined
  const { type } = resolveSchema(field, definitions)
  return type === 'string' ? '' : type === 'integer' ? 0 : undefined
}

export interface ListItem {
  readonly step: Step
  readonly value: Json
}

/** The elements of a list with their steps. One without keys, which validation refuses, goes by its place. */
export function itemsOf(shape: ListShape, list: readonly Json[]): readonly ListItem[] {
  return list.map((value, index) => {
    const step = itemStep(shape, value)
    return { step: step.ok ? step.value : `i:${index}`, value }
  })
}

/** Elements by step; a step with more than one stands for duplicates. */
export function groupItems(items: readonly ListItem[]): ReadonlyMap<Step, readonly Json[]> {
  const groups = new Map<Step, Json[]>()
  for (const { step, value } of items) {
    const group = groups.get(step)
    if (group === undefined) groups.set(step, [value])
    else group.push(value)
  }
  return groups
}

export const isEmptyMap = (value: Json): boolean => isJsonObject(value) && Object.keys(value).length === 0

/** With every declared field on the way to a member a member too: fields of structs are not owned themselves, yet are there for what is in them. */
export function withDeclaredFields(set: FieldSet, type: TypeOf): FieldSet {
  const full = new Map<Step, FieldNode>()
  const { map, list } = shapeOf(type)
  for (const [step, { member, children }] of set) {
    const name = step.startsWith('f:') ? step.slice(2) : undefined
    const isDeclared = name !== undefined && map !== undefined && Object.hasOwn(map.fields, name)
    const inner =
      name !== undefined && map !== undefined ? fieldType(map, name, type.definitions) : (list?.item ?? { ...type, schema: anything })
    full.set(step, { member: member || isDeclared, children: withDeclaredFields(children, inner) })
  }
  return full
}
