import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { capabilitiesBaseline } from './capabilities-baseline.ts'
import { judged, withContexts } from './test-pod.ts'

const adding = (...add: readonly string[]): JsonObject => ({ capabilities: { add } })

test.each<[string, JsonObject, string]>([
  ['nothing added passes', withContexts({}, { capabilities: {} }, adding()), 'pass'],
  ['what runtimes give anyway passes', withContexts(adding('CHOWN', 'NET_BIND_SERVICE', 'SYS_CHROOT')), 'pass'],
  ['dropping is free', withContexts({ capabilities: { drop: ['X'] } }), 'pass'],
  [
    'values are sorted and said once',
    withContexts(adding('FOO', 'BAR'), adding('BAZ', 'BAR'), adding('KILL')),
    'non-default capabilities (containers "a", "b" must not include "BAR", "BAZ", "FOO" in securityContext.capabilities.add)',
  ],
  [
    'names are compared as written',
    withContexts(adding('chown', 'CAP_CHOWN')),
    'non-default capabilities (container "a" must not include "CAP_CHOWN", "chown" in securityContext.capabilities.add)',
  ],
])('%s', (_, spec, expected) => {
  expect(judged(capabilitiesBaseline, 'v1.0', spec)).toBe(expected)
})
