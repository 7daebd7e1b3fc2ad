import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
  X509Certificate,
} from 'node:crypto'
import type { JsonWebKeyInput, KeyObject, SignKeyObjectInput, VerifyKeyObjectInput } from 'node:crypto'

/** The only file of the language that knows the platform's cryptography. Nothing here does I/O or waits. */

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** A public or private asymmetric key. */
export type Key = KeyObject
export type JsonWebKey = JsonWebKeyInput['key']

export const hash = (name: HashName, bytes: Uint8Array | string): Buffer => createHash(name).update(bytes).digest()
export const hmac = (name: HashName, key: Uint8Array | string, bytes: Uint8Array | string): Buffer =>
  createHmac(name, key).update(bytes).digest()

/** Compares in a time that does not depend on where the difference is. */
export const equalBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

export const certificateKey = (der: Buffer): Key | undefined => attempt(() => new X509Certificate(der).publicKey)
export const spkiKey = (der: Buffer): Key | undefined => attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' }))
export const publicJwk = (jwk: JsonWebKey): Key | undefined => attempt(() => createPublicKey({ key: jwk, format: 'jwk' }))
export const privateJwk = (jwk: JsonWebKey): Key | undefined => attempt(() => createPrivateKey({ key: jwk, format: 'jwk' }))

/** Formats of private keys: RSA, any kind, EC. */
export type PrivateKeyForm = 'pkcs1' | 'pkcs8' | 'sec1'

export const privateKey = (der: Buffer, form: PrivateKeyForm): Key | undefined =>
  attempt(() => createPrivateKey({ key: der, format: 'der', type: form }))

export const publicKeyOf = (key: Key): Key | undefined => attempt(() => createPublicKey(key))
export const jwkOf = (key: Key): JsonWebKey | undefined => attempt(() => key.export({ format: 'jwk' }))

export const isIssuedBy = (certificate: Buffer, issuer: Buffer): boolean =>
  attempt(() => new X509Certificate(certificate).verify(new X509Certificate(issuer).publicKey)) ?? false

/** Whether the certificate is for a host name or an IP address. */
export function isFor(certificate: Buffer, name: string): boolean {
  const check = attempt(() => {
    const parsed = new X509Certificate(certificate)
    return parsed.checkIP(name) ?? parsed.checkHost(name, { subject: 'never', partialWildcards: false })
  })
  return check !== undefined
}

export type SignatureScheme = 'rsa' | 'rsa-pss' | 'ecdsa' | 'eddsa'

const keyTypes: Readonly<Record<SignatureScheme, string>> = { rsa: 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec', eddsa: 'ed25519' }

export const suits = (key: Key, scheme: SignatureScheme): boolean => key.asymmetricKeyType === keyTypes[scheme]

function parameters(key: Key, scheme: SignatureScheme, saltLength: number): SignKeyObjectInput & VerifyKeyObjectInput {
  if (scheme === 'rsa-pss') return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
  return scheme === 'ecdsa' ? { key, dsaEncoding: 'ieee-p1363' } : { key }
}

export function verify(scheme: SignatureScheme, hashName: HashName, key: Key, bytes: Buffer, signature: Buffer): boolean {
  if (!suits(key, scheme)) return false
  const input = parameters(key, scheme, constants.RSA_PSS_SALTLEN_AUTO)
  return attempt(() => verifyWith(scheme === 'eddsa' ? null : hashName, bytes, input, signature)) ?? false
}

export function sign(scheme: SignatureScheme, hashName: HashName, key: Key, bytes: Buffer): Buffer | undefined {
  if (!suits(key, scheme)) return undefined
  return attempt(() => signWith(scheme === 'eddsa' ? null : hashName, bytes, parameters(key, scheme, constants.RSA_PSS_SALTLEN_DIGEST)))
}
