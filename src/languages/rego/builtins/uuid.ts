import { numberFromBigInt } from '../values/number.ts'
import type { RegoRecord, RegoValue } from '../values/value.ts'
import type { Builtin, BuiltinContext } from './contract.ts'
import { builtin, isError, ofString, stringAt, type } from './operands.ts'

const canonical = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i

/** The sixteen octets, written plainly, with hyphens, in brackets of any kind or as a URN. */
function parseUuid(text: string): Buffer | undefined {
  if (/^[0-9a-f]{32}$/i.test(text)) return Buffer.from(text, 'hex')
  const inner = text.length === 38 ? text.slice(1, -1) : text.replace(/^urn:uuid:/i, '')
  const match = canonical.exec(inner)
  return match === null ? undefined : Buffer.from(match.slice(1).join(''), 'hex')
}

function variantOf(octet: number): string {
  if ((octet & 0xc0) === 0x80) return 'RFC4122'
  if ((octet & 0xe0) === 0xc0) return 'Microsoft'
  return (octet & 0xe0) === 0xe0 ? 'Future' : 'Reserved'
}

/** Hundreds of nanoseconds from the Gregorian calendar's first day to 1970. */
const gregorianStart = 122_192_928_000_000_000n

/** The clock of version 1 in nanoseconds since 1970. */
function timeOf(octets: Buffer): bigint {
  const low = BigInt(octets.readUInt32BE(0))
  const middle = BigInt(octets.readUInt16BE(4))
  const high = BigInt(octets.readUInt16BE(6) & 0x0fff)
  return BigInt.asIntN(64, (((high << 48n) | (middle << 32n) | low) - gregorianStart) * 100n)
}

const domains = ['Person', 'Group', 'Org']

function describe(octets: Buffer): RegoRecord {
  const version = (octets[6] ?? 0) >> 4
  const basic = { version, variant: variantOf(octets[8] ?? 0) }
  if (version !== 1 && version !== 2) return basic
  const node = octets.subarray(10)
  const first = node[0] ?? 0
  const withClock = {
    ...basic,
    time: numberFromBigInt(timeOf(octets)),
    nodeid: [...node].map((octet) => octet.toString(16).padStart(2, '0')).join('-'),
    macvariables: `${(first & 2) === 0 ? 'global' : 'local'}:${(first & 1) === 0 ? 'unicast' : 'multicast'}`,
    clocksequence: octets.readUInt16BE(8) & 0x3fff,
  }
  const domain = octets[9] ?? 0
  return version === 1 ? withClock : { ...withClock, id: octets.readUInt32BE(0), domain: domains[domain] ?? `Domain${domain}` }
}

function newUuid(context: BuiltinContext): string {
  const octets = Buffer.from(context.randomBytes(16))
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x40
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The same identifier for the same text throughout a query. */
function rfc4122(args: readonly RegoValue[], context: BuiltinContext): RegoValue | ReturnType<typeof stringAt> {
  const text = stringAt('uuid.rfc4122', args, 0)
  if (isError(text)) return text
  const key = `uuid.rfc4122:${text}`
  const known = context.memo.get(key)
  if (typeof known === 'string') return known
  const made = newUuid(context)
  context.memo.set(key, made)
  return made
}

export const uuidBuiltins: readonly Builtin[] = [
  ofString('uuid.parse', type.object(type.string, type.any), (text) => {
    const octets = parseUuid(text)
    return octets === undefined ? undefined : describe(octets)
  }),
  builtin('uuid.rfc4122', [type.string], type.string, rfc4122, { nondeterministic: true }),
]
