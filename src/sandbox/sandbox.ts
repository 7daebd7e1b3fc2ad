import type { KeyObject } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { decodeObject } from '../kube/decode/decode.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf, namespaceOf } from '../kube/object.ts'
import type { RuleCompiler } from '../kube/structural-schema/structural-schema.ts'
import type { AdmissionPlugin } from '../policy/admission-plugin.ts'
import { admissionChain } from './admission/chain.ts'
import type { MatchConditions } from './admission/webhooks.ts'
import type { ApiServer, AuditEntry } from './api-server.ts'
import { createApiServer } from './api-server.ts'
import { userNamed } from './authentication/authenticate.ts'
import { newSigningKey, serviceAccountTokens } from './authentication/service-account-tokens.ts'
import { rbacAuthorizer, rulesReview } from './authorization/rbac.ts'
import { bootstrapObjects } from './bootstrap.ts'
import type { Clock } from './client.ts'
import { builtInApiServices } from './controllers/api-services.ts'
import { startControllers } from './controllers/controllers.ts'
import type { Listening } from './http/listen.ts'
import { listen } from './http/listen.ts'
import { protobufBodies } from './http/protobuf-body.ts'
import { webhookTransport } from './http/webhook-transport.ts'
import { inProcessClient } from './in-process-client.ts'
import { openApiDocuments } from './open-api.ts'
import { createStrategies } from './registry/kinds.ts'
import { createRegistry } from './registry/registry.ts'
import type { Catalogue, ServedType } from './served-type.ts'
import { catalogueOf } from './served-type.ts'
import { openJournal } from './storage/sqlite-journal.ts'
import { createStore, noJournal } from './storage/store.ts'
import { publishServer } from './server-endpoints.ts'
import { createSubresources } from './subresources.ts'
import type { KubernetesRelease } from './types/built-in.ts'
import { builtInTypes } from './types/built-in.ts'
import type { CustomTypeParts } from './types/custom.ts'
import { customTypes, schemaErrors } from './types/custom.ts'

export interface SandboxOptions {
  readonly release: KubernetesRelease
  /** `v1.36.2` */
  readonly kubernetesVersion: string
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** State survives in this directory; without one it is lost at the end. */
  readonly dataDirectory: string | undefined
  readonly certificate: { readonly certificate: string; readonly key: string }
  /** Signs clients; also published as `kube-root-ca.crt`. PEM. */
  readonly authority: string
  /** Signs tokens of service accounts, PEM; a new one where it is absent. */
  readonly tokenKey?: string
  readonly clock: Clock
  readonly plugins: readonly AdmissionPlugin[]
  /** Makes rules of custom resources runnable; without it they are not evaluated. */
  readonly compileRule?: RuleCompiler
  readonly matchConditions: MatchConditions
  readonly audit?: (entry: AuditEntry) => void
  readonly log?: (line: string) => void
}

export interface Sandbox {
  readonly port: number
  readonly server: ApiServer
  /** Objects that are there already are left as they are. */
  load(objects: readonly KubeObject[]): Promise<void>
  /** Whether objects of this kind can be stored: those of a definition once it is established. */
  serves(object: KubeObject): boolean
  stop(): Promise<void>
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const crds = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }

