import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { capabilitiesRestricted } from './capabilities-restricted.ts'
import { judged, windows, withContexts } from './test-pod.ts'

const capabilities = (drop: readonly string[], add: readonly string[] = []): JsonObject => ({ capabilities: { drop, add } })

test.each<[string, string, JsonObject, string]>([
  ['there is none before 1.22', 'v1.21', withContexts({}), 'absent'],
  ['dropping ALL passes', 'v1.22', withContexts(capabilities(['X', 'ALL'], ['NET_BIND_SERVICE'])), 'pass'],
  [
    'all in small letters is another word',
    'v1.22',
    withContexts(capabilities(['all'])),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
  ],
  [
    'silence is not dropping',
    'latest',
    withContexts({}),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
  ],
  [
    'only one may be added',
    'latest',
    withContexts(capabilities(['ALL'], ['CHOWN', 'NET_BIND_SERVICE'])),
    'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
  [
    'both faults are told',
    'latest',
    withContexts(capabilities([], ['FOO', 'BAR']), capabilities(['NET_RAW'], ['BAR', 'BAZ']), capabilities(['ALL'], ['CHOWN'])),
    'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]; containers "a", "b", "c" must not include "BAR", "BAZ", "CHOWN", "FOO" in securityContext.capabilities.add)',
  ],
  [
    'windows is not excused at 1.24',
    'v1.24',
    windows(withContexts({})),
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
  ],
  ['windows is excused from 1.25 on', 'v1.25', windows(withContexts({})), 'pass'],
])('%s', (_, version, spec, expected) => {
  expect(judged(capabilitiesRestricted, version, spec)).toBe(expected)
})
