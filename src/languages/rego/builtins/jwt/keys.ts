import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { parseJsonValue } from '../../values/json.ts'
import type { RegoRecord, RegoValue } from '../../values/value.ts'
import { isArray, isRecord } from '../../values/value.ts'
import type { JsonWebKey, Key } from '../crypto/primitives.ts'
import { certificateKey, privateJwk, publicJwk, spkiKey } from '../crypto/primitives.ts'
import { readPem } from '../x509/pem.ts'
import { textOf } from './token.ts'

/** A key and what it is for. `key` is absent for kinds that do not sign with a key pair. */
export interface VerificationKey {
  readonly key: Key | undefined
  readonly algorithm: string | undefined
  readonly id: string | undefined
}

/** PEM of a certificate or public key, or a JSON Web Key (set). */
export function readVerificationKeys(text: string): Result<readonly VerificationKey[], string> {
  const pem = readPem(text)
  if (pem === undefined) return readKeySet(text)
  if (pem.rest !== '') return err('extra data after a PEM certificate block')
  const { label, bytes } = pem.block
  if (label !== 'CERTIFICATE' && label !== 'PUBLIC KEY') return err('failed to extract a Key from the PEM certificate')
  const key = label === 'CERTIFICATE' ? certificateKey(bytes) : spkiKey(bytes)
  if (key !== undefined) return ok([{ key, algorithm: undefined, id: undefined }])
  return err(
    label === 'CERTIFICATE'
      ? 'failed to parse a PEM certificate: x509: malformed certificate'
      : 'failed to parse a PEM public key: asn1: syntax error',
  )
}

const jsonDepth = 32
const keyProblem = 'failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: '

function readKeySet(text: string): Result<readonly VerificationKey[], string> {
  const parsed = parseJsonValue(text, jsonDepth)
  const keys = parsed.ok ? keysOf(parsed.value) : undefined
  if (keys === undefined) return err('failed to parse a JWK key (set): invalid key')
  const read: VerificationKey[] = []
  for (const jwk of keys) {
    const key = publicJwk(toJwk(jwk))
    const kind = textOf(jwk, 'kty')
    if (key === undefined && kind !== 'oct') return err(`${keyProblem}jwk.ParseKey: invalid key type from JSON (${kind ?? ''})`)
    read.push({ key, algorithm: textOf(jwk, 'alg'), id: textOf(jwk, 'kid') })
  }
  return ok(read)
}

/** The key, or the keys of a set. */
function keysOf(value: RegoValue): readonly RegoRecord[] | undefined {
  if (!isRecord(value)) return undefined
  const list = Object.hasOwn(value, 'keys') ? value['keys'] : undefined
  if (list === undefined) return [value]
  return isArray(list) && list.every(isRecord) ? list : undefined
}

function toJwk(record: RegoRecord): JsonWebKey {
  const texts = Object.entries(record).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  return Object.fromEntries(texts)
}

/** A key to sign with: the secret of `oct`, or a private key. */
export type SigningKey = { readonly secret: Buffer } | { readonly key: Key }

/** The first key of a JSON Web Key (set). */
export function readSigningKey(value: RegoValue): Result<SigningKey, string> {
  const jwk = keysOf(value)?.[0]
  if (jwk === undefined) return err('failed to parse a JWK key (set): invalid key')
  const kind = textOf(jwk, 'kty')
  const secret = textOf(jwk, 'k')
  if (kind === 'oct' && secret !== undefined) return ok({ secret: Buffer.from(secret, 'base64url') })
  const key = privateJwk(toJwk(jwk))
  if (key !== undefined) return ok({ key })
  return err(`jwk.Parse: failed to parse sole key: jwk.ParseKey: invalid key type from JSON (${kind ?? ''})`)
}
