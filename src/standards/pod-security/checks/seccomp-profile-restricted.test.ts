import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { seccompProfileRestricted } from './seccomp-profile-restricted.ts'
import { judged, windows, withContexts, withPodContext } from './test-pod.ts'

const typed = (type: string): JsonObject => ({ seccompProfile: { type } })
const choose = (who: string): string =>
  `seccompProfile (pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`

test.each<[string, string, JsonObject, string]>([
  ['there is none before 1.19', 'v1.18', withContexts({}), 'absent'],
  ['the Pod can choose for all', 'v1.19', withPodContext(typed('RuntimeDefault'), {}, typed('Localhost')), 'pass'],
  ['every container can choose', 'v1.19', withContexts(typed('RuntimeDefault'), typed('Localhost')), 'pass'],
  ['someone must', 'v1.19', withContexts({}, typed('Localhost'), {}), choose('containers "a", "c"')],
  [
    'a bad choice is wrong under a good one',
    'v1.19',
    withPodContext(typed('Localhost'), typed('Unconfined')),
    'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'a bad choice hides silence',
    'v1.19',
    withPodContext(typed('Unconfined'), {}),
    'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  ['windows is not excused at 1.24', 'v1.24', windows(withContexts({})), choose('container "a"')],
  ['windows is excused from 1.25 on, whatever it says', 'v1.25', windows(withContexts(typed('Unconfined'))), 'pass'],
])('%s', (_, version, spec, expected) => {
  expect(judged(seccompProfileRestricted, version, spec)).toBe(expected)
})
