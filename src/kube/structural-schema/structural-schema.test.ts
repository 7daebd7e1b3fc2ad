import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { printFieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { Schema } from '../schema.ts'
import type { Rule, RuleCompiler, RuleVerdict } from './structural-schema.ts'
import { compileStructuralSchema } from './structural-schema.ts'

const integer: Schema = { type: 'integer' }
const text: Schema = { type: 'string' }
const open = 'x-kubernetes-preserve-unknown-fields'
const objectOf = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({ type: 'object', properties, ...more })
const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more })
const widget = (spec: Json): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x' }, spec })

const compiled = (schema: Schema, compileRule?: RuleCompiler) => {
  const result = compileStructuralSchema(schema, {
    ...(compileRule === undefined ? {} : { compileRule }),
    decodeMetadata: (metadata) => {
      const { foo, ...object } = metadata
      return {
        object,
        unknown: foo === undefined ? [] : ['unknown field "foo"'],
        mismatch: typeof metadata['labels'] === 'number' ? 'json: cannot unmarshal number' : undefined,
      }
    },
  })
  if (!result.ok) throw new Error('the schema does not compile')
  return result.value
}

const some = objectOf({ x: integer })
const resource: Schema = { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: some } }

test.each<readonly [string, Readonly<Record<string, Schema>>, Json, Json, readonly string[]]>([
  ['what is known stays', { a: some }, { a: { x: 1 } }, { a: { x: 1 } }, []],
  [
    'unknown fields are told in order',
    { a: some },
    { zz: 1, a: { y: 1, x: 1, b: 2 } },
    { a: { x: 1 } },
    ['spec.a.b', 'spec.a.y', 'spec.zz'],
  ],
  ['lists', { l: listOf(some) }, { l: [{ x: 1, y: 1 }, 5] }, { l: [{ x: 1 }, 5] }, ['spec.l[0].y']],
  ['maps', { m: { type: 'object', additionalProperties: some } }, { m: { 'k.2/x': { y: 1 } } }, { m: { 'k.2/x': {} } }, ['spec.m.k.2/x.y']],
  ['an object without fields', { a: { type: 'object' } }, { a: { q: 1 } }, { a: {} }, ['spec.a.q']],
  [
    'open objects',
    { a: objectOf({ in: some }, { [open]: true }) },
    { a: { q: 1, in: { y: 1 } } },
    { a: { q: 1, in: {} } },
    ['spec.a.in.y'],
  ],
  ['anything', { a: { [open]: true } }, { a: { q: [{ e: 1 }] } }, { a: { q: [{ e: 1 }] } }, []],
  ['a list in place of an object', { a: some }, { a: [{ y: 1 }] }, { a: [{}] }, ['spec.a[0].y']],
  [
    'embedded resources',
    { a: resource },
    { a: { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', foo: 1 }, spec: { y: 1 }, zz: 1 } },
    { a: { apiVersion: 'v1', kind: 'X', metadata: { name: 'a' }, spec: {} } },
    ['spec.a.spec.y', 'spec.a.zz', 'spec.a.metadata.foo'],
  ],
  [
    'strange names',
    { a: some },
    JSON.parse('{"a":{"__proto__":1,"constructor":{}}}') as Json,
    { a: {} },
    ['spec.a.__proto__', 'spec.a.constructor'],
  ],
])('pruning: %s', (_, properties, spec, kept, unknown) => {
  const pruned = compiled(objectOf({ spec: objectOf(properties) })).prune(widget(spec))
  expect(pruned.object['spec']).toEqual(kept)
  expect(pruned.unknown).toEqual(unknown.map((path) => `unknown field "${path}"`))
})

test('metadata is read by whoever knows it', () => {
  const { prune } = compiled(objectOf({ spec: objectOf({ a: resource }) }))
  const named = (metadata: JsonObject): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata, zz: 1 })
  expect(prune(named({ foo: 1 })).unknown).toEqual(['unknown field "metadata.foo"', 'unknown field "zz"'])
  expect(prune(named({ labels: 5 })).mismatch).toBe('json: cannot unmarshal number')
  expect(prune({ ...named({}), metadata: 5 }).mismatch).toBe('json: cannot unmarshal number into Go value of type v1.ObjectMeta')
  expect(prune(widget({ a: { metadata: { labels: 5 } } })).mismatch).toBe(
    'spec.a.metadata: Invalid value: {"labels":5}: json: cannot unmarshal number',
  )
  expect(prune(widget({ a: { kind: 5 } })).mismatch).toBe('spec.a.kind: Invalid value: 5: must be a string')
})

