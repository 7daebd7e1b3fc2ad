import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { ParsedCertificate } from './certificate.ts'
import { parseCertificates } from './certificate.ts'
import type { PemBlock } from './pem.ts'
import { readPem } from './pem.ts'

/** Standard base64 with padding; line breaks do not count. The error is Go's. */
export function decodeBase64(text: string): Result<Buffer, string> {
  const plain = text.replaceAll(/[\r\n]/g, '')
  const wrong = /[^A-Za-z0-9+/=]/.exec(plain) ?? /=(?!=?$)/.exec(plain)
  if (wrong !== null) return err(`illegal base64 data at input byte ${Buffer.byteLength(plain.slice(0, wrong.index))}`)
  if (plain.length % 4 === 0) return ok(Buffer.from(plain, 'base64'))
  return err(`illegal base64 data at input byte ${plain.length - (plain.length % 4)}`)
}

/** All PEM blocks of a text. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  for (let next = readPem(text); next !== undefined; next = readPem(next.rest)) blocks.push(next.block)
  return blocks
}

/** PEM, PEM in base64, or DER in base64, as the concatenated DER of all certificates. */
export function parseCertificateInput(text: string): Result<readonly ParsedCertificate[], string> {
  if (text.includes('-----BEGIN')) return parsePemCertificates(text)
  const decoded = decodeBase64(text)
  if (!decoded.ok) return decoded
  const inner = decoded.value.toString('latin1')
  return inner.includes('-----BEGIN') ? parsePemCertificates(inner) : parseCertificates(decoded.value)
}

function parsePemCertificates(text: string): Result<readonly ParsedCertificate[], string> {
  const blocks = pemBlocks(text)
  const stranger = blocks.find(({ label }) => label !== 'CERTIFICATE')
  if (stranger !== undefined) return err(`PEM block type is '${stranger.label}', expected CERTIFICATE`)
  return parseCertificates(Buffer.concat(blocks.map(({ bytes }) => bytes)))
}

/** Text that is PEM, or PEM in base64. */
export function pemText(text: string): Result<string, string> {
  if (text.startsWith('-----BEGIN')) return ok(text)
  const decoded = decodeBase64(text)
  return decoded.ok ? ok(decoded.value.toString('latin1')) : decoded
}
