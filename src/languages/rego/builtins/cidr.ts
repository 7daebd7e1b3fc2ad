import { formatIp, isInRange, parseCidr, parseIp, sizeOf } from '../../../kube/validation/ip.ts'
import type { IpAddress, IpRange } from '../../../kube/validation/ip.ts'
import type { RegoValue } from '../values/value.ts'
import { isArray, isObject, isSet, objectEntries, SetBuilder, setOf, typeName } from '../values/value.ts'
import type { Builtin, BuiltinContext, BuiltinError } from './contract.ts'
import { mergeRanges } from './net/merge.ts'
import { builtin, cancelled, failure, isError, ofString, ofStrings, type, wrongOperand } from './operands.ts'

/** The first and last address. */
function boundsOf(range: IpRange): readonly [bigint, bigint] {
  const shift = BigInt(sizeOf(range) - range.length)
  const first = (range.bits >> shift) << shift
  return [first, first + (1n << shift) - 1n]
}

const mappedPrefix = 0xffffn

/** An IPv4 address written inside IPv6 is an IPv4 address. */
function readIp(text: string): IpAddress | undefined {
  const address = parseIp(text)
  const isMapped = address?.family === 6 && address.bits >> 32n === mappedPrefix
  return isMapped ? { family: 4, bits: address.bits & 0xffff_ffffn } : address
}

/** Leading zeros of a prefix length do not matter. */
function readCidr(text: string): IpRange | undefined {
  const range = parseCidr(text.replace(/\/0+(?=\d)/, '/'))
  const isMapped = range?.family === 6 && range.length >= 96 && range.bits >> 32n === mappedPrefix
  return isMapped ? { family: 4, bits: range.bits & 0xffff_ffffn, length: range.length - 96 } : range
}

/** A range, or an address as the range of itself. */
function parseEither(text: string): IpRange | undefined {
  const address = readIp(text)
  return address === undefined ? readCidr(text) : { ...address, length: sizeOf(address) }
}

const invalid = (name: string, text: string): BuiltinError => failure(name, `invalid CIDR address: ${text}`)

function cidrContains(name: string, outer: string, inner: string): boolean | BuiltinError {
  const range = readCidr(outer)
  if (range === undefined) return invalid(name, outer)
  const other = parseEither(inner)
  if (other === undefined) return failure(name, `not a valid textual representation of an IP address or CIDR: ${inner}`)
  const [first, last] = boundsOf(other)
  return isInRange(range, { ...other, bits: first }) && isInRange(range, { ...other, bits: last })
}

function cidrIntersects(first: string, second: string): boolean | BuiltinError {
  const a = readCidr(first)
  if (a === undefined) return invalid('net.cidr_intersects', first)
  const b = readCidr(second)
  if (b === undefined) return invalid('net.cidr_intersects', second)
  return isInRange(a, { ...b, bits: boundsOf(b)[0] }) || isInRange(b, { ...a, bits: boundsOf(a)[0] })
}

/** Addresses between two questions whether to go on. */
const stride = 4096

function cidrExpand(text: string, context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'net.cidr_expand'
  const range = readCidr(text)
  if (range === undefined) return invalid(name, text)
  const [first, last] = boundsOf(range)
  if (last - first >= BigInt(context.limits.elements)) return failure(name, `more than ${context.limits.elements} addresses: ${text}`)
  const addresses = new SetBuilder()
  for (let bits = first; bits <= last; bits += 1n) {
    if (addresses.size % stride === 0 && !context.mayGoOn()) return cancelled()
    addresses.add(formatIp(range.family, bits))
  }
  return addresses.build()
}

/** What is read as ranges, by the identifiers under which matches are reported. */
type Named = readonly (readonly [id: RegoValue, range: RegoValue])[]

/** A string is its own identifier; of arrays it is the index, of objects the key, of sets the element. Nothing else has ranges. */
function namedRanges(value: RegoValue): Named {
  if (typeof value === 'string') return [[value, value]]
  if (isArray(value)) return value.map((item, index) => [index, item] as const)
  if (isSet(value)) return value.sorted.map((item) => [item, item] as const)
  return isObject(value) ? objectEntries(value) : []
}

