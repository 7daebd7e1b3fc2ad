import type { AdmissionServer, LogEntry, ServerLimits } from '../admission/server.ts'
import { startAdmissionServer } from '../admission/server.ts'
import { createManifestStore } from '../admission/manifest-store.ts'
import { createMetrics } from '../admission/metrics.ts'
import type { PolicyTable } from '../admission/policy-table.ts'
import { createPolicyTable } from '../admission/policy-table.ts'
import { requesterOf } from '../admission/requester.ts'
import { noTracer, openTelemetry } from '../admission/tracing.ts'
import { apiFacts } from '../cluster/api-facts.ts'
import { createAuthority, issueCertificate } from '../cluster/certificates.ts'
import { collectionPath, discover } from '../cluster/discovery.ts'
import { createExternalDataClient } from '../cluster/external-data.ts'
import { createInventory } from '../cluster/inventory.ts'
import type { ClusterAddress } from '../cluster/kube-client.ts'
import { createKubeClient } from '../cluster/kube-client.ts'
import type { WatchCache } from '../cluster/watch-cache.ts'
import { startWatch } from '../cluster/watch-cache.ts'
import type { Certificates, Mint } from '../controllers/certificates/certificates.ts'
import { ensureCertificates } from '../controllers/certificates/certificates.ts'
import { installDefinitions, reconcileDefinitions } from '../controllers/custom-resource-definitions/reconcile.ts'
import { startElection } from '../controllers/leader-election/leader-election.ts'
import { join } from '../controllers/membership/membership.ts'
import { reconcileStatus } from '../controllers/policy-status/reconcile.ts'
import { reconcileWebhooks, removeWebhooks } from '../controllers/webhook-configuration/reconcile.ts'
import type { KubeObject } from '../kube/object.ts'
import { labelsOf, nameOf, namespaceOf } from '../kube/object.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { ServedResource } from '../policy/admission.ts'
import type { Dialect, PolicyKind } from '../policy/dialect.ts'
import { claims } from '../policy/dialect.ts'

export interface AdmissionSettings {
  readonly cluster: ClusterAddress
  readonly dialects: readonly Dialect[]
  readonly host: string
  readonly port: number
  /** Kanon's own namespace. */
  readonly namespace: string
  /** How the API server reaches the webhooks: a Service of the namespace, or the address of this process. */
  readonly reach: { readonly kind: 'service'; readonly name: string } | { readonly kind: 'url' }
  readonly identity: string
  readonly version: string
  readonly installDefinitions: boolean
  /** Of an OpenTelemetry collector. */
  readonly traceEndpoint: string | undefined
  /** How long what providers of external data said is kept; not at all where nothing is said. */
  readonly externalDataMilliseconds?: number
  readonly log: (entry: LogEntry) => void
  readonly limits?: Partial<ServerLimits>
}

export interface RunningAdmission {
  readonly port: number
  readonly server: AdmissionServer
  /** The policies in force. */
  readonly table: () => PolicyTable
  /** Resolves once the webhooks for all policies of now are in place, and their status says so. */
  settled(): Promise<void>
  /** Makes new certificates at once. */
  rotateCertificates(): Promise<void>
  /** `remove` takes the webhook configurations away, as when the last replica goes. */
  stop(options: { readonly remove: boolean }): Promise<void>
}

const certificateCheckMilliseconds = 60_000
const settleMilliseconds = 30
/** How long a new authority may take to reach the webhook configurations. */
const trustMilliseconds = 30_000
const retryMilliseconds = 500
const longestRetryMilliseconds = 5_000

