import { randomInt, randomUUID } from 'node:crypto'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import { applyJsonPatch, parseJsonPatch } from '../../kube/patch/json-patch.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, failure, internalError } from '../../kube/status.ts'
import type { Authorizer } from '../authorizer.ts'
import type { AdmissionAttributes } from '../registry/operation.ts'
import type { Catalogue } from '../served-type.ts'
import type { Store } from '../storage/store.ts'
import type { Match } from './webhook-rules.ts'
import { matchWebhook, webhooksOf } from './webhook-rules.ts'

/** Sends a review to a webhook. Never rejects: what goes wrong is the error's text, as Go's HTTP client says it. */
export interface WebhookTransport {
  post(call: WebhookCall): Promise<Result<{ readonly status: number; readonly body: string }, string>>
}

export interface WebhookCall {
  readonly url: string
  /** PEM, empty for the system's own. */
  readonly caBundle: string
  /** The name the certificate must have, where it is not the URL's. */
  readonly serverName: string
  readonly body: string
  readonly timeoutMilliseconds: number
}

/** Decides a webhook's `matchConditions`, which may ask what the user of the request may do. */
export type MatchConditions = (webhook: JsonObject, review: JsonObject, authorizer: Authorizer) => Result<boolean, string>

export interface WebhookParts {
  readonly store: Store
  readonly catalogue: () => Catalogue
  readonly transport: WebhookTransport
  readonly matchConditions: MatchConditions
  readonly authorizer: Authorizer
}

interface Verdict {
  readonly allowed: boolean
  readonly status: Status | undefined
  readonly patch: Json | undefined
}

const gvk = ({ group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string }): JsonObject => ({
  group,
  version,
  kind,
})

function reviewOf({ as }: Match, attributes: AdmissionAttributes, uid: string): JsonObject {
  const { type, options, subresource, name, namespace, operation, object, oldObject, requestOptions } = attributes
  const convert = (value: KubeObject | undefined): Json => {
    if (value === undefined) return null
    return as === type || subresource === 'scale' ? value : as.fromStorage(type.toStorage(value))
  }
  const { username, uid: userUid, groups, extra } = options.user
  return {
    uid,
    kind: as === type ? gvk(attributes.kind) : gvk(as),
    resource: { group: as.group, version: as.version, resource: as.resource },
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: gvk(attributes.kind),
    requestResource: { group: type.group, version: type.version, resource: type.resource },
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespaceOfReview(attributes, namespace) === '' ? {} : { namespace: namespaceOfReview(attributes, namespace) }),
    operation,
    userInfo: {
      username,
      ...(userUid === '' ? {} : { uid: userUid }),
      groups,
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    },
    object: convert(object),
    oldObject: convert(oldObject),
    dryRun: options.dryRun,
    options: requestOptions.kind === '' ? null : requestOptions,
  }
}

/** A request about a Namespace is in that namespace. */
const namespaceOfReview = ({ type, name, object }: AdmissionAttributes, namespace: string): string =>
  type.group === '' && type.resource === 'namespaces' ? name || nameOf(object ?? {}) : namespace

const ignores = ({ spec }: Match['webhook']): boolean => spec['failurePolicy'] === 'Ignore'
const seconds = ({ spec }: Match['webhook']): number => (typeof spec['timeoutSeconds'] === 'number' ? spec['timeoutSeconds'] : 10)

