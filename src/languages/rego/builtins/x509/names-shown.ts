import { parseGoUrl } from '../../../../kube/go-url.ts'
import { formatIp } from '../../../../kube/validation/ip.ts'
import type { TreeObject } from './tree.ts'

const bitsOf = (bytes: Buffer): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`))
const mapped = 0xffffn

/** An address of a certificate; undefined where it is neither 4 nor 16 octets. */
export function showIp(bytes: Buffer): string | undefined {
  const bits = bitsOf(bytes)
  if (bytes.length === 4) return formatIp(4, bits)
  if (bytes.length !== 16) return undefined
  // An IPv4 address inside IPv6 prints as IPv4.
  return bits >> 32n === mapped ? formatIp(4, bits & 0xffff_ffffn) : formatIp(6, bits)
}

/** Address and mask of a name constraint. */
export function showNetwork(bytes: Buffer): TreeObject | undefined {
  if (bytes.length !== 8 && bytes.length !== 32) return undefined
  const half = bytes.length / 2
  const address = showIp(bytes.subarray(0, half))
  return address === undefined ? undefined : { IP: address, Mask: bytes.subarray(half).toString('base64') }
}

/** A URL as its parts. */
export function showUri(text: string): TreeObject | undefined {
  const url = parseGoUrl(text)
  if (!url.ok) return undefined
  const { scheme, opaque, user, host, path, rawPath, omitHost, forceQuery, rawQuery, fragment, rawFragment } = url.value
  return {
    Scheme: scheme,
    Opaque: opaque,
    User: user === undefined ? null : {},
    Host: host,
    Path: path,
    RawPath: rawPath,
    OmitHost: omitHost,
    ForceQuery: forceQuery,
    RawQuery: rawQuery,
    Fragment: fragment,
    RawFragment: rawFragment,
  }
}
