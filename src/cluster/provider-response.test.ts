import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readProviderResponse } from './provider-response.ts'

const empty = { idempotent: false, items: [], systemError: '' }

test.each<[string, object | string]>([
  ['null', empty],
  ['{"response": null}', empty],
  ['{"response": {"items": null}}', empty],
  [
    '{"response": {"items": [null, {}, {"key": "a", "value": 0}]}}',
    {
      ...empty,
      items: [
        { key: '', value: null, error: '' },
        { key: '', value: null, error: '' },
        { key: 'a', value: 0, error: '' },
      ],
    },
  ],
  ['{"apiVersion": 1}', 'json: cannot unmarshal number into Go struct field ProviderResponse.apiVersion of type string'],
  ['{"response": {"items": {}}}', 'json: cannot unmarshal object into Go struct field Response.response.items of type []externaldata.Item'],
  ['{"response": {"items": [true]}}', 'json: cannot unmarshal bool into Go struct field Response.response.items of type externaldata.Item'],
  ['{"response": {"items": [{"key": []}]}}', 'json: cannot unmarshal array into Go struct field Item.response.items.key of type string'],
])('%s', (text, expected) => {
  const read = readProviderResponse(text)
  expect(read.ok ? read.value : read.error).toEqual(expected)
})

test('no input makes it throw', () => {
  const shaped = fc.record({
    response: fc.record({ items: fc.jsonValue(), systemError: fc.jsonValue(), idempotent: fc.jsonValue() }, { requiredKeys: [] }),
  })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        shaped.map((value) => JSON.stringify(value)),
      ),
      (text) => typeof readProviderResponse(text).ok === 'boolean',
    ),
  )
})
