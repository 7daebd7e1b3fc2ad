import { expect, test } from 'vitest'
import type { Json, JsonObject, JsonPath } from './json.ts'
import { withAdditions, withAdditionsAt } from './json-additions.ts'

test.each<readonly [string, Json | undefined, Json, Json]>([
  ['nothing is set', undefined, { a: 1 }, { a: 1 }],
  ['null is set', { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['maps are joined', { a: { b: 1 } }, { a: { c: 2 }, d: 3 }, { a: { b: 1, c: 2 }, d: 3 }],
  ['items follow', { a: ['x'] }, { a: ['y'] }, { a: ['x', 'y'] }],
  ['what is there stays', { a: true }, { a: false }, { a: true }],
  ['a map stays where a list is given', { a: {} }, { a: ['x'] }, { a: {} }],
  [
    'any key is a key',
    JSON.parse('{"__proto__": {"a": 1}}'),
    JSON.parse('{"__proto__": {"b": 2}}'),
    JSON.parse('{"__proto__": {"a": 1, "b": 2}}'),
  ],
])('additions: %s', (_, base, add, joined) => {
  expect(JSON.stringify(withAdditions(base, add))).toBe(JSON.stringify(joined))
})

test.each<readonly [string, JsonPath, JsonObject, Json]>([
  ['the root', [], { b: 1 }, { list: [{ n: 1 }, { n: 2 }], text: 'x', b: 1 }],
  ['an item', ['list', 1], { b: 1 }, { list: [{ n: 1 }, { n: 2, b: 1 }], text: 'x' }],
  ['an item that is not there', ['list', 2], { b: 1 }, { list: [{ n: 1 }, { n: 2 }], text: 'x' }],
  ['a key that is not there', ['map'], { b: 1 }, { list: [{ n: 1 }, { n: 2 }], text: 'x' }],
  ['what is no map', ['text'], { b: 1 }, { list: [{ n: 1 }, { n: 2 }], text: 'x' }],
])('additions at %s', (_, path, add, changed) => {
  expect(withAdditionsAt({ list: [{ n: 1 }, { n: 2 }], text: 'x' }, path, add)).toEqual(changed)
})
