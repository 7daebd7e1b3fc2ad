import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { auditLog } from './audit-log.ts'
import { unconfiguredPlugins } from './admission-plugins.ts'
import type { KeyPair } from '../cluster/certificates.ts'
import { createAuthority, issueCertificate } from '../cluster/certificates.ts'
import type { Clock } from '../sandbox/client.ts'
import type { AdmissionPlugin } from '../policy/admission-plugin.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { serverAddress } from '../sandbox/registry/service-addresses.ts'
import type { KubernetesRelease } from '../sandbox/types/built-in.ts'
import { sandboxExpressions } from './sandbox-cel.ts'

export interface SandboxSettings {
  readonly port: number
  readonly dataDirectory: string | undefined
  readonly kubernetesVersion: string
  readonly kubeconfig: string | undefined
  /** Absent: those of an API server without a configuration. */
  readonly plugins?: readonly AdmissionPlugin[]
  readonly log?: (line: string) => void
  /** A file that every finished request is appended to. */
  readonly auditLog?: string | undefined
}

export interface RunningSandbox {
  readonly sandbox: Sandbox
  readonly server: string
  readonly kubeconfig: string
  readonly authority: KeyPair
  readonly admin: KeyPair
}

const systemClock: Clock = {
  now: () => new Date(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

interface Keys {
  readonly authority: KeyPair
  readonly server: KeyPair
  readonly admin: KeyPair
  /** Signs the tokens of service accounts, PEM. */
  readonly tokens: string
}

const day = 86_400_000

async function makeKeys(): Promise<Keys> {
  const notBefore = new Date(Date.now() - day)
  const authority = await createAuthority('kanon-sandbox', notBefore, 3650)
  const [server, admin] = await Promise.all([
    issueCertificate(authority, {
      commonName: 'kube-apiserver',
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ipAddresses: ['127.0.0.1', serverAddress],
      usage: 'server',
      notBefore,
      days: 3650,
    }),
    issueCertificate(authority, {
      commonName: 'kubernetes-admin',
      organizations: ['system:masters'],
      usage: 'client',
      notBefore,
      days: 3650,
    }),
  ])
  return { authority, server, admin, tokens: newTokenKey() }
}

const newTokenKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

function readKeys(file: string): Keys {
  try {
    const keys = JSON.parse(readFileSync(file, 'utf8')) as { readonly [K in keyof Keys]?: Partial<KeyPair> | string | null } | null
    const isPair = (pair: Partial<KeyPair> | string | null | undefined): boolean =>
      typeof pair === 'object' && typeof pair?.certificate === 'string' && typeof pair.key === 'string'
    if (isPair(keys?.authority) && isPair(keys?.server) && isPair(keys?.admin) && typeof keys?.tokens === 'string') return keys as Keys
  } catch {
    // Said below.
  }
  throw new Error(`${file} does not hold the keys of a sandbox: remove the directory to start anew`)
}

/** Makes a directory and those above it. Node's own way never returns where the system takes no directories. */
function makeDirectory(flag: string, path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Error(`${flag}: ${path} is a file, a directory is needed`)
    return
  }
  makeDirectory(flag, dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!existsSync(path)) throw new Error(`${flag}: ${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Keys live with the data, so that a kubeconfig still works after a restart. */
async function keysIn(directory: string | undefined): Promise<Keys> {
  if (directory === undefined) return makeKeys()
  const file = join(directory, 'keys.json')
  if (existsSync(file)) return readKeys(file)
  const keys = await makeKeys()
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 })
  return keys
}

const encode = (text: string): string => Buffer.from(text).toString('base64')

function kubeconfigOf(server: string, { authority, admin }: Keys): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: kanon-sandbox
  cluster:
    server: ${server}
    certificate-authority-data: ${encode(authority.certificate)}
users:
- name: kanon-sandbox
  user:
    client-certificate-data: ${encode(admin.certificate)}
    client-key-data: ${encode(admin.key)}
contexts:
- name: kanon-sandbox
  context:
    cluster: kanon-sandbox
    user: kanon-sandbox
current-context: kanon-sandbox
`
}

/** The schemas beside the program, where the build puts them. */
export function readRelease(directory: string): KubernetesRelease {
  return JSON.parse(readFileSync(join(directory, 'kubernetes.json'), 'utf8')) as KubernetesRelease
}

/** Throws what keeps it from starting; nothing is running then. */
export async function runSandbox(settings: SandboxSettings, release: KubernetesRelease): Promise<RunningSandbox> {
  const kubeconfig = settings.kubeconfig ?? join(settings.dataDirectory ?? join(homedir(), '.kanon'), 'kubeconfig')
  if (settings.dataDirectory !== undefined) makeDirectory('--data-dir', resolve(settings.dataDirectory))
  makeDirectory('--kubeconfig', dirname(resolve(kubeconfig)))
  const keys = await keysIn(settings.dataDirectory)
  const sandbox = await startSandbox({
    release,
    kubernetesVersion: settings.kubernetesVersion,
    host: '127.0.0.1',
    port: settings.port,
    dataDirectory: settings.dataDirectory,
    certificate: keys.server,
    authority: keys.authority.certificate,
    tokenKey: keys.tokens,
    clock: systemClock,
    plugins: settings.plugins ?? unconfiguredPlugins(settings.kubernetesVersion),
    ...sandboxExpressions(settings.kubernetesVersion),
    ...(settings.auditLog === undefined ? {} : { audit: auditLog(settings.auditLog, systemClock) }),
    ...(settings.log === undefined ? {} : { log: settings.log }),
  })
  const server = `https://127.0.0.1:${sandbox.port}`
  try {
    writeFileSync(kubeconfig, kubeconfigOf(server, keys), { mode: 0o600 })
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  return { sandbox, server, kubeconfig, authority: keys.authority, admin: keys.admin }
}

export const newIdentity = (): string => `kanon-${randomBytes(5).toString('hex')}`