const five: Schema = { ...integer, default: 5 }
test.each<readonly [string, Readonly<Record<string, Schema>>, Json, Json]>([
  ['a missing field', { a: five }, {}, { a: 5 }],
  ['a field that is there', { a: five }, { a: 1 }, { a: 1 }],
  ['null where null is not allowed', { a: five, b: integer }, { a: null, b: null }, { a: 5 }],
  [
    'null where null is allowed',
    { a: { ...five, nullable: true }, b: { ...integer, nullable: true } },
    { a: null, b: null },
    { a: null, b: null },
  ],
  ['null that the schema does not know', { a: objectOf({}, { [open]: true }) }, { a: { n: null } }, { a: { n: null } }],
  ['inside objects that are there', { a: objectOf({ b: five }), c: objectOf({ b: five }) }, { a: {} }, { a: { b: 5 } }],
  ['inside defaults', { a: objectOf({ b: five, c: objectOf({ d: five }) }, { default: {} }) }, {}, { a: { b: 5 } }],
  ['in elements', { a: listOf(objectOf({ b: five })), l: listOf(five) }, { a: [{}, 1], l: [null, 1] }, { a: [{ b: 5 }, 1], l: [5, 1] }],
  ['in values of maps', { a: { type: 'object', additionalProperties: five } }, { a: { x: null, y: 1 } }, { a: { x: 5, y: 1 } }],
  ['null in maps', { a: { type: 'object', additionalProperties: integer } }, { a: { x: null } }, { a: {} }],
  ['null in lists stays', { a: listOf(integer) }, { a: [null] }, { a: [null] }],
])('defaults: %s', (_, properties, spec, filled) => {
  expect(compiled(objectOf({ spec: objectOf(properties) })).applyDefaults(widget(spec))['spec']).toEqual(filled)
})

/** Rules of these tests: `self < 3`, `self >= oldSelf`, `false`, `error`. */
const compileRule: RuleCompiler = (rule, schema) => {
  const words = rule.rule.split(/\s+/)
  const run = (self: Json, old: Json | undefined): RuleVerdict => {
    if (words[0] === 'error') return { error: 'no such key: a' }
    if (words[0] === 'header') return { passed: Object.keys(schema.properties ?? {}).length > 2 }
    const message = rule.messageExpression === undefined ? {} : { message: rule.messageExpression }
    if (words[1] === '<') return Number(self) < 3 ? { passed: true } : { passed: false, ...message }
    if (words[1] === '>=') return Number(self) >= Number(old ?? 100) ? { passed: true } : { passed: false, ...message }
    return { passed: false, ...message }
  }
  return words[0] === '' ? { ok: false, error: 'compilation failed: x' } : { ok: true, value: run }
}
const ruled = (schema: Schema, ...rules: readonly Rule[]): Schema => ({ ...schema, 'x-kubernetes-validations': rules })
const small: Rule = { rule: 'self < 3' }

