import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../core/json.ts'
import { compileLabelSelector } from './label-selector.ts'
import type { Labels } from './label-selector.ts'

const expression = (key: string, operator: string, ...values: string[]): Json => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
})

test.each<readonly [selector: Json, labels: Labels, expected: boolean]>([
  [null, { a: '1' }, true],
  [{}, {}, true],
  [{ matchLabels: {}, matchExpressions: [] }, {}, true],
  [{ matchLabels: null }, {}, true],
  [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  [{ matchLabels: { a: '1', b: '3' } }, { a: '1', b: '2' }, false],
  [{ matchLabels: { a: '1' } }, {}, false],
  [{ matchLabels: { constructor: '' } }, {}, false],
  [expression('a', 'In', '1', '2'), { a: '2' }, true],
  [expression('a', 'In', '1', '2'), { a: '3' }, false],
  [expression('a', 'In', ''), {}, false],
  [expression('a', 'NotIn', '1'), { a: '2' }, true],
  [expression('a', 'NotIn', '1'), { a: '1' }, false],
  [expression('a', 'NotIn', '1'), {}, true],
  [expression('a', 'Exists'), { a: '' }, true],
  [expression('toString', 'Exists'), {}, false],
  [expression('a', 'DoesNotExist'), {}, true],
  [expression('a', 'DoesNotExist'), { a: '' }, false],
])('%j on %j is %j', (selector, labels, expected) => {
  const compiled = compileLabelSelector(selector)
  expect(compiled.ok && compiled.value(labels)).toBe(expected)
})

const notName =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

test.each<readonly [selector: Json, error: string]>([
  [expression('a', 'Equals', '1'), '"Equals" is not a valid label selector operator'],
  [expression('a', 'In'), "values: Invalid value: []string(nil): for 'in', 'notin' operators, values set can't be empty"],
  [expression('a', 'Exists', 'x'), 'values: Invalid value: []string{"x"}: values set must be empty for exists and does not exist'],
  [{ matchLabels: { 'a b': '' } }, `key: Invalid value: "a b": name part ${notName}`],
  [{ matchLabels: { '': '' } }, `key: Invalid value: "": name part must be non-empty; name part ${notName}`],
  [
    { matchLabels: { a: 'x*' } },
    "values[0][a]: Invalid value: \"x*\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ],
  [{ matchLabels: { a: 1 } }, 'matchLabels: the value of "a" must be a string'],
  ['a=b', 'label selector must be an object'],
])('%j is refused: %s', (selector, error) => {
  expect(compileLabelSelector(selector)).toEqual({ ok: false, error })
})

test('no input makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      compileLabelSelector(a as Json)
      const compiled = compileLabelSelector({ matchLabels: a as Json, matchExpressions: [b as Json] })
      if (compiled.ok) compiled.value({})
    }),
  )
})
