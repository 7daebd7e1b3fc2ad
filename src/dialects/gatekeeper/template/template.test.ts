import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { compile, constraint, fileRequest, manifestOf, messages, pod, rejections, template } from '../testbed.ts'
import type { TemplateParts } from '../testbed.ts'
import { compileTemplate, templateWarnings } from './template.ts'

const rule = 'package k\nviolation[{"msg": "x"}] { true }'

test.each<[string, TemplateParts, string]>([
  [
    'its name is not that of the kind',
    { rego: rule, name: 'other' },
    'invalid ConstraintTemplate: the ConstraintTemplate\'s name "other" is not equal to the lowercase of CRD\'s Kind: "k"',
  ],
  ['it has no kind', { rego: rule, kind: '', name: 'k' }, 'invalid ConstraintTemplate: ConstraintTemplate "k" does not specify CRD Kind'],
  ['it has no target', { spec: { targets: [] } }, 'invalid ConstraintTemplate: must declare exactly one target'],
  ['it has two targets', { spec: { targets: [{}, {}] } }, 'invalid ConstraintTemplate: must declare exactly one target'],
  [
    'its target is unknown',
    { spec: { targets: [{ target: 'foo', rego: rule }] } },
    'invalid ConstraintTemplate: target "foo" not recognized, known targets [admission.k8s.gatekeeper.sh]',
  ],
  [
    'it has no code',
    {},
    'no language driver is installed that handles this constraint template: available drivers: map[K8sNativeValidation:1 Rego:2], wanted ""',
  ],
  ['its code has no Rego', { code: [{ engine: 'Rego', source: {} }] }, 'rego source missing required field: rego'],
  [
    'it does not parse',
    { rego: 'package k\nviolation[{"msg": "x"}] { tru( }' },
    'invalid ConstraintTemplate: 1 error occurred: template:2: rego_parse_error: unexpected } token\n\tviolation[{"msg": "x"}] { tru( }\n\t                               ^',
  ],
  [
    'a library does not parse',
    { rego: rule, libs: ['package lib.a\nx { ) }'] },
    'invalid ConstraintTemplate: 1 error occurred: libs["lib_0"]:2: rego_parse_error: unexpected ) token\n\tx { ) }\n\t    ^',
  ],
  [
    'it has no violations',
    { rego: 'package k\nviol[{"msg": "x"}] { true }' },
    'invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [violation]',
  ],
  [
    'it calls what is not there',
    { rego: 'package k\nviolation[{"msg": "x"}] { foo(1) }' },
    'unable to compile modules: 1 error occurred: template:2: rego_type_error: undefined function foo',
  ],
  [
    'it sends requests',
    { rego: 'package k\nviolation[{"msg": "x"}] { http.send({}) }' },
    'unable to compile modules: 1 error occurred: template:2: rego_type_error: undefined function http.send',
  ],
  [
    'it imports rego.v1',
    { rego: 'package k\nimport rego.v1\nviolation contains {"msg": "x"} if { true }' },
    'invalid ConstraintTemplate: invalid import: bad import: "rego.v1"',
  ],
  [
    'it imports the inventory',
    { rego: `package k\nimport data.inventory\n${rule.slice(10)}` },
    'invalid ConstraintTemplate: invalid import: bad import: "data.inventory"',
  ],
  [
    'it imports input',
    { rego: `package k\nimport input.review\n${rule.slice(10)}` },
    'invalid ConstraintTemplate: invalid import: cannot import input: "input.review"',
  ],
  [
    'it refers to other data',
    { rego: 'package k\nviolation[{"msg": "x"}] { data.foo.x; data.bar == 2; data.k.violation }' },
    'invalid ConstraintTemplate: invalid data references: check refs failed on module {template}: errors (3):\ndisallowed ref data.foo.x\ndisallowed ref data.bar\ndisallowed ref data.k.violation\n',
  ],
  [
    'it refers to any data',
    { rego: 'package k\nviolation[{"msg": "x"}] { data[x] }' },
    'invalid ConstraintTemplate: invalid data references: check refs failed on module {template}: errors (1):\ndisallowed ref data[x]\n',
  ],
  [
    'a library refers to other data',
    { rego: rule, libs: ['package lib.a\nx = data.foo.x'] },
    'invalid ConstraintTemplate: invalid data references: check refs failed on module {libs["lib_0"]}: errors (1):\ndisallowed ref data.foo.x\n',
  ],
  [
    'a library is no library',
    { rego: rule, libs: ['package foo\nx = 1'] },
    'invalid ConstraintTemplate: invalid lib prefix: path data.foo not found in lib prefixes',
  ],
  [
    'a library has the package of all',
    { rego: rule, libs: ['package lib\nx = 1'] },
    'invalid ConstraintTemplate: invalid lib prefix: path data.lib not found in lib prefixes',
  ],
  [
    'a violation has no message',
    { rego: 'package k\nviolation[{"a": 1}] { true }' },
    'unable to compile modules: 1 error occurred: hooks.hooks_builtin:21: rego_type_error: undefined ref: r.msg\n\tr.msg\n\t  ^\n\t  have: "msg"\n\t  want (one of): ["a"]',
  ],
  [
    'its violations are no set',
    { rego: 'package k\nviolation { true }' },
    'unable to compile modules: 1 error occurred: hooks.hooks_builtin:15: rego_type_error: undefined ref: data.template.violation[r]\n\tdata.template.violation[r]\n\t^^^^^^^^^^^^^^^^^^^^^^^\n\thave: boolean',
  ],
  [
    'it calls what no library has',
    { rego: 'package k\nviolation[{"msg": "x"}] { data.lib.foo.bar(1) }' },
    'unable to compile modules: 1 error occurred: template:2: rego_type_error: undefined function data.libs.lib.foo.bar',
  ],
  [
    'a library calls itself',
    { rego: 'package k\nimport data.lib.a\nviolation[{"msg": "x"}] { a.x }', libs: ['package lib.a\nx { x }'] },
    'unable to compile modules: 1 error occurred: libs["lib_0"]:2: rego_recursion_error: rule data.libs.lib.a.x is recursive: data.libs.lib.a.x -> data.libs.lib.a.x',
  ],
  [
    'a v1 template is written as v0',
    { code: [{ engine: 'Rego', source: { version: 'v1', rego: rule } }] },
    'invalid ConstraintTemplate: 2 errors occurred:\ntemplate:2: rego_parse_error: `if` keyword is required before rule body\ntemplate:2: rego_parse_error: `contains` keyword is required for partial set rules',
  ],
  [
    'the default of its schema does not fit',
    { rego: rule, schema: { type: 'object', properties: { a: { type: 'integer', default: 'x' } } } },
    'invalid ConstraintTemplate: spec.validation.openAPIV3Schema.properties[spec].properties[parameters].properties[a].default: Invalid value: "string":  in body must be of type integer: "string"',
  ],
  [
    'a type of its schema is unknown',
    { rego: rule, schema: { type: 'object', properties: { a: { type: 'foo' } } } },
    'invalid ConstraintTemplate: spec.validation.openAPIV3Schema.properties[spec].properties[parameters].properties[a].type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"',
  ],
  [
    'its schema is not structural',
    { rego: rule, schema: { properties: { images: { type: 'array', items: 'string' } } } },
    'invalid ConstraintTemplate: [spec.validation.openAPIV3Schema.properties[spec].properties[parameters].properties[images].items: Required value: must be specified, spec.validation.openAPIV3Schema.properties[spec].properties[parameters].type: Required value: must not be empty for specified object fields]',
  ],
])('a template is refused where %s', (_, parts, message) => {
  expect(rejections(template(parts))).toEqual([message])
})

