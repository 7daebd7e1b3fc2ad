import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { windowsHostProcess } from './windows-host-process.ts'
import { judged, withContexts, withPodContext } from './test-pod.ts'

const hostProcess = { windowsOptions: { hostProcess: true } }

test.each<[string, JsonObject, string]>([
  ['nothing and false pass', withPodContext({ windowsOptions: {} }, { windowsOptions: { hostProcess: false } }), 'pass'],
  ['the Pod may not', withPodContext(hostProcess, {}), 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)'],
  [
    'a container may not',
    withContexts({}, hostProcess),
    'hostProcess (container "b" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    'both are named',
    withPodContext(hostProcess, hostProcess, hostProcess),
    'hostProcess (pod and containers "a", "b" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
])('%s', (_, spec, expected) => {
  expect(judged(windowsHostProcess, 'v1.0', spec)).toBe(expected)
})
