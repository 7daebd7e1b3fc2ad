import type { PeerCertificate } from 'node:tls'
import { checkServerIdentity } from 'node:tls'
import { isIP } from 'node:net'

/** What Node tells of a connection or request that failed. */
interface NodeError {
  readonly name?: unknown
  readonly code?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly message?: unknown
  readonly errors?: unknown
  readonly cert?: unknown
}

const connectErrors: ReadonlyMap<unknown, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network is unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
])
const unknownAuthority = new Set<unknown>([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
])

/** What Go's HTTP client says of the same trouble: policies and users read these texts. */
export function goRequestError(error: unknown, url: URL): string {
  const { name, code, address, port, message, errors, cert } = (error ?? {}) as NodeError
  // Of several addresses the first one is told.
  if (Array.isArray(errors) && errors.length > 0) return goRequestError(errors[0], url)
  if (name === 'TimeoutError' || name === 'AbortError') return 'context deadline exceeded'
  const text = typeof message === 'string' ? message : String(error)
  const connect = connectErrors.get(code)
  if (connect !== undefined) return `dial tcp ${hostPort(String(address), Number(port))}: connect: ${connect}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${url.hostname}: no such host`
  if (code === 'ECONNRESET') return 'EOF'
  if (unknownAuthority.has(code)) return 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return `tls: failed to verify certificate: x509: ${expiry(cert)}`
  if (/alert protocol version|unsupported protocol/i.test(text)) return 'remote error: tls: protocol version not supported'
  if (/alert certificate required/i.test(text)) return 'remote error: tls: certificate required'
  if (/alert (?:bad certificate|unknown ca)/i.test(text)) return 'remote error: tls: bad certificate'
  return text
}

const hostPort = (address: string, port: number): string => (isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`)

function expiry(certificate: unknown): string {
  const { valid_to: end = '' } = (certificate ?? {}) as Partial<PeerCertificate>
  const ended = Date.parse(end)
  const said = 'certificate has expired or is not yet valid'
  return Number.isNaN(ended) ? said : `${said}: current time ${goTime(Date.now())} is after ${goTime(ended)}`
}

const goTime = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

/** Whether a certificate is for the host: by its alternative names alone, as Go has it. */
export function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const names = (certificate.subjectaltname ?? '').split(/, ?/)
  const verify = (text: string): Error => new Error(`tls: failed to verify certificate: x509: ${text}`)
  const valuesOf = (kind: string): readonly string[] =>
    names.filter((name) => name.startsWith(`${kind}:`)).map((name) => name.slice(kind.length + 1))
  if (isIP(host) !== 0) {
    const addresses = valuesOf('IP Address')
    if (addresses.length === 0) return verify(`cannot validate certificate for ${host} because it doesn't contain any IP SANs`)
    return checkServerIdentity(host, certificate) === undefined
      ? undefined
      : verify(`certificate is valid for ${addresses.join(', ')}, not ${host}`)
  }
  const hosts = valuesOf('DNS')
  if (certificate.subjectaltname === undefined) return verify('certificate relies on legacy Common Name field, use SANs instead')
  if (hosts.length === 0) return verify(`certificate is not valid for any names, but wanted to match ${host}`)
  return checkServerIdentity(host, certificate) === undefined
    ? undefined
    : verify(`certificate is valid for ${hosts.join(', ')}, not ${host}`)
}
