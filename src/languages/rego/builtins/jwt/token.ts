import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { parseJsonValue } from '../../values/json.ts'
import type { RegoRecord, RegoValue } from '../../values/value.ts'
import { isRecord } from '../../values/value.ts'

/** A signed token taken apart. */
export interface Token {
  readonly header: RegoRecord
  readonly payload: Buffer
  readonly signature: Buffer
  /** What the signature is over: header and payload as written. */
  readonly signed: Buffer
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

export function parseToken(text: string, depth: number): Result<Token, string> {
  const parts = text.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3) return err(`encoded JWT must have 3 sections, found ${parts.length}`)
  const headerBytes = decodeSegment(header)
  if (!headerBytes.ok) return err(`JWT header had invalid encoding: ${headerBytes.error}`)
  const headerValue = parseRecord(headerBytes.value.toString('utf8'), depth)
  if (!headerValue.ok) return err(`bad JWT header: ${headerValue.error}`)
  if (Object.hasOwn(headerValue.value, 'enc')) return err('JWT is a JWE object, which is not supported')
  const payloadBytes = decodeSegment(payload)
  if (!payloadBytes.ok) return err(`JWT payload had invalid encoding: ${payloadBytes.error}`)
  const signatureBytes = decodeSegment(signature)
  if (!signatureBytes.ok) return err(`JWT signature had invalid encoding: ${signatureBytes.error}`)
  const signed = Buffer.from(`${header}.${payload}`)
  return ok({ header: headerValue.value, payload: payloadBytes.value, signature: signatureBytes.value, signed })
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
export function nestedToken({ header, payload }: Token): string | undefined {
  if (textOf(header, 'cty') !== 'JWT') return undefined
  const text = payload.toString('utf8')
  return text.startsWith('"') ? text.replace(/^"|"$/g, '') : text
}
