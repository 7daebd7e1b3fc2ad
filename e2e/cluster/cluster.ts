import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { helmPath, kubectlPath } from '../../scripts/kubectl.ts'
import { startTestEnvironment } from './test-environment.ts'

/** The built program. */
export const bundle = join(import.meta.dirname, '../../dist/kanon.mjs')

export interface Answer {
  readonly status: number | null
  /** Both streams, as a terminal shows them: warnings and errors first. */
  readonly text: string
}

/** A cluster with Kanon in it, and real kubectl. */
export interface Cluster {
  readonly kubeconfig: string
  /** The folder in which commands run. */
  readonly folder: string
  kubectl(...args: readonly string[]): Answer
  /** A command of a shell with `kubectl` and `helm` on its PATH. */
  shell(command: string): Answer
  file(name: string, text: string): string
  /** Waits until a policy is enforced. */
  ready(kind: string, name: string): void
  stop(): Promise<void>
}

export interface Backend {
  readonly kubeconfig: string
  stop(): Promise<void>
}

/** What a test without kubectl says: it is counted as skipped. */
export const whyNoKubectl = kubectlPath() === undefined ? 'SKIPPED: there is no kubectl for this machine; name one in KUBECTL' : undefined

/**
 * The sandbox; or the cluster of KUBECONFIG, in which Kanon is expected to run; or an API server made of the binaries in KUBEBUILDER_ASSETS.
 * `npm run e2e` says which.
 */
async function startBackend(folder: string): Promise<Backend> {
  const given = process.env['KANON_E2E'] === 'cluster' ? process.env['KUBECONFIG'] : undefined
  if (given !== undefined && given !== '') return { kubeconfig: given, stop: () => Promise.resolve() }
  const assets = process.env['KUBEBUILDER_ASSETS']
  if (assets !== undefined && assets !== '' && existsSync(join(assets, 'kube-apiserver')))
    return startTestEnvironment(assets, folder, bundle)
  return startSandbox(folder)
}

/** `kanon sandbox` with some arguments, up. */
export async function startSandbox(folder: string, ...args: readonly string[]): Promise<Backend> {
  const kubeconfig = join(folder, 'kubeconfig')
  const child = spawn(process.execPath, [bundle, 'sandbox', '--kubeconfig', kubeconfig, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Press Ctrl-C')) resolve()
    })
    void ended.then(() => reject(new Error(`the sandbox ended: ${said}`)))
  })
  return {
    kubeconfig,
    stop: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}

export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kanon-e2e-'))
  return clusterOf(await startBackend(folder), folder)
}

/** kubectl for a backend that runs already. */
export function clusterOf(backend: Backend, folder: string): Cluster {
  const kubectlFile = kubectlPath() ?? 'kubectl'
  const tools = [kubectlFile, helmPath() ?? '']
    .map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/'))))
    .filter((path) => path !== '')
  const env = {
    ...process.env,
    KUBECONFIG: backend.kubeconfig,
    PATH: [...tools, process.env['PATH'] ?? ''].join(':'),
    HELM_CACHE_HOME: folder,
  }
  const run = (file: string, args: readonly string[]): Answer => {
    const { status, stdout, stderr } = spawnSync(file, [...args], { cwd: folder, encoding: 'utf8', env, timeout: 60_000 })
    return { status, text: stderr + stdout }
  }
  const kubectl = (...args: readonly string[]): Answer => run(kubectlFile, args)
  return {
    kubeconfig: backend.kubeconfig,
    folder,
    kubectl,
    shell: (command) => run('bash', ['-c', command]),
    file: (name, text) => {
      writeFileSync(join(folder, name), text)
      return name
    },
    ready: (kind, name) => {
      const answer = kubectl('wait', '--for=condition=Ready', `${kind}/${name}`, '--timeout=20s')
      if (answer.status !== 0) throw new Error(`${kind} ${name} is not ready: ${answer.text}`)
    },
    stop: async () => {
      await backend.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const readText = (path: string): string => readFileSync(path, 'utf8')