/** An API server with its small controllers, listening. For trying policies and for tests: nothing in it is made to be relied on. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock } = options
  const store = createStore(options.dataDirectory === undefined ? noJournal : openJournal(options.dataDirectory))
  const schemaParts: CustomTypeParts = {
    ...(options.compileRule === undefined ? {} : { compileRule: options.compileRule }),
    decodeMetadata: (metadata) => decodeObject(metadata, objectMeta, options.release),
  }
  const builtIn = builtInTypes(options.release, (crd) => schemaErrors(crd, schemaParts))
  let catalogue: Catalogue | undefined
  const currentCatalogue = (): Catalogue => {
    catalogue ??= catalogueOf([...builtIn, ...store.list(crds).flatMap((crd) => customTypes(crd, schemaParts))])
    return catalogue
  }
  store.subscribe(({ of }) => {
    if (of.group === crds.group && of.resource === crds.resource) catalogue = undefined
  })

  const transport = webhookTransport()
  const authorizer = rbacAuthorizer(store)
  const admission = admissionChain({
    store,
    clock,
    catalogue: currentCatalogue,
    transport,
    matchConditions: options.matchConditions,
    authorizer,
    plugins: options.plugins,
  })
  const registry = createRegistry({ store, clock, admission, strategies: createStrategies(store, clock) })
  const key: KeyObject = options.tokenKey === undefined ? newSigningKey() : createPrivateKey(options.tokenKey)
  const tokens = serviceAccountTokens(key, clock, (namespace, name) =>
    store.get({ group: '', resource: 'serviceaccounts' }, namespace, name),
  )
  const state = { port: 0, ready: false }
  const server = createApiServer({
    store,
    clock,
    registry,
    catalogue: currentCatalogue,
    tokens,
    authorizer,
    subresources: createSubresources({
      registry,
      admission,
      authorizer,
      tokens,
      clock,
      rulesOf: (user, namespace) => rulesReview(user, namespace, store),
    }),
    readBody: protobufBodies(options.release),
    openApi: openApiDocuments(options.release, currentCatalogue),
    version: versionOf(options.kubernetesVersion, clock.now()),
    address: () => `${options.host}:${state.port}`,
    isReady: () => state.ready,
    metrics: () =>
      `# HELP kanon_sandbox_revision changes since the beginning\n# TYPE kanon_sandbox_revision counter\nkanon_sandbox_revision ${store.revision}\n`,
    audit: options.audit ?? (() => undefined),
  })

  const writer = {
    user: userNamed('system:apiserver', ['system:masters']),
    dryRun: false,
    fieldManager: 'kanon',
    fieldValidation: 'Ignore',
    force: false,
    warn: () => undefined,
    annotate: () => undefined,
  } as const
  const typeOf = ({ apiVersion, kind }: KubeObject): ServedType | undefined => {
    const slash = apiVersion.indexOf('/')
    const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
    const preferred = currentCatalogue().ofKind(group, kind)
    return preferred && currentCatalogue().find(group, version, preferred.resource)
  }
  const load = async (objects: readonly KubeObject[]): Promise<void> => {
    for (const object of objects) {
      const type = typeOf(object)
      if (type === undefined) throw new Error(`nothing serves ${object.apiVersion} ${object.kind}`)
      const place = { type, namespace: type.namespaced ? namespaceOf(object) || 'default' : '', name: nameOf(object), subresource: '' }
      if (registry.get(place).ok) continue
      const made = await registry.create(place, object, writer)
      if (!made.ok) throw new Error(`${object.kind} ${nameOf(object)}: ${made.error.message}`)
    }
  }
  const builtInVersions = [...new Map(builtIn.map(({ group, version }) => [`${group}/${version}`, { group, version }])).values()].filter(
    ({ group }) => group !== 'apiregistration.k8s.io',
  )
  await load(bootstrapObjects({ now: clock.now(), authority: options.authority }))
  await load(builtInApiServices(builtInVersions, clock.now()))

  const client = inProcessClient({ store, registry, catalogue: currentCatalogue })
  const controllers = startControllers({
    client,
    clock,
    kubernetesVersion: options.kubernetesVersion,
    rootCa: options.authority,
    builtInVersions,
    namespacedResources: () =>
      currentCatalogue()
        .all()
        .filter((type) => type.namespaced && type.verbs.includes('delete'))
        .map(({ storage }) => storage),
    ...(options.log === undefined ? {} : { log: options.log }),
  })
  const stopAll = (): void => {
    controllers.stop()
    transport.close()
    store.close()
  }
  const listening: Listening = await listen({
    ...options.certificate,
    host: options.host,
    port: options.port,
    clientAuthority: options.authority,
    handle: (request) => server.handle(request),
  }).catch((error: unknown) => {
    stopAll()
    throw error
  })
  state.port = listening.port
  await publishServer(client.as('system:apiserver'), options.host, listening.port)
  state.ready = true
  return {
    port: listening.port,
    server,
    load,
    serves: (object) => typeOf(object) !== undefined,
    stop: async () => {
      controllers.stop()
      await listening.close()
      stopAll()
    },
  }
}

/** `/version`, as kube-apiserver says it. */
function versionOf(gitVersion: string, now: Date) {
  const [, major = '1', minor = '36'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: '$Format:%H$',
    gitTreeState: '',
    buildDate: `${now.toISOString().slice(0, 19)}Z`,
    goVersion: 'go1.26.10',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}
