import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { collectionFunctions } from './collections.ts'
import { encodingFunctions } from './encoding.ts'
import { generate } from './generate-text.ts'

const environment = { now: () => new Date(0), random: () => 0, resolveHost: () => undefined }

function call(name: string, ...args: readonly Json[]): Json {
  const definition = [...collectionFunctions, ...encodingFunctions].find((candidate) => candidate.name === name)
  const result = definition?.evaluate(args, environment) ?? null
  return result instanceof JmesFailure ? '!' : result
}

test.each([
  [
    'numbers as keys never have an exponent',
    'object_from_lists',
    [
      [1000000, true],
      ['a', 'b'],
    ],
    { '1000000': 'a', true: 'b' },
  ],
  ['keys of the prototype are ordinary', 'object_from_lists', [['__proto__'], [1]], JSON.parse('{"__proto__":1}') as Json],
  ['what a map inherits is not in it', 'lookup', [{}, 'constructor'], null],
  ['nor are indexes below zero in a list', 'lookup', [['a'], -1], null],
  ['half an index is none', 'lookup', [['a'], 0.5], '!'],
  ['brackets in strings do not nest', 'parse_json', [JSON.stringify(['['.repeat(1000)])], ['['.repeat(1000)]],
  ['values may be nested', 'parse_json', [`${'['.repeat(500)}${']'.repeat(500)}`], nested(500)],
  ['but not without bounds', 'parse_json', [`${'['.repeat(100_000)}${']'.repeat(100_000)}`], '!'],
  ['base 64 without its padding', 'base64_decode', ['SGVsbG8'], '!'],
  ['base 64 over several lines', 'base64_decode', ['SGVs\nbG8='], 'Hello'],
] as const)('%s', (_, name, args, result) => {
  expect(call(name, ...args)).toEqual(result)
})

function nested(depth: number): Json {
  let value: Json = []
  for (let level = 1; level < depth; level += 1) value = [value]
  return value
}

test('repetitions of repetitions end', () => {
  expect(generate(`${'('.repeat(30)}${')*'.repeat(30)}`, () => 0.99)).toBeUndefined()
  expect(generate('(a{3}){3}', () => 0.5)).toBe('aaaaaaaaa')
})
