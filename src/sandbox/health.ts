import type { ApiRequest, ApiResponse } from './http/exchange.ts'

const hooks = (...names: readonly string[]): readonly string[] => names.map((name) => `poststarthook/${name}`)

const started = [
  ...hooks(
    'start-apiserver-admission-initializer',
    'generic-apiserver-start-informers',
    'priority-and-fairness-config-consumer',
    'priority-and-fairness-filter',
    'storage-object-count-tracker-hook',
    'start-apiextensions-informers',
    'start-apiextensions-controllers',
    'crd-informer-synced',
    'start-system-namespaces-controller',
    'peer-endpoint-reconciler-controller',
    'start-cluster-authentication-info-controller',
    'start-kube-apiserver-identity-lease-controller',
    'start-kube-apiserver-identity-lease-garbage-collector',
    'storage-readiness',
    'start-legacy-token-tracking-controller',
    'start-service-ip-repair-controllers',
    'rbac/bootstrap-roles',
    'scheduling/bootstrap-system-priority-classes',
    'priority-and-fairness-config-producer',
    'bootstrap-controller',
    'start-kubernetes-service-cidr-controller',
    'start-kube-aggregator-informers',
    'apiservice-status-local-available-controller',
    'apiservice-status-remote-available-controller',
    'apiservice-registration-controller',
    'apiservice-discovery-controller',
    'kube-apiserver-autoregistration',
  ),
  'autoregister-completion',
  ...hooks('apiservice-openapi-controller', 'apiservice-openapiv3-controller'),
]

const living = ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...started]

/** What each of the three paths looks at, in the order in which it says so. */
const checks: Readonly<Record<string, readonly string[]>> = {
  healthz: living,
  livez: living,
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...started, 'shutdown'],
}

/** Every path of health, for the list at `/`. */
export const healthPaths: readonly string[] = Object.entries(checks).flatMap(([root, names]) => [
  `/${root}`,
  ...names.map((name) => `/${root}/${name}`),
])

const text = (status: number, body: string): ApiResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
})

/** `/livez`, `/readyz?verbose`, `/healthz/etcd`; undefined for other paths. The sandbox is one program: all is well as soon as it listens. */
export function healthResponse({ path, query }: ApiRequest, ready: boolean): ApiResponse | undefined {
  const [root = '', ...rest] = path.split('/').slice(1)
  const names = Object.hasOwn(checks, root) ? checks[root] : undefined
  if (names === undefined) return undefined
  const single = rest.join('/')
  if (single !== '') return names.includes(single) ? text(200, 'ok') : undefined
  const excluded = query.getAll('exclude')
  const unknown = excluded.filter((name) => !names.includes(name))
  const failed = ready || root !== 'readyz' ? undefined : 'informer-sync'
  const lines = names.map((name) => {
    if (excluded.includes(name)) return `[+]${name} excluded: ok\n`
    return name === failed ? `[-]${name} failed: reason withheld\n` : `[+]${name} ok\n`
  })
  const warning =
    unknown.length === 0
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(', ')}\n`
  if (failed !== undefined && !excluded.includes(failed)) return text(500, `${lines.join('')}${warning}${root} check failed\n`)
  return query.has('verbose') ? text(200, `${lines.join('')}${warning}${root} check passed\n`) : text(200, 'ok')
}
