import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { JmesFailure } from '../../../languages/jmespath/jmespath.ts'
import { arithmeticFunctions } from './arithmetic.ts'

const environment = { now: () => new Date(0), random: () => 0, resolveHost: () => undefined }

function call(name: string, ...args: readonly Json[]): Json {
  const definition = arithmeticFunctions.find((candidate) => candidate.name === name)
  const result = definition?.evaluate(args, environment) ?? null
  return result instanceof JmesFailure ? result.message.replace(`JMESPath function '${name}': `, '! ') : result
}

const kinds = [
  ['scalar', 6],
  ['quantity', '6Mi'],
  ['duration', '6h'],
] as const
/** What each function does with a pair of kinds: left then right. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  add: ['scalar scalar', 'quantity quantity', 'duration duration'],
  subtract: ['scalar scalar', 'quantity quantity', 'duration duration'],
  multiply: ['scalar scalar', 'quantity scalar', 'scalar quantity', 'duration scalar', 'scalar duration'],
  divide: ['scalar scalar', 'quantity quantity', 'quantity scalar', 'duration duration', 'duration scalar'],
  modulo: ['scalar scalar', 'quantity quantity', 'duration duration'],
}

test.each(Object.keys(allowed).flatMap((name) => kinds.flatMap((a) => kinds.map((b) => [name, a, b] as const))))(
  '%s of %j and %j',
  (name, [left, a], [right, b]) => {
    const isAllowed = allowed[name]?.includes(`${left} ${right}`) ?? false
    expect(call(name, a, b) !== '! Types mismatch').toBe(isAllowed)
  },
)

test.each([
  ['text is a quantity before it is a duration', 'add', '10m', '10m', '20m'],
  ['hours are only a duration', 'add', '1h', '10m', '! Types mismatch'],
  ['text of digits is a quantity', 'add', '5', 5, '! Types mismatch'],
  ['zero of another format', 'add', '0', '1Mi', '1Mi'],
  ['durations below zero', 'subtract', '1s', '1.5s', '-500ms'],
  ['a product of a quantity is exact', 'multiply', '1Gi', 0.1, '107374182400m'],
  ['either way around', 'multiply', 0.5, '1Gi', '512Mi'],
  ['a large factor', 'multiply', '1m', 1_000_000, '1k'],
  ['a product of a duration is cut to nanoseconds', 'multiply', '1s', 0.0000000015, '1ns'],
  ['a quotient keeps the decimals that are written', 'divide', '1', 3, '0'],
  ['so more can be asked for', 'divide', '1000m', 3, '333m'],
  ['on either side', 'divide', '1', 0.3, '3300m'],
  ['the quotient of quantities is a number', 'divide', '1Gi', '512Mi', 2],
  ['that of durations too', 'divide', '90s', '1m0s', 1.5],
  ['a part of a duration', 'divide', '1h0s', 3, '20m0s'],
  ['kinds count before zero', 'divide', '1h', '0', '! Types mismatch'],
  ['zero quantities', 'divide', '1', '0Ki', '! Zero divisor passed'],
  ['zero durations', 'modulo', '1h', '0h', '! Zero divisor passed'],
  ['the rest has the sign of the left', 'modulo', -7, 3, -1],
  ['and is never minus zero', 'modulo', -6, 3, 0],
  ['the rest of a quantity', 'modulo', '5Gi', '3Gi', '2Gi'],
  ['that is no whole number', 'modulo', '1500m', '1', '! Non-integer argument(s) passed for modulo'],
  ['the rest of a duration', 'modulo', '1h0s', '7m0.5s', '3m56s'],
  ['half away from zero', 'round', 2.5, 0, 3],
  ['with digits', 'round', -1.005, 1, -1],
  ['digits are whole', 'round', 1, 0.5, '! Non-integer argument(s) passed for round off'],
  ['what is no operand', 'multiply', true, 1, '! invalid operand'],
  ['nor this', 'multiply', 1, '', '! invalid operand'],
] as const)('%s', (_, name, a, b, result) => {
  expect(call(name, a, b)).toEqual(result)
})

test('a sum of mixed kinds is none', () => {
  expect(call('sum', ['1Gi', 5])).toBe('! Types mismatch')
  expect(call('sum', ['1h', '30m0s', '1.5h'])).toBe('3h0m0s')
})
