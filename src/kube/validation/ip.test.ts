import { expect, test } from 'vitest'
import { isIpAddress, isStrictlyInside, parseCidr, whyUnreachable } from './ip.ts'
import { cidr, ipAddress } from './names.ts'

test.each([
  ['10.0.0.1', true],
  ['256.0.0.1', false],
  ['1.2.3', false],
  ['::', true],
  ['2001:db8::1', true],
  ['1:2:3:4:5:6:7:8', true],
  ['1:2:3:4:5:6:7', false],
  ['1::2::3', false],
  ['::ffff:1.2.3.4', true],
  ['', false],
])('%s is an address: %s', (text, expected) => {
  expect(isIpAddress(text)).toBe(expected)
})

test.each([
  ['01.2.3.4', ['must not have leading 0s']],
  ['::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  ['x', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['1.2.3.4', []],
])('%s: %j', (text, expected) => {
  expect(ipAddress(text)).toEqual(expected)
})

test.each([
  ['10.0.0.0/8', []],
  ['10.0.0.1/8', ['must not have bits set beyond the prefix length']],
  ['10.0.0.0/08', ['must not have leading 0s in IP or prefix length']],
  ['10.0.0.0', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
])('%s: %j', (text, expected) => {
  expect(cidr(text)).toEqual(expected)
})

test('a range is not strictly inside itself', () => {
  const [outer, inner] = [parseCidr('10.0.0.0/8'), parseCidr('10.1.0.0/16')]
  if (outer === undefined || inner === undefined) throw new Error('both are ranges')
  expect([isStrictlyInside(inner, outer), isStrictlyInside(outer, outer), isStrictlyInside(outer, inner)]).toEqual([true, false, false])
})

test.each([
  ['127.0.0.1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  ['0.0.0.0', ['may not be unspecified (0.0.0.0)']],
  ['169.254.1.1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
  ['8.8.8.8', []],
])('%s: %j', (text, expected) => {
  expect(whyUnreachable(text)).toEqual(expected)
})
