import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  [
    'json.match_schema',
    [
      { a: 'x', b: 1 },
      { type: 'object', properties: { a: { type: 'integer' }, b: { minimum: 3 } }, required: ['c', 'd'], additionalProperties: false },
    ],
    '[false, [{"desc": "c is required", "error": "(Root): c is required", "field": "(Root)", "type": "required"}, {"desc": "d is required", "error": "(Root): d is required", "field": "(Root)", "type": "required"}, {"desc": "Invalid type. Expected: integer, given: string", "error": "a: Invalid type. Expected: integer, given: string", "field": "a", "type": "invalid_type"}, {"desc": "Must be greater than or equal to 3", "error": "b: Must be greater than or equal to 3", "field": "b", "type": "number_gte"}]]',
  ],
  [
    'json.match_schema',
    [{ a: [1, 1, 'x'] }, { properties: { a: { items: { type: 'integer' }, uniqueItems: true, maxItems: 2, minItems: 5 } } }],
    '[false, [{"desc": "Invalid type. Expected: integer, given: string", "error": "a.2: Invalid type. Expected: integer, given: string", "field": "a.2", "type": "invalid_type"}, {"desc": "Array must have at least 5 items", "error": "a: Array must have at least 5 items", "field": "a", "type": "array_min_items"}, {"desc": "Array must have at most 2 items", "error": "a: Array must have at most 2 items", "field": "a", "type": "array_max_items"}, {"desc": "array items[0,1] must be unique", "error": "a: array items[0,1] must be unique", "field": "a", "type": "unique"}]]',
  ],
  [
    'json.match_schema',
    ['"abc"', { maxLength: 2, pattern: '^b', format: 'date' }],
    '[false, [{"desc": "Does not match format \'date\'", "error": "(Root): Does not match format \'date\'", "field": "(Root)", "type": "format"}, {"desc": "String length must be less than or equal to 2", "error": "(Root): String length must be less than or equal to 2", "field": "(Root)", "type": "string_lte"}, {"desc": "Does not match pattern \'^b\'", "error": "(Root): Does not match pattern \'^b\'", "field": "(Root)", "type": "pattern"}]]',
  ],
  [
    'json.match_schema',
    ['"abc"', { minLength: 5, enum: ['a', 1, { x: 2 }], const: 4 }],
    '[false, [{"desc": "(Root) does not match: 4", "error": "(Root): (Root) does not match: 4", "field": "(Root)", "type": "const"}, {"desc": "(Root) must be one of the following: \\"a\\", 1, {\\"x\\":2}", "error": "(Root): (Root) must be one of the following: \\"a\\", 1, {\\"x\\":2}", "field": "(Root)", "type": "enum"}, {"desc": "String length must be greater than or equal to 5", "error": "(Root): String length must be greater than or equal to 5", "field": "(Root)", "type": "string_gte"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5.5 }, { properties: { a: { multipleOf: 2, exclusiveMinimum: 6, maximum: 5, exclusiveMaximum: 5 } } }],
    '[false, [{"desc": "Must be a multiple of 2", "error": "a: Must be a multiple of 2", "field": "a", "type": "multiple_of"}, {"desc": "Must be less than or equal to 5", "error": "a: Must be less than or equal to 5", "field": "a", "type": "number_lte"}, {"desc": "Must be less than 5", "error": "a: Must be less than 5", "field": "a", "type": "number_lt"}, {"desc": "Must be greater than 6", "error": "a: Must be greater than 6", "field": "a", "type": "number_gt"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { anyOf: [{ required: ['x'] }, { properties: { a: { type: 'string' } } }] }],
    '[false, [{"desc": "Must validate at least one schema (anyOf)", "error": "(Root): Must validate at least one schema (anyOf)", "field": "(Root)", "type": "number_any_of"}, {"desc": "x is required", "error": "(Root): x is required", "field": "(Root)", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { oneOf: [{}, {}] }],
    '[false, [{"desc": "Must validate one and only one schema (oneOf)", "error": "(Root): Must validate one and only one schema (oneOf)", "field": "(Root)", "type": "number_one_of"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { allOf: [{ required: ['x'] }, { required: ['y'] }] }],
    '[false, [{"desc": "x is required", "error": "(Root): x is required", "field": "(Root)", "type": "required"}, {"desc": "y is required", "error": "(Root): y is required", "field": "(Root)", "type": "required"}, {"desc": "Must validate all the schemas (allOf)", "error": "(Root): Must validate all the schemas (allOf)", "field": "(Root)", "type": "number_all_of"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { not: {} }],
    '[false, [{"desc": "Must not validate the schema (not)", "error": "(Root): Must not validate the schema (not)", "field": "(Root)", "type": "number_not"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { dependencies: { a: ['b'] }, minProperties: 2, maxProperties: 0 }],
    'eval_builtin_error: json.match_schema: minProperties cannot be greater than maxProperties',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { patternProperties: { '^a': { type: 'string' } }, propertyNames: { maxLength: 0 } }],
    '[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a: Invalid type. Expected: string, given: integer", "field": "a", "type": "invalid_type"}, {"desc": "Property name of \\"a\\" does not match", "error": "(Root): Property name of \\"a\\" does not match", "field": "(Root)", "type": "invalid_property_name"}, {"desc": "String length must be less than or equal to 0", "error": "(Root): String length must be less than or equal to 0", "field": "(Root)", "type": "string_lte"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, '{"if": {"required": ["a"]}, "then": {"required": ["z"]}}'],
    '[false, [{"desc": "Must validate \\"then\\" as \\"if\\" was valid", "error": "(Root): Must validate \\"then\\" as \\"if\\" was valid", "field": "(Root)", "type": "condition_then"}, {"desc": "z is required", "error": "(Root): z is required", "field": "(Root)", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 5 }, { if: { required: ['b'] }, else: { required: ['z'] } }],
    '[false, [{"desc": "Must validate \\"else\\" as \\"if\\" was not valid", "error": "(Root): Must validate \\"else\\" as \\"if\\" was not valid", "field": "(Root)", "type": "condition_else"}, {"desc": "z is required", "error": "(Root): z is required", "field": "(Root)", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [{ a: [1] }, { properties: { a: { contains: { type: 'string' }, items: [{ type: 'string' }], additionalItems: false } } }],
    '[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a.0: Invalid type. Expected: string, given: integer", "field": "a.0", "type": "invalid_type"}, {"desc": "At least one of the items must match", "error": "a: At least one of the items must match", "field": "a", "type": "contains"}, {"desc": "Invalid type. Expected: string, given: integer", "error": "a.0: Invalid type. Expected: string, given: integer", "field": "a.0", "type": "invalid_type"}]]',
  ],
  [
    'json.match_schema',
    [{ a: [1, 2] }, { properties: { a: { items: [{}], additionalItems: false } } }],
    '[false, [{"desc": "No additional items allowed on array", "error": "a: No additional items allowed on array", "field": "a", "type": "array_no_additional_items"}]]',
  ],
  [
    'json.match_schema',
    [
      { a: [{ b: 1 }] },
      {
        properties: { a: { items: { $ref: '#/definitions/x' } } },
        definitions: { x: { properties: { b: { type: ['string', 'null'] } } } },
      },
    ],
    '[false, [{"desc": "Invalid type. Expected: [string,null], given: integer", "error": "a.0.b: Invalid type. Expected: [string,null], given: integer", "field": "a.0.b", "type": "invalid_type"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 1.5 }, { properties: { a: { type: 'integer' } } }],
    '[false, [{"desc": "Invalid type. Expected: integer, given: number", "error": "a: Invalid type. Expected: integer, given: number", "field": "a", "type": "invalid_type"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { properties: { a: false } }],
    '[false, [{"desc": "False always fails validation", "error": "a: False always fails validation", "field": "a", "type": "false"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { type: 1 }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: type, given: string/Array Of Strings',
  ],
  ['json.match_schema', [{ a: 1 }, { required: 'a' }], 'eval_builtin_error: json.match_schema: required must be of an array'],
  ['json.match_schema', [{ a: 1 }, { properties: 1 }], 'eval_builtin_error: json.match_schema: Properties must be of type object'],
  ['json.match_schema', [{ a: 1 }, { pattern: '[' }], 'eval_builtin_error: json.match_schema: pattern must be a valid regex'],
  [
    'json.match_schema',
    [{ a: 1 }, { minLength: -1 }],
    'eval_builtin_error: json.match_schema: minLength must be greater than or equal to 0',
  ],
  ['json.match_schema', [{ a: 1 }, { enum: [] }], '[true, []]'],
  ['json.match_schema', [{ a: 1 }, { enum: [1, 1] }], 'eval_builtin_error: json.match_schema: enum items must be unique'],
  ['json.match_schema', [{ a: 1 }, { multipleOf: 0 }], 'eval_builtin_error: json.match_schema: multipleOf must be strictly greater than 0'],
  ['json.match_schema', [{ a: 1 }, '{'], 'eval_builtin_error: json.match_schema: invalid JSON string'],
  ['json.match_schema', [{ a: 1 }, { $ref: '#/x' }], "eval_builtin_error: json.match_schema: Object has no key 'x'"],
  [
    'json.match_schema',
    [{ a: null }, { properties: { a: { enum: [1] } } }],
    '[false, [{"desc": "a must be one of the following: 1", "error": "a: a must be one of the following: 1", "field": "a", "type": "enum"}]]',
  ],
  [
    'json.match_schema',
    [{ a: { b: 1 } }, { properties: { a: { oneOf: [{ type: 'string' }, { required: ['c'] }] } } }],
    '[false, [{"desc": "Must validate one and only one schema (oneOf)", "error": "a: Must validate one and only one schema (oneOf)", "field": "a", "type": "number_one_of"}, {"desc": "c is required", "error": "a: c is required", "field": "a", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [
      { a: { b: 1 } },
      { properties: { a: { anyOf: [{ type: 'string' }, { type: 'object', required: ['c'] }, { type: 'object', required: ['d', 'e'] }] } } },
    ],
    '[false, [{"desc": "Must validate at least one schema (anyOf)", "error": "a: Must validate at least one schema (anyOf)", "field": "a", "type": "number_any_of"}, {"desc": "c is required", "error": "a: c is required", "field": "a", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [{}, { required: ['a'], minProperties: 1, additionalProperties: false }],
    '[false, [{"desc": "Must have at least 1 properties", "error": "(Root): Must have at least 1 properties", "field": "(Root)", "type": "array_min_properties"}, {"desc": "a is required", "error": "(Root): a is required", "field": "(Root)", "type": "required"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 1, b: 1 }, { dependencies: { a: ['x'], b: ['y'] } }],
    '[false, [{"desc": "Has a dependency on x", "error": "(Root): Has a dependency on x", "field": "(Root)", "type": "missing_dependency"}, {"desc": "Has a dependency on y", "error": "(Root): Has a dependency on y", "field": "(Root)", "type": "missing_dependency"}]]',
  ],
  ['json.match_schema', [{ a: 0.3 }, { properties: { a: { multipleOf: 0.1 } } }], '[true, []]'],
  ['json.match_schema', [{ a: '2020-01-01T00:00:00Z' }, { properties: { a: { format: 'date-time' } } }], '[true, []]'],
  [
    'json.match_schema',
    [{ a: 'x y' }, { properties: { a: { format: 'uri' } } }],
    '[false, [{"desc": "Does not match format \'uri\'", "error": "a: Does not match format \'uri\'", "field": "a", "type": "format"}]]',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { properties: { b: {} }, patternProperties: { '^b': {} }, additionalProperties: { type: 'string' } }],
    '[false, [{"desc": "Invalid type. Expected: string, given: integer", "error": "a: Invalid type. Expected: string, given: integer", "field": "a", "type": "invalid_type"}]]',
  ],
  ['json.match_schema', [{ a: 1 }, { properties: { a: { type: [] } } }], '[true, []]'],
  [
    'json.match_schema',
    [{ a: 1 }, { properties: { a: { type: ['string', 'string'] } } }],
    'eval_builtin_error: json.match_schema: string type is duplicated',
  ],
  ['json.match_schema', [{ a: 1 }, { required: ['a', 'a'] }], 'eval_builtin_error: json.match_schema: required items must be unique'],
  [
    'json.match_schema',
    [{ a: 1 }, { required: [1] }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: string, given: required',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { items: 1 }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: Valid Schema/Array Of Schemas, given: items',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { additionalProperties: 1 }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: boolean/Valid Schema, given: additionalProperties',
  ],
  ['json.match_schema', [{ a: 1 }, { allOf: {} }], 'eval_builtin_error: json.match_schema: allOf must be of an array'],
  ['json.match_schema', [{ a: 1 }, { anyOf: [] }], '[true, []]'],
  ['json.match_schema', [{ a: 1 }, { minimum: 5, maximum: 1 }], '[true, []]'],
  ['json.match_schema', [{ a: 1 }, { uniqueItems: 'x' }], 'eval_builtin_error: json.match_schema: uniqueItems must be of a boolean'],
  ['json.match_schema', [{ a: 1 }, { not: 1 }], 'eval_builtin_error: json.match_schema: not must be of an object'],
  ['json.match_schema', [{ a: 1 }, { patternProperties: { '[': {} } }], "eval_builtin_error: json.match_schema: Invalid regex pattern '['"],
  [
    'json.match_schema',
    [{ a: 1 }, { dependencies: { a: 1 } }],
    'eval_builtin_error: json.match_schema: Dependency must be of type Schema Or Array Of Strings',
  ],
  [
    'json.match_schema',
    [{ a: 1 }, { definitions: 1 }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: Array Of Schemas, given: definitions',
  ],
  ['json.match_schema', [{ a: 1 }, { format: 1 }], 'eval_builtin_error: json.match_schema: Invalid type. Expected: string, given: format'],
  ['json.match_schema', [{ a: 1 }, { minLength: 1.5 }], 'eval_builtin_error: json.match_schema: minLength must be of an integer'],
  ['json.match_schema', [{ a: 1 }, { minLength: 'x' }], 'eval_builtin_error: json.match_schema: minLength must be of an integer'],
  [
    'json.match_schema',
    [{ a: 1 }, { propertyNames: 1 }],
    'eval_builtin_error: json.match_schema: Invalid type. Expected: Valid Schema, given: patternProperties',
  ],
  ['json.match_schema', [{ a: 1 }, { title: 1 }], 'eval_builtin_error: json.match_schema: Invalid type. Expected: string, given: title'],
  ['json.match_schema', [{ a: 1 }, { $ref: 1 }], 'eval_builtin_error: json.match_schema: Invalid type. Expected: string, given: $ref'],
  [
    'json.verify_schema',
    [{ type: 'x' }],
    '[false, "jsonschema: has a primitive type that is NOT VALID -- given: /x/ Expected valid values are:[array boolean integer number null object string]"]',
  ],
  ['json.verify_schema', [1], '[false, "jsonschema: wrong type, expected string or object"]'],
  ['json.verify_schema', [[]], '[false, "jsonschema: schema is invalid"]'],
  ['json.match_schema', [[1], { type: 'array' }], '[true, []]'],
  ['json.match_schema', [null, {}], 'eval_builtin_error: json.match_schema: wrong type, expected string or object'],
  ['json.verify_schema', ['{'], '[false, "jsonschema: invalid JSON string"]'],
  ['json.verify_schema', [{ minimum: 'x' }], '[false, "jsonschema: minimum must be of a Number"]'],
  [
    'json.verify_schema',
    [{ $schema: 'http://json-schema.org/draft-07/schema#', minimum: 1, exclusiveMinimum: true }],
    '[false, "jsonschema: Invalid type. Expected: number, given: exclusiveMinimum"]',
  ],
  ['json.verify_schema', [{ exclusiveMinimum: true }], '[false, "jsonschema: exclusiveMinimum cannot be used without minimum"]'],
  ['json.verify_schema', [{ $ref: '#/x' }], '[false, "jsonschema: Object has no key \'x\'"]'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
