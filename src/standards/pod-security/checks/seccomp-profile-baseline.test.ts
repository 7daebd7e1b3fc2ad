import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { seccompProfileBaseline } from './seccomp-profile-baseline.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const typed = (type: string): JsonObject => ({ seccompProfile: { type } })
const pod = 'seccomp.security.alpha.kubernetes.io/pod'
const container = (name: string): string => `container.seccomp.security.alpha.kubernetes.io/${name}`

test.each<[string, JsonObject, JsonObject, string]>([
  ['nothing passes', withContexts({}), {}, 'pass'],
  ['defaults and profiles of the host pass', withContexts({}), { [pod]: 'docker/default', [container('a')]: 'runtime/default' }, 'pass'],
  ['fields do not count yet', withContexts(typed('Unconfined')), {}, 'pass'],
  ['an empty annotation is wrong', {}, { [pod]: '' }, `seccompProfile (forbidden annotation ${pod}="")`],
  ['annotations of containers that are not there do not count', withContexts({}), { [container('z')]: 'x' }, 'pass'],
  [
    'all are told, sorted',
    withContexts({}, {}),
    { [pod]: 'unconfined', [container('b')]: 'unknown', [container('a')]: 'unconfined' },
    `seccompProfile (forbidden annotations ${container('a')}="unconfined", ${container('b')}="unknown", ${pod}="unconfined")`,
  ],
])('before 1.19: %s', (_, spec, annotations, expected) => {
  expect(judged(seccompProfileBaseline, 'v1.18', spec, annotations)).toBe(expected)
})

test.each<[string, JsonObject, JsonObject, string]>([
  ['annotations do not count any more', {}, { [pod]: 'unconfined' }, 'pass'],
  ['nothing, RuntimeDefault and Localhost pass', withPodContext(typed('Localhost'), typed('RuntimeDefault'), {}), {}, 'pass'],
  [
    'the Pod may not turn it off',
    withPodContext(typed('Unconfined')),
    {},
    'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    'values are sorted and said once',
    withPodContext(typed('b'), typed('b'), typed('a'), typed('Localhost')),
    {},
    'seccompProfile (pod and containers "a", "b" must not set securityContext.seccompProfile.type to "a", "b")',
  ],
])('from 1.19: %s', (_, spec, annotations, expected) => {
  expect(judged(seccompProfileBaseline, 'v1.19', spec, annotations)).toBe(expected)
})
