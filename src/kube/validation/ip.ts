/** IP addresses and ranges as numbers: what is not one is undefined. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly bits: bigint
}

export interface IpRange extends IpAddress {
  readonly length: number
}

const longestAddress = 45

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n)
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1)?.at(-1)
  const four = tail?.includes('.') === true ? parseFour(tail) : undefined
  if (tail?.includes('.') === true) {
    if (four === undefined) return undefined
    groups.at(-1)?.splice(-1, 1, (four >> 16n).toString(16), (four & 0xffffn).toString(16))
  }
  const count = groups.reduce((sum, half) => sum + half.length, 0)
  if (halves.length === 2 ? count > 7 : count !== 8) return undefined
  if (!groups.flat().every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return undefined
  const [first = [], second = []] = groups
  const all = [...first, ...Array.from({ length: 8 - count }, () => '0'), ...second]
  return all.reduce((bits, group) => bits * 65_536n + BigInt(`0x${group}`), 0n)
}

export function parseIp(text: string): IpAddress | undefined {
  if (text.length > longestAddress) return undefined
  const family = text.includes(':') ? 6 : 4
  const bits = family === 6 ? parseSix(text) : parseFour(text)
  return bits === undefined ? undefined : { family, bits }
}

export const isIpAddress = (text: string): boolean => parseIp(text) !== undefined

export function parseCidr(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? undefined : parseIp(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined
  const length = Number(digits)
  return length <= sizeOf(address) ? { ...address, length } : undefined
}

/** How many bits an address has. */
export const sizeOf = ({ family }: IpAddress): number => (family === 4 ? 32 : 128)

export function isInRange(range: IpRange, address: IpAddress): boolean {
  const shift = BigInt(sizeOf(range) - range.length)
  return range.family === address.family && range.bits >> shift === address.bits >> shift
}

/** Whether everything after the prefix is zero. */
export function hasOnlyPrefix(range: IpRange): boolean {
  const shift = BigInt(sizeOf(range) - range.length)
  return (range.bits >> shift) << shift === range.bits
}

/** Whether `inner` is part of `outer` and not all of it. */
export function isStrictlyInside(inner: IpRange, outer: IpRange): boolean {
  return inner.length > outer.length && isInRange(outer, inner)
}

/** Why an address cannot be reached by others. */
export function whyUnreachable(text: string): readonly string[] {
  const ip = parseIp(text)
  if (ip === undefined) return ['must be a valid IP address']
  const { family, bits } = ip
  const top = family === 4 ? Number(bits >> 24n) : Number(bits >> 112n)
  if (bits === 0n) return [`may not be unspecified (${family === 4 ? '0.0.0.0' : '::'})`]
  if (family === 4 ? top === 127 : bits === 1n) return ['may not be in the loopback range (127.0.0.0/8, ::1/128)']
  if (family === 4 ? bits >> 16n === 0xa9fen : top >> 6 === 0x3fa) return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']
  if (family === 4 ? bits >> 8n === 0xe0_0000n : top === 0xff02)
    return ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']
  return []
}

/** net.IP.String: IPv4 with points, IPv6 with its longest run of zeros (of at least two groups, the first of equals) as `::`. */
export function formatIp(family: 4 | 6, bits: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(112 - 16 * index)) & 0xffffn))
  const { start, length } = longestZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  return length < 2 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let end = start
    while (groups[end] === 0) end += 1
    if (end - start > best.length) best = { start, length: end - start }
  }
  return best
}
