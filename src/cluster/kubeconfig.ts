import { dirname, resolve } from 'node:path'
import type { Json, JsonObject } from '../core/json.ts'
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

const text = (object: JsonObject, key: string): string => {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}

/**
 * The API server that kubectl would talk to with these files, of which the first that says something wins. Files that are not there are passed over, as
 * kubectl does. `context` '' means the current one. The error says what is missing or cannot be done here.
 */
export function addressInKubeconfig(files: readonly string[], context: string, cwd: string): Result<ClusterAddress, string> {
  const config: Kubeconfig = { currentContext: context, clusters: new Map(), users: new Map(), contexts: new Map() }
  let isRead = false
  for (const file of files) {
    const source = readSource(file, cwd)
    if (!source.ok && source.error.startsWith('no such file')) continue
    if (!source.ok) return err(source.error)
    const loaded = loadValue(source.value.text)
    if (!loaded.ok || !isJsonObject(loaded.value)) return err(`${file} is no kubeconfig`)
    isRead = true
    merge(config, loaded.value, dirname(resolve(cwd, file)))
  }
  if (!isRead) return err(`no kubeconfig: there is no ${files.join(', ')}`)
  const name = config.currentContext
  const chosen = config.contexts.get(name)
  if (chosen === undefined) return err(name === '' ? 'the kubeconfig has no current context' : `the kubeconfig has no context \`${name}\``)
  const [cluster, user] = [text(chosen.value, 'cluster'), text(chosen.value, 'user')]
  const server = config.clusters.get(cluster)
  if (server === undefined) return err(`context \`${name}\`: the kubeconfig has no cluster \`${cluster}\``)
  return addressOf(server, config.users.get(user) ?? { value: {}, folder: cwd }, name)
}

function merge(config: Kubeconfig, value: JsonObject, folder: string): void {
  if (config.currentContext === '') config.currentContext = text(value, 'current-context')
  take(config.clusters, ownValue(value, 'clusters'), 'cluster', folder)
  take(config.users, ownValue(value, 'users'), 'user', folder)
  take(config.contexts, ownValue(value, 'contexts'), 'context', folder)
}

function take(entries: Map<string, Entry>, list: Json | undefined, key: string, folder: string): void {
  for (const item of list !== undefined && isJsonArray(list) ? list : []) {
    if (!isJsonObject(item)) continue
    const value = ownValue(item, key)
    const name = text(item, 'name')
    if (value !== undefined && isJsonObject(value) && !entries.has(name)) entries.set(name, { value, folder })
  }
}

/** The text of `KEY-data`, which is in base64, or of the file that `KEY` names; '' where there is neither. */
function pem({ value, folder }: Entry, key: string): Result<string, string> {
  const data = text(value, `${key}-data`)
  if (data !== '') return ok(Buffer.from(data, 'base64').toString('utf8'))
  const file = text(value, key)
  if (file === '') return ok('')
  const source = readSource(file, folder)
  return source.ok ? ok(source.value.text) : err(source.error)
}

const unsupportedUser = ['exec', 'auth-provider', 'username', 'as'] as const

function addressOf(cluster: Entry, user: Entry, context: string): Result<ClusterAddress, string> {
  const server = text(cluster.value, 'server')
  if (!server.startsWith('https://')) return err(`context \`${context}\`: expected a server at https://, not \`${server}\``)
  if (cluster.value['insecure-skip-tls-verify'] === true)
    return err(`context \`${context}\`: insecure-skip-tls-verify is not supported: give the certificate authority`)
  const unsupported = unsupportedUser.find((key) => ownValue(user.value, key) !== undefined)
  if (unsupported !== undefined) return err(`context \`${context}\`: users with \`${unsupported}\` are not supported`)
  const authority = pem(cluster, 'certificate-authority')
  if (!authority.ok) return authority
  const certificate = pem(user, 'client-certificate')
  if (!certificate.ok) return certificate
  const key = pem(user, 'client-key')
  if (!key.ok) return key
  const token = tokenOf(user)
  if (!token.ok) return token
  return ok({
    server,
    certificateAuthority: authority.value,
    ...(certificate.value === '' ? {} : { clientCertificate: certificate.value, clientKey: key.value }),
    ...(token.value === '' ? {} : { token: () => token.value }),
  })
}

function tokenOf({ value, folder }: Entry): Result<string, string> {
  const token = text(value, 'token')
  const file = text(value, 'tokenFile')
  if (token !== '' || file === '') return ok(token)
  const source = readSource(file, folder)
  return source.ok ? ok(source.value.text.trim()) : err(source.error)
}
