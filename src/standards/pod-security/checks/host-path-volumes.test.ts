import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { hostPathVolumes } from './host-path-volumes.ts'
import { judged } from './test-pod.ts'

const hostPath = { path: '/' }

test.each<[string, JsonObject, string]>([
  ['other volumes pass', { volumes: [{ name: 'a', emptyDir: {} }, { name: 'b' }, { name: 'c', hostPath: null }] }, 'pass'],
  ['one is named', { volumes: [{ name: 'a', hostPath }] }, 'hostPath volumes (volume "a")'],
  [
    'several are named in their order',
    {
      volumes: [
        { name: 'b', hostPath },
        { name: 'x', emptyDir: {} },
        { name: 'a', hostPath: {} },
      ],
    },
    'hostPath volumes (volumes "b", "a")',
  ],
])('%s', (_, spec, expected) => {
  expect(judged(hostPathVolumes, 'v1.0', spec)).toBe(expected)
})
