import fc from 'fast-check'
import { expect, test } from 'vitest'
import { absoluteValue, add, ceiling, divide, floor, multiply, remainder, round, subtract } from './arithmetic.ts'
import { compareNumbers, numberFromText, numberText } from './number.ts'

const number = (text: string): ReturnType<typeof numberFromText> => numberFromText(text)

const operators = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': (a: ReturnType<typeof number>, b: ReturnType<typeof number>) => {
    const result = divide(a, b)
    return result.ok ? result.value : number('-99')
  },
} as const

test.each<[string, keyof typeof operators, string, string]>([
  ['0.1', '+', '0.2', '0.3'],
  ['4.35', '*', '100', '435'],
  ['1.005', '*', '1000', '1005'],
  ['1', '/', '3', '0.33333333333333333334'],
  ['2', '/', '3', '0.6666666666666666667'],
  ['10', '/', '4', '2.5'],
  ['1', '/', '100000', '1e-05'],
  ['0', '/', '-2', '-0'],
  ['1000000', '*', '1.5', '1500000'],
  ['1234567', '+', '0.5', '1.2345675e+06'],
  ['123456', '+', '0.5', '123456.5'],
  ['1e3', '+', '1', '1001'],
  ['9007199254740991', '+', '1', '9007199254740992'],
  ['9223372036854775807', '+', '1', '9223372036854775808'],
  ['18446744073709551617', '*', '2', '36893488147419103234'],
  ['1', '-', '0.9', '0.10000000000000000002'],
  ['0.3', '-', '0.3', '0'],
])('%s %s %s is %s', (a, operator, b, expected) => {
  expect(numberText(operators[operator](number(a), number(b)))).toBe(expected)
})

test.each([
  ['7', '3', '1'],
  ['-7', '3', '-1'],
  ['5.0', '3', '2'],
  ['1', '0', 'modulo by zero'],
  ['1.5', '1', 'modulo on floating-point number'],
])('%s %% %s is %s', (a, b, expected) => {
  const result = remainder(number(a), number(b))
  expect(result.ok ? numberText(result.value) : result.error).toBe(expected)
})

test.each([
  ['2.5', '3', '3', '2', '2.5'],
  ['-2.5', '-3', '-2', '-3', '2.5'],
  ['-0.5', '-1', '1', '0', '0.5'],
  ['1.0', '1', '1', '1', '1'],
  ['1e20', '100000000000000000000', '100000000000000000000', '100000000000000000000', '100000000000000000000'],
])('%s rounds to %s, up to %s, down to %s, and its magnitude is %s', (value, rounded, up, down, magnitude) => {
  expect([round, ceiling, floor, absoluteValue].map((function_) => numberText(function_(number(value))))).toEqual([
    rounded,
    up,
    down,
    magnitude,
  ])
})

test('integers are exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (a, b) => {
      const [x, y] = [number(String(a)), number(String(b))]
      expect(numberText(add(x, y))).toBe(String(a + b))
      expect(numberText(subtract(x, y))).toBe(String(a - b))
      expect(numberText(multiply(x, y))).toBe(String(a * b))
      expect(compareNumbers(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
    { numRuns: 300 },
  )
})

test('the text of a result is a number that is equal to it, and adding nothing changes nothing', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), fc.integer({ min: 1, max: 1000 }), (a, b) => {
      const ratio = divide(a, b)
      const quotient = ratio.ok ? ratio.value : 0
      expect(compareNumbers(number(numberText(quotient)), quotient)).toBe(0)
      expect(compareNumbers(add(quotient, 0), quotient)).toBe(0)
    }),
    { numRuns: 300 },
  )
})

test('a number is no larger than itself in another spelling', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 5 }), (value, zeros) => {
      expect(compareNumbers(value, number(`${value}.${'0'.repeat(zeros + 1)}`))).toBe(0)
      expect(compareNumbers(value, number(`${value}e0`))).toBe(0)
      expect(compareNumbers(value, number(`${value}.${'0'.repeat(zeros)}1`))).toBe(value >= 0 ? -1 : 1)
    }),
  )
})
