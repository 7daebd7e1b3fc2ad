import { formatFloat32, formatValue } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { isJsonArray, ownValue, setOwn } from '../../../core/json.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

export const collectionFunctions = [
  jmesFunction('label_match', ['object', 'object'], 'boolean', {
    doc: 'Whether every label of the first map is in the second with the same value.',
    examples: [["label_match({app: 'a'}, {app: 'a', tier: 'b'})", true]],
    evaluate: ([selector, labels]) => Object.entries(selector).every(([key, value]) => ownValue(labels, key) === value),
  }),
  jmesFunction(
    'lookup',
    [
      ['object', 'array'],
      ['string', 'number'],
    ],
    'any',
    {
      doc: 'The value of a key of a map or of an index of a list; null where there is none.',
      examples: [
        ["lookup({a: 'b'}, 'a')", 'b'],
        ["lookup(['x'], `0`)", 'x'],
      ],
      evaluate: ([collection, key]) => {
        if (isJsonArray(collection)) {
          if (typeof key !== 'number') return invalid('lookup', 'argument #2 is not of type Number')
          if (!Number.isInteger(key)) return invalid('lookup', 'argument #2 must be an integer')
          return collection[key] ?? null
        }
        return typeof key === 'string' ? (ownValue(collection, key) ?? null) : invalid('lookup', 'argument #2 is not of type String')
      },
    },
  ),
  jmesFunction('items', [['object', 'array'], 'string', 'string'], 'array', {
    doc: 'A list with one map for each entry, with its key and value under the given names.',
    examples: [["items({a: `1`}, 'key', 'value')", [{ key: 'a', value: 1 }]]],
    evaluate: ([collection, keyName, valueName]) => {
      const entries: readonly (readonly [Json, Json])[] = isJsonArray(collection)
        ? collection.map((value, index) => [index, value] as const)
        : Object.keys(collection)
            .sort()
            .map((key) => [key, collection[key] ?? null] as const)
      return entries.map(([key, value]) => {
        const item: { [key: string]: Json } = {}
        setOwn(item, keyName, key)
        setOwn(item, valueName, value)
        return item
      })
    },
  }),
  jmesFunction('object_from_lists', ['array', 'array'], 'object', {
    doc: 'A map from a list of keys and a list of values; values that are missing are null.',
    examples: [["object_from_lists(['a', 'b'], [`1`])", { a: 1, b: null }]],
    evaluate: ([keys, values]) => {
      const out: { [key: string]: Json } = {}
      for (const [index, key] of keys.entries())
        setOwn(out, typeof key === 'number' ? formatFloat32(key) : formatValue(key), values[index] ?? null)
      return out
    },
  }),
]
