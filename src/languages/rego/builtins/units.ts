import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { numberFromBigInt, numberFromText } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import type { Builtin } from './contract.ts'
import { failure, ofString, type } from './operands.ts'

/** An exact fraction. */
interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

const powers: readonly string[] = ['k', 'm', 'g', 't', 'p', 'e']

function scale(base: bigint, exponent: number): Ratio {
  return { numerator: base ** BigInt(exponent), denominator: 1n }
}

/** Upstream's thousandth is the double next to it: 1000m is not whole, and prints its ten digits. */
const milli: Ratio = { numerator: 1_152_921_504_606_847n, denominator: 2n ** 60n }

/** `m` is milli and `M` mega; otherwise the case of units does not matter. */
function unitOf(text: string): Ratio | undefined {
  if (text === '') return scale(1n, 0)
  if (text === 'm') return milli
  const lower = text.toLowerCase()
  const power = powers.indexOf(lower.charAt(0)) + 1
  if (power === 0 || !/^.i?$/.test(lower)) return undefined
  return lower.endsWith('i') ? scale(1024n, power) : scale(1000n, power)
}

/** `k`, `kb`, `ki`, `kib` and the like. */
function byteUnitOf(text: string): Ratio | undefined {
  if (text === '') return scale(1n, 0)
  const power = powers.indexOf(text.charAt(0)) + 1
  if (power === 0 || !/^.i?b?$/.test(text)) return undefined
  return text.charAt(1) === 'i' ? scale(1024n, power) : scale(1000n, power)
}

/** Digits of an exponent: longer ones would make numbers that nobody can print. */
const mostExponentDigits = 6
/** And larger ones ones that nobody should: upstream takes minutes over them. */
const mostExponent = 10_000
const amountPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?)(\d+))?$/

function amountOf(text: string): Result<Ratio, 'amount' | 'exponent too large'> {
  const match = amountPattern.exec(text)
  if (match === null) return err('amount')
  const [, sign = '', whole = '', decimals = '', exponentSign = '', exponent = ''] = match
  if (whole === '' && decimals === '') return err('amount')
  if (exponent.length > mostExponentDigits || Number(exponent) > mostExponent) return err('exponent too large')
  const digits = BigInt(whole + decimals) * (sign === '-' ? -1n : 1n)
  const power = Number(`${exponentSign}${exponent}`) - decimals.length
  return ok(
    power >= 0 ? { numerator: digits * 10n ** BigInt(power), denominator: 1n } : { numerator: digits, denominator: 10n ** BigInt(-power) },
  )
}

/** Splits after the number: digits, signs, points, and an `e` that a digit or a sign follows. */
function splitAmount(text: string): readonly [string, string] {
  const amount = /^(?:[0-9.+-]|[eE](?=[0-9+-]))*/.exec(text)?.[0] ?? ''
  return [amount, text.slice(amount.length)]
}

const maximumLength = 4096

interface Words {
  readonly empty: string
  readonly amount: string
  readonly unit: string
  readonly units: (text: string) => Ratio | undefined
}

const plain: Words = {
  empty: 'no amount provided',
  amount: 'could not parse amount to a number',
  unit: 'unit',
  units: unitOf,
}
const bytes: Words = {
  empty: 'no byte amount provided',
  amount: 'could not parse byte amount to a number',
  unit: 'byte unit',
  units: byteUnitOf,
}

function parse(raw: string, { empty, amount, unit, units }: Words): Result<Ratio, string> {
  const text = raw.replaceAll('"', '')
  if (text === '') return err(empty)
  if (text.includes(' ')) return err('spaces not allowed in resource strings')
  const [number, written] = splitAmount(text)
  if (number === '' || text.length > maximumLength) return err(empty)
  const factor = units(written)
  if (factor === undefined) return err(`${unit} ${written} not recognized`)
  const value = amountOf(number)
  if (!value.ok) return err(value.error === 'amount' ? amount : value.error)
  return ok({ numerator: value.value.numerator * factor.numerator, denominator: value.value.denominator * factor.denominator })
}

const decimals = 10

/** A whole number, or ten digits after the point, zeros too, with halves away from zero. */
function decimalOf({ numerator, denominator }: Ratio): RegoValue {
  if (numerator % denominator === 0n) return numberFromBigInt(numerator / denominator)
  const magnitude = numerator < 0n ? -numerator : numerator
  const shifted = (magnitude * 10n ** BigInt(decimals) * 2n + denominator) / (denominator * 2n)
  const digits = shifted.toString().padStart(decimals + 1, '0')
  const sign = numerator < 0n ? '-' : ''
  return numberFromText(`${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

// The name stands in upstream's messages twice.
const problem = (name: string, text: string): ReturnType<typeof failure> => failure(name, `${name}: ${text}`)

export const unitBuiltins: readonly Builtin[] = [
  ofString('units.parse', type.number, (text) => {
    const ratio = parse(text, plain)
    return ratio.ok ? decimalOf(ratio.value) : problem('units.parse', ratio.error)
  }),
  ofString('units.parse_bytes', type.number, (text) => {
    const ratio = parse(text.toLowerCase(), bytes)
    if (!ratio.ok) return problem('units.parse_bytes', ratio.error)
    return numberFromBigInt(ratio.value.numerator / ratio.value.denominator)
  }),
]
