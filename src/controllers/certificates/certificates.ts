import type { JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import { X509Certificate } from 'node:crypto'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Status } from '../../kube/status.ts'
import type { Api } from '../api.ts'
import { replacing } from '../api.ts'

export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** Makes certificates. */
export interface Mint {
  authority(notBefore: Date, days: number): Promise<KeyPair>
  server(authority: KeyPair, notBefore: Date, days: number): Promise<KeyPair>
}

export interface CertificateOptions {
  readonly api: Api
  readonly mint: Mint
  readonly namespace: string
  readonly now: () => Date
  /** The authorities that are trusted now, PEM: what is served is signed by the first of them. */
  readonly inUse: string
}

/** What serves, and what clients are to trust: while an authority is replaced the old one is trusted too. */
export interface Certificates {
  readonly serving: KeyPair
  readonly caBundle: string
}

/** Kyverno's times, in days. */
const authorityDays = 365
const servingDays = 150
const renewDays = 15

const names = { authority: 'kanon-tls-ca', serving: 'kanon-tls-pair' } as const

const expiresWithin = (certificate: string, days: number, now: Date): boolean => {
  try {
    return new X509Certificate(certificate).validToDate.getTime() - days * 86_400_000 < now.getTime()
  } catch {
    return true
  }
}

/** The first certificate of a bundle. */
const firstOf = (bundle: string): string => /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/.exec(bundle)?.[0] ?? ''

const isSignedBy = (certificate: string, authority: string): boolean => {
  try {
    return new X509Certificate(certificate).verify(new X509Certificate(authority).publicKey)
  } catch {
    return false
  }
}

interface Stored {
  readonly object: JsonObject
  readonly pair: KeyPair
  /** Former authorities, still valid. */
  readonly former: string
}

const decode = (data: JsonObject, key: string): string => {
  const value = ownValue(data, key)
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : ''
}

const encode = (text: string): string => Buffer.from(text).toString('base64')

/**
 * Reads the authority and the serving certificate from their Secrets, and makes or renews what is missing, broken or about to expire.
 * A new authority is trusted together with the one before it, which signed what other replicas still serve.
 */
export async function ensureCertificates(options: CertificateOptions): Promise<Result<Certificates, Status>> {
  const now = options.now()
  const authority = await ensure(
    options,
    names.authority,
    (found) => found !== undefined && !expiresWithin(found.pair.certificate, renewDays, now),
    async (found) => {
      const pair = await options.mint.authority(now, authorityDays)
      const former = found?.pair.certificate ?? firstOf(options.inUse)
      return { pair, former: former !== '' && !expiresWithin(former, 0, now) ? former : '' }
    },
  )
  if (!authority.ok) return authority
  const { pair, former } = authority.value
  const serving = await ensure(
    options,
    names.serving,
    (found) =>
      found !== undefined && !expiresWithin(found.pair.certificate, renewDays, now) && isSignedBy(found.pair.certificate, pair.certificate),
    async () => ({ pair: await options.mint.server(pair, now, servingDays), former: '' }),
  )
  return serving.ok ? ok({ serving: serving.value.pair, caBundle: pair.certificate + former }) : serving
}

async function ensure(
  { api, namespace }: CertificateOptions,
  name: string,
  isGood: (found: Stored | undefined) => boolean,
  make: (found: Stored | undefined) => Promise<{ readonly pair: KeyPair; readonly former: string }>,
): Promise<Result<{ readonly pair: KeyPair; readonly former: string }, Status>> {
  const collection = `/api/v1/namespaces/${namespace}/secrets`
  for (let attempt = 1; ; attempt += 1) {
    const read = await api.call({ method: 'GET', path: `${collection}/${name}` })
    if (!read.ok && read.error.code !== 404) return read
    const found = read.ok ? stored(read.value) : undefined
    if (found !== undefined && isGood(found)) return ok(found)
    const made = await make(found)
    const secret = secretOf(name, namespace, made)
    const written = read.ok
      ? await api.call({ method: 'PUT', path: `${collection}/${name}`, body: replacing(secret, read.value) })
      : await api.call({ method: 'POST', path: collection, body: secret })
    if (written.ok) return ok(made)
    // Another replica was first: what it wrote is read.
    if (written.error.code !== 409 || attempt >= 5) return err(written.error)
  }
}

function stored(secret: JsonObject): Stored | undefined {
  const data = ownValue(secret, 'data')
  if (!isJsonObject(data)) return undefined
  const pair = { certificate: decode(data, 'tls.crt'), key: decode(data, 'tls.key') }
  return pair.certificate === '' || pair.key === '' ? undefined : { object: secret, pair, former: decode(data, 'former.crt') }
}

const secretOf = (name: string, namespace: string, { pair, former }: { readonly pair: KeyPair; readonly former: string }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'kanon' } },
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': encode(pair.certificate), 'tls.key': encode(pair.key), ...(former === '' ? {} : { 'former.crt': encode(former) }) },
})
