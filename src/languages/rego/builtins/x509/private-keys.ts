import type { Key } from '../crypto/primitives.ts'
import { jwkOf, privateKey } from '../crypto/primitives.ts'
import type { PemBlock } from './pem.ts'
import type { Tree } from './tree.ts'

const forms = {
  'RSA PRIVATE KEY': ['pkcs1'],
  'PRIVATE KEY': ['pkcs8', 'pkcs1', 'sec1'],
  'EC PRIVATE KEY': ['sec1'],
} as const

export const isPrivateKeyLabel = (label: string): label is keyof typeof forms => Object.hasOwn(forms, label)

/** The private key of a PEM block, or undefined where it holds none. */
export function readPrivateKey({ label, bytes }: PemBlock): Key | undefined {
  if (!isPrivateKeyLabel(label)) return undefined
  for (const form of forms[label]) {
    const key = privateKey(bytes, form)
    if (key !== undefined) return key
  }
  return undefined
}

/** A private key shaped as upstream's types print. */
export function showPrivateKey(key: Key): Tree {
  const jwk = jwkOf(key)
  if (jwk === undefined) return null
  const bytes = (name: string): Buffer => Buffer.from(String(jwk[name] ?? ''), 'base64url')
  const number = (name: string): bigint => BigInt(`0x${bytes(name).toString('hex') || '0'}`)
  switch (jwk['kty']) {
    case 'RSA': {
      const precomputed = { Dp: number('dp'), Dq: number('dq'), Qinv: number('qi'), CRTValues: [] }
      return { N: number('n'), E: number('e'), D: number('d'), Primes: [number('p'), number('q')], Precomputed: precomputed }
    }
    case 'EC':
      return { Curve: {}, X: number('x'), Y: number('y'), D: number('d') }
    default:
      return Buffer.concat([bytes('d'), bytes('x')]).toString('base64')
  }
}
