import { Agent, request } from 'node:https'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { WebhookCall, WebhookTransport } from '../admission/webhooks.ts'

const largestAnswer = 3 * 1024 * 1024

/** Calls webhooks over HTTPS, keeping connections open. */
export function webhookTransport(): WebhookTransport & { readonly close: () => void } {
  const agents = new Map<string, Agent>()
  const agentFor = ({ caBundle, serverName }: WebhookCall): Agent => {
    const key = `${serverName}\n${caBundle}`
    let agent = agents.get(key)
    if (agent === undefined) {
      if (agents.size >= 64) {
        agents.forEach((old) => old.destroy())
        agents.clear()
      }
      agent = new Agent({
        keepAlive: true,
        ...(caBundle === '' ? {} : { ca: caBundle }),
        ...(serverName === '' ? {} : { servername: serverName }),
      })
      agents.set(key, agent)
    }
    return agent
  }
  const send = (call: WebhookCall, url: URL, again: boolean): Promise<Result<{ readonly status: number; readonly body: string }, string>> =>
    new Promise((resolve) => {
      const outgoing = request(
        url,
        {
          method: 'POST',
          agent: agentFor(call),
          headers: { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(call.body) },
          signal: AbortSignal.timeout(call.timeoutMilliseconds),
        },
        (incoming) => {
          const chunks: Buffer[] = []
          let length = 0
          incoming.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length <= largestAnswer) return void chunks.push(chunk)
            resolve(err('response body is too large'))
            incoming.destroy()
          })
          incoming.on('end', () => resolve(ok({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })))
          incoming.on('error', (error) => resolve(err(goText(error, url))))
        },
      )
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection as it was taken up again: nothing has been answered, so it is asked once more.
        if (again && outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE'))
          void send(call, url, false).then(resolve)
        else resolve(err(goText(error, url)))
      })
      outgoing.end(call.body)
    })
  return {
    post: (call) => {
      let url: URL
      try {
        url = new URL(call.url)
      } catch {
        return Promise.resolve(err(`parse ${JSON.stringify(call.url)}: invalid URL`))
      }
      return send(call, url, true)
    },
    close: () => agents.forEach((agent) => agent.destroy()),
  }
}

/** The words Go's HTTP client has for it. */
function goText(error: NodeJS.ErrnoException, url: URL): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'context deadline exceeded'
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${url.host}: connect: connection refused`
    case 'ECONNRESET':
      return 'EOF'
    case 'ENOTFOUND':
      return `dial tcp: lookup ${url.hostname}: no such host`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
    case 'CERT_HAS_EXPIRED':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'
    default:
      return error.message
  }
}
