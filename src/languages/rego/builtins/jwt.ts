import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { marshalValue, parseJsonValue } from '../values/json.ts'
import { numberFromBigInt } from '../values/number.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import { isArray, isObject, isRecord, typeName } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import type { Algorithm } from './jwt/algorithms.ts'
import { algorithms, hasMac, isSigned, signatureOf } from './jwt/algorithms.ts'
import type { Constraints } from './jwt/constraints.ts'
import { claimsHold, readConstraints } from './jwt/constraints.ts'
import { readSigningKey, readVerificationKeys } from './jwt/keys.ts'
import type { Token } from './jwt/token.ts'
import { mostNested, nestedToken, parseRecord, parseSignature, parseToken, textOf, wrongSignature } from './jwt/token.ts'
import { builtin, failure, isError, ofString, ofStrings, stringAt, type, wrongOperand } from './operands.ts'

/** Header, payload and signature in hexadecimal, of the innermost token. */
function decode(text: string, depth: number): Result<RegoValue, string> {
  let written = text
  for (let level = 0; level < mostNested; level += 1) {
    const token = parseToken(written, depth)
    if (!token.ok) return token
    const bytes = token.value.payload()
    if (!bytes.ok) return bytes
    const nested = nestedToken(token.value.header, bytes.value)
    if (nested === undefined) {
      const payload = parseRecord(bytes.value.toString('utf8'), depth)
      if (!payload.ok) return payload
      const signature = token.value.signature()
      return signature.ok
        ? ok([token.value.header, payload.value, signature.value.signature.toString('hex')])
        : err(wrongSignature(signature.error))
    }
    written = nested
  }
  return err('tokens are nested too deeply')
}

function verifier(name: string, algorithm: Algorithm): Builtin {
  return ofStrings(name, type.boolean, (text, key, { limits }) => {
    const signature = parseSignature(text)
    if (!signature.ok) return failure(name, signature.error)
    if (algorithm.scheme === 'hmac') return hasMac(algorithm, signature.value, key)
    const keys = readVerificationKeys(key)
    if (!keys.ok) return failure(name, keys.error)
    const token = parseToken(text, limits.depth)
    return token.ok ? isSigned(algorithm, signature.value, keys.value) : failure(name, token.error)
  })
}

const refused: RegoValue = [false, {}, {}]

function decodeVerify(args: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'io.jwt.decode_verify'
  const text = stringAt(name, args, 0)
  if (isError(text)) return text
  const given = args[1] ?? null
  if (!isObject(given)) return wrongOperand(name, 1, 'object', typeName(given))
  const constraints = readConstraints(given)
  if (!constraints.ok) return failure(name, constraints.error)
  const outcome = verifyNested(text, constraints.value, context)
  return outcome.ok ? outcome.value : failure(name, outcome.error)
}

function verifyNested(text: string, constraints: Constraints, context: BuiltinContext): Result<RegoValue, string> {
  let written = text
  for (let level = 0; level < mostNested; level += 1) {
    const token = parseToken(written, context.limits.depth)
    if (!token.ok) return token
    const trusted = isTrusted(token.value, constraints)
    if (!trusted.ok) return trusted
    if (!trusted.value) return ok(refused)
    const bytes = token.value.payload()
    if (!bytes.ok) return bytes
    const nested = nestedToken(token.value.header, bytes.value)
    if (nested === undefined) return checkClaims(token.value.header, bytes.value, constraints, context)
    written = nested
  }
  return err('tokens are nested too deeply')
}

/** The signature is right, by an algorithm that is asked for. */
function isTrusted(token: Token, { algorithm: wanted, keys, secret }: Constraints): Result<boolean, string> {
  const understood = isUnderstood(token.header)
  if (!understood.ok) return understood
  const name = textOf(token.header, 'alg') ?? ''
  if (!understood.value || (wanted !== undefined && wanted !== name)) return ok(false)
  const signature = token.signature()
  if (!signature.ok) return signature
  const algorithm = algorithms.get(name)
  if (algorithm === undefined) return ok(false)
  if (secret !== undefined) return ok(algorithm.scheme === 'hmac' && hasMac(algorithm, signature.value, secret))
  return ok(isSigned(algorithm, signature.value, keys ?? []))
}

const knownHeaders: ReadonlySet<RegoValue> = new Set(['alg', 'kid', 'typ', 'cty', 'crit'])

/** Whether no extension that the header has is critical; none is known. */
function isUnderstood(header: RegoRecord): Result<boolean, string> {
  for (const key of ['alg', 'kid', 'typ', 'cty']) {
    if (Object.hasOwn(header, key) && typeof header[key] !== 'string') return err(`${key}: must be a string`)
  }
  const critical = Object.hasOwn(header, 'crit') ? header['crit'] : []
  if (critical === undefined || !isArray(critical)) return err('crit: must be a list')
  if (!critical.some((name) => typeof name === 'string') && Object.hasOwn(header, 'crit')) return err('crit: must be a nonempty list')
  return ok(!critical.some((name) => typeof name === 'string' && !knownHeaders.has(name) && Object.hasOwn(header, name)))
}

