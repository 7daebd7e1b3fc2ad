import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { runAsUser } from './run-as-user.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const root = { runAsUser: 0 }

test.each<[string, string, JsonObject, string]>([
  ['there is none before 1.23', 'v1.22', withContexts(root), 'absent'],
  ['other users pass', 'v1.23', withPodContext({ runAsUser: 1 }, { runAsUser: 1000 }, {}), 'pass'],
  ['the Pod may not be root', 'v1.23', withPodContext(root, { runAsUser: 1 }), 'runAsUser=0 (pod must not set runAsUser=0)'],
  ['nor may containers', 'v1.23', withContexts(root, root), 'runAsUser=0 (containers "a", "b" must not set runAsUser=0)'],
  [
    'both are named',
    'v1.34',
    { ...withPodContext(root, root), hostUsers: false },
    'runAsUser=0 (pod and container "a" must not set runAsUser=0)',
  ],
  ['users of its own help from 1.35 on', 'v1.35', { ...withPodContext(root, root), hostUsers: false }, 'pass'],
])('%s', (_, version, spec, expected) => {
  expect(judged(runAsUser, version, spec)).toBe(expected)
})
