import type { DerElement } from '../../../../core/der.ts'
import { derBits, derChildren, derInteger, derOid, derSequence, derTag } from '../../../../core/der.ts'
import { curveSizes, publicKeyAlgorithms } from './oids.ts'
import type { Tree } from './tree.ts'

export interface PublicKeyInfo {
  /** `PublicKeyAlgorithm`: RSA 1, DSA 2, ECDSA 3, Ed25519 4, unknown 0. */
  readonly algorithm: number
  /** As upstream's type prints: null for what it does not know. */
  readonly shown: Tree
  /** SubjectPublicKeyInfo as written. */
  readonly raw: Buffer
}

/** SubjectPublicKeyInfo, or undefined where it is malformed. */
export function parsePublicKeyInfo(element: DerElement | undefined): PublicKeyInfo | undefined {
  if (element?.tag !== derTag.sequence) return undefined
  const [identifier, key] = derChildren(element.contents) ?? []
  if (identifier?.tag !== derTag.sequence || key?.tag !== derTag.bitString) return undefined
  const [oid, parameters] = derChildren(identifier.contents) ?? []
  const bits = derBits(key.contents)
  if (oid?.tag !== derTag.oid || bits === undefined) return undefined
  const algorithm = publicKeyAlgorithms.get((derOid(oid.contents) ?? []).join('.')) ?? 0
  const shown = showKey(algorithm, bits.bytes, parameters)
  return shown === undefined ? undefined : { algorithm, shown, raw: element.raw }
}

function showKey(algorithm: number, bytes: Buffer, parameters: DerElement | undefined): Tree | undefined {
  switch (algorithm) {
    case 1:
      return showRsa(bytes)
    case 2:
      return showDsa(bytes, parameters)
    case 3:
      return parameters === undefined ? undefined : showPoint((derOid(parameters.contents) ?? []).join('.'), bytes)
    case 4:
      return bytes.length === 32 ? bytes.toString('base64') : undefined
    default:
      return null
  }
}

function showRsa(bytes: Buffer): Tree | undefined {
  const [modulus, exponent] = derSequence(bytes) ?? []
  if (modulus === undefined || exponent === undefined) return undefined
  return { N: derInteger(modulus.contents), E: derInteger(exponent.contents) }
}

function showDsa(bytes: Buffer, parameters: DerElement | undefined): Tree | undefined {
  const [p, q, g] = parameters === undefined ? [] : (derChildren(parameters.contents) ?? [])
  const y = derChildren(bytes)?.[0]
  if (p === undefined || q === undefined || g === undefined || y === undefined) return undefined
  return { P: derInteger(p.contents), Q: derInteger(q.contents), G: derInteger(g.contents), Y: derInteger(y.contents) }
}

/** Only uncompressed points are read. */
function showPoint(curve: string, bytes: Buffer): Tree | undefined {
  const size = curveSizes.get(curve)
  if (size === undefined || bytes.length !== 1 + 2 * size || bytes[0] !== 4) return undefined
  const coordinate = (from: number): bigint => BigInt(`0x${bytes.subarray(from, from + size).toString('hex')}`)
  return { Curve: {}, X: coordinate(1), Y: coordinate(1 + size) }
}
