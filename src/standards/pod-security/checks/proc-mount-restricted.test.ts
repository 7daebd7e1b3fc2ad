import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { procMountRestricted } from './proc-mount-restricted.ts'
import { judged, withContexts } from './test-pod.ts'

test.each<[string, string, JsonObject, string]>([
  ['there is none before 1.35', 'v1.34', withContexts({ procMount: 'Unmasked' }), 'absent'],
  ['Default passes', 'v1.35', withContexts({ procMount: 'Default' }), 'pass'],
  [
    'users of its own do not help a Pod',
    'v1.35',
    { ...withContexts({ procMount: 'Unmasked' }), hostUsers: false },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
])('%s', (_, version, spec, expected) => {
  expect(judged(procMountRestricted, version, spec)).toBe(expected)
})