/** Starts everything that guards a cluster: watches, the webhook server, and the writers that one replica leads. */
export async function runAdmission(settings: AdmissionSettings): Promise<RunningAdmission> {
  const { dialects, namespace, log } = settings
  const client = createKubeClient(settings.cluster, `kanon/${settings.version}`)
  const now = (): Date => new Date()
  const metrics = createMetrics(settings.version)
  const tracer = settings.traceEndpoint === undefined ? noTracer : await openTelemetry(settings.traceEndpoint, settings.version)
  const say = (level: LogEntry['level'], message: string, fields: LogEntry['fields'] = {}): void => log({ level, message, fields })

  await client.call({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  })
  if (settings.installDefinitions) {
    for (const failed of await installDefinitions(client, dialects)) say('error', `definition not installed: ${failed.message ?? ''}`)
  }
  const mint = mintFor(settings)
  let certificates: Certificates | undefined
  const readCertificates = async (): Promise<Certificates> => {
    for (let wait = retryMilliseconds; ; wait = Math.min(wait * 2, longestRetryMilliseconds)) {
      const read = await ensureCertificates({ api: client, mint, namespace, now, inUse: certificates?.caBundle ?? '' })
      if (read.ok) return read.value
      say('warn', `certificates cannot be read: ${read.error.message ?? ''}`)
      await pause(wait)
    }
  }
  const first = await readCertificates()
  certificates = first
  let resources: readonly ServedResource[] = (await discover(client)) ?? []

  // Watches
  const caches = new Map<string, WatchCache>()
  const manifests = createManifestStore()
  const watch = (path: string, onChange: () => void, fieldSelector?: string): WatchCache => {
    const cache = startWatch({ client, path, onChange, ...(fieldSelector === undefined ? {} : { fieldSelector }) })
    caches.set(`${path} ${fieldSelector ?? ''}`, cache)
    return cache
  }
  const kinds = dialects.flatMap((dialect) => dialect.kinds).flatMap((kind) => groupsOf(kind).map((apiVersion) => ({ kind, apiVersion })))
  const knownCaches = kinds
    .filter(({ kind }) => kind.kind !== '*')
    .map(({ kind, apiVersion }) => watch(`/apis/${apiVersion}/${kind.plural}`, () => policiesChanged()))
  // Of kinds that manifests define, by path: they come and go.
  const definedCaches = new Map<string, WatchCache>()
  const policyCaches = (): readonly WatchCache[] => [...knownCaches, ...definedCaches.values()]
  const watchDefinedKinds = (): void => {
    const groups = new Set(kinds.filter(({ kind }) => kind.kind === '*').map(({ apiVersion }) => apiVersion))
    const paths = new Set(resources.filter(({ group, version }) => groups.has(`${group}/${version}`)).map((one) => collectionPath(one)))
    for (const path of paths)
      if (!definedCaches.has(path))
        definedCaches.set(
          path,
          watch(path, () => policiesChanged()),
        )
    for (const [path, cache] of definedCaches) {
      if (paths.has(path)) continue
      cache.stop()
      definedCaches.delete(path)
      caches.delete(`${path} `)
      policiesChanged()
    }
  }
  watchDefinedKinds()
  const namespaces = watch('/api/v1/namespaces', () => undefined)
  const roleBindings = watch('/apis/rbac.authorization.k8s.io/v1/rolebindings', () => undefined)
  const clusterRoleBindings = watch('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', () => undefined)
  const configurations = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].map((resource) =>
    watch(`/apis/admissionregistration.k8s.io/v1/${resource}`, () => reconcileSoon()),
  )
  const definitions = watch('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', () => void rediscover())
  const settingsCaches = dialects.flatMap((dialect) => {
    const at = dialect.admission?.settingsAt
    if (at === undefined) return []
    const cache = watch(`/api/v1/namespaces/${at.namespace}/configmaps`, () => policiesChanged(), `metadata.name=${at.name}`)
    return [{ dialect, read: () => cache.get(at.namespace, at.name) }]
  })

  // The policies of now
  let table: PolicyTable = createPolicyTable({ dialects, manifests: [], settings: {}, onBug: () => undefined })
  let [isLoaded, shownSettings] = [false, '']
  /** Where a manifest's object was found last: there are many caches. */
  const homes = new WeakMap<Manifest, WatchCache>()
  const currentObject = (manifest: Manifest): KubeObject | undefined => {
    const { object } = manifest
    const objectIn = (cache: WatchCache): KubeObject | undefined => {
      const found = cache.get(namespaceOf(object), nameOf(object))
      return found?.kind === object.kind && found.apiVersion === object.apiVersion ? found : undefined
    }
    const home = homes.get(manifest)
    const atHome = home === undefined ? undefined : objectIn(home)
    if (atHome !== undefined) return atHome
    const cache = policyCaches().find((one) => objectIn(one) !== undefined)
    if (cache === undefined) return undefined
    homes.set(manifest, cache)
    return objectIn(cache)
  }
  const rebuild = (): void => {
    const dialectSettings = Object.fromEntries(settingsCaches.map(({ dialect, read: readSettings }) => [dialect.name, readSettings()]))
    const settingsOfNow = JSON.stringify(Object.values(dialectSettings).map((one) => one?.['data'] ?? null))
    const isNew = manifests.update(policyCaches().flatMap((cache) => cache.list()))
    if (isLoaded && !isNew && settingsOfNow === shownSettings) return
    ;[isLoaded, shownSettings] = [true, settingsOfNow]
    table = createPolicyTable({
      dialects,
      manifests: manifests.manifests,
      settings: dialectSettings,
      onBug: (policy, error) =>
        say('error', `policy ${policy.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    })
    say('info', 'policies loaded', { policies: table.compilation.policies.length, rejected: table.compilation.rejected.length })
  }
  const isSynced = (): boolean => [...caches.values()].every(({ synced }) => synced)
  const isConnected = (): boolean => [...caches.values()].every(({ connected }) => connected)
  let wasConnected = true
  const watchConnection = setInterval(() => {
    const connected = isConnected()
    metrics.state(table.compilation.policies.length, connected)
    if (connected !== wasConnected) {
      wasConnected = connected
      if (connected) say('info', 'the API server answers again')
      else say('warn', 'the API server does not answer: deciding with the policies known so far')
    }
  }, 1_000)

  // Changes are gathered for a moment, then worked off one after the other.
  let [dirty, stopped, generation] = [false, false, 0]
  let done = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const reconcileSoon = (): void => {
    dirty = true
    generation += 1
    timer ??= setTimeout(() => {
      timer = undefined
      done = done.then(reconcile)
    }, settleMilliseconds)
  }
  // Many policies may change at once: they are compiled together.
  let rebuildTimer: NodeJS.Timeout | undefined
  const policiesChanged = (): void => {
    dirty = true
    rebuildTimer ??= setTimeout(() => {
      rebuildTimer = undefined
      if (isSyncedPolicies()) rebuild()
      reconcileSoon()
    }, settleMilliseconds)
  }
  const isSyncedPolicies = (): boolean => policyCaches().every(({ synced }) => synced)
  // Many definitions may change at once: they are looked for together.
  let discovering: 'no' | 'once' | 'again' = 'no'
  const rediscover = async (): Promise<void> => {
    if (discovering !== 'no') {
      discovering = 'again'
      return
    }
    discovering = 'once'
    const found = await discover(client)
    if (found !== undefined) {
      resources = found
      watchDefinedKinds()
      reconcileSoon()
    }
    const missedSome = (discovering as string) === 'again'
    if (missedSome) await pause(settleMilliseconds)
    discovering = 'no'
    if (missedSome && !stopped) await rediscover()
  }
  const wanted = (policies: PolicyTable): readonly KubeObject[] =>
    dialects.flatMap(
      (dialect) =>
        dialect.admission?.webhookConfigurations(
          policies.compilation.policies.filter((policy) => dialect.kinds.some((kind) => claims(kind, policy))),
          { resources, clientConfig, ownNamespace: namespace, settings: policies.settings[dialect.name] },
        ) ?? [],
    )
  const clientConfig = (path: string) => ({
    caBundle: Buffer.from((certificates ?? first).caBundle).toString('base64'),
    ...(settings.reach.kind === 'url'
      ? { url: `https://${settings.host}:${server.port}${path}` }
      : { service: { namespace, name: settings.reach.name, path, port: 443 } }),
  })
  const reconcile = async (): Promise<void> => {
    if (stopped || !election.leads || !isSyncedPolicies()) return
    dirty = false
    const policies = table
    const sources = manifests.manifests
    const defined = dialects.flatMap((dialect) => dialect.definitions?.(sources) ?? [])
    const failed = [
      ...(await reconcileDefinitions(client, defined, (name) => definitions.get('', name))),
      ...(await reconcileWebhooks(client, wanted(policies))),
    ]
    const unsaid =
      failed.length > 0
        ? failed
        : await reconcileStatus(client, {
            dialects,
            manifests: sources,
            compilation: policies.compilation,
            current: currentObject,
            now: now(),
          })
    if (unsaid.length === 0) return
    for (const status of unsaid) say('warn', `not written: ${status.message ?? ''}`)
    await pause(retryMilliseconds)
    reconcileSoon()
  }

  const inventory = createInventory({ client, resources: () => resources })
  const externalData = createExternalDataClient({
    clientCertificate: () => (certificates ?? first).serving,
    keptMilliseconds: settings.externalDataMilliseconds ?? 0,
    now: () => performance.now(),
  })
  const stopWatching = (): void => {
    clearInterval(watchConnection)
    clearTimeout(timer)
    clearTimeout(rebuildTimer)
    for (const cache of caches.values()) cache.stop()
    inventory.stop()
    externalData.close()
    client.close()
  }
  const server = await startAdmissionServer({
    port: settings.port,
    host: settings.host,
    certificate: first.serving,
    table: () => table,
    source: apiFacts({ client, resources: () => resources, namespaceLabels: (name) => labelsIn(namespaces, name), externalData }),
    known: (question) => {
      if (question.ask === 'inventory') return inventory.answer(question)
      if (question.ask === 'externalData') return externalData.known(question)
      if (question.ask === 'object' && question.kind === 'Namespace' && question.apiVersion === 'v1') {
        const namespaceObject = namespaces.get('', question.name)
        return namespaceObject === undefined ? undefined : { known: true, value: namespaceObject }
      }
      if (question.ask !== 'namespaceLabels') return undefined
      const labels = labelsIn(namespaces, question.name)
      return labels === undefined ? undefined : { known: true, value: labels }
    },
    requesterOf: (user) => requesterOf(user, { roleBindings: roleBindings.list(), clusterRoleBindings: clusterRoleBindings.list() }),
    kindOf: (group, version, resource) =>
      resources.find((one) => one.group === group && one.version === version && one.resource === resource)?.kind,
    now,
    metrics,
    tracer,
    log,
    whyNotReady: () => (isSynced() && isLoaded ? undefined : 'the policies are not loaded yet'),
    ...(settings.limits === undefined ? {} : { limits: settings.limits }),
  }).catch((error: unknown) => {
    stopped = true
    stopWatching()
    throw error
  })
  const membership = join({ api: client, namespace, identity: settings.identity, now })
  const election = startElection({
    api: client,
    namespace,
    name: 'kanon',
    identity: settings.identity,
    now,
    onChange: (leads) => {
      say('info', leads ? 'leading' : 'not leading')
      if (leads) reconcileSoon()
    },
  })
  /** The API server trusts a new authority before anything signed by it is served. */
  const isTrusted = (caBundle: string): boolean => {
    const encoded = Buffer.from(caBundle).toString('base64')
    const ours = new Set(wanted(table).map((one) => `${one.kind} ${nameOf(one)}`))
    const there = configurations.flatMap((cache) => cache.list()).filter((one) => ours.has(`${one.kind} ${nameOf(one)}`))
    // One without webhooks holds no authority.
    return there.length > 0 && there.every((one) => one['webhooks'] === undefined || JSON.stringify(one).includes(encoded))
  }
  const useCertificates = async (next: Certificates): Promise<void> => {
    if (next.serving.certificate === certificates?.serving.certificate && next.caBundle === certificates.caBundle) return
    const sameAuthority = next.caBundle === certificates?.caBundle
    certificates = next
    reconcileSoon()
    for (let waited = 0; !sameAuthority && !isTrusted(next.caBundle) && waited < trustMilliseconds; waited += settleMilliseconds)
      await pause(settleMilliseconds)
    if (certificates === next) server.useCertificate(next.serving)
  }
  const renewCertificates = async (): Promise<void> => {
    if (!stopped) await useCertificates(await readCertificates())
  }
  const certificateTimer = setInterval(() => void renewCertificates(), certificateCheckMilliseconds)
  watch(`/api/v1/namespaces/${namespace}/secrets`, () => void renewCertificates(), 'metadata.name=kanon-tls-pair')

  const running: RunningAdmission = {
    port: server.port,
    server,
    table: () => table,
    settled: async () => {
      while (!(isSynced() && election.leads) && !stopped) await pause(10)
      for (let seen = -1; seen !== generation || ((dirty || discovering !== 'no') && !stopped);) {
        seen = generation
        while ((dirty || discovering !== 'no') && !stopped) await pause(10)
        await done
        await pause(settleMilliseconds)
      }
    },
    rotateCertificates: async () => {
      await client.call({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/secrets/kanon-tls-pair` })
      await renewCertificates()
    },
    stop: async ({ remove }) => {
      stopped = true
      clearInterval(watchConnection)
      clearInterval(certificateTimer)
      clearTimeout(timer)
      clearTimeout(rebuildTimer)
      await done
      // While others serve, their webhooks stay.
      const last = await membership.leave()
      if (remove && last) await removeWebhooks(client, wanted(table))
      await election.stop()
      await server.close()
      stopWatching()
      await tracer.close()
    },
  }
  configurations.forEach((cache) => cache.list())
  return running
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

function labelsIn(namespaces: WatchCache, name: string): Readonly<Record<string, string>> | undefined {
  const found = namespaces.get('', name)
  return found === undefined ? undefined : labelsOf(found)
}

/** The newest version of each group in which a kind is served. */
function groupsOf({ apiVersions }: PolicyKind): readonly string[] {
  const first = new Map<string, string>()
  for (const apiVersion of apiVersions) {
    const group = apiVersion.slice(0, apiVersion.indexOf('/'))
    if (!first.has(group)) first.set(group, apiVersion)
  }
  return [...first.values()]
}

function mintFor({ namespace, reach, host }: AdmissionSettings): Mint {
  const service = reach.kind === 'service' ? reach.name : 'kanon-svc'
  return {
    authority: (notBefore, days) => createAuthority(`*.${namespace}.svc`, notBefore, days),
    server: (authority, notBefore, days) =>
      issueCertificate(authority, {
        commonName: `${service}.${namespace}.svc`,
        dnsNames: [service, `${service}.${namespace}`, `${service}.${namespace}.svc`],
        ipAddresses: reach.kind === 'url' ? [host] : [],
        // Providers of external data may want to know who asks.
        usage: 'both',
        notBefore,
        days,
      }),
  }
}
