import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { appArmorProfile } from './app-armor-profile.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const typed = (type: string): JsonObject => ({ appArmorProfile: { type } })
const key = (container: string): string => `container.apparmor.security.beta.kubernetes.io/${container}`

test.each<[string, JsonObject, JsonObject, string]>([
  ['nothing set passes', withContexts({}), {}, 'pass'],
  ['RuntimeDefault and Localhost pass', withPodContext(typed('RuntimeDefault'), typed('Localhost')), {}, 'pass'],
  [
    'the Pod may not turn it off',
    withPodContext(typed('Unconfined')),
    {},
    'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'nor may a container',
    withContexts(typed('Unconfined')),
    {},
    'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'an empty type is none',
    withContexts(typed('')),
    {},
    'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "")',
  ],
  [
    'equal values are said once',
    withPodContext(typed('Unconfined'), typed('Unconfined'), typed('Unconfined')),
    {},
    'forbidden AppArmor profile (pod and containers "a", "b" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'annotations may say the default, a profile, or nothing',
    {},
    { [key('a')]: 'runtime/default', [key('b')]: 'localhost/x', [key('c')]: '' },
    'pass',
  ],
  [
    'an annotation is quoted twice',
    {},
    { [key('a')]: 'unconfined' },
    `forbidden AppArmor profile (annotation must not set AppArmor profile type to "${key('a')}="unconfined"")`,
  ],
  [
    'containers of annotations need not exist, and annotations are sorted',
    {},
    { [key('z')]: 'x', [key('a')]: 'y"' },
    `forbidden AppArmor profiles (annotations must not set AppArmor profile type to "${key('a')}="y\\""", "${key('z')}="x"")`,
  ],
  [
    'fields are told before annotations',
    withContexts(typed('Unconfined')),
    { [key('a')]: 'unconfined' },
    `forbidden AppArmor profiles (container "a" and annotation must not set AppArmor profile type to "Unconfined", "${key('a')}="unconfined"")`,
  ],
])('%s', (_, spec, annotations, expected) => {
  expect(judged(appArmorProfile, 'v1.0', spec, annotations)).toBe(expected)
})
