import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { privileged } from './privileged.ts'
import { judged, spread, withContexts } from './test-pod.ts'

test.each<[string, JsonObject, string]>([
  ['unset and false pass', withContexts({}, { privileged: false }), 'pass'],
  ['true does not', withContexts({ privileged: true }), 'privileged (container "a" must not set securityContext.privileged=true)'],
  [
    'in containers of every sort',
    spread(withContexts({ privileged: true }, { privileged: true }, { privileged: true })),
    'privileged (containers "a", "b", "c" must not set securityContext.privileged=true)',
  ],
  [
    'names are not escaped',
    { containers: [{ name: 'a"\\', securityContext: { privileged: true } }] },
    'privileged (container "a"\\" must not set securityContext.privileged=true)',
  ],
])('%s', (_, spec, expected) => {
  expect(judged(privileged, 'v1.0', spec)).toBe(expected)
})
