import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { objectsAt, textAt } from '../core/fields.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import { loadValue } from '../kube/yaml/yaml.ts'
import { readSource } from './files.ts'
import type { ClusterAddress } from './kube-client.ts'

/** An entry of a kubeconfig, and the folder that its paths are relative to. */
interface Entry {
  readonly value: JsonObject
  readonly folder: string
}

interface Kubeconfig {
  currentContext: string
  readonly clusters: Map<string, Entry>
  readonly users: Map<string, Entry>
  readonly contexts: Map<string, Entry>
}

/**
 * The API server that kubectl would talk to with these files, and as whom. Of several files the first that says something wins, and those that are not
 * there are passed over. `context` '' means the current one. What is given as data wins over files; credentials are client certificates, tokens, token
 * files and exec plugins. The error says which entry is wrong.
 */
export function addressInKubeconfig(files: readonly string[], context: string, cwd: string): Result<ClusterAddress, string> {
  const read = readAll(files, context, cwd)
  if (!read.ok) return read
  const config = read.value
  const name = config.currentContext
  const fail = (problem: string): Result<never, string> => err(`${files.join(', ')}: ${problem}`)
  if (name === '') return fail('current-context is not set; name one with --context')
  const chosen = config.contexts.get(name)
  if (chosen === undefined) return fail(`context "${name}" does not exist${existing(config)}`)
  const clusterName = textAt(chosen.value, 'cluster')
  const cluster = config.clusters.get(clusterName)
  if (cluster === undefined) return fail(`cluster "${clusterName}" of context "${name}" does not exist`)
  const userName = textAt(chosen.value, 'user')
  const user = config.users.get(userName)
  if (user === undefined) return fail(`user "${userName}" of context "${name}" does not exist`)
  const server = textAt(cluster.value, 'server')
  if (!server.startsWith('https://')) return fail(`cluster "${clusterName}": server is "${server}", expected https://…`)
  const authority = fileOrData(cluster.value, 'certificate-authority', cluster.folder)
  if (!authority.ok) return fail(`cluster "${clusterName}": ${authority.error}`)
  const credentials = credentialsOf(user.value, user.folder)
  if (!credentials.ok) return fail(`user "${userName}": ${credentials.error}`)
  const serverName = textAt(cluster.value, 'tls-server-name')
  return ok({
    server,
    certificateAuthority: authority.value,
    ...(cluster.value['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
    ...(serverName === '' ? {} : { serverName }),
    ...credentials.value,
  })
}

function readAll(files: readonly string[], context: string, cwd: string): Result<Kubeconfig, string> {
  const config: Kubeconfig = { currentContext: context, clusters: new Map(), users: new Map(), contexts: new Map() }
  let isRead = false
  for (const file of files) {
    const source = readSource(file, cwd)
    if (!source.ok && source.error.startsWith('no such file')) continue
    if (!source.ok) return err(source.error)
    const loaded = loadValue(source.value.text)
    if (!loaded.ok || !isJsonObject(loaded.value)) return err(`${file}: expected a kubeconfig in YAML or JSON`)
    isRead = true
    const folder = dirname(resolve(cwd, file))
    if (config.currentContext === '') config.currentContext = textAt(loaded.value, 'current-context')
    take(config.clusters, loaded.value, ['clusters', 'cluster'], folder)
    take(config.users, loaded.value, ['users', 'user'], folder)
    take(config.contexts, loaded.value, ['contexts', 'context'], folder)
  }
  return isRead ? ok(config) : err(`no kubeconfig: there is no ${files.join(', ')}`)
}

function take(entries: Map<string, Entry>, config: JsonObject, [list, key]: readonly [string, string], folder: string): void {
  for (const item of objectsAt(config, list)) {
    const value = ownValue(item, key)
    const name = textAt(item, 'name')
    if (isJsonObject(value) && !entries.has(name)) entries.set(name, { value, folder })
  }
}

function existing({ contexts }: Kubeconfig): string {
  return contexts.size === 0 ? '' : `; there are ${[...contexts.keys()].join(', ')}`
}

/** `KEY-data` in base64, or the file that `KEY` names; empty where there is neither. */
function fileOrData(from: JsonObject, key: string, folder: string): Result<string, string> {
  const data = textAt(from, `${key}-data`)
  if (data !== '') return ok(Buffer.from(data, 'base64').toString('utf8'))
  const path = textAt(from, key)
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
  const tokenFile = textAt(user, 'tokenFile')
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
  const token = textAt(user, 'token')
  if (token !== '') return ok({ ...ofCertificate, token: () => token })
  const exec = ownValue(user, 'exec')
  if (isJsonObject(exec)) return execCredentials(exec, folder)
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
  const command = textAt(exec, 'command')
  const args = ownValue(exec, 'args')
  const environment = objectsAt(exec, 'env').map((one): readonly [string, string] => [textAt(one, 'name'), textAt(one, 'value')])
  const request = { apiVersion: textAt(exec, 'apiVersion'), kind: 'ExecCredential', spec: { interactive: false } }
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
    const hint = textAt(exec, 'installHint')
    return err(`exec plugin ${command}: ${problem}${hint === '' ? '' : `\n${hint.trim()}`}`)
  }
  const answer = loadValue(ran.stdout)
  const status = answer.ok && isJsonObject(answer.value) ? ownValue(answer.value, 'status') : undefined
  if (!isJsonObject(status)) return err(`exec plugin ${command}: expected an ExecCredential with a status`)
  const [token, certificate, key] = [textAt(status, 'token'), textAt(status, 'clientCertificateData'), textAt(status, 'clientKeyData')]
  if (token === '' && certificate === '') return err(`exec plugin ${command}: its answer has neither a token nor a certificate`)
  const expires = Date.parse(textAt(status, 'expirationTimestamp'))
  return ok({
    credentials: {
      ...(token === '' ? {} : { token }),
      ...(certificate === '' ? {} : { clientCertificate: certificate, clientKey: key }),
    },
    expires: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires,
  })
}