test.each<readonly [Schema, Json, readonly string[]]>([
  [ruled(some, { rule: 'false' }), {}, ['spec.f: Invalid value: failed rule: false']],
  [ruled(some, { rule: 'false', message: ' too big ' }), {}, ['spec.f: Invalid value: too big']],
  [ruled(some, { rule: 'false', message: 'm', messageExpression: 'computed' }), {}, ['spec.f: Invalid value: computed']],
  [ruled(some, { rule: 'false', message: 'm', messageExpression: 'a\nb' }), {}, ['spec.f: Invalid value: m']],
  [ruled(some, { rule: 'error', message: 'm' }), {}, ['spec.f: Invalid value: "object": no such key: a evaluating rule: m']],
  [ruled(integer, { rule: 'error' }), 1, ['spec.f: Invalid value: "integer": no such key: a evaluating rule: error']],
  [ruled(some, { rule: '' }), {}, ['spec.f: Invalid value: "object": rule compile error: compilation failed: x']],
  [ruled(integer, small), 5, ['spec.f: Invalid value: 5: failed rule: self < 3']],
  [ruled(integer, { ...small, reason: 'FieldValueRequired' }), 5, ['spec.f: Required value: failed rule: self < 3']],
  [ruled(integer, { ...small, reason: 'FieldValueForbidden', message: 'm' }), 5, ['spec.f: Forbidden: m']],
  [ruled(integer, { ...small, reason: 'FieldValueDuplicate' }), 5, ['spec.f: Duplicate value: 5']],
  [ruled(some, { rule: 'false', reason: 'FieldValueDuplicate', fieldPath: '.x' }), {}, ['spec.f.x: Duplicate value']],
  [
    ruled({ type: 'object', additionalProperties: integer }, { rule: 'false', fieldPath: "['a.b']" }),
    {},
    ['spec.f[a.b]: Invalid value: failed rule: false'],
  ],
  [{ type: 'object', additionalProperties: ruled(integer, small) }, { 'a.b': 5 }, ['spec.f[a.b]: Invalid value: 5: failed rule: self < 3']],
  [
    ruled(listOf(ruled(integer, small)), { rule: 'false' }),
    [1, 4],
    ['spec.f: Invalid value: failed rule: false', 'spec.f[1]: Invalid value: 4: failed rule: self < 3'],
  ],
  [ruled(integer, { rule: 'self >= oldSelf' }), 1, []],
  [ruled(integer, { rule: 'self >= oldSelf', optionalOldSelf: true }), 1, ['spec.f: Invalid value: 1: failed rule: self >= oldSelf']],
  [ruled({ ...integer, nullable: true }, { rule: 'false' }), null, []],
  [ruled(resource, { rule: 'header' }), { apiVersion: 'v1', kind: 'X' }, []],
  [
    ruled({ ...integer, maximum: 3 }, small),
    4,
    ['spec.f: Invalid value: 4: spec.f in body should be less than or equal to 3', 'spec.f: Invalid value: 4: failed rule: self < 3'],
  ],
  [
    ruled(integer, small),
    'x',
    [
      'spec.f: Invalid value: "string": spec.f in body must be of type integer: "string"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ],
  ],
])('rules: %j on %j: %j', (schema, value, errors) => {
  const { validate } = compiled(objectOf({ spec: objectOf({ f: schema }) }), compileRule)
  expect(validate(widget({ f: value })).map(printFieldError)).toEqual(errors)
})

test('rules on updates: what can be found in the old object is compared, what has not changed is left out', () => {
  const grows: Rule = { rule: 'self >= oldSelf' }
  const schema = objectOf({
    spec: objectOf({
      n: ruled(integer, grows),
      small: ruled(integer, small),
      keyed: listOf(objectOf({ k: text, v: ruled(integer, grows) }), {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      }),
      plain: listOf(ruled(integer, small)),
    }),
  })
  const { validate } = compiled(schema, compileRule)
  const update = (from: Json, to: Json): readonly string[] => validate(widget(to), widget(from)).map(({ field }) => field)
  expect(update({ n: 5 }, { n: 4 })).toEqual(['spec.n'])
  expect(update({}, { n: 4 })).toEqual([])
  expect(update({ small: 9 }, { small: 9, n: 1 })).toEqual([])
  expect(
    update(
      { keyed: [{ k: 'a', v: 5 }] },
      {
        keyed: [
          { k: 'b', v: 1 },
          { k: 'a', v: 4 },
        ],
      },
    ),
  ).toEqual(['spec.keyed[1].v'])
  expect(update({ plain: [9] }, { plain: [9, 1] })).toEqual(['spec.plain[0]'])
})

test('a rule of the root is told of the object', () => {
  const { validate } = compiled(ruled(objectOf({}), { rule: 'false' }), compileRule)
  expect(validate(widget({})).map(printFieldError)).toEqual(['<nil>: Invalid value: failed rule: false'])
  expect(validate(widget({}), widget({})).length).toBe(1)
})
