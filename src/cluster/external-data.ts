import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { Answer, ExternalData, ExternalItem, ExternalProvider, Question } from '../policy/facts.ts'
import type { KeyPair } from './certificates.ts'
import { createItemCache } from './external-data-cache.ts'
import type { ItemCache } from './external-data-cache.ts'
import { checkIdentity, goRequestError } from './provider-errors.ts'
import { readProviderResponse } from './provider-response.ts'

type ExternalQuestion = Extract<Question, { ask: 'externalData' }>
type Failure = Extract<ExternalData, { readonly failure: string }>

export interface ExternalDataOptions {
  /** Shown to providers that want to know who asks. */
  readonly clientCertificate: () => KeyPair | undefined
  /** How long what a provider said of a key may be told again; 0 is never. */
  readonly keptMilliseconds: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

/** Asks providers of external data. */
export interface ExternalDataClient {
  /** The answer, where nobody has to be asked for it. */
  known(question: ExternalQuestion): Answer | undefined
  /** Never rejects. */
  fetch(question: ExternalQuestion): Promise<Answer>
  close(): void
}

/** A review may be 8 MiB: what is said of it is no larger. */
const largestAnswer = 8 * 1024 * 1024
/** The API server waits for no webhook longer than this. */
const longestSeconds = 30
const socketsOfProvider = 16
const sockets = 64

/** Providers are asked over TLS 1.3, their certificates are verified with their own bundles alone, and redirects lead nowhere. */
export function createExternalDataClient({ clientCertificate, keptMilliseconds, now }: ExternalDataOptions): ExternalDataClient {
  // Connections are kept by provider, bundle and own certificate.
  const agent = new Agent({ keepAlive: true, maxSockets: socketsOfProvider, maxTotalSockets: sockets, scheduling: 'lifo' })
  const cache = createItemCache({ keptMilliseconds, now })
  const underWay = new Map<string, Promise<ExternalData>>()

  /** Questions that are asked at the same time are one. */
  const ask = (provider: ExternalProvider, keys: readonly string[]): Promise<ExternalData> => {
    const id = JSON.stringify([provider.url, provider.caBundle, provider.timeoutSeconds, keys])
    const same = underWay.get(id)
    if (same !== undefined) return same
    const answer = post(provider, keys, { agent, certificate: clientCertificate() }).finally(() => underWay.delete(id))
    underWay.set(id, answer)
    return answer
  }
  const fetchKept = async ({ provider, keys }: ExternalQuestion): Promise<ExternalData> => {
    const { kept, missing, idempotent } = lookUp(cache, provider, keys)
    if (missing.length === 0) return { statusCode: 0, idempotent, items: kept, systemError: '' }
    const said = await ask(provider, missing)
    if ('failure' in said) return said
    cache.keep(provider, said.items, said.idempotent)
    return { ...said, idempotent: idempotent && said.idempotent, items: [...kept, ...said.items] }
  }
  return {
    known: ({ provider, keys, mayBeKept }) => {
      if (!mayBeKept) return undefined
      const { kept, missing, idempotent } = lookUp(cache, provider, keys)
      return missing.length > 0 ? undefined : known({ statusCode: 0, idempotent, items: kept, systemError: '' })
    },
    fetch: async (question) => known(await (question.mayBeKept ? fetchKept(question) : ask(question.provider, question.keys))),
    close: () => agent.destroy(),
  }
}

const known = (value: ExternalData): Answer => ({ known: true, value })
const failure = (statusCode: number, text: string): Failure => ({ statusCode, failure: text })

interface LookedUp {
  readonly kept: readonly ExternalItem[]
  readonly missing: readonly string[]
  readonly idempotent: boolean
}

function lookUp(cache: ItemCache, provider: ExternalProvider, keys: readonly string[]): LookedUp {
  const kept: ExternalItem[] = []
  const missing: string[] = []
  let idempotent = true
  for (const key of keys) {
    const found = cache.get(provider, key)
    if (found === undefined) missing.push(key)
    else {
      kept.push(found.item)
      idempotent &&= found.idempotent
    }
  }
  return { kept, missing, idempotent }
}

interface Connecting {
  readonly agent: Agent
  readonly certificate: KeyPair | undefined
}

const apiVersion = 'externaldata.gatekeeper.sh/v1beta1'

/** One request, bounded in time and size. Whatever the status, it is the body that is read. */
function post(provider: ExternalProvider, keys: readonly string[], { agent, certificate }: Connecting): Promise<ExternalData> {
  const url = URL.parse(provider.url)
  if (url === null || url.protocol !== 'https:')
    return Promise.resolve(failure(500, 'failed to get HTTP client: only HTTPS scheme is supported for Providers'))
  const notSent = (why: string): Failure => failure(500, `failed to send external data request: Post "${shown(provider.url, url)}": ${why}`)
  const milliseconds = Math.min(provider.timeoutSeconds, longestSeconds) * 1000
  if (milliseconds <= 0) return Promise.resolve(notSent('context deadline exceeded'))
  const body = JSON.stringify({ apiVersion, kind: 'ProviderRequest', request: { keys } })
  const signal = AbortSignal.timeout(milliseconds)
  const options = {
    method: 'POST',
    agent,
    ca: Buffer.from(provider.caBundle, 'base64'),
    minVersion: 'TLSv1.3' as const,
    checkServerIdentity: checkIdentity,
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), accept: 'application/json' },
    signal,
  }
  return new Promise((resolve) => {
    let isAnswered = false
    const outgoing = request(url, options, (incoming) => {
      isAnswered = true
      void readBody(incoming, signal).then((read) =>
        resolve(read.ok ? dataIn(read.value, incoming.statusCode ?? 500) : notRead(read.error)),
      )
    })
    // Once there is an answer, it is the reader of the body who knows what went wrong.
    outgoing.on('error', (error) => {
      if (!isAnswered) resolve(notSent(goRequestError(error, url)))
    })
    outgoing.end(body)
  })
}

const notRead = (why: string): Failure => failure(500, `failed to read external data response: ${why}`)

function dataIn(text: string, status: number): ExternalData {
  const read = readProviderResponse(text)
  return read.ok ? { statusCode: status, ...read.value } : failure(status, `failed to unmarshal external data response: ${read.error}`)
}

function readBody(incoming: IncomingMessage, signal: AbortSignal): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= largestAnswer) return void chunks.push(chunk)
      resolve(err(`the body is larger than ${largestAnswer} bytes`))
      incoming.destroy()
    })
    incoming.on('end', () => resolve(ok(Buffer.concat(chunks).toString('utf8'))))
    incoming.on('error', () => resolve(err(signal.aborted ? 'context deadline exceeded' : 'unexpected EOF')))
    incoming.on('close', () => resolve(err('unexpected EOF')))
  })
}

/** A URL in a message holds no password. */
const shown = (text: string, { password }: URL): string => (password === '' ? text : text.replace(`:${password}@`, ':***@'))
