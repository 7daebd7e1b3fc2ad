/**
 * A provider of external data, as a thread of its own: kubectl blocks the one that calls it. It says of an image whether it is signed, of a name who it is,
 * and asks for a certificate of whoever asks.
 */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'

interface Settings {
  readonly certificate: string
  readonly key: string
}
const { certificate, key: secret } = workerData as Settings

interface Item {
  readonly key: string
  readonly value: string
  readonly error?: string
}

function itemFor(key: string): Item {
  if (key.startsWith('bad')) return { key, value: '', error: `${key} is not signed` }
  if (key.includes('@')) return { key, value: key }
  return key.includes(':') ? { key, value: `${key}@sha256:1` } : { key, value: `user ${key}` }
}

const server = createServer({ cert: certificate, key: secret, requestCert: true, rejectUnauthorized: false }, (incoming, outgoing) => {
  let text = ''
  incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
  incoming.on('end', () => {
    const { keys } = (JSON.parse(text) as { readonly request: { readonly keys: readonly string[] } }).request
    const { subject } = (incoming.socket as TLSSocket).getPeerCertificate()
    const response = { idempotent: true, items: keys.map(itemFor), systemError: subject === undefined ? 'nobody asks' : '' }
    outgoing.end(JSON.stringify({ apiVersion: 'externaldata.gatekeeper.sh/v1beta1', kind: 'ProviderResponse', response }))
  })
})
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
