import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { runAsNonRoot } from './run-as-non-root.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const yes = { runAsNonRoot: true }
const no = { runAsNonRoot: false }

test.each<[string, string, JsonObject, string]>([
  ['the Pod can say it for all', 'v1.0', withPodContext(yes, {}, yes), 'pass'],
  ['every container can say it', 'v1.0', withContexts(yes, yes), 'pass'],
  ['someone must', 'v1.0', withContexts({}), 'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)'],
  [
    'only who is silent is named',
    'v1.0',
    withContexts({}, yes, {}),
    'runAsNonRoot != true (pod or containers "a", "c" must set securityContext.runAsNonRoot=true)',
  ],
  [
    'false is wrong under a Pod that says true',
    'v1.0',
    withPodContext(yes, no),
    'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
  ],
  [
    'false is wrong in a Pod whose containers all say true',
    'v1.0',
    withPodContext(no, yes),
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
  ],
  [
    'false hides silence',
    'v1.0',
    withPodContext(no, no, {}),
    'runAsNonRoot != true (pod and container "a" must not set securityContext.runAsNonRoot=false)',
  ],
  [
    'users of its own do not help at 1.34',
    'v1.34',
    { ...withPodContext(no), hostUsers: false },
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
  ],
  ['they do from 1.35 on', 'v1.35', { ...withPodContext(no, {}), hostUsers: false }, 'pass'],
])('%s', (_, version, spec, expected) => {
  expect(judged(runAsNonRoot, version, spec)).toBe(expected)
})
