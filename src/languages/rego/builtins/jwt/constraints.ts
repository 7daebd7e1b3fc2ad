import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { AnyNumber } from '../../values/number.ts'
import { compareNumbers } from '../../values/number.ts'
import { multiply } from '../../values/arithmetic.ts'
import type { AnyObject, RegoRecord, RegoValue } from '../../values/value.ts'
import { isArray, isNumber, objectEntries } from '../../values/value.ts'
import type { VerificationKey } from './keys.ts'
import { readVerificationKeys } from './keys.ts'

/** What `io.jwt.decode_verify` asks of a token. */
export interface Constraints {
  readonly keys: readonly VerificationKey[] | undefined
  readonly secret: string | undefined
  readonly algorithm: string | undefined
  readonly issuer: string | undefined
  readonly audience: string | undefined
  /** Nanoseconds; undefined for now. */
  readonly time: AnyNumber | undefined
}

const none: Constraints = {
  keys: undefined,
  secret: undefined,
  algorithm: undefined,
  issuer: undefined,
  audience: undefined,
  time: undefined,
}

export function readConstraints(object: AnyObject): Result<Constraints, string> {
  let constraints = none
  for (const [key, value] of objectEntries(object)) {
    const read = readConstraint(key, value)
    if (!read.ok) return read
    constraints = { ...constraints, ...read.value }
  }
  if (constraints.keys === undefined && constraints.secret === undefined) return err('no key constraint')
  if (constraints.keys !== undefined && constraints.secret !== undefined) return err('duplicate key constraints')
  return ok(constraints)
}

const texts = { secret: 'secret', alg: 'algorithm', iss: 'issuer', aud: 'audience' } as const

function readConstraint(key: RegoValue, value: RegoValue): Result<Partial<Constraints>, string> {
  switch (key) {
    case 'cert': {
      if (typeof value !== 'string') return err('cert constraint: must be a string')
      const keys = readVerificationKeys(value)
      return keys.ok ? ok({ keys: keys.value }) : keys
    }
    case 'secret':
    case 'alg':
    case 'iss':
    case 'aud':
      return typeof value === 'string' ? ok({ [texts[key]]: value }) : err(`${key} constraint: must be a string`)
    case 'time':
      if (!isNumber(value)) return err('token time constraint: must be a number')
      return compareNumbers(value, 0) < 0 ? err('token time constraint: must not be negative') : ok({ time: value })
    default:
      return err(`unknown token validation constraint: ${typeof key === 'string' ? key : String(key)}`)
  }
}

const own = (payload: RegoRecord, key: string): RegoValue | undefined => (Object.hasOwn(payload, key) ? payload[key] : undefined)

/** Whether issuer, audience and times are as asked; the error names a claim of a wrong type. */
export function claimsHold(payload: RegoRecord, constraints: Constraints, now: AnyNumber): Result<boolean, string> {
  if (constraints.issuer !== undefined && own(payload, 'iss') !== constraints.issuer) return ok(false)
  if (!isForAudience(own(payload, 'aud'), constraints.audience)) return ok(false)
  const time = constraints.time ?? now
  const expires = secondsOf(payload, 'exp')
  if (!expires.ok) return expires
  if (expires.value !== undefined && compareNumbers(time, expires.value) >= 0) return ok(false)
  const starts = secondsOf(payload, 'nbf')
  if (!starts.ok) return starts
  return ok(starts.value === undefined || compareNumbers(time, starts.value) >= 0)
}

/** A token with an audience needs the constraint, and one without must not have it. */
function isForAudience(audience: RegoValue | undefined, wanted: string | undefined): boolean {
  if (audience === undefined) return wanted === undefined
  if (wanted === undefined) return false
  return isArray(audience) ? audience.includes(wanted) : audience === wanted
}

/** A claim in seconds as nanoseconds. */
function secondsOf(payload: RegoRecord, claim: string): Result<AnyNumber | undefined, string> {
  const value = own(payload, claim)
  if (value === undefined) return ok(undefined)
  return isNumber(value) ? ok(multiply(value, 1_000_000_000)) : err(`${claim} value must be a number`)
}
