import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { setOwn } from '../../core/json.ts'
import { printFieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import type { StructuralSchemaOptions } from './structural-schema.ts'
import { checkStructural, compileStructuralSchema, publishedSchema } from './structural-schema.ts'

const integer: Schema = { type: 'integer' }
const text: Schema = { type: 'string' }
const objectOf = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({ type: 'object', properties, ...more })
const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })
const widget = (spec: Json): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' }, spec })

const compiled = (schema: Schema, options: StructuralSchemaOptions = {}) => {
  const result = compileStructuralSchema(schema, options)
  if (!result.ok) throw new Error('the schema does not compile')
  return result.value
}
const errorsOf = (schema: Schema, value: Json): readonly string[] =>
  compiled(objectOf({ spec: objectOf({ f: schema }) }))
    .validate(widget({ f: value }))
    .map(printFieldError)

const oneField = objectOf({ a: integer, b: integer })

test.each<readonly [Schema, Json, readonly string[]]>([
  [{ ...integer, maximum: 10 }, 11, ['spec.f: Invalid value: 11: spec.f in body should be less than or equal to 10']],
  [{ ...integer, maximum: 10, exclusiveMaximum: true }, 10, ['spec.f: Invalid value: 10: spec.f in body should be less than 10']],
  [{ ...integer, minimum: 0, exclusiveMinimum: true }, 0, ['spec.f: Invalid value: 0: spec.f in body should be greater than 0']],
  [{ type: 'number', maximum: 1.5 }, 1.6, ['spec.f: Invalid value: 1.6: spec.f in body should be less than or equal to 1.5']],
  [{ type: 'number', maximum: 1.5 }, 2, ['spec.f: Invalid value: 2: spec.f in body should be less than or equal to 1']],
  [
    { type: 'number', maximum: 1e7 },
    10000001.5,
    ['spec.f: Invalid value: 1.00000015e+07: spec.f in body should be less than or equal to 1e+07'],
  ],
  [
    { ...integer, minimum: 5, maximum: 3, multipleOf: 7 },
    4,
    [
      'spec.f: Invalid value: 4: spec.f in body should be a multiple of 7',
      'spec.f: Invalid value: 4: spec.f in body should be greater than or equal to 5',
      'spec.f: Invalid value: 4: spec.f in body should be less than or equal to 3',
    ],
  ],
  [{ type: 'number', multipleOf: 0.5 }, 3, ['spec.f: Invalid value: 0: factor MultipleOf declared for spec.f must be positive: 0']],
  [
    integer,
    1.5,
    [
      'spec.f: Invalid value: "number": spec.f in body must be of type integer: "number"',
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.f',
    ],
  ],
  [{ ...integer, format: 'int32' }, 3e9, ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.f']],
  [
    { ...integer, maximum: 1.5 },
    1,
    ['<nil>: Invalid value: "": Maximum boundary value must be of type integer (default format) in spec.f'],
  ],
  [integer, 'a', ['spec.f: Invalid value: "string": spec.f in body must be of type integer: "string"']],
  [integer, null, ['spec.f: Invalid value: "null": spec.f in body must be of type integer: "null"']],
  [{ ...integer, nullable: true }, null, []],
  [{ ...text, nullable: true, enum: ['a'] }, null, ['spec.f: Unsupported value: null: supported values: "a"']],
  [
    { 'x-kubernetes-int-or-string': true },
    1.5,
    ['spec.f: Invalid value: "number": spec.f in body must be of type integer,string: "number"'],
  ],
  [{ ...text, enum: ['red', 'green'] }, 'blue', ['spec.f: Unsupported value: "blue": supported values: "red", "green"']],
  [objectOf({}, { enum: [{ a: 1 }] }), { a: 3 }, ['spec.f: Unsupported value: {"a":3}: supported values: "{\\"a\\":1}"']],
  [{ type: 'number', enum: [1.5, 2] }, 2.5, []],
  [{ ...text, minLength: 2 }, 'é', ['spec.f: Invalid value: "é": spec.f in body should be at least 2 chars long']],
  [{ ...text, maxLength: 3, pattern: '^x' }, 'abcd', ['spec.f: Too long: may not be more than 3 bytes']],
  [{ ...text, maxLength: 1 }, 'ab', ['spec.f: Too long: may not be more than 1 byte']],
  [{ ...text, pattern: '^[a-z]+$' }, 'A', ['spec.f: Invalid value: "A": spec.f in body should match \'^[a-z]+$\'']],
  [
    { ...text, format: 'date-time' },
    '2020-01-01',
    ['spec.f: Invalid value: "2020-01-01": spec.f in body must be of type date-time: "2020-01-01"'],
  ],
  [{ ...text, format: 'nobody-knows' }, 'x', []],
  [{ ...text, format: 'ipv4' }, 5, ['spec.f: Invalid value: "int64": spec.f in body must be of type ipv4: "int64"']],
  [{ ...text, format: 'ipv4' }, {}, ['spec.f: Invalid value: "": spec.f in body must be of type ipv4: ""']],
  [{ ...text, format: 'ipv4' }, [1], []],
  [{ ...integer, format: 'int32' }, 'x', ['spec.f: Invalid value: "string": spec.f in body must be of type integer: "string"']],
  [listOf(integer, { minItems: 1 }), [], ['spec.f: Invalid value: 0: spec.f in body should have at least 1 items']],
  [listOf(integer, { maxItems: 3 }), [1, 2, 3, 4, 5], ['spec.f: Too many: 5: must have at most 3 items']],
  [listOf(integer, { maxItems: 1 }), [1, 2], ['spec.f: Too many: 2: must have at most 1 item']],
  [listOf(integer), [1, 'a'], ['spec.f[1]: Invalid value: "string": spec.f[1] in body must be of type integer: "string"']],
  [listOf(text, { 'x-kubernetes-list-type': 'set' }), ['a', 'b', 'a', 'a'], ['spec.f[2]: Duplicate value: "a"']],
  [
    listOf(objectOf({ name: text, z: text }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
    [{ z: '1', name: 'a' }, { name: 'a' }],
    ['spec.f[1]: Duplicate value: {"name":"a"}'],
  ],
  [
    listOf(objectOf({ name: text }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
    ['x', 1],
    [
      'spec.f[0]: Invalid value: "string": spec.f[0] in body must be of type object: "string"',
      'spec.f[1]: Invalid value: "integer": spec.f[1] in body must be of type object: "integer"',
      'spec.f[0]: Invalid value: "x": must be an object for an array of list-type map',
    ],
  ],
  [
    { type: 'object', additionalProperties: listOf(text, { 'x-kubernetes-list-type': 'set' }) },
    { k: ['a', 'a'] },
    ['spec.f[k][1]: Duplicate value: "a"'],
  ],
  [
    { type: 'object', additionalProperties: integer },
    { 'a.b/c': 'x' },
    ['spec.f.a.b/c: Invalid value: "string": spec.f.a.b/c in body must be of type integer: "string"'],
  ],
  [
    objectOf({ a: integer }, { required: ['b'] }),
    { a: 'x' },
    ['spec.f.a: Invalid value: "string": spec.f.a in body must be of type integer: "string"', 'spec.f.b: Required value'],
  ],
  [{ type: 'object', minProperties: 1 }, {}, ['spec.f: Invalid value: 0: spec.f in body should have at least 1 properties']],
  [{ type: 'object', maxProperties: 2 }, { a: 1, b: 2, c: 3 }, ['spec.f: Too many: 3: must have at most 2 items']],
  [
    { ...oneField, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    {},
    ['<nil>: Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found none valid', 'spec.f.a: Required value'],
  ],
  [
    { ...oneField, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    { a: 1, b: 2 },
    ['<nil>: Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    { ...oneField, anyOf: [{ required: ['c', 'd'] }, { properties: { a: { maximum: 1 } } }] },
    { a: 2 },
    [
      '<nil>: Invalid value: "": "spec.f" must validate at least one schema (anyOf)',
      'spec.f.a: Invalid value: 2: spec.f.a in body should be less than or equal to 1',
    ],
  ],
  [
    { ...oneField, allOf: [{ required: ['a'] }, { properties: { b: { maximum: 3 } } }] },
    {},
    ['spec.f.a: Required value', '<nil>: Invalid value: "": "spec.f" must validate all the schemas (allOf)'],
  ],
  [
    { ...text, allOf: [{ pattern: '^a' }] },
    'x',
    [
      'spec.f: Invalid value: "x": spec.f in body should match \'^a\'',
      '<nil>: Invalid value: "": "spec.f" must validate all the schemas (allOf). None validated',
    ],
  ],
  [{ ...text, not: { pattern: '^a' } }, 'a', ['<nil>: Invalid value: "": "spec.f" must not validate the schema (not)']],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    { kind: 'x.y' },
    [
      'spec.f.apiVersion: Required value',
      "spec.f.kind: Invalid value: \"x.y\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
])('%j: %j is told %j', (schema, value, errors) => {
  expect(errorsOf(schema, value)).toEqual(errors)
})

test('an update is not told of what it leaves alone', () => {
  const schema = objectOf({
    spec: objectOf({
      max: { ...integer, maximum: 3 },
      other: integer,
      keyed: listOf(objectOf({ k: text, v: { ...integer, maximum: 3 } }), {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      }),
      plain: listOf({ ...integer, maximum: 3 }),
      set: listOf(text, { 'x-kubernetes-list-type': 'set' }),
      any: objectOf({ a: integer, b: integer }, { anyOf: [{ properties: { a: { maximum: 3 } } }] }),
    }),
  })
  const { validate } = compiled(schema)
  const update = (from: Json, to: Json): readonly string[] => validate(widget(to), widget(from)).map(({ field }) => field)
  expect(update({ max: 5 }, { max: 5, other: 1 })).toEqual([])
  expect(update({ max: 5 }, { max: 6 })).toEqual(['spec.max'])
  expect(
    update(
      { keyed: [{ k: 'a', v: 5 }] },
      {
        keyed: [
          { k: 'b', v: 1 },
          { k: 'a', v: 5 },
        ],
      },
    ),
  ).toEqual([])
  expect(update({ keyed: [{ k: 'a', v: 5 }] }, { keyed: [{ k: 'b', v: 5 }] })).toEqual(['spec.keyed[0].v'])
  expect(update({ plain: [5, 1] }, { plain: [5, 2] })).toEqual(['spec.plain[0]'])
  expect(update({ plain: [5, 1] }, { plain: [5, 1], other: 1 })).toEqual([])
  expect(update({ set: ['a', 'a'] }, { set: ['a', 'a', 'b', 'b'] })).toEqual([])
  expect(update({ set: ['a'] }, { set: ['a', 'a'] })).toEqual(['spec.set[1]'])
  expect(update({ any: { a: 5 } }, { any: { a: 5, b: 1 } })).toEqual(['<nil>', 'spec.any.a'])
})

const header = new Set(['apiVersion', 'kind', 'metadata'])

const keywords = (
  'type properties items additionalProperties required enum default nullable minimum multipleOf pattern format anyOf oneOf allOf not maxLength ' +
  'maxItems $ref x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource ' +
  'x-kubernetes-int-or-string x-kubernetes-validations'
).split(' ')

/** Schemas of all sorts, right and wrong. */
const anySchema = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.dictionary(
    fc.constantFrom(...keywords),
    fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('object', 'array', 'string', 'integer', 'map', 'set', 'date-time', 'uri', 'email', 'duration'),
      fc.boolean(),
      fc.integer({ min: -2, max: 5 }),
      fc.array(fc.constantFrom('a', 'b', '__proto__')),
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.array(fc.record({ rule: fc.string(), message: fc.string(), fieldPath: fc.string() }), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'spec'), tie('schema'), { maxKeys: 3 }),
      tie('schema'),
    ),
    { maxKeys: 5 },
  ) as fc.Arbitrary<Json>,
})).schema

const anyObject = fc
  .jsonValue({ depthSize: 'medium' })
  .chain((spec) => fc.dictionary(fc.constantFrom('spec', 'a', '__proto__', 'metadata'), fc.constant(spec as Json)))
  .map((fields): KubeObject => {
    const out: { [key: string]: Json } = { apiVersion: 'example.com/v1', kind: 'Widget' }
    for (const [key, value] of Object.entries(fields)) setOwn(out, key, value)
    return out as JsonObject as KubeObject
  })

test('no schema and no object make it throw; what is pruned is known; defaults are filled in once', () => {
  fc.assert(
    fc.property(anySchema, anyObject, anyObject, (json, object, old) => {
      const schema = json as Schema
      const options: StructuralSchemaOptions = { compileRule: () => ({ ok: true, value: () => ({ passed: false }) }) }
      checkStructural(schema, 'spec.validation.openAPIV3Schema', options)
      publishedSchema(schema, { group: 'g', version: 'v1', kind: 'K' }, 'v2')
      publishedSchema(schema, { group: 'g', version: 'v1', kind: 'K' }, 'v3')
      const result = compileStructuralSchema(schema, options)
      if (!result.ok) return
      const structural = result.value
      const pruned = structural.prune(object).object
      expect(structural.prune(pruned).unknown).toEqual([])
      for (const key of header) expect(Object.hasOwn(pruned, key)).toBe(Object.hasOwn(object, key))
      const filled = structural.applyDefaults(pruned)
      expect(structural.applyDefaults(filled)).toEqual(filled)
      structural.validate(filled, structural.prune(old).object)
      expect(structural.validate(object, object).filter(({ field }) => field.endsWith('.max'))).toEqual([])
    }),
    { numRuns: 400 },
  )
})

test('a schema nested beyond all measure is refused', () => {
  let schema: Schema = {}
  for (let i = 0; i < 2000; i += 1) schema = { items: schema }
  expect(compileStructuralSchema(schema).ok).toBe(false)
  expect(checkStructural(schema, 'spec').length).toBe(1)
})
