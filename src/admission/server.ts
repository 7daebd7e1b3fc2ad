import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Server } from 'node:net'
import type { KnownFacts } from '../engine/facts.ts'
import type { FactSource } from '../policy/facts.ts'
import type { PolicyRequest, Requester, UserInfo } from '../policy/request.ts'
import { judge } from './handler.ts'
import type { Metrics } from './metrics.ts'
import type { PolicyTable } from './policy-table.ts'
import type { Review } from './review.ts'
import { answerReview, readReview } from './review.ts'
import type { Tracer } from './tracing.ts'

/** A certificate and its key, PEM. */
export interface ServingCertificate {
  readonly certificate: string
  readonly key: string
}

export interface AdmissionServerOptions {
  readonly port: number
  readonly host: string
  readonly certificate: ServingCertificate
  /** The policies to decide with: asked for each request, so that a change is seen at once. */
  readonly table: () => PolicyTable
  readonly source: FactSource
  readonly known: KnownFacts
  readonly requesterOf: (user: UserInfo) => Requester
  readonly kindOf: (group: string, version: string, resource: string) => string | undefined
  readonly now: () => Date
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly log: (entry: LogEntry) => void
  /** Why the server is not ready, if it is not. */
  readonly whyNotReady: () => string | undefined
  /** PEM of the authority of clients; where it is given, clients without its certificate get no review. */
  readonly clientAuthority?: string
  readonly limits?: Partial<ServerLimits>
}

/** How much of whose time a server gives; `defaultLimits` where nothing is said. */
export interface ServerLimits {
  /** For the head and the body of a request: a client that is slower is not the API server. */
  readonly requestMilliseconds: number
  /** How long a server that ends still takes what comes. */
  readonly drainMilliseconds: number
  /** Past this many running reviews more would only all be late. */
  readonly mostRunning: number
}

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
}

export interface AdmissionServer {
  readonly port: number
  /** Serves new connections with this certificate; those that are open keep theirs. */
  useCertificate(certificate: ServingCertificate): void
  /** Takes no new connections, answers what is running, and resolves. */
  close(): Promise<void>
}

/** etcd holds 1.5 MiB an object, and a review may have two and their quoting. */
const largestBody = 8 * 1024 * 1024
const defaultLimits: ServerLimits = { requestMilliseconds: 10_000, drainMilliseconds: 1_000, mostRunning: 512 }
/** Node looks for late requests only this often. */
const lateCheckMilliseconds = 1_000
const defaultBudget = 9_000
/** Answering must take less than the API server waits. */
const reserveMilliseconds = 200

interface Reply {
  readonly status: number
  readonly body: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

const plain = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  body: `${body}\n`,
  contentType: 'text/plain; charset=utf-8',
  headers,
})

/** Serves the webhooks over HTTPS, beside `/health/liveness`, `/health/readiness` and `/metrics`. */
export function startAdmissionServer(options: AdmissionServerOptions): Promise<AdmissionServer> {
  const limits = { ...defaultLimits, ...options.limits }
  const state = { running: 0, closing: false, mostRunning: limits.mostRunning }
  const server = createServer(
    {
      cert: options.certificate.certificate,
      key: options.certificate.key,
      minVersion: 'TLSv1.2',
      requestTimeout: limits.requestMilliseconds,
      headersTimeout: limits.requestMilliseconds,
      connectionsCheckingInterval: Math.min(lateCheckMilliseconds, limits.requestMilliseconds),
      keepAliveTimeout: 120_000,
      ...(options.clientAuthority === undefined ? {} : { ca: options.clientAuthority, requestCert: true, rejectUnauthorized: false }),
    },
    (incoming, outgoing) => {
      void reply(incoming, options, state).then((answer) => send(outgoing, answer, state.closing, options))
    },
  )
  server.on('tlsClientError', () => undefined)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        useCertificate: ({ certificate, key }) => server.setSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' }),
        close: async () => {
          state.closing = true
          // Answers now end their connections, and the readiness page sends new ones elsewhere; only then is the door closed.
          const drained = (): Promise<void> => new Promise((resume) => setTimeout(resume, limits.drainMilliseconds))
          await drained()
          // The HTTP server's own close also ends connections without a request, which are just those whose first one is on its way.
          const ended = new Promise<void>((done) => void Server.prototype.close.call(server, () => done()))
          await Promise.race([ended, drained()])
          server.close()
          await ended
        },
      })
    })
  })
}

function send(
  outgoing: ServerResponse,
  { status, body, contentType = 'application/json', headers = {} }: Reply,
  closing: boolean,
  { metrics }: AdmissionServerOptions,
): void {
  if (outgoing.destroyed) return
  outgoing.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...(closing ? { connection: 'close' } : {}),
    ...headers,
  })
  outgoing.end(body)
  if (status !== 200) metrics.http(status === 404 ? 'unknown' : firstPart(outgoing.req.url), status)
}

/** The rest of a path is the client's to choose: it would make metrics without end. */
const firstPart = (url = '/'): string => `/${URL.parse(url, 'https://localhost')?.pathname.split('/')[1] ?? ''}`

