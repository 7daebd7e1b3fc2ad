import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { FieldSet, Path } from './field-set.ts'
import {
  decodeFields,
  difference,
  encodeFields,
  equalSets,
  hasMember,
  intersection,
  isEmptySet,
  pathsOf,
  printPath,
  setOf,
  union,
  without,
} from './field-set.ts'

const step = fc.oneof(
  fc.constantFrom('f:a', 'f:b', 'f:.', 'f:__proto__', 'v:1', 'v:"x"', 'v:true', 'i:0'),
  fc.constantFrom('k:{"name":"a"}', 'k:{"name":"b"}', 'k:{"containerPort":80,"protocol":"TCP"}'),
)
const path: fc.Arbitrary<Path> = fc.array(step, { minLength: 1, maxLength: 4 })
const set: fc.Arbitrary<FieldSet> = fc.array(path, { maxLength: 8 }).map(setOf)
const same = (a: FieldSet, b: FieldSet): void => expect(encodeFields(a)).toEqual(encodeFields(b))

test('a set is what is read from what is written', () => {
  fc.assert(
    fc.property(set, (a) => {
      const read = decodeFields(encodeFields(a))
      expect(read !== undefined && equalSets(read, a)).toBe(true)
    }),
  )
})

test('sets obey the laws of sets', () => {
  fc.assert(
    fc.property(set, set, set, (a, b, c) => {
      same(union(a, b), union(b, a))
      same(union(union(a, b), c), union(a, union(b, c)))
      same(intersection(a, b), intersection(b, a))
      same(intersection(a, union(b, c)), union(intersection(a, b), intersection(a, c)))
      same(union(difference(a, b), intersection(a, b)), a)
      same(difference(a, union(b, c)), difference(difference(a, b), c))
      expect(isEmptySet(intersection(difference(a, b), b))).toBe(true)
      expect(isEmptySet(difference(without(a, b), difference(a, b)))).toBe(true)
    }),
  )
})

test('a path is a member of the set that is made of it', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 6 }), path, (paths, other) => {
      const made = setOf(paths)
      expect(paths.every((one) => hasMember(made, one))).toBe(true)
      expect(hasMember(made, other)).toBe(paths.some((one) => one.join(' ') === other.join(' ')))
      expect(new Set(pathsOf(made).map((one) => one.join(' ')))).toEqual(new Set(paths.map((one) => one.join(' '))))
    }),
  )
})

test('no fieldsV1 makes reading throw', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void decodeFields(value as Json)))
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.constant({})), (value) => void decodeFields(value)))
})

test.each([
  [{ 'f:a': { '.': {}, 'f:b': {} } }, { 'f:a': { '.': {}, 'f:b': {} } }],
  [{ 'f:a': { '.': {} } }, { 'f:a': {} }],
  [{ 'k:{ "b": 1, "a": "<" }': {} }, { 'k:{"a":"\\u003c","b":1}': {} }],
  [
    { 'v:1': {}, 'f:z': {}, 'i:0': {}, 'k:{"a":1}': {}, 'f:b': {} },
    { 'f:b': {}, 'f:z': {}, 'k:{"a":1}': {}, 'v:1': {}, 'i:0': {} },
  ],
  [
    { 'v:"a"': {}, 'v:10': {}, 'v:9': {} },
    { 'v:9': {}, 'v:10': {}, 'v:"a"': {} },
  ],
])('%j is written as %j', (fields, written) => {
  expect(JSON.stringify(encodeFields(decodeFields(fields) ?? new Map()))).toBe(JSON.stringify(written))
})

test.each<Json>([{ a: {} }, { 'f:a': 1 }, { 'k:x': {} }, { 'k:[1]': {} }, { 'i:x': {} }, { 'v:': {} }, [], null, 'f:a'])(
  '%j is no set',
  (fields) => {
    expect(decodeFields(fields)).toBeUndefined()
  },
)

test.each([
  [['f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image'], '.spec.containers[name="web"].image'],
  [['f:ports', 'k:{"containerPort":80,"protocol":"TCP"}'], '.ports[containerPort=80,protocol="TCP"]'],
  [['f:metadata', 'f:labels', 'f:app.kubernetes.io/name'], '.metadata.labels.app.kubernetes.io/name'],
  [['f:finalizers', 'v:"a/b"'], '.finalizers[="a/b"]'],
  [['f:args', 'i:0'], '.args[0]'],
])('%j is printed as %s', (steps, printed) => {
  expect(printPath(steps)).toBe(printed)
})

test('members come before what is inside their siblings', () => {
  const paths = setOf([
    ['f:spec', 'f:mm', 'f:q', 'f:x'],
    ['f:spec', 'f:name'],
    ['f:spec', 'f:al'],
  ])
  expect(pathsOf(paths).map(printPath)).toEqual(['.spec.al', '.spec.name', '.spec.mm.q.x'])
})
