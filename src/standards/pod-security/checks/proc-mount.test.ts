import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { procMount } from './proc-mount.ts'
import { judged, withContexts } from './test-pod.ts'

test.each<[string, string, JsonObject, string]>([
  ['unset and Default pass', 'v1.0', withContexts({}, { procMount: 'Default' }), 'pass'],
  [
    'other types do not',
    'v1.0',
    withContexts({ procMount: 'other' }, { procMount: 'Unmasked' }),
    'procMount (containers "a", "b" must not set securityContext.procMount to "Unmasked", "other")',
  ],
  [
    'users of its own do not help a Pod at 1.34',
    'v1.34',
    { ...withContexts({ procMount: 'Unmasked' }), hostUsers: false },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
  ['they do from 1.35 on', 'v1.35', { ...withContexts({ procMount: 'Unmasked' }), hostUsers: false }, 'pass'],
  [
    'without them nothing has changed',
    'latest',
    { ...withContexts({ procMount: 'Unmasked' }), hostUsers: true },
    'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
  ],
])('%s', (_, version, spec, expected) => {
  expect(judged(procMount, version, spec)).toBe(expected)
})
