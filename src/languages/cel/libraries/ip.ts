import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err } from '../../../core/result.ts'
import { isInRange } from '../../../kube/validation/ip.ts'
import type { CelFunction, CelLibrary } from '../function.ts'
import { globalFunction, memberFunction, traversal } from '../function.ts'
import { celType } from '../types.ts'
import type { CelOutcome, CelValue } from '../values.ts'
import { CelError, opaqueKind } from '../values.ts'
import type { Address, Prefix } from './addresses.ts'
import { formatAddress, formatPrefix, isMapped, masked, parseAddress, parsePrefix } from './addresses.ts'

const ipKind = opaqueKind<Address>('net.IP', (a, b) => a.family === b.family && a.bits === b.bits)
const cidrKind = opaqueKind<Prefix>('net.CIDR', (a, b) => a.family === b.family && a.bits === b.bits && a.length === b.length)
const ipType = celType.opaque(ipKind.name)
const cidrType = celType.opaque(cidrKind.name)

/** Addresses of zones, and of IPv4 in the dress of IPv6, are refused. */
function readIp(text: string): Result<Address, string> {
  const address = parseAddress(text)
  if (!address.ok) return err(`IP Address ${quoteGo(text)} parse error during conversion from string: ${address.error}`)
  if (address.value.zone !== '') return err(`IP address ${quoteGo(text)} with zone value is not allowed`)
  return isMapped(address.value) ? err(`IPv4-mapped IPv6 address ${quoteGo(text)} is not allowed`) : address
}

const networkError = 'network address parse error during conversion from string: '

function readCidr(text: string): Result<Prefix, string> {
  const prefix = parsePrefix(text)
  if (!prefix.ok) return err(`${networkError}${networkError}${prefix.error}`)
  return isMapped(prefix.value) ? err(`${networkError}IPv4-mapped IPv6 address ${quoteGo(text)} is not allowed`) : prefix
}

function toIp(text: string): CelOutcome {
  const address = readIp(text)
  return address.ok ? ipKind.wrap(address.value) : new CelError(address.error)
}

function toCidr(text: string): CelOutcome {
  const prefix = readCidr(text)
  return prefix.ok ? cidrKind.wrap(prefix.value) : new CelError(prefix.error)
}

function isCanonical(text: string): CelOutcome {
  const address = readIp(text)
  return address.ok ? formatAddress(address.value) === text : new CelError(address.error)
}

const top = ({ bits, family }: Address, count: number): number => Number(bits >> BigInt((family === 4 ? 32 : 128) - count))

const isUnspecified = ({ bits }: Address): boolean => bits === 0n
const isLoopback = (ip: Address): boolean => (ip.family === 4 ? top(ip, 8) === 127 : ip.bits === 1n)
const isMulticast = (ip: Address): boolean => (ip.family === 4 ? top(ip, 4) === 0xe : top(ip, 8) === 0xff)
const isLinkLocalMulticast = (ip: Address): boolean => (ip.family === 4 ? top(ip, 24) === 0xe0_0000 : (top(ip, 16) & 0xff0f) === 0xff02)
const isLinkLocalUnicast = (ip: Address): boolean => (ip.family === 4 ? top(ip, 16) === 0xa9fe : top(ip, 10) === 0x3fa)
const isBroadcast = ({ family, bits }: Address): boolean => family === 4 && bits === 0xffff_ffffn
const isGlobalUnicast = (ip: Address): boolean =>
  ![isUnspecified, isBroadcast, isLoopback, isMulticast, isLinkLocalUnicast].some((excludes) => excludes(ip))

const asks = (name: string, holds: (ip: Address) => boolean): CelFunction =>
  memberFunction(name, [ipType], { returns: 'bool', evaluate: (value) => holds(ipKind.unwrap(value)) })

const walk = (text: string): number => traversal(text.length)
const noSuchOverload = new CelError('no such overload')

