import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { printFieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'
import { checkStructural, publishedListSchema, publishedSchema } from './structural-schema.ts'

const text = { type: 'string' }
const integer = { type: 'integer' }
const property = (schema: Json): Json => ({ type: 'object', properties: { a: schema } })
const errorsOf = (schema: Json): readonly string[] =>
  checkStructural(schema as Schema, 'S', {
    compileRule: ({ rule, messageExpression }) => {
      if (rule === 'self <') return { ok: false, error: 'compilation failed: ERROR' }
      if (messageExpression === '1') return { ok: false, error: 'messageExpression must evaluate to a string' }
      return { ok: true, value: (self) => ({ passed: rule !== 'self < 3' || Number(self) < 3 }) }
    },
  }).map((error) => printFieldError(error).replaceAll('S.properties[a]', 'A'))

const keyed = (items: Json, ...keys: readonly string[]): Json => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
})
const item = { type: 'object', properties: { k: text }, required: ['k'] }

test.each<readonly [Json, readonly string[]]>([
  [{}, ['A.type: Required value: must not be empty for specified object fields']],
  [{ type: 'array' }, ['A.items: Required value: must be specified']],
  [{ type: 'array', items: {} }, ['A.items.type: Required value: must not be empty for specified array items']],
  [
    { type: 'strin' },
    ['A.type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string"'],
  ],
  [{ ...text, $ref: '#/x' }, ['A.$ref: Forbidden: $ref is not supported']],
  [{ type: 'array', items: [text] }, ['A.items: Forbidden: items must be a schema object and not an array']],
  [
    { type: 'array', items: text, uniqueItems: true },
    ['A.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic'],
  ],
  [
    { type: 'object', properties: { x: text }, additionalProperties: text },
    ['A.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
  ],
  [{ type: 'object', additionalProperties: false }, []],
  [
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
    ['A.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined'],
  ],
  [{ 'x-kubernetes-preserve-unknown-fields': true }, []],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true },
    [
      'A.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
    ],
  ],
  [{ 'x-kubernetes-int-or-string': true, anyOf: [integer, text] }, []],
  [{ 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: [integer, text] }, { maximum: 5 }] }, []],
  [
    { 'x-kubernetes-int-or-string': true, anyOf: [text, integer] },
    ['A.anyOf[0].type: Forbidden: must be empty to be structural', 'A.anyOf[1].type: Forbidden: must be empty to be structural'],
  ],
  [{ ...text, not: { not: text } }, ['A.not.not.type: Forbidden: must be empty to be structural']],
  [
    { ...text, allOf: [{ description: 'x' }, { nullable: true }, { default: 1 }] },
    [
      'A.allOf[0].description: Forbidden: must be empty to be structural',
      'A.allOf[1].nullable: Forbidden: must be false to be structural',
      'A.allOf[2].default: Forbidden: must be undefined to be structural',
    ],
  ],
  [
    { ...text, pattern: '(' },
    ['A.pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`'],
  ],
  [keyed(item, 'k'), []],
  [keyed(item), ['A.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map']],
  [keyed(item, 'z'), ['A.x-kubernetes-list-map-keys: Invalid value: ["z"]: entries must all be names of item properties']],
  [
    keyed({ type: 'object', properties: { k: text } }, 'k'),
    [
      'A.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
  ],
  [
    { type: 'array', items: item, 'x-kubernetes-list-type': 'set' },
    ['A.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set'],
  ],
  [{ ...integer, default: 'x' }, ['A.default: Invalid value: "string":  in body must be of type integer: "string"']],
  [
    { type: 'array', items: integer, default: ['x'] },
    ['A.default.[0]: Invalid value: "string": [0] in body must be of type integer: "string"'],
  ],
  [{ type: 'object', properties: { x: text }, default: { y: 1 } }, ['A.default: Invalid value: {"y":1}: must not have unknown fields']],
  [{ ...integer, default: 5, 'x-kubernetes-validations': [{ rule: 'self < 3' }] }, ['A.default: Invalid value: 5: failed rule: self < 3']],
  [{ type: 'object', additionalProperties: { ...integer, default: 'x' } }, []],
  [
    { ...integer, 'x-kubernetes-validations': [{ rule: 'self <' }] },
    [
      'A.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self \\u003c","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR',
    ],
  ],
  [
    { ...integer, 'x-kubernetes-validations': [{ rule: 'x', messageExpression: '1' }] },
    [
      'A.x-kubernetes-validations[0].messageExpression: Invalid value: {"Rule":"x","Message":"","MessageExpression":"1","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string',
    ],
  ],
  [
    { ...integer, 'x-kubernetes-validations': [{ rule: 'self <' }, { rule: 'x', message: 'a\nb', reason: 'Foo', fieldPath: '.x' }] },
    [
      'A.x-kubernetes-validations[1].message: Invalid value: "a\\nb": must not contain line breaks',
      'A.x-kubernetes-validations[1].reason: Unsupported value: "Foo": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      'A.x-kubernetes-validations[1].fieldPath: Invalid value: ".x": must be a valid path',
    ],
  ],
  [
    { type: 'array', items: { ...text, 'x-kubernetes-validations': [{ rule: 'self==oldSelf' }] } },
    [
      'A.items.x-kubernetes-validations[0].rule: Invalid value: "self==oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within A',
    ],
  ],
])('%j: %j', (schema, errors) => {
  expect(errorsOf(property(schema))).toEqual(errors)
})

