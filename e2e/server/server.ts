import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogEntry } from '../../src/admission/server.ts'
import type { RunningAdmission } from '../../src/bin/admission.ts'
import { runAdmission } from '../../src/bin/admission.ts'
import { dialects } from '../../src/bin/dialects.ts'
import { readRelease, runSandbox } from '../../src/bin/sandbox.ts'
import type { ClusterAddress } from '../../src/cluster/kube-client.ts'
import type { Json, JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject } from '../../src/core/json.ts'
import type { KubernetesRelease } from '../../src/sandbox/types/built-in.ts'

let release: KubernetesRelease | undefined

/** The description of Kubernetes that `scripts/build.ts` makes; read once for all tests. */
export function kubernetes(): KubernetesRelease {
  release ??= readRelease(join(import.meta.dirname, '../../dist'))
  return release
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits for something that is about to be true; says what did not come within twenty seconds. */
export async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 2_000; i += 1) {
    if (await condition()) return
    await pause(10)
  }
  throw new Error(`${what} did not happen within 20 s`)
}

/** A directory that is gone after `remove`. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'kanon-server-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Exchange {
  readonly method?: string
  /** With the query. */
  readonly path: string
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: Json
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body where it is a JSON object, else an empty one. */
  readonly json: JsonObject
  readonly warnings: readonly string[]
}

/** One HTTPS request as any client could send it. */
export type Ask = (exchange: Exchange) => Promise<Reply>

export interface Credentials {
  readonly certificate: string
  readonly key: string
}

/** A client that trusts one authority; `close` ends its connections. */
export function httpsClient(
  server: string,
  authority: string,
  credentials?: Credentials,
): { readonly ask: Ask; readonly close: () => void } {
  const agent = new Agent({
    keepAlive: true,
    ca: authority,
    ...(credentials === undefined ? {} : { cert: credentials.certificate, key: credentials.key }),
  })
  const ask: Ask = ({ method = 'GET', path, body, headers = {} }) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const { hostname, port } = new URL(server)
      const sent = {
        ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        ...(headers as Record<string, string>),
      }
      const outgoing = request({ hostname, port, path, method, agent, headers: sent }, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const said = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: said,
            json: objectIn(said),
            warnings: incoming.headersDistinct['warning'] ?? [],
          })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(text)
    })
  return { ask, close: () => agent.destroy() }
}

function objectIn(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

export interface Api {
  readonly server: string
  readonly authority: string
  /** As `system:masters`. */
  readonly admin: Credentials
  readonly address: ClusterAddress
  /** As the administrator. */
  readonly ask: Ask
  /** Without a certificate: anonymous, or whoever the headers say. */
  readonly askBare: Ask
  stop(): Promise<void>
}

export interface ApiSettings {
  readonly port?: number
  readonly dataDirectory?: string
}

/** The API server of the sandbox in this process. */
export async function startApi({ port = 0, dataDirectory }: ApiSettings = {}): Promise<Api> {
  const folder = temporaryDirectory()
  const running = await runSandbox(
    { port, dataDirectory, kubernetesVersion: 'v1.36.2', kubeconfig: join(folder.path, 'kubeconfig') },
    kubernetes(),
  )
  const { server, authority, admin } = running
  const owner = httpsClient(server, authority.certificate, admin)
  const bare = httpsClient(server, authority.certificate)
  return {
    server,
    authority: authority.certificate,
    admin,
    address: {
      server,
      certificateAuthority: authority.certificate,
      clientCertificate: admin.certificate,
      clientKey: admin.key,
    },
    ask: owner.ask,
    askBare: bare.ask,
    stop: async () => {
      owner.close()
      bare.close()
      await running.sandbox.stop()
      folder.remove()
    },
  }
}

export interface Guard extends RunningAdmission {
  readonly entries: readonly LogEntry[]
}

/** Kanon in front of an API server, in this process. */
export async function startGuard(api: Api, identity = 'replica-a', namespace = 'kanon'): Promise<Guard> {
  const entries: LogEntry[] = []
  const running = await runAdmission({
    cluster: api.address,
    dialects,
    host: '127.0.0.1',
    port: 0,
    namespace,
    reach: { kind: 'url' },
    identity,
    version: 'test',
    installDefinitions: true,
    traceEndpoint: undefined,
    log: (entry) => entries.push(entry),
    limits: { drainMilliseconds: 0 },
  })
  return { ...running, entries }
}

/** What is at a path of keys and indexes; undefined where there is nothing. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current: Json | undefined = value
  for (const step of path) {
    if (typeof step === 'number') current = isJsonArray(current) ? current[step] : undefined
    else current = isJsonObject(current) && Object.hasOwn(current, step) ? current[step] : undefined
  }
  return current
}

/** A list of objects at a path; empty where there is none. */
export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly JsonObject[] {
  const found = at(value, ...path)
  return isJsonArray(found) ? found.filter(isJsonObject) : []
}

export const namesOf = (list: Json | undefined): readonly string[] =>
  listAt(list, 'items').map((item) => String(at(item, 'metadata', 'name')))

export const configMap = (name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
})

export interface PolicyParts {
  readonly kinds?: readonly string[]
  readonly validate?: JsonObject
  readonly spec?: JsonObject
  readonly match?: JsonObject
}

/** A ClusterPolicy of one rule that refuses ConfigMaps whose `data.colour` is red. */
export const clusterPolicy = (name: string, { kinds = ['ConfigMap'], validate, spec = {}, match = {} }: PolicyParts = {}): JsonObject => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name },
  spec: {
    background: false,
    rules: [
      {
        name: 'colour',
        match: { any: [{ resources: { kinds, ...match } }] },
        validate: validate ?? {
          failureAction: 'Enforce',
          message: 'red is not allowed',
          pattern: { '=(data)': { '=(colour)': '!red' } },
        },
      },
    ],
    ...spec,
  },
})
