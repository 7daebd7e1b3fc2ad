import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import type { JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { Source } from '../core/source.ts'
import { loadValue } from '../kube/yaml/yaml.ts'
import { readSource } from './files.ts'
import type { ClusterAddress } from './kube-client.ts'

/** The cluster of a kubeconfig, and the namespace where its context works. */
export interface KubeconfigCluster {
  readonly address: ClusterAddress
  readonly namespace: string
}

/**
 * Reads a kubeconfig as client-go does: the current context or the one that is named; what is given as data wins over files, and files are relative
 * to the kubeconfig. Credentials are client certificates, tokens, token files and exec plugins. The error says which entry is wrong.
 */
export function readKubeconfig(source: Source, cwd: string, contextName?: string): Result<KubeconfigCluster, string> {
  const file = loadValue(source.text)
  if (!file.ok || !isJsonObject(file.value)) return err(`${source.name}: expected a kubeconfig in YAML or JSON`)
  const config = file.value
  const name = contextName ?? text(config, 'current-context')
  if (name === '') return err(`${source.name}: current-context is not set; name one with --context`)
  const context = entry(config, 'contexts', name, 'context')
  if (context === undefined) return err(`${source.name}: context "${name}" does not exist${existing(config)}`)
  const clusterName = text(context, 'cluster')
  const cluster = entry(config, 'clusters', clusterName, 'cluster')
  if (cluster === undefined) return err(`${source.name}: cluster "${clusterName}" of context "${name}" does not exist`)
  const userName = text(context, 'user')
  const user = entry(config, 'users', userName, 'user')
  if (user === undefined) return err(`${source.name}: user "${userName}" of context "${name}" does not exist`)
  const server = text(cluster, 'server')
  if (!server.startsWith('https://')) return err(`${source.name}: cluster "${clusterName}": server is "${server}", expected https://…`)
  const folder = dirname(resolve(cwd, source.name))
  const authority = fileOrData(cluster, 'certificate-authority', folder)
  if (!authority.ok) return err(`${source.name}: cluster "${clusterName}": ${authority.error}`)
  const credentials = credentialsOf(user, folder)
  if (!credentials.ok) return err(`${source.name}: user "${userName}": ${credentials.error}`)
  return ok({
    address: {
      server,
      certificateAuthority: authority.value,
      ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
      ...(text(cluster, 'tls-server-name') === '' ? {} : { serverName: text(cluster, 'tls-server-name') }),
      ...credentials.value,
    },
    namespace: text(context, 'namespace') || 'default',
  })
}

const text = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

function namedEntries(config: JsonObject, list: string): readonly JsonObject[] {
  const entries = ownValue(config, list)
  return entries !== undefined && isJsonArray(entries) ? entries.filter(isJsonObject) : []
}

function entry(config: JsonObject, list: string, name: string, key: string): JsonObject | undefined {
  const found = namedEntries(config, list).find((one) => text(one, 'name') === name)
  const value = found === undefined ? undefined : ownValue(found, key)
  return value !== undefined && isJsonObject(value) ? value : undefined
}

function existing(config: JsonObject): string {
  const names = namedEntries(config, 'contexts').map((one) => text(one, 'name'))
  return names.length === 0 ? '' : `; there are ${names.join(', ')}`
}

/** `KEY-data` in base64, or the file that `KEY` names; empty where there is neither. */
function fileOrData(from: JsonObject, key: string, folder: string): Result<string, string> {
  const data = text(from, `${key}-data`)
  if (data !== '') return ok(Buffer.from(data, 'base64').toString('utf8'))
  const path = text(from, key)
  if (path === '') return ok('')
  const read = readSource(path, folder)
  return read.ok ? ok(read.value.text) : err(`${key}: ${read.error}`)
}

type Credentials = Pick<ClusterAddress, 'clientCertificate' | 'clientKey' | 'token'>

function credentialsOf(user: JsonObject, folder: string): Result<Credentials, string> {
  const certificate = fileOrData(user, 'client-certificate', folder)
  if (!certificate.ok) return certificate
  const key = fileOrData(user, 'client-key', folder)
  if (!key.ok) return key
  const ofCertificate: Credentials = certificate.value === '' ? {} : { clientCertificate: certificate.value, clientKey: key.value }
  const tokenFile = text(user, 'tokenFile')
  if (tokenFile !== '') {
    const first = readSource(tokenFile, folder)
    if (!first.ok) return err(`tokenFile: ${first.error}`)
    // Read each time: the tokens of service accounts change. The last one that could be read stays.
    let last = first.value.text.trim()
    const token = (): string => {
      const now = readSource(tokenFile, folder)
      if (now.ok) last = now.value.text.trim()
      return last
    }
    return ok({ ...ofCertificate, token })
  }
  const token = text(user, 'token')
  if (token !== '') return ok({ ...ofCertificate, token: () => token })
  const exec = ownValue(user, 'exec')
  if (exec !== undefined && isJsonObject(exec)) return execCredentials(exec, folder)
  if (ownValue(user, 'auth-provider') !== undefined) return err('auth-provider was removed from Kubernetes in 1.26; use an exec plugin')
  return ok(ofCertificate)
}

/** Long enough for somebody to log in with a browser. */
const execTimeout = 60_000
/** How long before its end a token is asked for again, milliseconds. */
const execMargin = 30_000

interface Executed {
  readonly credentials: { readonly token?: string; readonly clientCertificate?: string; readonly clientKey?: string }
  /** Milliseconds since 1970; Infinity where the plugin names no end. */
  readonly expires: number
}

/** Runs a credential plugin of `client.authentication.k8s.io`: at once, and again when a token ends. */
function execCredentials(exec: JsonObject, folder: string): Result<Credentials, string> {
  const first = execute(exec, folder)
  if (!first.ok) return first
  const { token, ...certificate } = first.value.credentials
  if (token === undefined) return ok(certificate)
  let current = first.value
  return ok({
    ...certificate,
    token: () => {
      if (Date.now() > current.expires - execMargin) {
        const again = execute(exec, folder)
        if (again.ok) current = again.value
      }
      return current.credentials.token ?? ''
    },
  })
}

function execute(exec: JsonObject, folder: string): Result<Executed, string> {
  const command = text(exec, 'command')
  const args = ownValue(exec, 'args')
  const environment = namedEntries(exec, 'env').map((one): readonly [string, string] => [text(one, 'name'), text(one, 'value')])
  const request = { apiVersion: text(exec, 'apiVersion'), kind: 'ExecCredential', spec: { interactive: false } }
  const ran = spawnSync(
    // A path with a slash is relative to the kubeconfig, a bare name is looked up.
    command.includes('/') ? resolve(folder, command) : command,
    args !== undefined && isJsonArray(args) ? args.map(String) : [],
    {
      encoding: 'utf8',
      timeout: execTimeout,
      env: { ...process.env, ...Object.fromEntries(environment), KUBERNETES_EXEC_INFO: JSON.stringify(request) },
    },
  )
  const problem = ran.error?.message ?? (ran.status === 0 ? undefined : `exit status ${ran.status ?? 'none'}: ${ran.stderr.trim()}`)
  if (problem !== undefined) {
    const hint = text(exec, 'installHint')
    return err(`exec plugin ${command}: ${problem}${hint === '' ? '' : `\n${hint.trim()}`}`)
  }
  const answer = loadValue(ran.stdout)
  const status = answer.ok && isJsonObject(answer.value) ? ownValue(answer.value, 'status') : undefined
  if (status === undefined || !isJsonObject(status)) return err(`exec plugin ${command}: expected an ExecCredential with a status`)
  const [token, certificate, key] = [text(status, 'token'), text(status, 'clientCertificateData'), text(status, 'clientKeyData')]
  if (token === '' && certificate === '') return err(`exec plugin ${command}: its answer has neither a token nor a certificate`)
  const expires = Date.parse(text(status, 'expirationTimestamp'))
  return ok({
    credentials: {
      ...(token === '' ? {} : { token }),
      ...(certificate === '' ? {} : { clientCertificate: certificate, clientKey: key }),
    },
    expires: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires,
  })
}
