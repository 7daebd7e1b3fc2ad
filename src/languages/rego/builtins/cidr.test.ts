import { expect, test } from 'vitest'
import { callText } from './call.ts'

test.each([
  ['net.cidr_merge', [['fe80::1']], 'eval_builtin_error: net.cidr_merge: IPv6 invalid: needs prefix length'],
  ['net.cidr_merge', [['10.1.2.3', '172.16.3.4']], '{"10.1.2.3/8", "172.16.3.4/16"}'],
  ['net.cidr_merge', [['10.1.2.3', '10.1.2.3']], '{"10.0.0.0/8"}'],
  ['net.cidr_contains', ['not', '1.1.1.1'], 'eval_builtin_error: net.cidr_contains: invalid CIDR address: not'],
  ['net.cidr_expand', ['fe80::/126'], '{"fe80::", "fe80::1", "fe80::2", "fe80::3"}'],
  ['net.cidr_contains_matches', ['1.1.1.1/24', [['1.1.1.3', 7]]], '{["1.1.1.1/24", 0]}'],
  ['net.cidr_is_valid', ['fe80::1%eth0/64'], 'false'],
  ['net.cidr_is_valid', ['1.1.1.1/ 8'], 'false'],
  ['net.cidr_is_valid', ['1.1.1.1/+8'], 'false'],
])('%s%j is %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

test.each([
  ['net.cidr_contains', ['10.0.0.0/8', '10.1.0.0/24'], 'true'],
  ['net.cidr_contains', ['172.17.0.0/24', '172.17.0.0/16'], 'false'],
  ['net.cidr_contains', ['::ffff:1.1.1.0/120', '1.1.1.1'], 'true'],
  [
    'net.cidr_contains',
    ['10.0.0.0/8', 'x'],
    'eval_builtin_error: net.cidr_contains: not a valid textual representation of an IP address or CIDR: x',
  ],
  ['net.cidr_intersects', ['192.168.1.0/25', '192.168.1.64/25'], 'true'],
  ['net.cidr_intersects', ['192.168.1.0/24', '192.168.2.0/24'], 'false'],
  ['net.cidr_expand', ['192.168.1.1/31'], '{"192.168.1.0", "192.168.1.1"}'],
  ['net.cidr_merge', [['192.0.128.0/24', '192.0.129.0/24']], '{"192.0.128.0/23"}'],
  ['net.cidr_merge', [['10.1.2.3', '172.16.3.4']], '{"10.1.2.3/8", "172.16.3.4/16"}'],
  ['net.cidr_merge', [[1]], 'eval_builtin_error: net.cidr_merge: element must be string'],
  ['net.cidr_contains_matches', ['1.1.1.0/24', ['1.1.1.1', '2.2.2.2']], '{["1.1.1.0/24", 0]}'],
  ['net.cidr_contains_matches', [[], [1]], 'set()'],
  ['net.cidr_contains_matches', [1, 2], 'set()'],
  [
    'net.cidr_contains_matches',
    ['1.1.1.0/24', [[1]]],
    'eval_type_error: net.cidr_contains_matches: operand 1 must be string but got number',
  ],
  ['net.cidr_is_valid', [1], 'false'],
  ['net.lookup_ip_addr', ['10.0.0.0'], '{"10.0.0.0"}'],
])('%s%j: %s', (name, args, expected) => {
  expect(callText(name, args)).toBe(expected)
})

test('an expansion is bounded and can be cancelled', () => {
  expect(callText('net.cidr_expand', ['::/0'])).toContain('more than')
  expect(callText('net.cidr_expand', ['10.0.0.0/16'], { mayGoOn: () => false })).toContain('eval_cancel_error')
})
