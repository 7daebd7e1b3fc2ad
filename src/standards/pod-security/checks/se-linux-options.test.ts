import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { seLinuxOptions } from './se-linux-options.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const options = (seLinuxOptions: JsonObject): JsonObject => ({ seLinuxOptions })

test.each<[string, string, JsonObject, string]>([
  ['nothing passes', 'v1.0', withPodContext(options({}), options({ type: '' })), 'pass'],
  [
    'types for containers pass',
    'v1.0',
    withContexts(options({ type: 'container_t' }), options({ type: 'container_init_t' }), options({ type: 'container_kvm_t' })),
    'pass',
  ],
  ['the level is free', 'v1.0', withPodContext(options({ level: 's0:c1' })), 'pass'],
  [
    'others do not',
    'v1.0',
    withPodContext(options({ type: 'x' })),
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "x")',
  ],
  [
    'engines are others at 1.30',
    'v1.30',
    withContexts(options({ type: 'container_engine_t' })),
    'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
  ],
  ['and are not from 1.31 on', 'v1.31', withContexts(options({ type: 'container_engine_t' })), 'pass'],
  [
    'a user is wrong',
    'latest',
    withContexts(options({ user: 'u' })),
    'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: user may not be set)',
  ],
  [
    'a role is wrong',
    'latest',
    withContexts(options({ role: 'r' })),
    'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: role may not be set)',
  ],
  [
    'everything is told once',
    'latest',
    withPodContext(options({ type: 'foo' }), options({ type: 'bar' }), options({ user: 'u', type: 'foo' }), options({ role: 'r' }), {}),
    'seLinuxOptions (pod and containers "a", "b", "c" set forbidden securityContext.seLinuxOptions: types "bar", "foo"; user may not be set; role may not be set)',
  ],
])('%s', (_, version, spec, expected) => {
  expect(judged(seLinuxOptions, version, spec)).toBe(expected)
})
