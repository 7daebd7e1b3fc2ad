import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Schema } from '../../kube/schema.ts'
import { whyUnfit } from './patch-mismatch.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    metadata: { $ref: 'Meta' },
    data: { type: 'object', additionalProperties: { type: 'string' } },
    spec: { type: 'object', properties: { list: { type: 'array', items: { $ref: 'Meta' } }, amount: { $ref: 'Quantity' } } },
  },
}
const definitions = {
  Meta: { type: 'object', properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } } },
  Quantity: { type: 'string' },
} as const

const cases: readonly (readonly [patch: JsonObject, why: string | undefined])[] = [
  [{ data: 5 }, 'cannot restore map from int64'],
  [{ data: 1.5 }, 'cannot restore map from float64'],
  [{ data: 'x' }, 'cannot restore map from string'],
  [{ data: [1] }, 'cannot restore map from slice'],
  [{ metadata: 5 }, 'cannot restore struct from: int64'],
  [{ metadata: { labels: true } }, 'cannot restore map from bool'],
  [{ spec: { list: {} } }, 'cannot restore slice from map'],
  [{ spec: { list: [{ labels: 1 }] } }, 'cannot restore map from int64'],
  [{ data: null, unknown: 5, spec: { amount: 5, list: null, $patch: 'replace' } }, undefined],
  [{}, undefined],
]

test.each(cases)('%j', (patch, why) => {
  expect(whyUnfit(patch, schema, definitions)).toBe(why)
})
