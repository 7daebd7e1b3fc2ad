import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { run } from '../cli/program.ts'
import type { Surroundings } from '../cli/host.ts'
import { version } from './version.ts'

/** Collects output into large writes; a terminal sees it at the latest when the command ends. */
class Writer {
  readonly #stream: NodeJS.WriteStream
  #pending: string[] = []
  #length = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  write(text: string): void {
    this.#pending.push(text)
    this.#length += text.length
    if (this.#length > 65_536) this.flush()
  }

  flush(): void {
    if (this.#length === 0) return
    this.#stream.write(this.#pending.join(''))
    this.#pending = []
    this.#length = 0
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}

function wantsColor(): boolean {
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false
  if (process.env['FORCE_COLOR'] !== undefined && process.env['FORCE_COLOR'] !== '0') return true
  return process.stdout.isTTY
}

function kubeconfigFiles(): readonly string[] {
  const files = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  return files.length > 0 ? files : [join(homedir(), '.kube/config')]
}

function inClusterServer(): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
  if (host === undefined || host === '') return undefined
  return `https://${host.includes(':') ? `[${host}]` : host}:${port ?? '443'}`
}

async function main(): Promise<void> {
  const out = new Writer(process.stdout)
  const host: Surroundings = {
    out: (text) => out.write(text),
    err: (text) => {
      out.flush()
      process.stderr.write(text)
    },
    isTerminal: process.stderr.isTTY,
    color: wantsColor(),
    cwd: process.cwd(),
    readStdin,
    inputIsTerminal: process.stdin.isTTY,
    now: () => new Date(),
    version,
    loadTools: async () => (await import('./tools.ts')).tools,
    loadCluster: async () => (await import('./cluster.ts')).clusterTools(import.meta.dirname),
    untilStopped: () =>
      new Promise((resolve) => {
        // A process without anything to do would end.
        const alive = setInterval(() => undefined, 1 << 30)
        const stop = (): void => {
          clearInterval(alive)
          resolve()
        }
        process.once('SIGINT', stop)
        process.once('SIGTERM', stop)
      }),
    flush: () => out.flush(),
    kubeconfigFiles: kubeconfigFiles(),
    inClusterServer: inClusterServer(),
  }
  // A reader that closes early, as `head` does, ends the program quietly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))
  try {
    process.exitCode = await run(process.argv.slice(2), host)
  } catch (error) {
    process.stderr.write(
      `internal error: ${error instanceof Error ? error.message : String(error)}; please report it with the command you ran\n`,
    )
    if (process.env['KANON_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    process.exitCode = 70
  }
  out.flush()
}

await main()
