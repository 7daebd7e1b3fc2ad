import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

const bundle = join(import.meta.dirname, '../../dist/kanon.mjs')

/** A command that goes on until it is asked to end. */
export interface Running {
  readonly out: () => string
  readonly err: () => string
  /** Waits for a text on either stream; fails when the process ends without it. */
  says(text: string): Promise<void>
  /** The exit status after a signal; null where the signal killed it. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>
}

export function start(cwd: string, ...args: readonly string[]): Running {
  const child: ChildProcess = spawn(process.execPath, [bundle, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  let [out, err] = ['', '']
  const listeners = new Set<() => void>()
  const notify = (): void => listeners.forEach((listener) => listener())
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    notify()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    notify()
  })
  const exited = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  return {
    out: () => out,
    err: () => err,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!out.includes(text) && !err.includes(text)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        void exited.then((status) => reject(new Error(`it ended with ${status} and never said "${text}": ${out}${err}`)))
        look()
      }),
    end: (signal) => {
      child.kill(signal)
      return exited
    },
  }
}

/** A port that somebody else has. */
export async function takenPort(): Promise<{ readonly port: number; readonly free: () => void }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, free: () => void server.close() }
}
