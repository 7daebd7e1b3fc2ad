import type { Json } from '../../../core/json.ts'
import { isJsonArray, jsonEqual } from '../../../core/json.ts'
import { jmesFunction, JmesFailure } from '../function.ts'
import type { JmesExpression } from '../function.ts'

/** Byte order of UTF-8, which for strings is the order of code points. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const left = Array.from(a)
  const right = Array.from(b)
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

type Key = string | number

function compareKeys(a: Key, b: Key): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b))
}

/** The keys of a list by an expression: all numbers or all strings, else a failure. */
function keysBy(name: string, list: readonly Json[], expression: JmesExpression): readonly Key[] | JmesFailure {
  const keys: Key[] = []
  for (const item of list) {
    const key = expression.evaluate(item)
    if (key instanceof JmesFailure) return key
    if ((typeof key !== 'string' && typeof key !== 'number') || (keys[0] !== undefined && typeof keys[0] !== typeof key)) {
      return new JmesFailure('invalid-type', `JMESPath function '${name}': the expression must give only numbers or only strings`)
    }
    keys.push(key)
  }
  return keys
}

function extremeBy(name: string, list: readonly Json[], expression: JmesExpression, sign: 1 | -1): Json | JmesFailure {
  const keys = keysBy(name, list, expression)
  if (keys instanceof JmesFailure) return keys
  let best = 0
  for (const [index, key] of keys.entries()) if (sign * compareKeys(key, keys[best] ?? key) > 0) best = index
  return list[best] ?? null
}

const extreme = (list: readonly Key[], sign: 1 | -1): Json =>
  list.reduce<Key | null>((best, item) => (best === null || sign * compareKeys(item, best) > 0 ? item : best), null)

export const arrayFunctions = [
  jmesFunction('contains', [['array', 'string'], 'any'], 'boolean', {
    doc: 'Whether a list has an element, or a string has a part.',
    examples: [
      ["contains(['a', 'b'], 'a')", true],
      ["contains('abc', 'bc')", true],
    ],
    evaluate: ([subject, search]) =>
      typeof subject === 'string'
        ? typeof search === 'string' && subject.includes(search)
        : subject.some((item) => jsonEqual(item, search)),
  }),
  jmesFunction('length', [['string', 'array', 'object']], 'number', {
    doc: 'Characters of a string, elements of a list, keys of a map.',
    examples: [["length('äb')", 2]],
    evaluate: ([subject]) =>
      typeof subject === 'string' ? Array.from(subject).length : isJsonArray(subject) ? subject.length : Object.keys(subject).length,
  }),
  jmesFunction('map', ['expression', 'array'], 'array', {
    doc: 'What the expression gives for each element, nulls included.',
    examples: [['map(&a, [{a: `1`}, {b: `2`}])', [1, null]]],
    evaluate: ([expression, list]) => {
      const out: Json[] = []
      for (const item of list) {
        const value = expression.evaluate(item)
        if (value instanceof JmesFailure) return value
        out.push(value)
      }
      return out
    },
  }),
  jmesFunction('max', [['numbers', 'strings']], 'any', {
    doc: 'The greatest of numbers or strings; null for an empty list.',
    examples: [['max(`[1, 3, 2]`)', 3]],
    evaluate: ([list]) => extreme(list, 1),
  }),
  jmesFunction('min', [['numbers', 'strings']], 'any', {
    doc: 'The least of numbers or strings; null for an empty list.',
    examples: [["min(['b', 'a'])", 'a']],
    evaluate: ([list]) => extreme(list, -1),
  }),
  jmesFunction('max_by', ['array', 'expression'], 'any', {
    doc: 'The element whose expression is greatest.',
    examples: [['max_by([{a: `1`}, {a: `2`}], &a)', { a: 2 }]],
    evaluate: ([list, expression]) => extremeBy('max_by', list, expression, 1),
  }),
  jmesFunction('min_by', ['array', 'expression'], 'any', {
    doc: 'The element whose expression is least.',
    examples: [['min_by([{a: `1`}, {a: `2`}], &a)', { a: 1 }]],
    evaluate: ([list, expression]) => extremeBy('min_by', list, expression, -1),
  }),
  jmesFunction('sort', [['numbers', 'strings']], 'array', {
    doc: 'Numbers or strings in ascending order.',
    examples: [["sort(['b', 'a'])", ['a', 'b']]],
    evaluate: ([list]) => [...list].sort(compareKeys),
  }),
  jmesFunction('sort_by', ['array', 'expression'], 'array', {
    doc: 'Elements in ascending order of an expression; equal ones keep their order.',
    examples: [['sort_by([{a: `2`}, {a: `1`}], &a)[].a', [1, 2]]],
    evaluate: ([list, expression]) => {
      const keys = keysBy('sort_by', list, expression)
      if (keys instanceof JmesFailure) return keys
      const order = [...list.keys()].sort((a, b) => compareKeys(keys[a] ?? 0, keys[b] ?? 0))
      return order.map((index) => list[index] ?? null)
    },
  }),
  jmesFunction('reverse', [['array', 'string']], 'any', {
    doc: 'A list or string backwards.',
    examples: [["reverse('ab')", 'ba']],
    evaluate: ([subject]) => (typeof subject === 'string' ? Array.from(subject).reverse().join('') : [...subject].reverse()),
  }),
]
