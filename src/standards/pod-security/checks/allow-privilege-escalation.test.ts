import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts'
import { judged, spread, windows, withContexts } from './test-pod.ts'

const must = (who: string): string => `allowPrivilegeEscalation != false (${who} must set securityContext.allowPrivilegeEscalation=false)`

test.each<[string, string, JsonObject, string]>([
  ['there is none before 1.8', 'v1.7', withContexts({}), 'absent'],
  ['false passes', 'v1.8', withContexts({ allowPrivilegeEscalation: false }), 'pass'],
  ['true does not', 'v1.8', withContexts({ allowPrivilegeEscalation: true }), must('container "a"')],
  ['nor does silence', 'latest', withContexts({}, { allowPrivilegeEscalation: false }, {}), must('containers "a", "c"')],
  ['init containers come first, ephemeral ones last', 'latest', spread(withContexts({}, {}, {})), must('containers "a", "b", "c"')],
  ['a container without a securityContext is silent', 'latest', { containers: [{ name: 'x' }] }, must('container "x"')],
  ['windows is not excused at 1.24', 'v1.24', windows(withContexts({})), must('container "a"')],
  ['windows is excused from 1.25 on', 'v1.25', windows(withContexts({})), 'pass'],
  ['no containers, no complaint', 'latest', {}, 'pass'],
])('%s', (_, version, spec, expected) => {
  expect(judged(allowPrivilegeEscalation, version, spec)).toBe(expected)
})
