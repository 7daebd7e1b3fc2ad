import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegex } from '../core/regex.ts'
import { formatExponent, formatFixed, formatValue, marshalJson, parseGoFloat, parseGoInt } from '../core/go-format.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { compareQuantities, formatQuantity, parseQuantity } from './quantity.ts'
import { compareVersions, parseVersion, parseVersionRange } from './semver.ts'

describe('quantities', () => {
  test.each([
    ['1', '1'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['1000Ki', '1000Ki'],
    ['1500', '1500'],
    ['1000000', '1M'],
    ['1e3', '1e3'],
    ['100E3', '100e3'],
    ['1E', '1E'],
    ['-1Gi', '-1Gi'],
    ['0', '0'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['0.5Ki', '512'],
  ])('%s is %s', (text, canonical) => {
    const quantity = parseQuantity(text)
    expect(quantity === undefined ? undefined : formatQuantity(quantity)).toBe(canonical)
  })

  test.each(['', 'x', '1 Gi', '1GiB', 'Gi', '1e', '--1', '1.2.3', '0x10', '1Gi1'])('`%s` is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })

  const texts = fc
    .tuple(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.constantFrom('', '.5', '.125'),
      fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-2'),
    )
    .map(([number, fraction, suffix]) => `${number}${fraction}${suffix}`)
  const quantities = texts.map((text) => {
    const quantity = parseQuantity(text)
    if (quantity === undefined) throw new Error(text)
    return quantity
  })

  test('the canonical text means the same', () => {
    fc.assert(
      fc.property(quantities, (quantity) => {
        const again = parseQuantity(formatQuantity(quantity))
        expect(again?.nanos).toBe(quantity.nanos)
      }),
    )
  })

  test('they are in one order', () => {
    fc.assert(
      fc.property(quantities, quantities, quantities, (a, b, c) => {
        expect(compareQuantities(a, b)).toBe(-compareQuantities(b, a) + 0)
        if (compareQuantities(a, b) <= 0 && compareQuantities(b, c) <= 0) expect(compareQuantities(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('durations', () => {
  test.each([
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1.5s', '1.5s'],
    ['250ms', '250ms'],
    ['1us', '1µs'],
    ['1µs', '1µs'],
    ['15ns', '15ns'],
    ['-2m', '-2m0s'],
    ['0', '0s'],
    ['1h1m1.001s', '1h1m1.001s'],
  ])('%s is %s', (text, canonical) => {
    const duration = parseDuration(text)
    expect(duration === undefined ? undefined : formatDuration(duration)).toBe(canonical)
  })

  test.each(['', '1', 'h', '1d', '1 h', '1h ', '.s', '-', '1.2.3s', '99999999999h'])('`%s` is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test('the text of a duration reads back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (duration) => {
        expect(parseDuration(formatDuration(duration))).toBe(duration)
      }),
    )
  })
})

describe('versions', () => {
  test.each([
    ['1.2.3', '>=1.0.0 <2.0.0', true],
    ['2.0.0', '>=1.0.0 <2.0.0', false],
    ['2.5.0', '<1.0.0 || >2.0.0', true],
    ['1.9.9', '1.x', true],
    ['2.0.0', '1.x', false],
    ['1.2.9', '1.2.x', true],
    ['1.0.0', '!1.0.0', false],
    ['1.0.0-rc.1', '<1.0.0', true],
    ['1.0.0', '> 0.9.0', true],
  ])('%s in %s: %s', (version, range, inside) => {
    const parsed = parseVersion(version)
    expect(parsed !== undefined && parseVersionRange(range)?.(parsed)).toBe(inside)
  })

  test.each(['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', ''])('`%s` is no version', (text) => {
    expect(parseVersion(text)).toBeUndefined()
  })

  test('pre-releases are in the order of the specification', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ]
    const versions = ordered.flatMap((text) => parseVersion(text) ?? [])
    for (const [index, version] of versions.slice(1).entries()) expect(compareVersions(versions[index] ?? version, version)).toBeLessThan(0)
  })
})

describe("Go's numbers", () => {
  test.each([
    [1, '1'],
    [1.5, '1.5'],
    [999_999, '999999'],
    [1_000_000, '1e+06'],
    [1_234_567, '1.234567e+06'],
    [1e21, '1e+21'],
    [0.00001, '1e-05'],
    [-0.5, '-0.5'],
    [{ b: [1, 'x'], a: null }, 'map[a:<nil> b:[1 x]]'],
  ])('%j prints as %s', (value, text) => {
    expect(formatValue(value)).toBe(text)
  })

  test.each([
    [1.5, '1.5E+00'],
    [1234.5, '1.2345E+03'],
    [0.001, '1E-03'],
  ])('%d in E notation is %s', (value, text) => {
    expect(formatExponent(value, 'E')).toBe(text)
  })

  test('JSON has its keys sorted and no markup', () => {
    expect(marshalJson({ b: [1, null, '<a>&'], a: { z: true, y: 1e21 } })).toBe(
      '{"a":{"y":1e+21,"z":true},"b":[1,null,"\\u003ca\\u003e\\u0026"]}',
    )
  })

  test('%f has six digits', () => {
    expect([formatFixed(0.5), formatFixed(1e21)]).toEqual(['0.500000', '1000000000000000000000.000000'])
  })

  test('whole numbers fit 64 bits', () => {
    expect(['5', '+5', '5.0', '', '9223372036854775807', '9223372036854775808'].map(parseGoInt)).toEqual([
      5,
      5,
      undefined,
      undefined,
      2 ** 63,
      undefined,
    ])
  })

  test('floats are decimals', () => {
    expect(['1.5', '.5', '1e3', '1_000', '0x1', 'x', ''].map(parseGoFloat)).toEqual([
      1.5,
      0.5,
      1000,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('regular expressions', () => {
  test.each([
    ['(a)(b)', 'xabx', '$2$1', 'xbax'],
    ['(?P<n>a)', 'a', '${n}!', 'a!'],
    ['a', 'aa', '$$', '$$'],
    ['a', 'a', '$9', ''],
    ['(a)', 'a', '$1x', ''],
    ['', 'ab', '-', '-a-b-'],
  ])('%s in %s by %s', (pattern, text, replacement, result) => {
    const regex = compileRegex(pattern)
    expect(regex.ok && regex.value.replaceAll(text, replacement)).toBe(result)
  })

  test.each(['(?=a)', '(a', '\\1', 'a{1001}'])('%s is refused with the words of Go', (pattern) => {
    const regex = compileRegex(pattern)
    expect(regex.ok ? '' : regex.error).toMatch(/^error parsing regexp: /)
  })
})