/** Calls one webhook. An error is what the request fails with, unless the webhook may be ignored. */
async function call(match: Match, attributes: AdmissionAttributes, parts: WebhookParts): Promise<Result<Verdict | undefined, Status>> {
  const { webhook } = match
  const uid = randomUUID()
  const request = reviewOf(match, attributes, uid)
  const conditions = parts.matchConditions(webhook.spec, request, parts.authorizer)
  const failed = (text: string, how = 'failed calling webhook'): Result<undefined, Status> =>
    ignores(webhook) ? ok(undefined) : err(internalError(`${how} ${JSON.stringify(webhook.name)}: ${text}`))
  if (!conditions.ok) {
    if (ignores(webhook)) return ok(undefined)
    return err(
      failure({
        code: 403,
        reason: 'Forbidden',
        message: `${attributes.type.resource} ${JSON.stringify(attributes.name)} is forbidden: ${conditions.error}`,
      }),
    )
  }
  if (!conditions.value) return ok(undefined)
  const effects = webhook.spec['sideEffects']
  if (attributes.options.dryRun && effects !== 'None' && effects !== 'NoneOnDryRun')
    return err(badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`))
  const versions = isJsonArray(webhook.spec['admissionReviewVersions']) ? webhook.spec['admissionReviewVersions'] : ['v1']
  const version = versions.find((one) => one === 'v1' || one === 'v1beta1')
  if (version === undefined) return failed('webhook does not accept known AdmissionReview versions (v1, v1beta1)')
  const target = targetOf(webhook.spec, parts.store)
  if (!target.ok) return failed(`failed to call webhook: ${target.error}`)
  const [first = ''] = target.value.urls
  const url = withTimeout(first, seconds(webhook))
  const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request })
  const answered = await postToFirst(target.value, { body, seconds: seconds(webhook) }, parts.transport)
  if (!answered.ok) return failed(`failed to call webhook: Post ${JSON.stringify(url)}: ${answered.error}`)
  if (answered.value.status !== 200) return failed(`failed to call webhook: the server ${httpError(answered.value)}`)
  const read = readReview(answered.value.body, uid)
  if (!read.ok) return failed(read.error)
  note(read.value, webhook.name, attributes)
  return ok({ allowed: read.value['allowed'] === true, status: denial(read.value, webhook.name), patch: patchOf(read.value) })
}

/** Sends to the first endpoint that takes connections: one that refuses them has seen nothing of the request. */
async function postToFirst(
  { urls, caBundle, serverName }: Target,
  { body, seconds: limit }: { readonly body: string; readonly seconds: number },
  transport: WebhookTransport,
): ReturnType<WebhookTransport['post']> {
  let answered: Awaited<ReturnType<WebhookTransport['post']>> = err('no endpoints available')
  for (const url of urls) {
    answered = await transport.post({ url: withTimeout(url, limit), caBundle, serverName, body, timeoutMilliseconds: limit * 1000 })
    if (answered.ok || !answered.error.endsWith('connection refused')) return answered
  }
  return answered
}

const httpError = ({ status, body }: { readonly status: number; readonly body: string }): string =>
  status === 404
    ? 'could not find the requested resource'
    : status === 500
      ? `has encountered an error: ${body.slice(0, 200)}`
      : `rejected our request for an unknown reason (status ${status})`

function withTimeout(url: string, timeout: number): string {
  return `${url}${url.includes('?') ? '&' : '?'}timeout=${timeout}s`
}

interface Target {
  readonly urls: readonly string[]
  readonly caBundle: string
  readonly serverName: string
}

/** The URL of a webhook, or those of its service's ready addresses, in an order that spreads the load. */
function targetOf(spec: JsonObject, store: Store): Result<Target, string> {
  const client = ownValue(spec, 'clientConfig')
  if (!isJsonObject(client)) return err('clientConfig is missing')
  const bundle = client['caBundle']
  const caBundle = typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString('utf8') : ''
  if (typeof client['url'] === 'string') return ok({ urls: [client['url']], caBundle, serverName: '' })
  const service = ownValue(client, 'service')
  if (!isJsonObject(service)) return err('clientConfig has neither url nor service')
  const [namespace, name] = [String(service['namespace']), String(service['name'])]
  const path = typeof service['path'] === 'string' ? service['path'] : '/'
  if (store.get({ group: '', resource: 'services' }, namespace, name) === undefined) return err(`service ${JSON.stringify(name)} not found`)
  const addresses = endpointsOf(store, namespace, name)
  if (addresses.length === 0) return err(`no endpoints available for service ${JSON.stringify(name)}`)
  const turn = randomInt(addresses.length)
  const urls = [...addresses.slice(turn), ...addresses.slice(0, turn)].map(
    (address) => `https://${address}${path.startsWith('/') ? path : `/${path}`}`,
  )
  return ok({ urls, caBundle, serverName: `${name}.${namespace}.svc` })
}

function endpointsOf(store: Store, namespace: string, name: string): readonly string[] {
  const endpoints = store.get({ group: '', resource: 'endpoints' }, namespace, name)
  const subsets = endpoints === undefined ? undefined : ownValue(endpoints, 'subsets')
  return (isJsonArray(subsets) ? subsets : []).filter(isJsonObject).flatMap((subset) => {
    const addresses = isJsonArray(subset['addresses']) ? subset['addresses'].filter(isJsonObject) : []
    const port = isJsonArray(subset['ports']) ? subset['ports'].find(isJsonObject) : undefined
    return port === undefined ? [] : addresses.map((address) => `${String(address['ip'])}:${String(port['port'])}`)
  })
}

