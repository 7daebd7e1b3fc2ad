import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Quantity } from './quantity.ts'
import {
  addQuantities,
  compareQuantities,
  divideQuantities,
  formatQuantity,
  multiplyQuantities,
  parseQuantity,
  quantityToNumber,
  subtractQuantities,
} from './quantity.ts'

function read(text: string): Quantity {
  const quantity = parseQuantity(text)
  if (quantity === undefined) throw new Error(`no quantity: ${text}`)
  return quantity
}

test.each([
  ['what is finer than a billionth is rounded up', '1.0000000001', '1000000001n'],
  ['in magnitude', '-1.0000000001', '-1000000001n'],
  ['however fine', '1e-100', '1e-9'],
  ['a binary amount with a fraction is written as a decimal one', '0.0001Ki', '102400u'],
  ['and so is one below 1024', '0.5Ki', '512'],
  ['above it the suffix grows', '1536Ki', '1536Ki'],
  ['as far as nothing is left over', '2048Ki', '2Mi'],
  ['binary amounts stop at an int64', '10Ei', '9223372036854775807'],
  ['below zero too', '-8Ei', '-9223372036854775807'],
  ['decimal ones do not', '100000000000000000000', '100E'],
  ['exponents stay exponents', '1e19', '10e18'],
  ['unless there is none left', '1.5e3', '1500'],
  ['the largest suffix is E', '1000E', '1000E'],
  ['many digits', '999999999999999999999n', '999999999999999999999n'],
  ['a point at the end', '1.G', '1G'],
  ['leading zeros', '007.50', '7500m'],
  ['a negative zero', '-0', '0'],
])('%s: %s is %s', (_, text, canonical) => {
  expect(formatQuantity(read(text))).toBe(canonical)
})

test.each([
  '',
  ' 1',
  '1 ',
  '1i',
  '1mi',
  '1K',
  '1KB',
  '1e3.5',
  '1ee3',
  '1Ki1',
  '0x1',
  '1_0',
  '1e18446744073709551617',
  '1'.repeat(200),
  '１',
])('`%s` is no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined()
})

test.each([
  ['1', '3', '0'],
  ['1000m', '3', '333m'],
  ['1.00', '3', '330m'],
  ['1', '0.5', '2'],
  ['12Mi', '3', '4Mi'],
  ['1k', '3', '333'],
  ['1Ti', '3', '366503875925'],
  ['1Pi', '3', '375299968947541333333333n'],
  ['-7', '2', '-3'],
])('%s divided by %s has the decimals that were written: %s', (a, b, quotient) => {
  const result = divideQuantities(read(a), read(b))
  expect(result && formatQuantity(result)).toBe(quotient)
})

test('nothing is divided by zero', () => {
  expect(divideQuantities(read('1'), read('0m'))).toBeUndefined()
})

test.each([
  ['the format is that of the left', '1Gi', '1G', '2073741824'],
  ['of the right where the left is zero', '0', '1Mi', '1Mi'],
  ['exponents and suffixes', '1e3', '1k', '2e3'],
])('adding: %s', (_, a, b, sum) => {
  expect(formatQuantity(addQuantities(read(a), read(b)))).toBe(sum)
})

test('a quantity as a double is its digits times the power of ten', () => {
  expect(['100m', '1.5', '2k', '1Gi', '-3u'].map((text) => quantityToNumber(read(text)))).toEqual([0.1, 1.5, 2000, 1073741824, -3 * 1e-6])
})

const texts = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.bigInt({ min: 0n, max: 10n ** 24n }),
    fc.constantFrom('', '.', '.5', '.25', '.0000000001', '.123456789'),
    fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'e3', 'E-7', 'e+12'),
  )
  .map((parts) => parts.join(''))
const quantities = texts.map(read)

test('the canonical text reads back as the same amount and prints the same', () => {
  fc.assert(
    fc.property(quantities, (quantity) => {
      const text = formatQuantity(quantity)
      expect(compareQuantities(read(text), quantity)).toBe(0)
      expect(formatQuantity(read(text))).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('adding and taking away again changes nothing, and neither does the order', () => {
  fc.assert(
    fc.property(quantities, quantities, (a, b) => {
      expect(compareQuantities(subtractQuantities(addQuantities(a, b), b), a)).toBe(0)
      expect(compareQuantities(addQuantities(a, b), addQuantities(b, a))).toBe(0)
      expect(compareQuantities(multiplyQuantities(a, b), multiplyQuantities(b, a))).toBe(0)
    }),
  )
})

test('there is one order', () => {
  fc.assert(
    fc.property(quantities, quantities, quantities, (a, b, c) => {
      const sorted = [a, b, c].sort(compareQuantities)
      const [low, middle, high] = sorted
      if (low === undefined || middle === undefined || high === undefined) return
      expect([compareQuantities(low, middle), compareQuantities(middle, high), compareQuantities(low, high)]).not.toContain(1)
      expect(compareQuantities(a, b) + compareQuantities(b, a)).toBe(0)
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{0,40}[eEinumkKMGTP]{0,2}[-+]?[0-9]{0,6}$/)), (text) => {
      const quantity = parseQuantity(text)
      if (quantity !== undefined) expect(formatQuantity(quantity)).not.toBe('')
    }),
    { numRuns: 2000 },
  )
})
