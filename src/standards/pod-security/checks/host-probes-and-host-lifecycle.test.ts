import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { hostProbesAndHostLifecycle } from './host-probes-and-host-lifecycle.ts'
import { judged } from './test-pod.ts'

const http = (host: string): JsonObject => ({ httpGet: { port: 80, host } })
const tcp = (host: string): JsonObject => ({ tcpSocket: { port: 80, host } })

test.each<[string, string, readonly JsonObject[], string]>([
  ['there is none before 1.34', 'v1.33', [{ name: 'a', livenessProbe: http('x') }], 'absent'],
  [
    'no host passes',
    'v1.34',
    [{ name: 'a', livenessProbe: http(''), readinessProbe: { tcpSocket: { port: 1 } }, startupProbe: { exec: {} } }],
    'pass',
  ],
  [
    'loopback is a host',
    'v1.34',
    [{ name: 'a', livenessProbe: http('localhost'), readinessProbe: tcp('127.0.0.1'), startupProbe: http('::1') }],
    'probe or lifecycle host (container "a" uses probe or lifecycle hosts "127.0.0.1", "::1", "localhost")',
  ],
  [
    'hooks are looked at',
    'latest',
    [{ name: 'a', lifecycle: { postStart: tcp('h') } }],
    'probe or lifecycle host (container "a" uses probe or lifecycle host "h")',
  ],
  [
    'names are sorted and said once',
    'latest',
    [
      { name: 'b', lifecycle: { preStop: http('y') } },
      { name: 'a', livenessProbe: http('x') },
      { name: 'a', startupProbe: tcp('y') },
    ],
    'probe or lifecycle host (containers "a", "b" use probe or lifecycle hosts "x", "y")',
  ],
])('%s', (_, version, containers, expected) => {
  expect(judged(hostProbesAndHostLifecycle, version, { containers })).toBe(expected)
})
