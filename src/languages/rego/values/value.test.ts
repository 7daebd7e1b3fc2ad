import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatValue } from './format.ts'
import { marshalValue, parseJsonValue, plainValue, toJson } from './json.ts'
import { numberFromText } from './number.ts'
import { differenceOf, intersectionOf, unionOf } from './sets.ts'
import {
  compareValues,
  equalValues,
  keyOf,
  ObjectBuilder,
  objectEntries,
  objectGet,
  objectOf,
  SetBuilder,
  setOf,
  typeName,
  ValueMap,
} from './value.ts'
import type { RegoSet, RegoValue } from './value.ts'

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.constantFrom('1.0', '2.00', '1e3', '1000.0', '9007199254740993', '9007199254740993.0', '0.10', '-1.0', '1e400').map(numberFromText),
)
const scalar: fc.Arbitrary<RegoValue> = fc.oneof(
  fc.constantFrom<RegoValue>(null, true, false, '', 'a', 'b', '\ue000', '😀', '__proto__'),
  fc.string({ maxLength: 3, unit: 'binary' }),
  number,
)
const { value: anyValue } = fc.letrec<{ value: RegoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 12 }).map(setOf),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map(objectOf),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 8 }),
  ),
}))
const anySet: fc.Arbitrary<RegoSet> = fc.array(anyValue, { maxLength: 12 }).map(setOf)
const runs = { numRuns: 150 }

test('the order is total, and agrees with equality and keys', () => {
  fc.assert(
    fc.property(anyValue, anyValue, anyValue, (a, b, c) => {
      expect(compareValues(a, a)).toBe(0)
      expect(compareValues(a, b) + compareValues(b, a)).toBe(0)
      expect(compareValues(a, b) === 0).toBe(equalValues(a, b))
      expect(keyOf(a) === keyOf(b)).toBe(equalValues(a, b))
      const [x = null, y = null, z = null] = [a, b, c].sort(compareValues)
      expect(compareValues(x, z)).toBeLessThanOrEqual(Math.max(compareValues(x, y), compareValues(y, z)))
    }),
    runs,
  )
})

test('sets obey their algebra', () => {
  fc.assert(
    fc.property(anySet, anySet, anyValue, (a, b, x) => {
      expect(unionOf([a, b]).has(x)).toBe(a.has(x) || b.has(x))
      expect(intersectionOf([a, b]).has(x)).toBe(a.has(x) && b.has(x))
      expect(differenceOf(a, b).has(x)).toBe(a.has(x) && !b.has(x))
      expect(equalValues(unionOf([differenceOf(a, b), intersectionOf([a, b])]), a)).toBe(true)
      expect(unionOf([a, b]).size).toBe(a.size + b.size - intersectionOf([a, b]).size)
      expect(a.sorted.length).toBe(a.size)
      expect(a.sorted.every((value) => a.has(value))).toBe(true)
    }),
    runs,
  )
})

test('elements are sorted and different', () => {
  fc.assert(
    fc.property(anySet, ({ sorted }) => {
      for (let at = 1; at < sorted.length; at += 1) expect(compareValues(sorted[at - 1] ?? null, sorted[at] ?? null)).toBe(-1)
    }),
    runs,
  )
})

test('what is put into an object is found in it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyValue, anyValue), { maxLength: 12 }), (entries) => {
      const object = objectOf(entries)
      const last = new ValueMap<RegoValue>()
      for (const [key, value] of entries) last.set(key, value)
      expect(objectEntries(object).length).toBe(last.size)
      for (const [key, value] of last.entries()) expect(equalValues(objectGet(object, key) ?? null, value)).toBe(true)
    }),
    runs,
  )
})

test('JSON text gives the value back, numbers with their text', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const plain = plainValue(value)
      const parsed = parseJsonValue(marshalValue(plain), 512)
      expect(parsed.ok && formatValue(parsed.value)).toBe(formatValue(plain))
    }),
    runs,
  )
})

test.each<[RegoValue, string]>([
  [null, 'null'],
  [numberFromText('1.50'), '1.50'],
  ['é"\\\n\u0007\u200b\u{e0001}\ud800', String.raw`"é\"\\\n\a\u200b\U000e0001` + '\ufffd"'],
  [[1, 'a', [true]], '[1, "a", [true]]'],
  [{ b: 1, a: setOf([]) }, '{"a": set(), "b": 1}'],
  [setOf(['b', 'a', 2, null]), '{null, 2, "a", "b"}'],
  [
    objectOf([
      [[1], 'x'],
      [2, 'y'],
      ['k', {}],
    ]),
    '{2: "y", "k": {}, [1]: "x"}',
  ],
  [setOf(['😀', '\ue000']), '{"\\ue000", "😀"}'],
])('%j is written %s', (value, expected) => {
  expect(formatValue(value)).toBe(expected)
})

test('types are ordered null, boolean, number, string, array, object, set', () => {
  const values: readonly RegoValue[] = [setOf([]), {}, [], '', 0, true, false, null]
  expect([...values].sort(compareValues).map(typeName)).toEqual([
    'null',
    'boolean',
    'boolean',
    'number',
    'string',
    'array',
    'object',
    'set',
  ])
})

test('an element keeps its first spelling', () => {
  expect(formatValue(setOf([numberFromText('1.0'), 1]))).toBe('{1.0}')
  expect(formatValue(setOf([1, numberFromText('1.0')]))).toBe('{1}')
})

test('a key of an object has one value', () => {
  const builder = new ObjectBuilder()
  expect([builder.add('a', 1), builder.add('a', numberFromText('1.0')), builder.add('a', 2), builder.add([1], 2)]).toEqual([
    true,
    true,
    false,
    true,
  ])
  expect(formatValue(builder.build())).toBe('{"a": 1, [1]: 2}')
})

test('__proto__ is a key like any other', () => {
  const object = objectOf([['__proto__', { x: 1 }]])
  expect(formatValue(object)).toBe('{"__proto__": {"x": 1}}')
  expect(objectGet({}, '__proto__')).toBeUndefined()
  expect(Object.keys(toJson(object) ?? {})).toEqual(['__proto__'])
})

test('a builder that is asked knows what it has', () => {
  const builder = new SetBuilder()
  builder.add([1])
  expect([builder.has([numberFromText('1.0')]), builder.has(1), builder.size]).toEqual([true, false, 1])
})