const holdsIp = (range: CelValue, address: Address): boolean => isInRange(cidrKind.unwrap(range), address)

/** A text that is no address is none of the function's arguments. */
function holdsIpText(range: CelValue, text: string): CelOutcome {
  const address = readIp(text)
  return address.ok ? holdsIp(range, address.value) : noSuchOverload
}

function holdsCidr(range: CelValue, other: Prefix): boolean {
  const outer = cidrKind.unwrap(range)
  return outer.length <= other.length && isInRange(outer, other)
}

function holdsCidrText(range: CelValue, text: string): CelOutcome {
  const other = readCidr(text)
  return other.ok ? holdsCidr(range, other.value) : new CelError(other.error)
}

const rangeBytes = (range: CelValue): number => (cidrKind.unwrap(range).family === 4 ? 4 : 16)
const searchCost = (range: CelValue): number => Math.ceil(rangeBytes(range) * 0.2)

/** Kubernetes' IP addresses. */
export const ipLibrary: CelLibrary = {
  name: 'k8s.ip',
  types: { [ipKind.name]: ipType },
  functions: [
    globalFunction('ip', ['string'], { returns: ipType, evaluate: toIp, cost: walk }),
    globalFunction('isIP', ['string'], { returns: 'bool', evaluate: (text) => readIp(text).ok, cost: walk }),
    globalFunction('ip.isCanonical', ['string'], { returns: 'bool', evaluate: isCanonical, cost: (text) => Math.ceil(text.length * 0.2) }),
    globalFunction('string', [ipType], { returns: 'string', evaluate: (value) => formatAddress(ipKind.unwrap(value)) }),
    memberFunction('family', [ipType], { returns: 'int', evaluate: (value) => ipKind.unwrap(value).family }),
    asks('isUnspecified', isUnspecified),
    asks('isLoopback', isLoopback),
    asks('isLinkLocalMulticast', isLinkLocalMulticast),
    asks('isLinkLocalUnicast', isLinkLocalUnicast),
    asks('isGlobalUnicast', isGlobalUnicast),
  ],
}

/** Kubernetes' ranges of IP addresses. */
export const cidrLibrary: CelLibrary = {
  name: 'k8s.cidr',
  types: { [cidrKind.name]: cidrType },
  functions: [
    globalFunction('cidr', ['string'], { returns: cidrType, evaluate: toCidr, cost: walk }),
    globalFunction('isCIDR', ['string'], { returns: 'bool', evaluate: (text) => readCidr(text).ok, cost: walk }),
    globalFunction('string', [cidrType], { returns: 'string', evaluate: (value) => formatPrefix(cidrKind.unwrap(value)) }),
    memberFunction('containsIP', [cidrType, 'string'], {
      returns: 'bool',
      evaluate: holdsIpText,
      cost: (range, text) => searchCost(range) + walk(text),
    }),
    memberFunction('containsIP', [cidrType, ipType], {
      returns: 'bool',
      evaluate: (range, address) => holdsIp(range, ipKind.unwrap(address)),
      cost: searchCost,
    }),
    memberFunction('containsCIDR', [cidrType, 'string'], {
      returns: 'bool',
      evaluate: holdsCidrText,
      cost: (range, text) => searchCost(range) + walk(text),
    }),
    memberFunction('containsCIDR', [cidrType, cidrType], {
      returns: 'bool',
      evaluate: (range, other) => holdsCidr(range, cidrKind.unwrap(other)),
      cost: searchCost,
    }),
    memberFunction('ip', [cidrType], { returns: ipType, evaluate: (range) => ipKind.wrap(cidrKind.unwrap(range)) }),
    memberFunction('masked', [cidrType], { returns: cidrType, evaluate: (range) => cidrKind.wrap(masked(cidrKind.unwrap(range))) }),
    memberFunction('prefixLength', [cidrType], { returns: 'int', evaluate: (range) => cidrKind.unwrap(range).length }),
  ],
}
