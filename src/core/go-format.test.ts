import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareText,
  formatExponent,
  formatFixed,
  formatFloat,
  formatFloat32,
  formatValue,
  marshalJson,
  parseGoFloat,
  parseGoInt,
} from './go-format.ts'

describe('floats', () => {
  test.each([
    [1.5, '1.5', '1.500000', '1.5E+00', '1.5'],
    [-0, '-0', '-0.000000', '-0E+00', '-0'],
    [1e21, '1e+21', '1000000000000000000000.000000', '1E+21', '1000000000000000000000'],
    [123456789, '1.23456789e+08', '123456789.000000', '1.23456789E+08', '123456789'],
    [0.0001, '0.0001', '0.000100', '1E-04', '0.0001'],
    [0.00001, '1e-05', '0.000010', '1E-05', '0.00001'],
    [-1e-7, '-1e-07', '-0.000000', '-1E-07', '-0.0000001'],
    // Halves go to the even digit.
    [0.0078125, '0.0078125', '0.007812', '7.8125E-03', '0.0078125'],
    [0.0234375, '0.0234375', '0.023438', '2.34375E-02', '0.0234375'],
    [-0.0078125, '-0.0078125', '-0.007812', '-7.8125E-03', '-0.0078125'],
  ])('%d prints as %%v %s, %%f %s, E %s, f %s', (value, general, fixed, exponent, plain) => {
    expect([formatValue(value), formatFixed(value), formatExponent(value, 'E'), formatFloat(value)]).toEqual([
      general,
      fixed,
      exponent,
      plain,
    ])
  })

  test.each([
    [1234567.89, '1234567.9'],
    [123456789, '123456790'],
    [4023.90625, '4023.9062'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [-1e-300, '-0'],
    [1e300, '+Inf'],
  ])('%d as a 32-bit float is %s', (value, text) => {
    expect(formatFloat32(value)).toBe(text)
  })
})

test.each([
  ['1.', 1],
  ['.5e-3', 0.0005],
  ['+Inf', Infinity],
  ['-infinity', -Infinity],
  ['NaN', Number.NaN],
  ['0x1p-2', 0.25],
  ['-0X1.8P+1', -3],
  ['0x1p-1074', 5e-324],
  ['0x1p-1075', 0],
  ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
  ['0x1p1024', undefined],
  ['1e309', undefined],
  ['1e', undefined],
  ['.', undefined],
  ['-nan', undefined],
  ['0x1', undefined],
  ['0x.p1', undefined],
  [' 1', undefined],
  ['1\n', undefined],
])('ParseFloat of %j is %d', (text, value) => {
  expect(parseGoFloat(text)).toBe(value)
})

test.each([
  ['+007', 7],
  ['-9223372036854775808', -(2 ** 63)],
  ['-9223372036854775809', undefined],
  ['1e3', undefined],
  ['-', undefined],
  ['٣', undefined],
])('ParseInt of %j is %d', (text, value) => {
  expect(parseGoInt(text)).toBe(value)
})

test('every double reads back from every form that keeps its digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const text of [formatFloat(value), formatExponent(value, 'e'), formatValue(value)]) expect(parseGoFloat(text)).toBe(value)
      expect(formatFloat(value)).not.toContain('e')
    }),
    { numRuns: 1000 },
  )
})

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\uffee', '😀', '\u{10ffff}') })

test('text is in the order of its UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(compareText(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 1000 },
  )
})

test('maps print in that order', () => {
  const map = { '😀': 1, '\uffee': [null, true, 'x'], a: {} }
  expect(formatValue(map)).toBe('map[a:map[] \uffee:[<nil> true x] 😀:1]')
  expect(marshalJson(map)).toBe('{"a":{},"\uffee":[null,true,"x"],"😀":1}')
})
