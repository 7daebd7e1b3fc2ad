import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { parseJsonValue } from '../../values/json.ts'
import type { RegoRecord, RegoValue } from '../../values/value.ts'
import { isRecord } from '../../values/value.ts'

/** A signature and what it is over: header and payload as written. */
export interface Signature {
  readonly signature: Buffer
  readonly signed: Buffer
  /** The `kid` of the header. */
  readonly id: string | undefined
}

/** A signed token taken apart. Payload and signature are read by whoever asks for them. */
export interface Token {
  readonly header: RegoRecord
  readonly payload: () => Result<Buffer, string>
  readonly signature: () => Result<Signature, string>
}

/** Tokens inside tokens: deeper ones are refused. */
export const mostNested = 16

/** Unpadded or padded base64url. The error is Go's. */
export function decodeSegment(text: string): Result<Buffer, string> {
  const plain = text.replace(/=+$/, '')
  if (plain.length % 4 === 1) return err(`illegal base64url string: ${text}`)
  const wrong = /[^A-Za-z0-9_-]/.exec(plain)
  if (wrong !== null) return err(`illegal base64 data at input byte ${Buffer.byteLength(plain.slice(0, wrong.index))}`)
  return ok(Buffer.from(plain, 'base64url'))
}

interface Sections {
  readonly header: string
  readonly payload: string
  readonly signature: string
}

function sectionsOf(text: string): Result<Sections, string> {
  const parts = text.split('.')
  if (parts.length === 1) return err('encoded JWT had no period separators')
  const [header = '', payload = '', signature = ''] = parts
  return parts.length === 3 ? ok({ header, payload, signature }) : err(`encoded JWT must have 3 sections, found ${parts.length}`)
}

/** Of the token, whatever its header and payload are. */
export function parseSignature(text: string): Result<Signature, string> {
  const sections = sectionsOf(text)
  return sections.ok ? signatureIn(sections.value) : sections
}

export const wrongSignature = (problem: string): string => `JWT signature had invalid encoding: ${problem}`

function signatureIn({ header, payload, signature }: Sections): Result<Signature, string> {
  const bytes = decodeSegment(signature)
  return bytes.ok ? ok({ signature: bytes.value, signed: Buffer.from(`${header}.${payload}`), id: keyId(header) }) : bytes
}

function keyId(header: string): string | undefined {
  const bytes = decodeSegment(header)
  const value = bytes.ok ? parseJsonValue(bytes.value.toString('utf8'), headerDepth) : bytes
  return value.ok && isRecord(value.value) ? textOf(value.value, 'kid') : undefined
}

const headerDepth = 100

export function parseToken(text: string, depth: number): Result<Token, string> {
  const sections = sectionsOf(text)
  if (!sections.ok) return sections
  const { header, payload } = sections.value
  const headerBytes = decodeSegment(header)
  if (!headerBytes.ok) return err(`JWT header had invalid encoding: ${headerBytes.error}`)
  const headerValue = parseRecord(headerBytes.value.toString('utf8'), depth)
  if (!headerValue.ok) return err(`bad JWT header: ${headerValue.error}`)
  if (Object.hasOwn(headerValue.value, 'enc')) return err('JWT is a JWE object, which is not supported')
  return ok({ header: headerValue.value, payload: () => readPayload(payload), signature: () => signatureIn(sections.value) })
}

function readPayload(payload: string): Result<Buffer, string> {
  const bytes = decodeSegment(payload)
  return bytes.ok ? bytes : err(`JWT payload had invalid encoding: ${bytes.error}`)
}

export function parseRecord(text: string, depth: number): Result<RegoRecord, string> {
  const value = parseJsonValue(text, depth)
  if (!value.ok) return err(`invalid JSON: ${value.error}`)
  return isRecord(value.value) ? ok(value.value) : err('decoded JSON type was not an Object')
}

/** A header member that is a string. */
export function textOf(record: RegoRecord, key: string): string | undefined {
  const value: RegoValue | undefined = Object.hasOwn(record, key) ? record[key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The payload is a token itself, written as a JSON string or as it is. */
export function nestedToken(header: RegoRecord, payload: Buffer): string | undefined {
  if (textOf(header, 'cty') !== 'JWT') return undefined
  const text = payload.toString('utf8')
  return text.startsWith('"') ? text.replace(/^"|"$/g, '') : text
}
