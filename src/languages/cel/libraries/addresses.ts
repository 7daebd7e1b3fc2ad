import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { IpAddress } from '../../../kube/validation/ip.ts'
import { formatIp, sizeOf } from '../../../kube/validation/ip.ts'

/** IP addresses as Go's net/netip reads and prints them. */
export interface Address extends IpAddress {
  readonly zone: string
}

export interface Prefix extends Address {
  readonly length: number
}

interface Mistake {
  readonly message: string
  readonly at: string
}

const mistake = (message: string, at = ''): Result<never, Mistake> => err({ message, at })

/** netip.ParseAddr; the error is Go's. */
export function parseAddress(text: string): Result<Address, string> {
  const parsed = readAddress(text)
  if (parsed.ok) return parsed
  const { message, at } = parsed.error
  return err(`ParseAddr(${quoteGo(text)}): ${message}${at === '' ? '' : ` (at ${quoteGo(at)})`}`)
}

function readAddress(text: string): Result<Address, Mistake> {
  const first = /[.:%]/.exec(text)?.[0]
  if (first === undefined) return mistake('unable to parse IP')
  if (first === '%') return mistake('missing IPv6 address')
  if (first === ':') return readSix(text)
  const four = readFour(text)
  return four.ok ? ok({ family: 4, bits: four.value, zone: '' }) : four
}

function readFour(text: string): Result<bigint, Mistake> {
  let bits = 0n
  let points = 0
  let value = 0
  let digits = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (/\d/.test(character)) {
      if (digits === 1 && value === 0) return mistake('IPv4 field has octet with leading zero')
      value = value * 10 + Number(character)
      digits += 1
      if (value > 255) return mistake('IPv4 field has value >255')
    } else if (character === '.') {
      if (at === 0 || at === text.length - 1 || text.charAt(at - 1) === '.')
        return mistake('IPv4 field must have at least one digit', text.slice(at))
      if (points === 3) return mistake('IPv4 address too long')
      bits = bits * 256n + BigInt(value)
      points += 1
      value = 0
      digits = 0
    } else return mistake('unexpected character', text.slice(at))
  }
  return points < 3 ? mistake('IPv4 address too short') : ok(bits * 256n + BigInt(value))
}

/** What reading the groups of an IPv6 address has come to. */
interface Groups {
  readonly values: number[]
  ellipsis: number
}

function readSix(text: string): Result<Address, Mistake> {
  const percent = text.indexOf('%')
  const zone = percent < 0 ? '' : text.slice(percent + 1)
  if (percent >= 0 && zone === '') return mistake('zone must be a non-empty string')
  const groups: Groups = { values: [], ellipsis: -1 }
  let rest = percent < 0 ? text : text.slice(0, percent)
  if (rest.startsWith('::')) {
    groups.ellipsis = 0
    rest = rest.slice(2)
    if (rest === '') return ok({ family: 6, bits: 0n, zone })
  }
  const left = readGroups(rest, groups)
  if (!left.ok) return left
  if (left.value !== '') return mistake('trailing garbage after address', left.value)
  const { values, ellipsis } = groups
  if (values.length < 8 && ellipsis < 0) return mistake('address string too short')
  if (values.length === 8 && ellipsis >= 0) return mistake('the :: must expand to at least one field of zeros')
  const all = ellipsis < 0 ? values : values.toSpliced(ellipsis, 0, ...Array.from({ length: 8 - values.length }, () => 0))
  return ok({ family: 6, bits: all.reduce((bits, group) => bits * 65_536n + BigInt(group), 0n), zone })
}

/** Reads groups until there are eight, and gives what is left. */
function readGroups(text: string, groups: Groups): Result<string, Mistake> {
  let rest = text
  while (groups.values.length < 8) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? ''
    if (digits.length > 4) return mistake('each group must have 4 or less digits', rest)
    if (digits === '') return mistake('each colon-separated field must have at least one digit', rest)
    if (rest.charAt(digits.length) === '.') return readEmbedded(rest, groups)
    groups.values.push(Number.parseInt(digits, 16))
    rest = rest.slice(digits.length)
    if (rest === '') break
    if (!rest.startsWith(':')) return mistake('unexpected character, want colon', rest)
    if (rest.length === 1) return mistake('colon must be followed by more characters', rest)
    rest = rest.slice(1)
    if (!rest.startsWith(':')) continue
    if (groups.ellipsis >= 0) return mistake('multiple :: in address', rest)
    groups.ellipsis = groups.values.length
    rest = rest.slice(1)
    if (rest === '') break
  }
  return ok(rest)
}

function readEmbedded(rest: string, { values, ellipsis }: Groups): Result<string, Mistake> {
  if (ellipsis < 0 && values.length !== 6) return mistake('embedded IPv4 address must replace the final 2 fields of the address', rest)
  if (values.length > 6) return mistake('too many hex fields to fit an embedded IPv4 at the end of the address', rest)
  const four = readFour(rest)
  if (!four.ok) return four
  values.push(Number(four.value >> 16n), Number(four.value & 0xffffn))
  return ok('')
}

export const isMapped = ({ family, bits }: Address): boolean => family === 6 && bits >> 32n === 0xffffn

/** netip.ParsePrefix; the error is Go's. */
export function parsePrefix(text: string): Result<Prefix, string> {
  const wrong = (why: string): Result<never, string> => err(`netip.ParsePrefix(${quoteGo(text)}): ${why}`)
  const slash = text.lastIndexOf('/')
  if (slash < 0) return wrong("no '/'")
  const address = parseAddress(text.slice(0, slash))
  if (!address.ok) return wrong(address.error)
  if (address.value.zone !== '') return wrong('IPv6 zones cannot be present in a prefix')
  const digits = text.slice(slash + 1)
  if (!/^(?:\d|[1-9]\d{1,17})$/.test(digits)) return wrong(`bad bits after slash: ${quoteGo(digits)}`)
  const length = Number(digits)
  return length > sizeOf(address.value) ? wrong('prefix length out of range') : ok({ ...address.value, length })
}

export function masked(prefix: Prefix): Prefix {
  const shift = BigInt(sizeOf(prefix) - prefix.length)
  return { ...prefix, bits: (prefix.bits >> shift) << shift }
}

export const formatAddress = ({ family, bits }: Address): string => formatIp(family, bits)
export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix)}/${prefix.length}`