async function reply(
  incoming: IncomingMessage,
  options: AdmissionServerOptions,
  state: { running: number; readonly closing: boolean; readonly mostRunning: number },
): Promise<Reply> {
  const url = URL.parse(incoming.url ?? '/', 'https://localhost')
  if (url === null) return plain(400, `${JSON.stringify(incoming.url)} is no path`)
  const page = await pageOf(url.pathname, options, state.closing)
  if (page !== undefined) return page
  if (options.table().match(url.pathname) === undefined) return plain(404, `no webhook answers ${url.pathname}`)
  if (incoming.method !== 'POST')
    return plain(405, `${incoming.method} is not allowed here, an AdmissionReview is POSTed`, { allow: 'POST' })
  const type = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') return plain(415, `expected content-type application/json, not ${JSON.stringify(type)}`)
  if (options.clientAuthority !== undefined && !('authorized' in incoming.socket && incoming.socket.authorized === true))
    return plain(401, 'a client certificate of the configured authority is expected')
  if (state.running >= state.mostRunning) {
    options.metrics.shed()
    return plain(503, 'too many reviews are running', { 'retry-after': '1' })
  }
  state.running += 1
  try {
    return await review(incoming, url, options)
  } finally {
    state.running -= 1
  }
}

/** Pages for machines that look after the server. */
async function pageOf(path: string, { metrics, whyNotReady }: AdmissionServerOptions, closing: boolean): Promise<Reply | undefined> {
  switch (path) {
    case '/health/liveness':
      return plain(200, 'ok')
    case '/health/readiness': {
      const why = closing ? 'shutting down' : whyNotReady()
      return why === undefined ? plain(200, 'ok') : plain(503, why)
    }
    case '/metrics':
      return { status: 200, body: await metrics.print(), contentType: metrics.contentType }
    default:
      return undefined
  }
}

type Body = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reply: Reply }

/** What comes after the limit is read and forgotten: a client that still writes would lose the answer with its connection. */
function readBody(incoming: IncomingMessage): Promise<Body> {
  const tooLarge: Body = { ok: false, reply: plain(413, `the body is larger than ${largestBody} bytes`) }
  if (Number(incoming.headers['content-length'] ?? 0) > largestBody) {
    incoming.resume()
    return Promise.resolve(tooLarge)
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const endEarly = (): void => resolve({ ok: false, reply: plain(400, 'the body ended early') })
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= largestBody) chunks.push(chunk)
      else {
        chunks.length = 0
        resolve(tooLarge)
      }
    })
    incoming.on('end', () => resolve({ ok: true, text: (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '' }))
    incoming.on('error', endEarly)
    incoming.on('close', endEarly)
  })
}

/** How long the API server waits, less what answering takes: from the `timeout` it puts into the query. */
function budgetOf(url: URL): number {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(url.searchParams.get('timeout') ?? '')?.[1]
  return seconds === undefined ? defaultBudget : Math.max(reserveMilliseconds, Number(seconds) * 1000 - reserveMilliseconds)
}

async function review(incoming: IncomingMessage, url: URL, options: AdmissionServerOptions): Promise<Reply> {
  const started = performance.now()
  const body = await readBody(incoming)
  if (!body.ok) return body.reply
  const read = readReview(body.text, { requesterOf: options.requesterOf, kindOf: options.kindOf, now: options.now() })
  if (!read.ok) return plain(400, read.error)
  const budget = budgetOf(url)
  // What ends for want of time has still to be told.
  const request: PolicyRequest = { ...read.value.request, deadline: started + 0.9 * budget }
  const span = options.tracer.start(url.pathname, request)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), budget)
  })
  try {
    const judged = await Promise.race([
      judge(url.pathname, request, { table: options.table(), source: options.source, known: options.known }),
      late,
    ])
    if (judged === 'late') {
      // No AdmissionReview: whether the request may pass is then for the webhook's failurePolicy to say.
      logReview(read.value, url, 'warn', { message: 'review took too long', milliseconds: performance.now() - started }, options)
      return plain(504, `the review took longer than ${budgetOf(url)} ms`)
    }
    if (!judged.ok) return plain(404, `no webhook answers ${url.pathname}`)
    const { verdict, patch, outcomes } = judged.value
    const seconds = (performance.now() - started) / 1000
    options.metrics.request({ request: read.value.request, allowed: verdict.allowed, seconds, outcomes })
    logReview(
      read.value,
      url,
      verdict.allowed ? 'debug' : 'info',
      { message: verdict.allowed ? 'allowed' : 'denied', milliseconds: seconds * 1000 },
      options,
    )
    span.end(verdict.allowed)
    return { status: 200, body: answerReview(read.value, verdict, patch) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    logReview(read.value, url, 'error', { message: `internal error: ${message}`, milliseconds: performance.now() - started }, options)
    return plain(500, `internal error: ${message}`)
  } finally {
    clearTimeout(timer)
    span.end(false)
  }
}

function logReview(
  { uid, request }: Review,
  url: URL,
  level: LogEntry['level'],
  { message, milliseconds }: { readonly message: string; readonly milliseconds: number },
  { log }: AdmissionServerOptions,
): void {
  const { kind, namespace, name, operation, requester } = request
  log({
    level,
    message,
    fields: {
      uid,
      path: url.pathname,
      operation,
      kind: kind.kind,
      namespace,
      name,
      user: requester?.userInfo.username ?? '',
      milliseconds: Math.round(milliseconds * 1000) / 1000,
    },
  })
}