function readReview(body: string, uid: string): Result<JsonObject, string> {
  let value: Json
  try {
    value = JSON.parse(body) as Json
  } catch (error) {
    return err(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`)
  }
  const response = isJsonObject(value) ? ownValue(value, 'response') : undefined
  if (!isJsonObject(response)) return err('received invalid webhook response: webhook response was absent')
  if (response['uid'] !== uid)
    return err(
      `received invalid webhook response: expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response['uid'] ?? '')}`,
    )
  return ok(response)
}

/** What a webhook says to the user and to the audit log. */
function note(response: JsonObject, name: string, { options }: AdmissionAttributes): void {
  const { warnings, auditAnnotations } = response
  if (isJsonArray(warnings)) for (const warning of warnings) if (typeof warning === 'string') options.warn(warning)
  if (isJsonObject(auditAnnotations))
    for (const [key, value] of Object.entries(auditAnnotations)) options.annotate(`${name}/${key}`, String(value))
}

/** A refusal in the server's words around the webhook's. */
function denial(response: JsonObject, name: string): Status {
  const status = isJsonObject(response['status']) ? response['status'] : {}
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`
  const message = typeof status['message'] === 'string' ? status['message'] : ''
  const reason = typeof status['reason'] === 'string' ? status['reason'] : ''
  const code = typeof status['code'] === 'number' && status['code'] >= 400 ? status['code'] : 400
  const said = message !== '' ? `${denied}: ${message}` : reason !== '' ? `${denied}: ${reason}` : `${denied} without explanation`
  const made = failure({ code, reason, message: said })
  return isJsonObject(status['details']) ? { ...made, details: status['details'] } : made
}

function patchOf(response: JsonObject): Json | undefined {
  const { patch } = response
  if (typeof patch !== 'string' || patch === '') return undefined
  try {
    return JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Json
  } catch {
    return null
  }
}

/** All validating webhooks, at the same time; the first refusal in their order is the answer. */
export async function validateByWebhooks(attributes: AdmissionAttributes, parts: WebhookParts): Promise<Status | undefined> {
  const context = { store: parts.store, catalogue: parts.catalogue() }
  const matches = webhooksOf(parts.store, 'validatingwebhookconfigurations').flatMap((webhook) => {
    const match = matchWebhook(webhook, attributes, context)
    return match === undefined ? [] : [match]
  })
  const verdicts = await Promise.all(matches.map((match) => call(match, attributes, parts)))
  for (const verdict of verdicts) {
    if (!verdict.ok) return verdict.error
    if (verdict.value !== undefined && !verdict.value.allowed) return verdict.value.status
  }
  return undefined
}

/**
 * All mutating webhooks, one after the other. One that asks for it (`reinvocationPolicy: IfNeeded`) is called once more if the object has changed since it saw it.
 */
export async function mutateByWebhooks(
  attributes: AdmissionAttributes,
  parts: WebhookParts,
): Promise<Result<KubeObject | undefined, Status>> {
  const seen = new Map<string, KubeObject | undefined>()
  let object = attributes.object
  for (const round of [0, 1]) {
    for (const webhook of webhooksOf(parts.store, 'mutatingwebhookconfigurations')) {
      const key = `${webhook.configuration}/${webhook.name}`
      if (round === 1 && (webhook.spec['reinvocationPolicy'] !== 'IfNeeded' || !seen.has(key) || same(seen.get(key), object))) continue
      const current = { ...attributes, object }
      const match = matchWebhook(webhook, current, { store: parts.store, catalogue: parts.catalogue() })
      if (match === undefined) continue
      const verdict = await call(match, current, parts)
      if (!verdict.ok) return verdict
      if (verdict.value === undefined) continue
      if (!verdict.value.allowed) return err(verdict.value.status ?? internalError('a webhook denied without a status'))
      const patched = verdict.value.patch === undefined ? ok(object) : applyVerdict(verdict.value.patch, match, current)
      if (!patched.ok) return err(internalError(patched.error))
      object = patched.value
      seen.set(key, object)
    }
  }
  return ok(object)
}

const same = (a: KubeObject | undefined, b: KubeObject | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && jsonEqual(a, b))

/** The patched object, decoded and defaulted like one that a client sent. */
function applyVerdict(
  patch: Json,
  { as, webhook }: Match,
  { type, object, subresource }: AdmissionAttributes,
): Result<KubeObject | undefined, string> {
  const operations = parseJsonPatch(patch)
  if (!operations.ok) return err(`failed to apply the patch of admission webhook ${JSON.stringify(webhook.name)}: ${operations.error}`)
  if (object === undefined || operations.value.length === 0) return ok(object)
  const convert = as !== type && subresource === ''
  const patched = applyJsonPatch(convert ? as.fromStorage(type.toStorage(object)) : object, operations.value)
  if (!patched.ok) return err(`failed to apply the patch of admission webhook ${JSON.stringify(webhook.name)}: ${patched.error}`)
  if (!isJsonObject(patched.value)) return err(`the patch of admission webhook ${JSON.stringify(webhook.name)} leaves no object`)
  const next = patched.value as KubeObject
  if (subresource === 'scale') return ok(next)
  const own = convert ? type.fromStorage(as.toStorage(next)) : next
  const decoded = type.decode(own)
  if (decoded.mismatch !== undefined)
    return err(
      `admission webhook ${JSON.stringify(webhook.name)} attempted to modify the object, which is not supported for this operation: ${decoded.mismatch}`,
    )
  return ok(type.applyDefaults(decoded.object))
}
