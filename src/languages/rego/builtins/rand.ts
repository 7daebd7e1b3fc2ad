import { numberFromBigInt } from '../values/number.ts'
import type { RegoValue } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { int64At, builtin, isError, stringAt, type } from './operands.ts'

/** A number from 0 up to, not including, the magnitude of `n`; the same for the same arguments throughout a query. */
function intn(args: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const text = stringAt('rand.intn', args, 0)
  if (isError(text)) return text
  const bound = int64At('rand.intn', args, 1)
  if (isError(bound)) return bound
  if (bound === 0n) return 0
  const key = `rand.intn:${bound}:${text}`
  const known = context.memo.get(key)
  const value = typeof known === 'bigint' ? known : draw(bound < 0n ? -bound : bound, context)
  context.memo.set(key, value)
  return numberFromBigInt(value)
}

/** Eight more bytes than the bound has make the bias negligible. */
function draw(bound: bigint, context: BuiltinContext): bigint {
  const bytes = context.randomBytes(Math.ceil(bound.toString(16).length / 2) + 8)
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % bound
}

export const randBuiltins: readonly Builtin[] = [
  builtin('rand.intn', [type.string, type.number], type.number, intn, { nondeterministic: true }),
]