test.each<readonly [Json, readonly string[]]>([
  [{}, ['S.type: Required value: must not be empty at the root']],
  [text, ['S.type: Invalid value: "string": must be object at the root']],
  [{ type: 'object', nullable: true }, ['S.nullable: Forbidden: nullable cannot be true at the root']],
  [{ type: 'object', additionalProperties: text }, ['S.additionalProperties: Forbidden: must not be used at the root']],
  [{ type: 'object', properties: { metadata: { type: 'object', properties: { name: text } } } }, []],
  [
    { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
    ['S.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified'],
  ],
  [
    { type: 'object', properties: { kind: { ...text, default: 'K' } } },
    ['S.properties[kind].default: Forbidden: must not be set in top-level kind'],
  ],
  [
    { type: 'object', properties: { a: text }, anyOf: [{ properties: { y: { maxLength: 1 } } }] },
    ['S.properties[y]: Required value: because it is defined in S.anyOf[0].properties[y]'],
  ],
  [
    { type: 'object', anyOf: [{ properties: { metadata: {} } }], properties: { metadata: { type: 'object' } } },
    ['S.anyOf[0].properties[metadata]: Forbidden: must not be specified in a nested context'],
  ],
])('the root %j: %j', (schema, errors) => {
  expect(errorsOf(schema)).toEqual(errors)
})

const kind = { group: 'example.com', version: 'v1', kind: 'Widget' }

test('the published schema has the header of every object', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          either: { 'x-kubernetes-int-or-string': true },
          open: { type: 'object', properties: { x: { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true },
          maybe: { type: 'string', nullable: true, default: 'x' },
        },
      },
    },
  }
  const v3 = publishedSchema(schema, kind)
  expect(Object.keys(v3.properties ?? {})).toEqual(['spec', 'apiVersion', 'kind', 'metadata'])
  expect(v3.properties?.['metadata']?.$ref).toBe('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
  expect(v3['x-kubernetes-group-version-kind']).toEqual([kind])
  expect(v3.properties?.['spec']?.properties).toEqual({
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
    open: { type: 'object', properties: { x: { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true },
    maybe: { type: 'string', nullable: true, default: 'x' },
  })
  expect(publishedSchema(schema, kind, 'v2').properties?.['spec']?.properties).toEqual({
    either: { 'x-kubernetes-int-or-string': true },
    open: { 'x-kubernetes-preserve-unknown-fields': true },
    maybe: {},
  })
  expect(publishedSchema({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, kind, 'v2').properties).toBeUndefined()
})

test('the published list', () => {
  const list = publishedListSchema(kind, { listKind: 'WidgetList', plural: 'widgets', definition: 'com.example.v1.Widget' })
  expect(list.description).toBe('WidgetList is a list of Widget')
  expect(list.properties?.['items']?.items).toEqual({ $ref: 'com.example.v1.Widget' })
})
