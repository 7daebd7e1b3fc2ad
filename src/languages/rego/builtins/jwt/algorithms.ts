import type { HashName, SignatureScheme } from '../crypto/primitives.ts'
import { equalBytes, hmac, sign, verify } from '../crypto/primitives.ts'
import type { SigningKey, VerificationKey } from './keys.ts'
import type { Signature } from './token.ts'

/** How a signature algorithm of JSON Web Algorithms works. */
export interface Algorithm {
  readonly name: string
  readonly scheme: SignatureScheme | 'hmac'
  readonly hash: HashName
}

const families = { HS: 'hmac', RS: 'rsa', PS: 'rsa-pss', ES: 'ecdsa' } as const
const hashes = { 256: 'sha256', 384: 'sha384', 512: 'sha512' } as const

export const algorithms: ReadonlyMap<string, Algorithm> = new Map(
  [
    ...(['HS', 'RS', 'PS', 'ES'] as const).flatMap((family) =>
      ([256, 384, 512] as const).map((size): Algorithm => ({ name: `${family}${size}`, scheme: families[family], hash: hashes[size] })),
    ),
    { name: 'EdDSA', scheme: 'eddsa', hash: 'sha512' } as const,
  ].map((algorithm) => [algorithm.name, algorithm]),
)

/** HMAC with a secret. */
export function hasMac({ hash }: Algorithm, token: Signature, secret: string): boolean {
  return equalBytes(hmac(hash, secret, token.signed), token.signature)
}

/** Whether one of the keys made the signature: the one the header names, or any that may be used for the algorithm. */
export function isSigned({ scheme, hash, name }: Algorithm, token: Signature, keys: readonly VerificationKey[]): boolean {
  if (scheme === 'hmac') return false
  const { id } = token
  const named = id === undefined ? undefined : keys.find((key) => key.id === id)
  const candidates = named === undefined ? keys.filter(({ algorithm }) => algorithm === undefined || algorithm === name) : [named]
  return candidates.some(({ key }) => key !== undefined && verify(scheme, hash, key, token.signed, token.signature))
}

/** The signature of `bytes`, or undefined where the key is not for the algorithm. */
export function signatureOf({ scheme, hash }: Algorithm, key: SigningKey, bytes: Buffer): Buffer | undefined {
  if (scheme === 'hmac') return 'secret' in key ? hmac(hash, key.secret, bytes) : undefined
  return 'secret' in key ? undefined : sign(scheme, hash, key.key, bytes)
}