function checkClaims(
  header: RegoRecord,
  bytes: Buffer,
  constraints: Constraints,
  { now, limits }: BuiltinContext,
): Result<RegoValue, string> {
  const payload = parseRecord(bytes.toString('utf8'), limits.depth)
  if (!payload.ok) return payload
  const holds = claimsHold(payload.value, constraints, numberFromBigInt(now))
  if (!holds.ok) return holds
  return ok(holds.value ? [true, header, payload.value] : refused)
}

interface SigningInput {
  /** JSON. */
  readonly header: string
  readonly payload: string
  readonly key: RegoValue
}

function sign({ header, payload, key: written }: SigningInput, depth: number): Result<string, string> {
  const key = readSigningKey(written)
  if (!key.ok) return key
  const headers = readHeader(header, depth)
  if (!headers.ok) return headers
  const algorithm = algorithms.get(headers.value.algorithm)
  if (algorithm === undefined) return err(`unknown JWS algorithm: ${headers.value.algorithm}`)
  if (headers.value.isJwt && !parseJsonValue(payload, depth).ok) return err('type is JWT but payload is not JSON')
  const signed = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  const signature = signatureOf(algorithm, key.value, Buffer.from(signed))
  return signature === undefined ? err(`invalid key type for ${algorithm.name}`) : ok(`${signed}.${signature.toString('base64url')}`)
}

/** A token without `typ` is taken for a JWT. */
function readHeader(text: string, depth: number): Result<{ readonly algorithm: string; readonly isJwt: boolean }, string> {
  const prefix = "missing or invalid 'alg' header:"
  if (text === '') return err(`${prefix} cannot parse JSON: cannot parse empty string; unparsed tail: ""`)
  const value = parseJsonValue(text, depth)
  const header: RegoRecord = value.ok && isRecord(value.value) ? value.value : {}
  const algorithm = Object.hasOwn(header, 'alg') ? header['alg'] : undefined
  if (algorithm === undefined) return err(`${prefix} jwsbb: header "alg" not found`)
  if (typeof algorithm !== 'string') return err(`${prefix} value doesn't contain string; it contains ${typeName(algorithm)}`)
  return ok({ algorithm, isJwt: !Object.hasOwn(header, 'typ') || header['typ'] === 'JWT' })
}

function encodeSign(args: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'io.jwt.encode_sign'
  const [header = null, payload = null, key = null] = args
  for (const [at, value] of [header, payload, key].entries()) if (!isObject(value)) return wrongOperand(name, at, 'object', typeName(value))
  const token = sign({ header: marshalValue(header), payload: marshalValue(payload), key }, context.limits.depth)
  return token.ok ? token.value : failure(name, token.error)
}

function encodeSignRaw(args: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'io.jwt.encode_sign_raw'
  const texts: string[] = []
  for (const at of [0, 1, 2]) {
    const text = stringAt(name, args, at)
    if (isError(text)) return text
    texts.push(text)
  }
  const [header = '', payload = '', keyText = ''] = texts
  const key = parseJsonValue(keyText, context.limits.depth)
  if (!key.ok) return failure(name, `jwk.Parse: failed to parse sole key: ${key.error}`)
  const token = sign({ header, payload, key: key.value }, context.limits.depth)
  return token.ok ? token.value : failure(name, token.error)
}

const object = type.object(type.any, type.any)
const nondeterministic = { nondeterministic: true } as const

export const jwtBuiltins: readonly Builtin[] = [
  ofString('io.jwt.decode', type.tuple(object, object, type.string), (text, { limits }) => {
    const decoded = decode(text, limits.depth)
    return decoded.ok ? decoded.value : failure('io.jwt.decode', decoded.error)
  }),
  ...[...algorithms.values()].map((algorithm) => verifier(`io.jwt.verify_${algorithm.name.toLowerCase()}`, algorithm)),
  builtin(
    'io.jwt.decode_verify',
    [type.string, type.object(type.string, type.any)],
    type.tuple(type.boolean, object, object),
    decodeVerify,
    nondeterministic,
  ),
  builtin(
    'io.jwt.encode_sign',
    [type.object(type.string, type.any), type.object(type.string, type.any), type.object(type.string, type.any)],
    type.string,
    encodeSign,
    nondeterministic,
  ),
  builtin('io.jwt.encode_sign_raw', [type.string, type.string, type.string], type.string, encodeSignRaw, nondeterministic),
]
