import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { hostNamespaces } from './host-namespaces.ts'
import { judged } from './test-pod.ts'

test.each<[string, JsonObject, string]>([
  ['none shared passes', {}, 'pass'],
  ['false is not sharing', { hostNetwork: false, hostPID: false, hostIPC: false }, 'pass'],
  ['one is named alone', { hostPID: true }, 'host namespaces (hostPID=true)'],
  [
    'several are named in an order of their own',
    { hostIPC: true, hostPID: true, hostNetwork: true },
    'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
  ],
])('%s', (_, spec, expected) => {
  expect(judged(hostNamespaces, 'v1.0', spec)).toBe(expected)
})
