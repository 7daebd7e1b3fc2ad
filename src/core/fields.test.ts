import { describe, expect, test } from 'vitest'
import {
  anyField,
  booleanField,
  flagAt,
  has,
  listAt,
  listField,
  maybeNumberAt,
  numberAt,
  numberField,
  objectAt,
  objectField,
  objectsAt,
  objectsField,
  stringField,
  stringsField,
  textAt,
  textsAt,
} from './fields.ts'
import type { Json, JsonObject } from './json.ts'

const every: JsonObject = { text: 'a', number: 7, flag: true, object: { a: 1 }, list: [{ b: 1 }, 'c', 2, null], nothing: null }
const keys = ['text', 'number', 'flag', 'object', 'list', 'nothing', 'absent', 'constructor', '__proto__']

/** What a reader makes of each key, but for those of which it makes `otherwise`. */
const read = (reader: (key: string) => unknown, otherwise: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    keys.map((key) => [key, reader(key)] as const).filter(([, value]) => JSON.stringify(value) !== JSON.stringify(otherwise)),
  )

describe('fields', () => {
  test.each<[string, (object: JsonObject | undefined, key: string) => unknown, Readonly<Record<string, unknown>>]>([
    ['objectField', objectField, { object: { a: 1 } }],
    ['listField', listField, { list: [{ b: 1 }, 'c', 2, null] }],
    ['objectsField', objectsField, { list: [{ b: 1 }] }],
    ['stringsField', stringsField, { list: ['c'] }],
    ['stringField', stringField, { text: 'a' }],
    ['booleanField', booleanField, { flag: true }],
    ['numberField', numberField, { number: 7 }],
    ['anyField', anyField, { text: 'a', number: 7, flag: true, object: { a: 1 }, list: [{ b: 1 }, 'c', 2, null] }],
  ])('%s reads its own type and undefined of every other', (_name, reader, found) => {
    expect(read((key) => reader(every, key), undefined)).toEqual(found)
    expect(reader(undefined, 'text')).toBeUndefined()
  })
})

describe('paths', () => {
  const inside: JsonObject = { spec: { in: every }, list: [{ in: every }] }

  test.each<[string, (root: JsonObject, ...path: readonly string[]) => unknown, unknown, Readonly<Record<string, unknown>>]>([
    ['textAt', textAt, '', { text: 'a' }],
    ['maybeNumberAt', maybeNumberAt, undefined, { number: 7 }],
    ['numberAt', numberAt, 0, { number: 7 }],
    ['flagAt', flagAt, false, { flag: true }],
    ['objectAt', objectAt, {}, { object: { a: 1 } }],
    ['listAt', listAt, [], { list: [{ b: 1 }, 'c', 2, null] }],
    ['objectsAt', objectsAt, [], { list: [{ b: 1 }] }],
    ['textsAt', textsAt, [], { list: ['c'] }],
    ['has', has, false, { text: true, number: true, flag: true, object: true, list: true }],
  ])('%s reads its own type and the zero value of every other', (_name, reader, zero, found) => {
    expect(read((key) => reader(every, key), zero)).toEqual(found)
    expect(read((key) => reader(inside, 'spec', 'in', key), zero)).toEqual(found)
    for (const path of [['absent'], ['list'], ['list', '0'], ['spec', 'in', 'text']]) {
      expect(read((key) => reader(inside, ...path, 'in', key), zero)).toEqual({})
    }
  })

  test('a key with the name of a part of the language is a key', () => {
    const odd = JSON.parse('{"__proto__": {"constructor": "a"}}') as Json & JsonObject
    expect([textAt(odd, '__proto__', 'constructor'), objectField(odd, '__proto__')]).toEqual(['a', { constructor: 'a' }])
  })
})
