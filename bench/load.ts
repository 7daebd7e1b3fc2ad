/** The client of the admission benchmark, a process of its own: `node bench/load.ts URL CA-FILE REVIEWS-FILE CONCURRENCY RATE SECONDS`. Prints one line of JSON. */
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'

const [url = '', caFile = '', reviewsFile = '', concurrency = '16', rate = '0', seconds = '5'] = process.argv.slice(2)
const { hostname, port, pathname, search } = new URL(url)
const ca = readFileSync(caFile, 'utf8')
const requests = (JSON.parse(readFileSync(reviewsFile, 'utf8')) as readonly string[]).map((body) =>
  Buffer.from(
    `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
)

interface Answer {
  readonly ok: boolean
  readonly allowed: boolean
}

/** A connection that sends one request at a time. Bare of all that an HTTP client does, so that the client takes little of the machine it shares. */
class Connection {
  readonly #socket: TLSSocket
  #received = ''
  #resolve: (answer: Answer) => void = () => undefined

  constructor() {
    this.#socket = connect({ host: hostname, port: Number(port), ca, servername: '' })
    this.#socket.setNoDelay(true)
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk: string) => this.#read(chunk))
    this.#socket.on('error', () => this.#resolve({ ok: false, allowed: false }))
    this.#socket.on('close', () => this.#resolve({ ok: false, allowed: false }))
  }

  #read(chunk: string): void {
    this.#received += chunk
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1] ?? '0')
    if (this.#received.length < head + 4 + length) return
    const answer = { ok: this.#received.startsWith('HTTP/1.1 200'), allowed: this.#received.includes('"allowed":true') }
    this.#received = ''
    this.#resolve(answer)
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

const latencies: number[] = []
let [failed, denied] = [0, 0]
const started = performance.now()
const end = started + Number(seconds) * 1000
let next = 0

/** At a fixed rate latency counts from when a request was due, so that a server that stalls is not flattered. */
async function worker(index: number): Promise<void> {
  const interval = Number(rate) > 0 ? (1000 / Number(rate)) * Number(concurrency) : 0
  const connection = new Connection()
  let due = started + (interval / Number(concurrency)) * index
  for (;;) {
    if (interval > 0) {
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    } else due = performance.now()
    if (performance.now() >= end) return connection.close()
    next += 1
    const { ok, allowed } = await connection.send(requests[next % requests.length] ?? Buffer.alloc(0))
    latencies.push(performance.now() - due)
    if (!ok) failed += 1
    else if (!allowed) denied += 1
    due += interval
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, (_, index) => worker(index)))
const elapsed = (performance.now() - started) / 1000
latencies.sort((a, b) => a - b)
const percentile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
process.stdout.write(
  `${JSON.stringify({ perSecond: latencies.length / elapsed, p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99), failed, denied, count: latencies.length })}\n`,
)
