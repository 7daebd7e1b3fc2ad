import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { openApiV2Protobuf } from './protobuf-document.ts'

type Message = ReadonlyMap<number, readonly (Buffer | number)[]>

/** The fields of a message by their numbers; throws where the bytes are none. */
function fieldsOf(bytes: Uint8Array): Message {
  const fields = new Map<number, (Buffer | number)[]>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at]
      if (byte === undefined) throw new Error('unexpected end')
      at += 1
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    const length = wire === 2 ? varint() : wire === 1 ? 8 : 0
    if (wire !== 0 && at + length > bytes.length) throw new Error('unexpected end')
    const value = wire === 0 ? varint() : Buffer.from(bytes.subarray(at, at + length))
    if (wire !== 0) at += length
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

const inside = (message: Message, number: number, index = 0): Message => {
  const value = message.get(number)?.[index]
  if (!Buffer.isBuffer(value)) throw new Error(`no message in field ${number}`)
  return fieldsOf(value)
}
const textOf = (message: Message, number: number): string => String(message.get(number)?.[0] ?? '')

const documentWith = (schema: JsonObject): JsonObject => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version: '1.36' },
  paths: { '/x': {} },
  definitions: { 'a.Thing': schema },
})
const schemaOf = (schema: JsonObject): Message => inside(inside(inside(fieldsOf(openApiV2Protobuf(documentWith(schema))), 9), 1), 2)

test('a document says what it is', () => {
  const document = fieldsOf(openApiV2Protobuf(documentWith({})))
  expect([textOf(document, 1), textOf(inside(document, 2), 1), textOf(inside(document, 2), 2)]).toEqual(['2.0', 'Kubernetes', '1.36'])
  expect(textOf(inside(inside(document, 9), 1), 1)).toBe('a.Thing')
})

test('a schema keeps its type, texts, required fields, properties and extensions', () => {
  const schema = schemaOf({
    type: 'object',
    description: 'é'.repeat(200),
    required: ['a', 'b'],
    minLength: 300,
    minimum: 1.5,
    uniqueItems: true,
    default: {},
    enum: ['x'],
    properties: { a: { $ref: '#/definitions/b.Other' }, b: { type: 'array', items: { type: 'string' } } },
    'x-kubernetes-group-version-kind': [{ group: 'g', version: 'v1', kind: 'Thing' }],
  })
  expect(textOf(inside(schema, 22), 1)).toBe('object')
  expect(textOf(schema, 4)).toBe('é'.repeat(200))
  expect(schema.get(19)?.map(String)).toEqual(['a', 'b'])
  expect([schema.get(12), schema.get(16)]).toEqual([[300], [1]])
  const minimum = schema.get(9)?.[0]
  expect(Buffer.isBuffer(minimum) && minimum.readDoubleLE()).toBe(1.5)
  expect([textOf(inside(schema, 5), 2), textOf(inside(schema, 20), 2)]).toEqual(['{}', '"x"'])
  const [first, second] = [0, 1].map((i) => inside(inside(schema, 25), 1, i))
  if (first === undefined || second === undefined) throw new Error('properties are missing')
  expect([textOf(first, 1), textOf(inside(first, 2), 1)]).toEqual(['a', '#/definitions/b.Other'])
  expect(textOf(inside(inside(inside(inside(second, 2), 23), 1), 22), 1)).toBe('string')
  const extension = inside(schema, 31)
  expect([textOf(extension, 1), textOf(inside(extension, 2), 2)]).toEqual([
    'x-kubernetes-group-version-kind',
    '[{"group":"g","version":"v1","kind":"Thing"}]',
  ])
})

test('the values of a map are described, or only allowed', () => {
  expect(textOf(inside(inside(inside(schemaOf({ additionalProperties: { type: 'string' } }), 21), 1), 22), 1)).toBe('string')
  expect(inside(schemaOf({ additionalProperties: true }), 21).get(2)).toEqual([1])
})

test('no document makes it throw, and what comes out can be read', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
      expect(() => fieldsOf(openApiV2Protobuf(document as JsonObject))).not.toThrow()
    }),
    { numRuns: 50 },
  )
})
