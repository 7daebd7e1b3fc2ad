import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasFormat, isKnownFormat } from './formats.ts'

test.each<readonly [string, readonly string[], readonly string[]]>([
  [
    'date-time',
    ['2020-01-01T00:00:00Z', '2020-01-01t00:00:00z', '2020-01-01T00:00:00.123456789+01:00', '2020-02-29T23:59:59Z'],
    [
      '',
      '2020-01-01',
      '2020-13-01T00:00:00Z',
      '2020-01-01T00:00:00',
      '2020-02-30T00:00:00Z',
      '2020-01-01T24:00:00Z',
      '2021-02-29T00:00:00Z',
    ],
  ],
  ['date', ['2020-01-01'], ['2020-1-1', 'x', '2020-02-30']],
  [
    'uuid',
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'],
    ['x', 'urn:uuid:123e4567-e89b-12d3-a456-426614174000'],
  ],
  ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-42d3-c456-426614174000']],
  ['ipv4', ['1.2.3.4', '01.2.3.4', '::ffff:1.2.3.4'], ['1.2.3', '::1', '256.1.1.1', '1.2.3.4.5']],
  ['ipv6', ['::', '::1', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'], ['1.2.3.4', 'fe80::1%eth0', '1::2::3', '12345::']],
  ['cidr', ['1.2.3.4/24', '::/0'], ['1.2.3.4', '1.2.3.4/33', '::1/129', '/8']],
  ['mac', ['00:00:5e:00:53:01', '00-00-5e-00-53-01', '0000.5e00.5301'], ['x', '00-00:5e:00:53:01']],
  ['email', ['a@b', 'A <a@b.com>', '"a b"@c'], ['a', 'a b@c', '@b', 'a@', 'a..b@c']],
  ['hostname', ['a', 'example.com', 'a-b', '123'], ['-a', 'a_b', '1.2.3.4', '', 'a.b']],
  ['uri', ['http://a', '/a', 'mailto:x', 'urn:x:y'], ['a', '', 'http://a b', '%zz', '?x', 'http://a:b']],
  ['byte', ['aGVsbG8=', 'YQ=='], ['', 'aGVsbG8', 'a-_b', '=']],
  ['duration', ['1s', '1h30m', '1 day', '2 weeks', '-1s', '1.5h'], ['1', 'x', '', '1 month']],
  ['hexcolor', ['#fff', 'ffffff'], ['#ggg', '#ffff']],
  ['rgbcolor', ['rgb(1,2,3)', 'rgb( 1 , 2 , 3 )'], ['rgb(256,0,0)', 'rgb(1,2)']],
  ['creditcard', ['4111 1111 1111 1111'], ['1', '4111111111111112']],
  ['isbn', ['0-306-40615-2', '9780306406157', '080442957X'], ['x', '9780306406158']],
  ['ssn', ['111-22-3333'], ['x', '111223333']],
  ['k8s-short-name', ['a-b'], ['a.b', 'A']],
  ['k8s-long-name', ['a.b'], ['A', 'a..b']],
])('format %s: %j fit, %j do not', (format, fitting, others) => {
  const fits = hasFormat(format)
  expect(fitting.filter((text) => fits?.(text) !== true)).toEqual([])
  expect(others.filter((text) => fits?.(text) !== false)).toEqual([])
})

test('formats that nobody checks', () => {
  expect(['password', 'binary', 'nope', 'constructor'].map(hasFormat)).toEqual([undefined, undefined, undefined, undefined])
  expect(isKnownFormat('password', 'string')).toBe(true)
  expect(isKnownFormat('nope', 'string')).toBe(false)
  expect(isKnownFormat('date', 'integer')).toBe(false)
  expect(isKnownFormat('int32', 'integer')).toBe(true)
})

test('every text has an answer', () => {
  const names = [
    'date-time',
    'uuid',
    'ipv6',
    'cidr',
    'mac',
    'email',
    'hostname',
    'uri',
    'byte',
    'duration',
    'isbn',
    'creditcard',
    'rgbcolor',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcXfF:./-+@%[]<> \n"é')) }),
      (name, text) => {
        expect(typeof hasFormat(name)?.(text)).toBe('boolean')
      },
    ),
  )
})