test('a kind that is no name is refused as the API server would', () => {
  expect(rejections(template({ rego: rule, kind: 'a b' }))[0]).toContain(
    'spec.names.kind: Invalid value: "a b": may have mixed case, but should otherwise match: a DNS-1035 label must consist of',
  )
})

const said = (parts: TemplateParts, parameters?: JsonObject): readonly string[] => {
  const { policies, rejected } = compile(template(parts), constraint(parameters === undefined ? {} : { parameters }))
  return [...rejected.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message)), ...messages(policies, fileRequest(pod()))]
}
const shows = 'package k\nviolation[{"msg": msg}] { msg := sprintf("%v", [input.parameters]) }'

test.each<[string, TemplateParts, readonly string[]]>([
  [
    'libraries',
    {
      rego: 'package k\nimport data.lib.a\nviolation[{"msg": a.x}] { data.lib.b.y }',
      libs: ['package lib.a\nx = "m"', 'package lib.b\nimport data.lib.a\ny { a.x }'],
    },
    ['m'],
  ],
  ['keywords of the future', { rego: 'package k\nimport future.keywords\nviolation contains {"msg": "m"} if { 1 in [1] }' }, ['m']],
  ['Rego v1', { code: [{ engine: 'Rego', source: { version: 'v1', rego: 'package k\nviolation contains {"msg": "m"} if true' } }] }, ['m']],
  ['a version that is no version', { code: [{ engine: 'Rego', source: { version: 'v2', rego: rule } }] }, ['x']],
  [
    'the Rego of the target before that of its code',
    { rego: rule, code: [{ engine: 'Rego', source: { rego: 'package k\nviolation[{"msg": "other"}] { true }' } }] },
    ['x'],
  ],
  ['violations as keys of an object', { rego: 'package k\nviolation[{"msg": "x"}] = 3 { true }' }, ['x']],
  [
    'equal violations once',
    { rego: 'package k\nviolation[{"msg": "x", "details": {}}] { true }\nviolation[{"msg": "x"}] { true }' },
    ['x'],
  ],
  [
    'errors as violations',
    { rego: 'package k\nf(x) = 1 { true }\nf(x) = 2 { true }\nviolation[{"msg": msg}] { msg := sprintf("%v", [f(1)]) }' },
    ['template:3: eval_conflict_error: functions must not produce multiple outputs for same inputs'],
  ],
  [
    'a message that is no text',
    { rego: 'package k\nviolation[{"msg": 1}] { true }' },
    ['extracting message binding: .msg accessor error: 1 is of the type json.Number, expected string'],
  ],
  [
    'built-ins that fail as undefined',
    { rego: 'package k\nviolation[{"msg": "x"}] { not startswith(input.review.object.metadata, "a") }' },
    ['x'],
  ],
  ['no inventory as an empty one', { rego: 'package k\nviolation[{"msg": msg}] { msg := sprintf("%v", [data.inventory]) }' }, ['{}']],
])('%s', (_, parts, expected) => {
  expect(said(parts)).toEqual(expected)
})

