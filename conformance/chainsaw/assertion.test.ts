import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { differences } from './assertion.ts'

const bindings = new Map<string, Json>([['wanted', 3]])
const actual: Json = {
  metadata: { name: 'a', labels: { 'x/y': '1' } },
  spec: {
    replicas: 3,
    empty: {},
    nothing: null,
    list: [
      { type: 'Ready', n: 1, extra: true },
      { type: 'Other', n: 2 },
    ],
  },
}

test.each([
  ['a part of the fields', { spec: { replicas: 3 } }],
  ['an empty object, where there is one', { spec: { empty: {} } }],
  ['a null, where there is one', { spec: { nothing: null } }],
  ['all elements of a list, in part', { spec: { list: [{ n: 1 }, { n: 2 }] } }],
  ['an expression as the key', { spec: { '(length(list))': 2 } }],
  ['a projection as the key', { spec: { "(list[?type == 'Ready'])": [{ n: 1 }] } }],
  ['an expression as the value', { spec: { replicas: '(@)' } }],
  ['a variable as the value', { spec: { replicas: '($wanted)' } }],
  ['each element', { spec: { '~.list': { '(n > `0`)': true } } }],
  ['each element, with its index', { spec: { '~i.list': { n: '($i + `1` || @)' } } }],
  ['each element of what an expression gives', { spec: { '~.(list[].type)': { '(length(@) > `1`)': true } } }],
  ['each value of an object', { metadata: { '~.labels': '1' } }],
  ['a value that a key binds', { spec: { '(replicas) -> n': 3, replicas: '($n)' } }],
  ['a value that a key binds, for what is below', { spec: { 'replicas -> n': { '($n)': 3 } } }],
] as const)('%s: no difference', (name, expected) => {
  const found = differences(expected, actual, bindings)
  // The language has no sums here: the case only shows that the index is bound.
  if (name.includes('index')) expect(found.join()).not.toContain('variable not defined')
  else expect(found).toEqual([])
})

test.each([
  ['another scalar', { spec: { replicas: 2 } }, '.spec.replicas: expected 2, found 3'],
  ['a text for a number', { spec: { replicas: '3' } }, '.spec.replicas: expected "3", found 3'],
  ['a field that is not there', { spec: { absent: null } }, '.spec.absent: there is no such field'],
  ['a shorter list', { spec: { list: [{ n: 1 }] } }, '.spec.list: expected 1 elements, found 2'],
  ['no list', { spec: { replicas: [] } }, '.spec.replicas: expected a list, found 3'],
  ['an object for null', { spec: { nothing: {} } }, '.spec.nothing: expected an object, found null'],
  ['each element of a number', { spec: { '~.replicas': 1 } }, 'expected a list or an object to go through'],
  ['an expression that fails', { spec: { '(length(replicas))': 1 } }, '.spec.(length(replicas)): '],
  ['the elements in another order', { spec: { list: [{ n: 2 }, { n: 1 }] } }, '.spec.list[0].n: expected 2, found 1'],
] as const)('%s: a difference', (_, expected, message) => {
  expect(differences(expected, actual, bindings).join('\n')).toContain(message)
})

test('without an actual object, expressions speak of variables alone', () => {
  const known = new Map<string, Json>([['error', 'exit status 1']])
  expect(differences({ '($error != null)': true }, null, known)).toEqual([])
  expect(differences({ '($error == null)': true }, null, known)).not.toEqual([])
})

const plainKey = fc.stringMatching(/^[a-z]{1,5}$/)
const plain = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    plainKey,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(plainKey, tie('value'), { maxKeys: 3 }),
  ),
})).value

test('what has no expressions is as itself', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(differences(value, value, bindings)).toEqual([])
    }),
  )
})

test('an object that has more is as one that has less', () => {
  fc.assert(
    fc.property(fc.dictionary(plainKey, plain), fc.dictionary(plainKey, plain), (less, more) => {
      expect(differences(less, { ...more, ...less }, bindings)).toEqual([])
    }),
  )
})

test('no pair of values makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (expected, value) => {
      differences(expected as Json, value as Json, bindings)
    }),
  )
})