/** A string, or the first item of an array. */
function rangeText(name: string, at: number, value: RegoValue): string | BuiltinError {
  if (typeof value === 'string') return value
  const first = isArray(value) ? value[0] : undefined
  if (first === undefined) return failure(name, `operand ${at + 1}: element must be string or non-empty array`)
  return typeof first === 'string' ? first : wrongOperand(name, 0, 'string', typeName(first))
}

/** Nothing is read before something is compared with it. */
function containsMatches([outer = null, inner = null]: readonly RegoValue[], context: BuiltinContext): RegoValue | BuiltinError {
  const name = 'net.cidr_contains_matches'
  const matches = new SetBuilder()
  const inside = namedRanges(inner)
  for (const [outerId, outerRange] of namedRanges(outer)) {
    if (!context.mayGoOn()) return cancelled()
    const outerText = rangeText(name, 0, outerRange)
    if (isError(outerText)) return outerText
    for (const [innerId, innerRange] of inside) {
      const innerText = rangeText(name, 1, innerRange)
      if (isError(innerText)) return innerText
      const matched = cidrContains(name, outerText, innerText)
      if (isError(matched)) return matched
      if (matched) matches.add([outerId, innerId])
    }
  }
  return matches.build()
}

/** Masks of the address classes: a bare IPv4 address stands for the network of its class. */
function classLength(address: IpAddress): number | undefined {
  if (address.family === 6) return undefined
  const first = Number(address.bits >> 24n)
  return first < 128 ? 8 : first < 192 ? 16 : 24
}

function cidrMerge(args: readonly RegoValue[]): RegoValue | BuiltinError {
  const name = 'net.cidr_merge'
  const [value = null] = args
  const texts = isArray(value) ? value : isSet(value) ? value.sorted : undefined
  if (texts === undefined) return failure(name, 'operand must be an array')
  const ranges: IpRange[] = []
  for (const text of texts) {
    if (typeof text !== 'string') return failure(name, 'element must be string')
    const range = mergeOperand(name, text)
    if (isError(range)) return range
    ranges.push(range)
  }
  return setOf(mergeRanges(ranges).map((range) => shownRange(range, ranges)))
}

/** A bare address that nothing was merged with is shown as it was written, with the length of its class. */
function shownRange(range: IpRange, written: readonly IpRange[]): string {
  const [first, last] = boundsOf(range)
  const inside = written.filter((each) => each.family === range.family && each.bits >= first && each.bits <= last)
  const [only] = inside
  return inside.length === 1 && only !== undefined && only.length === range.length
    ? `${formatIp(only.family, only.bits)}/${only.length}`
    : `${formatIp(range.family, range.bits)}/${range.length}`
}

function mergeOperand(name: string, text: string): IpRange | BuiltinError {
  const range = readCidr(text)
  if (range !== undefined) return { ...range, bits: boundsOf(range)[0] }
  const address = readIp(text)
  if (address === undefined) return invalid(name, text)
  const length = classLength(address)
  return length === undefined ? failure(name, 'IPv6 invalid: needs prefix length') : { ...address, length }
}

const texts = type.union(type.array(type.string), type.set(type.string))
const id = type.union(type.string, type.array(type.any))
const ids = type.union(type.string, type.array(id), type.set(id), type.object(type.string, id))

export const cidrBuiltins: readonly Builtin[] = [
  ofStrings('net.cidr_contains', type.boolean, (outer, inner) => cidrContains('net.cidr_contains', outer, inner)),
  { ...ofStrings('net.cidr_overlap', type.boolean, (outer, inner) => cidrContains('net.cidr_overlap', outer, inner)), deprecated: true },
  builtin('net.cidr_contains_matches', [ids, ids], type.set(type.tuple(type.any, type.any)), containsMatches),
  ofString('net.cidr_expand', type.set(type.string), cidrExpand),
  ofStrings('net.cidr_intersects', type.boolean, cidrIntersects),
  builtin('net.cidr_is_valid', [type.string], type.boolean, ([text]) => typeof text === 'string' && readCidr(text) !== undefined),
  builtin('net.cidr_merge', [texts], type.set(type.string), cidrMerge),
]
