import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { hostPorts } from './host-ports.ts'
import { judged } from './test-pod.ts'

const container = (name: string, ...ports: readonly number[]): JsonObject => ({
  name,
  ports: ports.map((hostPort) => ({ hostPort, containerPort: 80 })),
})

test.each<[string, readonly JsonObject[], string]>([
  ['no ports pass', [{ name: 'a' }, { name: 'b', ports: [{ containerPort: 80 }] }], 'pass'],
  ['0 is no port', [container('a', 0)], 'pass'],
  ['one container, one port', [container('a'), container('b', 20)], 'hostPort (container "b" uses hostPort 20)'],
  ['one container, several ports', [container('a', 20, 10)], 'hostPort (container "a" uses hostPorts 10, 20)'],
  ['several containers, one port', [container('a', 20), container('b', 20)], 'hostPort (containers "a", "b" use hostPort 20)'],
  [
    'several of both',
    [container('a'), container('b', 10, 20), container('c', 10, 30)],
    'hostPort (containers "b", "c" use hostPorts 10, 20, 30)',
  ],
  ['ports are sorted as texts', [container('a', 80, 12_345)], 'hostPort (container "a" uses hostPorts 12345, 80)'],
])('%s', (_, containers, expected) => {
  expect(judged(hostPorts, 'v1.0', { containers })).toBe(expected)
})
