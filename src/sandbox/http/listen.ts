import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ApiRequest, ApiResponse } from './exchange.ts'
import { statusResponse } from './exchange.ts'
import { badRequest, failure, internalError } from '../../kube/status.ts'
import { warningHeaders } from './warnings.ts'

export interface ListenOptions {
  /** 0 lets the system choose. */
  readonly port: number
  readonly host: string
  readonly certificate: string
  readonly key: string
  /** The authority of client certificates, PEM. */
  readonly clientAuthority: string
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
}

export interface Listening {
  readonly port: number
  /** Ends every connection, watches too. */
  close(): Promise<void>
}

/** What kube-apiserver takes: objects may be 1.5 MiB in etcd, requests twice that. */
const largestBody = 3 * 1024 * 1024
const bodyTimeout = 30_000

/** Serves HTTPS on a loopback address until closed. */
export function listen(options: ListenOptions): Promise<Listening> {
  const server = createServer(
    {
      cert: options.certificate,
      key: options.key,
      ca: options.clientAuthority,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      requestTimeout: bodyTimeout,
    },
    (incoming, outgoing) => void respond(incoming, outgoing, options.handle),
  )
  // Those that still shake hands are not yet connections to the HTTP server, and would outlive its close.
  const sockets = new Set<Duplex>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (incoming, socket) => void refuseUpgrade(incoming, socket, options.handle))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
            for (const socket of sockets) socket.destroy()
          }),
      })
    })
  })
}

/** Undefined: too large. What comes after the limit is read and forgotten: a client that still writes would lose the answer with its connection. */
function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= largestBody) chunks.push(chunk)
      else {
        chunks.length = 0
        resolve(undefined)
      }
    })
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    incoming.on('error', reject)
    incoming.on('close', () => reject(new Error('the body ended early')))
  })
}

function requestOf(incoming: IncomingMessage, body: Uint8Array, signal: AbortSignal): ApiRequest {
  const url = new URL(incoming.url ?? '/', 'https://localhost')
  const socket = incoming.socket as TLSSocket
  const peer = socket.authorized ? socket.getPeerCertificate() : undefined
  const subject = peer?.subject
  const organizations = subject?.O as string | readonly string[] | undefined
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headersDistinct,
    body,
    certificate:
      subject === undefined
        ? undefined
        : {
            commonName: String(subject.CN ?? ''),
            fingerprint: (peer?.fingerprint256 ?? '').replaceAll(':', '').toLowerCase(),
            organizations: organizations === undefined ? [] : typeof organizations === 'string' ? [organizations] : organizations,
          },
    signal,
  }
}

type Handle = ListenOptions['handle']

async function decide(incoming: IncomingMessage, signal: AbortSignal, handle: Handle): Promise<ApiResponse> {
  try {
    const body = await readBody(incoming)
    if (URL.parse(incoming.url ?? '/', 'https://localhost') === null)
      return statusResponse(badRequest(`${JSON.stringify(incoming.url)} is no path`))
    if (body === undefined) {
      const message = `Request entity too large: limit is ${largestBody}`
      return statusResponse(failure({ code: 413, reason: 'RequestEntityTooLarge', message }))
    }
    return await handle(requestOf(incoming, body, signal))
  } catch (error) {
    return statusResponse(internalError(error instanceof Error ? (error.stack ?? error.message) : String(error)))
  }
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, handle: Handle): Promise<void> {
  const gone = new AbortController()
  let stop: () => void = () => undefined
  outgoing.on('close', () => {
    gone.abort()
    stop()
  })
  outgoing.on('error', () => gone.abort())
  const response = await decide(incoming, gone.signal, handle)
  if (outgoing.destroyed) return
  const warnings = warningHeaders(response.warnings ?? [])
  outgoing.statusCode = response.status
  for (const [name, value] of Object.entries(response.headers ?? {})) outgoing.setHeader(name, value)
  if (warnings.length > 0) outgoing.setHeader('warning', warnings)
  if ('body' in response) {
    if (incoming.method === 'HEAD') outgoing.end()
    else if (response.binary === true) outgoing.end(response.body, 'latin1')
    else outgoing.end(pretty(incoming, response.headers ?? {}, response.body))
    return
  }
  outgoing.flushHeaders()
  if (gone.signal.aborted) return
  stop = response.stream({ write: (text) => void outgoing.write(text), end: () => void outgoing.end() })
}

/** People who ask with curl or a browser get JSON with line breaks. */
function pretty(incoming: IncomingMessage, headers: Readonly<Record<string, string>>, body: string): string {
  const asked = URL.parse(incoming.url ?? '/', 'https://localhost')?.searchParams.get('pretty') ?? null
  const agent = incoming.headers['user-agent'] ?? ''
  const wanted = asked === null ? /^(curl|Wget|Mozilla)\b/.test(agent) : asked === 'true' || asked === '1'
  if (!wanted || !(headers['content-type'] ?? '').startsWith('application/json')) return body
  return JSON.stringify(JSON.parse(body), null, 2)
}

/** `kubectl exec` asks for another protocol; nothing runs here that could speak it, so the answer is an ordinary one. */
async function refuseUpgrade(incoming: IncomingMessage, socket: Duplex, handle: Handle): Promise<void> {
  socket.on('error', () => undefined)
  const gone = new AbortController()
  let response: ApiResponse
  try {
    response = await handle(requestOf(incoming, new Uint8Array(), gone.signal))
  } catch (error) {
    response = statusResponse(internalError(error instanceof Error ? error.message : String(error)))
  }
  const body = 'body' in response ? response.body : ''
  const lines = [
    `HTTP/1.1 ${response.status} Refused`,
    ...Object.entries(response.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...warningHeaders(response.warnings ?? []).map((value) => `warning: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
