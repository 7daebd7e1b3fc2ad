import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callText } from './call.ts'
import { createContext } from './context.ts'
import { cidrBuiltins } from './cidr.ts'
import { cryptoBuiltins } from './crypto.ts'
import { graphBuiltins } from './graph.ts'
import { jsonPatchBuiltins } from './json-patch.ts'
import { jsonSchemaBuiltins } from './json-schema.ts'
import { jwtBuiltins } from './jwt.ts'
import { providerBuiltins } from './providers.ts'
import { randBuiltins } from './rand.ts'
import { semverBuiltins } from './semver.ts'
import { timeBuiltins } from './time.ts'
import { unitBuiltins } from './units.ts'
import { uriBuiltins } from './uri.ts'
import { uuidBuiltins } from './uuid.ts'

test.each([
  ['http.send', [{}], 'eval_type_error: http.send: operand 1 missing required request parameters(s): {"method", "url"}'],
  ['http.send', [{ method: 'get', uri: 'x' }], 'eval_type_error: http.send: operand 1 invalid request parameters(s): {"uri"}'],
  ['http.send', [{ method: 'get', url: 1 }], 'eval_builtin_error: http.send: "url" must be a string'],
  [
    'http.send',
    [{ method: 'get', url: 'http://127.0.0.1' }],
    'eval_builtin_error: http.send: not supported: policies are evaluated without network access',
  ],
  [
    'net.lookup_ip_addr',
    ['example.com'],
    'eval_builtin_error: net.lookup_ip_addr: not supported: policies are evaluated without network access',
  ],
  ['net.lookup_ip_addr', ['::'], '{"::"}'],
  ['opa.runtime', [], '{}'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

test('random values stay the same for the same arguments in one query', () => {
  const context = createContext({ randomBytes: (count) => new Uint8Array(count).map((_, at) => at + context.memo.size) })
  const calls = [...randBuiltins, ...uuidBuiltins].flatMap((builtin) => (builtin.relation === true ? [] : [builtin.evaluate]))
  for (const call of calls) expect(call(['key', 100], context)).toEqual(call(['key', 100], context))
  expect(calls[0]?.(['key', 100], context)).not.toEqual(calls[0]?.(['other', 100], context))
})

const all = [
  cidrBuiltins,
  cryptoBuiltins,
  graphBuiltins,
  jsonPatchBuiltins,
  jsonSchemaBuiltins,
  jwtBuiltins,
  providerBuiltins,
  semverBuiltins,
  timeBuiltins,
  unitBuiltins,
  uriBuiltins,
  uuidBuiltins,
].flat()

const words = [
  'alg',
  'HS256',
  'op',
  'path',
  'add',
  '/a/0',
  'type',
  'object',
  'properties',
  '1.2.3.4/8',
  '2006-01-02',
  '1h',
  'e30.e30.YQ',
  '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----',
  'MAA=',
  'UTC',
]
const word = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 12 }))
const value = fc.letrec<{ readonly value: null | boolean | number | string | unknown[] | { [key: string]: unknown } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, 1e300),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, tie('value'), { maxKeys: 3 }),
  ),
})).value

test.each(all.map((builtin) => [builtin.name, builtin] as const))('no arguments make %s throw', (_, builtin) => {
  const context = createContext({ limits: { elements: 1000, textLength: 10_000, depth: 64 } })
  fc.assert(
    fc.property(fc.array(value, { minLength: builtin.parameters.length, maxLength: builtin.parameters.length }), (args) => {
      if (builtin.relation !== true) builtin.evaluate(JSON.parse(JSON.stringify(args)) as readonly string[], context)
    }),
    { numRuns: 40 },
  )
})
