import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { sysctls } from './sysctls.ts'
import { judged } from './test-pod.ts'

const setting = (...names: readonly string[]): JsonObject => ({ securityContext: { sysctls: names.map((name) => ({ name, value: '1' })) } })

test.each<[string, string, JsonObject, string]>([
  ['none passes', 'v1.0', {}, 'pass'],
  ['the first ones pass', 'v1.0', setting('kernel.shm_rmid_forced', 'net.ipv4.ip_unprivileged_port_start'), 'pass'],
  [
    'others are named in their order, repeats too',
    'v1.0',
    setting('net.x', 'kernel.msgmax', 'net.x'),
    'forbidden sysctls (net.x, kernel.msgmax, net.x)',
  ],
  ['a slash is another name', 'latest', setting('kernel/shm_rmid_forced'), 'forbidden sysctls (kernel/shm_rmid_forced)'],
])('%s', (_, version, spec, expected) => {
  expect(judged(sysctls, version, spec)).toBe(expected)
})

test.each([
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
  ['net.ipv4.tcp_slow_start_after_idle', 37],
  ['net.ipv4.tcp_notsent_lowat', 37],
])('%s is allowed from 1.%i on', (name, minor) => {
  expect(judged(sysctls, `v1.${minor - 1}`, setting(name))).toBe(`forbidden sysctls (${name})`)
  expect(judged(sysctls, `v1.${minor}`, setting(name))).toBe('pass')
})
