import { marshalJson } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { isJsonArray } from '../../../core/json.ts'
import { jmesFunction } from '../function.ts'

const typeOf = (value: Json): string => (value === null ? 'null' : isJsonArray(value) ? 'array' : typeof value)

/** What strconv.ParseFloat reads as a plain decimal number. */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

export const typeFunctions = [
  jmesFunction('type', ['any'], 'string', {
    doc: 'The type of a value: string, number, boolean, array, object or null.',
    examples: [['type(`1`)', 'number']],
    evaluate: ([value]) => typeOf(value),
  }),
  jmesFunction('to_array', ['any'], 'array', {
    doc: 'A list as it is, anything else as a list of one.',
    examples: [["to_array('a')", ['a']]],
    evaluate: ([value]) => (isJsonArray(value) ? value : [value]),
  }),
  jmesFunction('to_string', ['any'], 'string', {
    doc: 'A string as it is, anything else as compact JSON.',
    examples: [['to_string({a: `1`})', '{"a":1}']],
    evaluate: ([value]) => (typeof value === 'string' ? value : marshalJson(value)),
  }),
  jmesFunction('to_number', ['any'], 'number', {
    doc: 'A number as it is, a string that is a number as one; null for the rest.',
    examples: [
      ["to_number('1.5')", 1.5],
      ["to_number('x')", null],
    ],
    evaluate: ([value]) => (typeof value === 'number' ? value : typeof value === 'string' && decimal.test(value) ? Number(value) : null),
  }),
]
