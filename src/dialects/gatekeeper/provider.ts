import { X509Certificate } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { groupVersionKind, nameOf } from '../../kube/object.ts'
import type { Schema } from '../../kube/schema.ts'
import type { Compilation, PolicyKind, PolicyState } from '../../policy/dialect.ts'
import type { ExternalProvider } from '../../policy/facts.ts'
import { structureCheck } from './mutation/check.ts'
import { numberField, objectField, stringField } from '../../core/fields.ts'
import { problemAt } from './read.ts'

const group = 'externaldata.gatekeeper.sh'
const kind = 'Provider'
const string: Schema = { type: 'string' }

const schema: Schema = {
  type: 'object',
  properties: {
    apiVersion: string,
    kind: string,
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        url: { type: 'string', description: 'Where the provider is asked: https alone.' },
        timeout: { type: 'integer', description: 'Seconds that the provider may take.' },
        caBundle: { type: 'string', description: "PEM of the authorities of the provider's certificate, in base64." },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

/** Services that know what policies ask for, consulted by constraints and mutators. */
export const providerKind: PolicyKind = {
  apiVersions: [`${group}/v1beta1`, `${group}/v1alpha1`],
  kind,
  plural: 'providers',
  shortNames: [],
  namespaced: false,
  role: 'companion',
  check: structureCheck(schema),
  schema: () => schema,
  status: providerStatus,
}

export const isProvider = ({ object }: Pick<Manifest, 'object'>): boolean =>
  object.kind === kind && groupVersionKind(object).group === group

/** The providers among some manifests, by name; the others are not looked at. */
export interface CompiledProviders extends Pick<Compilation, 'rejected'> {
  readonly providers: ReadonlyMap<string, ExternalProvider>
  readonly companions: readonly Manifest[]
}

export function compileProviders(manifests: readonly Manifest[]): CompiledProviders {
  const providers = new Map<string, ExternalProvider>()
  const companions: Manifest[] = []
  const rejected: Compilation['rejected'][number][] = []
  for (const manifest of manifests.filter(isProvider)) {
    const provider = readProvider(manifest.object)
    if (provider.ok) {
      providers.set(nameOf(manifest.object), provider.value)
      companions.push(manifest)
    } else {
      const { field, message } = provider.error
      rejected.push({ manifest, diagnostics: [problemAt(manifest, ['spec', field], { code: 'invalid-provider', message })] })
    }
  }
  return { providers, companions, rejected }
}

/** Why upstream's admission refuses a Provider (code 422). */
export function providerRefusal({ object }: Pick<Manifest, 'object'>): string | undefined {
  const provider = readProvider(object)
  return provider.ok ? undefined : provider.error.message
}

interface Problem {
  readonly field: string
  readonly message: string
}

function readProvider(object: JsonObject): Result<ExternalProvider, Problem> {
  const spec = objectField(object, 'spec')
  const url = stringField(spec, 'url') ?? ''
  const timeoutSeconds = numberField(spec, 'timeout') ?? 0
  const caBundle = stringField(spec, 'caBundle') ?? ''
  const problem = (field: string, message: string): Result<never, Problem> => err({ field, message })
  if (nameOf(object) === '') return problem('url', 'provider name can not be empty. value ')
  if (url === '') return problem('url', 'invalid provider url. value: ')
  if (timeoutSeconds < 0) return problem('timeout', `provider timeout should be a positive integer. value: ${timeoutSeconds}`)
  if (!/^https:/i.test(url)) return problem('url', 'only HTTPS scheme is supported for Providers')
  if (URL.parse(url) === null) return problem('url', `failed to parse provider URL ${url}`)
  const bundleProblem = problemOfBundle(caBundle)
  return bundleProblem === undefined ? ok({ url, caBundle, timeoutSeconds }) : problem('caBundle', bundleProblem)
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function problemOfBundle(text: string): string | undefined {
  if (text === '') return 'caBundle should be set for HTTPS scheme'
  const plain = text.replaceAll(/[\r\n]/g, '')
  if (!base64.test(plain)) {
    const wrong = plain.search(/[^A-Za-z0-9+/]/)
    return `failed to decode CA bundle: illegal base64 data at input byte ${wrong < 0 ? plain.length - (plain.length % 4) : wrong}`
  }
  return isCertificate(Buffer.from(plain, 'base64')) ? undefined : 'bad CA bundle'
}

function isCertificate(pem: Buffer): boolean {
  try {
    return pem.includes('-----BEGIN CERTIFICATE-----') && new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

/** `status` of a provider: whether it is asked, and why not. */
function providerStatus({ object }: Manifest, state: PolicyState): JsonObject {
  const metadata = objectField(object, 'metadata')
  const own: JsonObject = {
    id: 'kanon',
    providerUID: stringField(metadata, 'uid') ?? '',
    observedGeneration: numberField(metadata, 'generation') ?? 1,
    operations: ['mutation-webhook', 'webhook'],
    active: state.ready,
  }
  if (state.ready) return { byPod: [own] }
  return { byPod: [{ ...own, errors: [{ type: 'UpsertCache', message: state.message, retryable: false }] }] }
}
