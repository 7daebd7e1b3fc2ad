import { setTimeout as pause } from 'node:timers/promises'
import type { AdmissionServer } from '../../admission/server.ts'
import { createAuthority, issueCertificate } from '../../cluster/certificates.ts'
import type { KubeClient } from '../../cluster/kube-client.ts'
import type { WatchSet } from '../../cluster/watch-set.ts'
import type { Certificates, Mint } from '../../controllers/certificates/certificates.ts'
import { ensureCertificates } from '../../controllers/certificates/certificates.ts'
import type { Say } from './say.ts'
import { retryMilliseconds, settleMilliseconds } from './times.ts'

const certificateCheckMilliseconds = 60_000
/** How long a new authority may take to reach the webhook configurations. */
const trustMilliseconds = 30_000
const longestRetryMilliseconds = 5_000

export interface ServedNames {
  /** Kanon's own namespace. */
  readonly namespace: string
  /** Of the Service in front of the webhooks. */
  readonly service: string
  /** Where they are reached without a Service. */
  readonly ipAddresses: readonly string[]
}

export function mintFor({ namespace, service, ipAddresses }: ServedNames): Mint {
  return {
    authority: (notBefore, days) => createAuthority(`*.${namespace}.svc`, notBefore, days),
    server: (authority, notBefore, days) =>
      issueCertificate(authority, {
        commonName: `${service}.${namespace}.svc`,
        dnsNames: [service, `${service}.${namespace}`, `${service}.${namespace}.svc`],
        ipAddresses,
        // Providers of external data may want to know who asks.
        usage: 'both',
        notBefore,
        days,
      }),
  }
}

export interface CertificateSource {
  readonly client: KubeClient
  readonly mint: Mint
  readonly namespace: string
  readonly now: () => Date
  readonly say: Say
}

/** What is to be served and trusted now; replaced as a whole. */
export interface CertificateState {
  current: Certificates
}

/** Tries until it can. `inUse` are the authorities trusted now, PEM; '' at the start. */
export async function readCertificates({ client, mint, namespace, now, say }: CertificateSource, inUse: string): Promise<Certificates> {
  for (let wait = retryMilliseconds; ; wait = Math.min(wait * 2, longestRetryMilliseconds)) {
    const read = await ensureCertificates({ api: client, mint, namespace, now, inUse })
    if (read.ok) return read.value
    say('warn', `certificates cannot be read: ${read.error.message ?? ''}`)
    await pause(wait)
  }
}

export interface RenewalOptions {
  readonly source: CertificateSource
  readonly state: CertificateState
  readonly watches: WatchSet
  readonly server: Pick<AdmissionServer, 'useCertificate'>
  /** Whether the API server trusts the authorities of a bundle, as far as its webhook configurations say. */
  readonly isTrusted: (caBundle: string) => boolean
  /** Called when there are others: the API server has to be told whom to trust. */
  readonly onNew: () => void
  readonly signal: AbortSignal
}

export interface Renewal {
  /** Makes a new serving certificate at once. */
  readonly rotate: () => Promise<void>
  readonly stop: () => void
}

/** Keeps the certificates valid, and takes over those that another replica made. */
export function startRenewal(options: RenewalOptions): Renewal {
  const { client, namespace } = options.source
  const timer = setInterval(() => void renew(options), certificateCheckMilliseconds)
  options.watches.start(`/api/v1/namespaces/${namespace}/secrets`, () => void renew(options), 'metadata.name=kanon-tls-pair')
  return {
    rotate: async () => {
      await client.call({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/secrets/kanon-tls-pair` })
      await renew(options)
    },
    stop: () => clearInterval(timer),
  }
}

async function renew(options: RenewalOptions): Promise<void> {
  const { source, state, signal } = options
  if (!signal.aborted) await use(await readCertificates(source, state.current.caBundle), options)
}

/** The API server trusts a new authority before anything signed by it is served. */
async function use(next: Certificates, { state, isTrusted, onNew, server }: RenewalOptions): Promise<void> {
  const { serving, caBundle } = state.current
  const isSameAuthority = next.caBundle === caBundle
  if (isSameAuthority && next.serving.certificate === serving.certificate) return
  state.current = next
  onNew()
  for (let waited = 0; !isSameAuthority && !isTrusted(next.caBundle) && waited < trustMilliseconds; waited += settleMilliseconds)
    await pause(settleMilliseconds)
  if (state.current === next) server.useCertificate(next.serving)
}
