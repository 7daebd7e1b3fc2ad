import { Agent, request } from 'node:https'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import { failure } from '../kube/status.ts'

/** How to reach an API server and as whom. */
export interface ClusterAddress {
  readonly server: string
  /** PEM; empty for the authorities of the system. */
  readonly certificateAuthority: string
  /** Whoever answers is believed: the `insecure-skip-tls-verify` of a kubeconfig. */
  readonly insecure?: boolean
  /** The name that the certificate of the server must have, where it is not the URL's. */
  readonly serverName?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  /** Read for each request: tokens of service accounts change. */
  readonly token?: () => string
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With the query. */
  readonly path: string
  readonly body?: Json
  readonly contentType?: string
  readonly timeoutMilliseconds?: number
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

/** An API server over HTTPS. Never rejects: what goes wrong is a Status, with code 0 where the server was not reached. */
export interface KubeClient {
  call(call: Call): Promise<Result<JsonObject, Status>>
  /** Resolves when the stream ends, with the reason if it is an error. */
  watch(path: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<Status | undefined>
  close(): void
}

const defaultTimeout = 30_000
const largestAnswer = 256 * 1024 * 1024
const tooLarge = 'the answer of the API server is too large'
const unreachable = (message: string): Status => failure({ code: 0, reason: 'ServiceUnavailable', message })

export function createKubeClient(address: ClusterAddress, userAgent: string): KubeClient {
  const identity = {
    ...(address.certificateAuthority === '' ? {} : { ca: address.certificateAuthority }),
    ...(address.insecure === true ? { rejectUnauthorized: false } : {}),
    ...(address.serverName === undefined ? {} : { servername: address.serverName }),
    ...(address.clientCertificate === undefined ? {} : { cert: address.clientCertificate }),
    ...(address.clientKey === undefined ? {} : { key: address.clientKey }),
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ...identity })
  // A watch holds its connection for as long as it lives: of many, none may keep the others or the calls waiting.
  const watchAgent = new Agent({ keepAlive: true, ...identity })
  const headers = (extra: Readonly<Record<string, string>>): Record<string, string> => ({
    accept: 'application/json',
    'user-agent': userAgent,
    ...(address.token === undefined ? {} : { authorization: `Bearer ${address.token()}` }),
    ...extra,
  })
  // The server may have a path of its own, before those of the API.
  const base = address.server.replace(/\/+$/, '')
  const urlOf = (path: string): URL => new URL(`${base}${path}`)
  return {
    call: ({ method, path, body, contentType = 'application/json', timeoutMilliseconds = defaultTimeout }) =>
      new Promise((resolve) => {
        const text = body === undefined ? undefined : JSON.stringify(body)
        const outgoing = request(
          urlOf(path),
          {
            method,
            agent,
            headers: headers(text === undefined ? {} : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text)) }),
            signal: AbortSignal.timeout(timeoutMilliseconds),
          },
          (incoming) => {
            const chunks: Buffer[] = []
            let length = 0
            incoming.on('data', (chunk: Buffer) => {
              length += chunk.length
              if (length <= largestAnswer) return void chunks.push(chunk)
              resolve(err(unreachable(tooLarge)))
              incoming.destroy()
            })
            incoming.on('end', () => resolve(read(incoming.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))))
            incoming.on('error', (error) => resolve(err(unreachable(error.message))))
          },
        )
        outgoing.on('error', (error) => resolve(err(unreachable(`${method} ${address.server}${path}: ${error.message}`))))
        outgoing.end(text)
      }),
    watch: (path, onEvent, signal) =>
      new Promise((resolve) => {
        const outgoing = request(urlOf(path), { method: 'GET', agent: watchAgent, headers: headers({}), signal }, (incoming) => {
          incoming.setEncoding('utf8')
          let pending = ''
          const giveUp = (why: string): void => {
            resolve(unreachable(why))
            incoming.destroy()
          }
          incoming.on('data', (chunk: string) => {
            const lines = (pending + chunk).split('\n')
            pending = lines.pop() ?? ''
            if (incoming.statusCode !== 200) pending = lines.join('\n') + pending
            else if (!lines.every((line) => line === '' || pass(line, onEvent))) giveUp('the API server sent something that is no event')
            if (pending.length > largestAnswer) giveUp(tooLarge)
          })
          incoming.on('end', () => {
            const answer = incoming.statusCode === 200 ? undefined : read(incoming.statusCode ?? 0, pending)
            resolve(answer === undefined || answer.ok ? undefined : answer.error)
          })
          incoming.on('error', (error) => resolve(unreachable(error.message)))
        })
        outgoing.on('error', (error) => resolve(unreachable(error.message)))
        outgoing.end()
      }),
    close: () => {
      agent.destroy()
      watchAgent.destroy()
    },
  }
}

/** False: the line is no event. */
function pass(line: string, onEvent: (event: WatchEvent) => void): boolean {
  let value: Json
  try {
    value = JSON.parse(line) as Json
  } catch {
    return false
  }
  if (!isJsonObject(value) || typeof value['type'] !== 'string' || !isJsonObject(value['object'])) return false
  onEvent(value as unknown as WatchEvent)
  return true
}

function read(code: number, text: string): Result<JsonObject, Status> {
  let value: Json = null
  try {
    value = JSON.parse(text) as Json
  } catch {
    value = null
  }
  if (code >= 200 && code < 300) return ok(isJsonObject(value) ? value : { text })
  return err(
    isJsonObject(value) && value['kind'] === 'Status'
      ? ({ ...value, code } as unknown as Status)
      : failure({ code, reason: '', message: text.slice(0, 500) }),
  )
}

/** The objects of a list, each with its apiVersion and kind, which built-in lists leave out. */
export function itemsOf(list: JsonObject): readonly KubeObject[] {
  const { items, kind, apiVersion } = list
  if (!isJsonArray(items)) return []
  const header = { apiVersion: String(apiVersion ?? ''), kind: String(kind ?? '').replace(/List$/, '') }
  return items.filter(isJsonObject).map((item) => ({ ...header, ...item }))
}
