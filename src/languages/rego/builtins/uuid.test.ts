import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['uuid.parse', ['urn:uuid:00000000-0000-4000-8000-000000000000'], '{"variant": "RFC4122", "version": 4}'],
  ['uuid.parse', ['{00000000-0000-4000-8000-000000000000}'], '{"variant": "RFC4122", "version": 4}'],
  [
    'uuid.parse',
    ['00000000-0000-2000-8005-010000000000'],
    '{"clocksequence": 5, "domain": "Domain5", "id": 0, "macvariables": "global:multicast", "nodeid": "01-00-00-00-00-00", "time": 6227451273709551616, "variant": "RFC4122", "version": 2}',
  ],
  [
    'uuid.parse',
    ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    '{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}',
  ],
  ['uuid.parse', ['(00000000-0000-4000-8000-000000000000)'], '{"variant": "RFC4122", "version": 4}'],
  ['uuid.parse', ['xx'], 'undefined'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})