const schema: JsonObject = {
  type: 'object',
  properties: { a: { type: 'integer', default: 1000000 }, b: { type: 'array', items: { type: 'string' } } },
}
const old = 'templates.gatekeeper.sh/v1beta1'
const images: JsonObject = { properties: { images: { type: 'array', items: 'string' } } }

test.each<[string, TemplateParts, JsonObject | undefined, string]>([
  ['defaults are not for parameters that are not there', { schema }, undefined, '{}'],
  ['defaults are for parameters that are', { schema }, {}, '{"a": 1000000}'],
  [
    'a wrong type',
    { schema },
    { a: 'x' },
    'schema validation failed: [].spec.parameters.a: Invalid value: "string": spec.parameters.a in body must be of type integer: "string"',
  ],
  [
    'several wrong types',
    { schema },
    { a: 'x', b: [1] },
    'schema validation failed: [[].spec.parameters.a: Invalid value: "string": spec.parameters.a in body must be of type integer: "string", [].spec.parameters.b[0]: Invalid value: "integer": spec.parameters.b[0] in body must be of type string: "integer"]',
  ],
  ['a field that is not in the schema', { schema }, { zz: 1 }, 'invalid Constraint: unknown fields: [spec.parameters.zz]'],
  [
    'a wrong type beside a field that is not in the schema',
    { schema },
    { zz: 1, b: null },
    'schema validation failed: [].spec.parameters.b: Invalid value: "null": spec.parameters.b in body must be of type array: "null"',
  ],
  ['parameters without a schema', {}, { zz: 1 }, 'invalid Constraint: unknown fields: [spec.parameters]'],
  ['before v1 fields are kept', { schema, apiVersion: old }, { zz: 1 }, '{"a": 1000000, "zz": 1}'],
  ['before v1 no schema is needed', { apiVersion: old }, { zz: 1 }, '{"zz": 1}'],
  ['a schema that is said to be legacy', { legacySchema: true }, { zz: 1 }, '{"zz": 1}'],
  [
    'a schema that is said not to be',
    { schema, apiVersion: old, legacySchema: false },
    { zz: 1 },
    'invalid Constraint: unknown fields: [spec.parameters.zz]',
  ],
  ['before v1 `items: string` is any list', { schema: images, apiVersion: old }, { images: ['a', 1] }, '{"images": ["a", 1]}'],
])('%s', (_, parts, parameters, expected) => {
  expect(said({ rego: shows, ...parts }, parameters)).toEqual([expected])
})

test('a schema that is none is warned of', () => {
  const warnings = templateWarnings(manifestOf(template({ rego: rule, schema: images, apiVersion: old })))
  expect(warnings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    'warning: the schema has `items` that is no schema: elements of the list may be anything',
  ])
  expect(templateWarnings(manifestOf(template({ rego: rule, schema })))).toEqual([])
})

test('problems of Rego point into the manifest', () => {
  const manifest = manifestOf(template({ rego: 'package k\nviolation[{"msg": "x"}] { foo(1) }' }))
  const compiled = compileTemplate(manifest)
  const spans = compiled.ok ? [] : compiled.error.map(({ source, span }) => source.text.slice(span.start, span.end))
  expect(spans).toEqual(['foo(1)'])
})

test('nothing in a template makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
      const spec = {
        crd: { spec: { names: { kind: 'K' }, validation: { openAPIV3Schema: a, legacySchema: true } } },
        targets: b,
      } as JsonObject
      compile(template({ spec }), constraint(c as JsonObject))
      compile(template({ rego: rule, schema: a as JsonObject }), constraint(c as JsonObject))
    }),
    { numRuns: 60 },
  )
})

test('an evaluation ends when nobody waits for it any more; what is quick still answers', () => {
  const endless = 'package k\nviolation[{"msg": "end"}] { count([1 | numbers.range(1, 3000)[_]; numbers.range(1, 3000)[_]]) == 0 }'
  const late = { ...fileRequest(pod()), deadline: 0 }
  const { policies } = compile(template({ rego: endless }), constraint({}))
  expect(messages(policies, late)).toEqual(['eval_cancel_error: caller cancelled query execution'])
  expect(messages(compile(template({ rego: 'package k\nviolation[{"msg": "quick"}] { true }' }), constraint({})).policies, late)).toEqual([
    'quick',
  ])
})
