import type { Json } from '../../../core/json.ts'
import { setOwn } from '../../../core/json.ts'
import { jmesFunction } from '../function.ts'

export const objectFunctions = [
  jmesFunction('keys', ['object'], 'array', {
    doc: 'The keys of a map, sorted.',
    examples: [['keys({b: `1`, a: `2`})', ['a', 'b']]],
    evaluate: ([map]) => Object.keys(map).sort(),
  }),
  jmesFunction('values', ['object'], 'array', {
    doc: 'The values of a map, in the order of the sorted keys.',
    examples: [['values({b: `1`, a: `2`})', [2, 1]]],
    evaluate: ([map]) =>
      Object.keys(map)
        .sort()
        .map((key) => map[key] ?? null),
  }),
  jmesFunction('merge', ['object'], 'object', {
    doc: 'One map with the keys of all; of equal keys the last wins.',
    variadic: true,
    examples: [['merge({a: `1`}, {a: `2`, b: `3`})', { a: 2, b: 3 }]],
    evaluate: (maps) => {
      const out: { [key: string]: Json } = {}
      for (const map of maps) for (const [key, value] of Object.entries(map)) setOwn(out, key, value)
      return out
    },
  }),
  jmesFunction('not_null', ['any'], 'any', {
    doc: 'The first argument that is not null.',
    variadic: true,
    examples: [["not_null(`null`, 'a')", 'a']],
    evaluate: (values) => (values as readonly Json[]).find((value) => value !== null) ?? null,
  }),
]
