import type { Result } from './result.ts'
import { err, ok } from './result.ts'

/** One element of DER (X.690): identifier, length, contents. */
export interface DerElement {
  /** The identifier octet: class, constructed bit and tag number. High tag numbers are not read. */
  readonly tag: number
  readonly contents: Buffer
  /** Identifier, length and contents as written. */
  readonly raw: Buffer
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
} as const

/** Identifier octets of `[number]`. */
export const contextTag = (number: number, constructed: boolean): number => (constructed ? 0xa0 : 0x80) + number

/** Most elements that are read from one list: bounds the work on crafted input. */
const mostElements = 100_000

/** The element at an offset. */
export function readDer(bytes: Buffer, at = 0): Result<DerElement, string> {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return err('truncated element')
  if ((tag & 0x1f) === 0x1f) return err('high tag number')
  if (first < 0x80) return slice(bytes, { tag, at, start: at + 2, length: first })
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + 2 + count > bytes.length) return err('unsupported length')
  const length = bytes.readUIntBE(at + 2, count)
  // DER lengths are as short as possible.
  if (length < 0x80 || (count > 1 && bytes[at + 2] === 0)) return err('non-minimal length')
  return slice(bytes, { tag, at, start: at + 2 + count, length })
}

interface Extent {
  readonly tag: number
  readonly at: number
  readonly start: number
  readonly length: number
}

function slice(bytes: Buffer, { tag, at, start, length }: Extent): Result<DerElement, string> {
  const end = start + length
  if (end > bytes.length) return err('data truncated')
  return ok({ tag, contents: bytes.subarray(start, end), raw: bytes.subarray(at, end) })
}

/** All elements of the contents of a SEQUENCE, SET or explicit tag; undefined where they do not fill it exactly. */
export function derChildren(contents: Buffer): readonly DerElement[] | undefined {
  const children: DerElement[] = []
  for (let at = 0; at < contents.length;) {
    const child = readDer(contents, at)
    if (!child.ok || children.length >= mostElements) return undefined
    children.push(child.value)
    at += child.value.raw.length
  }
  return children
}

/** The elements of a SEQUENCE that is the whole of `bytes`. */
export function derSequence(bytes: Buffer | undefined): readonly DerElement[] | undefined {
  if (bytes === undefined) return undefined
  const whole = readDer(bytes)
  if (!whole.ok || whole.value.tag !== derTag.sequence || whole.value.raw.length !== bytes.length) return undefined
  return derChildren(whole.value.contents)
}

/** Two's complement of any size. */
export function derInteger(contents: Buffer): bigint {
  if (contents.length === 0) return 0n
  return BigInt.asIntN(contents.length * 8, BigInt(`0x${contents.toString('hex')}`))
}

/** The arcs of an object identifier, or undefined where it is malformed. */
export function derOid(contents: Buffer): readonly number[] | undefined {
  const values: number[] = []
  let value = 0
  for (const byte of contents) {
    value = value * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(value)) return undefined
    if (byte >= 0x80) continue
    values.push(value)
    value = 0
  }
  const [first] = values
  if (first === undefined || (contents.at(-1) ?? 0) >= 0x80) return undefined
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - top * 40, ...values.slice(1)]
}

/** The octets of a BIT STRING whose length is a multiple of eight, and otherwise shifted to the right as Go does. */
export function derBits(contents: Buffer): { readonly bytes: Buffer; readonly length: number } | undefined {
  const unused = contents[0]
  if (unused === undefined || unused > 7) return undefined
  const bytes = contents.subarray(1)
  return { bytes, length: bytes.length * 8 - unused }
}

/** Bit `index` of a BIT STRING, counted from the most significant. */
export function derBit(bytes: Buffer, index: number): boolean {
  return (((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1
}

/** The text of one of ASN.1's string types. */
export function derText({ tag, contents }: DerElement): string | undefined {
  switch (tag) {
    case derTag.utf8String:
      return contents.toString('utf8')
    case derTag.printableString:
    case derTag.ia5String:
    case derTag.t61String:
    case 0x12:
      return contents.toString('latin1')
    case derTag.bmpString:
      return Buffer.from(contents.subarray(0, contents.length & ~1))
        .swap16()
        .toString('utf16le')
        .replace(/\0+$/, '')
    default:
      return undefined
  }
}

/** UTCTime or GeneralizedTime as RFC 3339 in UTC. */
export function derTime({ tag, contents }: DerElement): Date | undefined {
  const text = contents.toString('latin1')
  const shape = tag === derTag.utcTime ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
  const match = shape.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0))
  const century = tag !== derTag.utcTime ? 0 : year >= 50 ? 1900 : 2000
  const date = new Date(0)
  date.setUTCFullYear(century + year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined
}
