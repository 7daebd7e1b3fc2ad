import { stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../../core/json.ts'
import { compileWildcard } from '../../../core/wildcard.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { WebhookContext } from '../../../policy/admission.ts'
import type { PolicyRequest } from '../../../policy/request.ts'

/** Where Kyverno keeps its settings. */
export const settingsAt = { namespace: 'kyverno', name: 'kyverno' }

/** Kyverno's own list, when the ConfigMap has none. */
const defaultFilters =
  '[Event,*,*] [*/*,kube-system,*] [*/*,kube-public,*] [*/*,kube-node-lease,*] [Node,*,*] [Node/?*,*,*] [APIService,*,*] [APIService/?*,*,*] ' +
  '[TokenReview,*,*] [SubjectAccessReview,*,*] [SelfSubjectAccessReview,*,*] [Binding,*,*] [Pod/binding,*,*] [ReplicaSet,*,*] [ReplicaSet/?*,*,*] ' +
  '[EphemeralReport,*,*] [ClusterEphemeralReport,*,*]'

const dataOf = (settings: KubeObject | undefined): JsonObject => {
  const data = settings === undefined ? undefined : ownValue(settings, 'data')
  return isJsonObject(data) ? data : {}
}

type Test = (text: string) => boolean

/** One entry of `resourceFilters`. */
interface Filter {
  readonly group: Test
  readonly version: Test
  readonly kind: Test
  readonly subresource: Test
  readonly namespace: Test
  readonly name: Test
}

const anything: Test = () => true
const wildcard = (pattern: string): Test => (pattern === '' || pattern === '*' ? anything : compileWildcard(pattern))

/** `[kind,namespace,name]…`; the kind may be `Group/Version/Kind/subresource` with parts left out from the left. */
function compileFilters(text: string): readonly Filter[] {
  return [...text.matchAll(/\[([^,\]]*),([^,\]]*),([^,\]]*)\]/g)].slice(0, 10_000).map(([, kinds = '', namespace = '', name = '']) => {
    const { group, version, kind, subresource } = parseKind(kinds.trim())
    return {
      group: wildcard(group),
      version: wildcard(version),
      kind: wildcard(kind),
      // `*/*` means an object and all its subresources, a kind alone only the object.
      subresource: subresource === '*' ? anything : compileWildcard(subresource),
      namespace: wildcard(namespace.trim()),
      name: wildcard(name.trim()),
    }
  })
}

interface FilteredKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly subresource: string
}

function parseKind(text: string): FilteredKind {
  const parts = text.split('/')
  const [a = '', b = '', c = '', d = ''] = parts
  switch (parts.length) {
    case 1:
      return { group: '*', version: '*', kind: a, subresource: '' }
    case 2:
      return { group: '*', version: '*', kind: a, subresource: b }
    case 3:
      return { group: a, version: b, kind: c, subresource: '' }
    default:
      return { group: a, version: b, kind: c, subresource: d }
  }
}

const isFiltered = ({ kind, subresource, namespace, name }: PolicyRequest, filter: Filter): boolean =>
  filter.kind(kind.kind) &&
  filter.subresource(subresource) &&
  filter.namespace(namespace) &&
  filter.name(name) &&
  filter.group(kind.group) &&
  filter.version(kind.version)

/** `!name` takes part again, whatever the other patterns say. */
function compileExclusion(patterns: string | undefined): (values: readonly string[]) => boolean {
  const list = (patterns ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const inclusions = list.filter((one) => one.startsWith('!')).map((one) => compileWildcard(one.slice(1)))
  const exclusions = list.filter((one) => !one.startsWith('!')).map((one) => compileWildcard(one))
  return (values) => exclusions.some((test) => values.some(test)) && !inclusions.some((test) => values.some(test))
}

type Ignores = (request: PolicyRequest) => boolean

function compileIgnores(data: JsonObject): Ignores {
  const groups = compileExclusion(stringField(data, 'excludeGroups') ?? 'system:nodes')
  const usernames = compileExclusion(stringField(data, 'excludeUsernames'))
  const boundRoles = compileExclusion(stringField(data, 'excludeRoles'))
  const boundClusterRoles = compileExclusion(stringField(data, 'excludeClusterRoles'))
  const filters = compileFilters(stringField(data, 'resourceFilters') ?? defaultFilters)
  return (request) => {
    const { requester } = request
    if (requester !== undefined) {
      const { userInfo, roles, clusterRoles } = requester
      if (groups(userInfo.groups) || usernames([userInfo.username])) return true
      if (boundRoles(roles) || boundClusterRoles(clusterRoles)) return true
    }
    return filters.some((filter) => isFiltered(request, filter))
  }
}

/** Settings are objects that a watch replaces, so each is compiled once; one stands for having none. */
const compiledIgnores = new WeakMap<object, Ignores>()
const noSettings = {}

/** Requests that Kyverno's settings keep from its policies: filtered objects, excluded users. */
export function isIgnored(request: PolicyRequest, settings: KubeObject | undefined): boolean {
  const key = settings ?? noSettings
  let ignores = compiledIgnores.get(key)
  if (ignores === undefined) {
    ignores = compileIgnores(dataOf(settings))
    compiledIgnores.set(key, ignores)
  }
  return ignores(request)
}

export interface WebhookSettings {
  readonly namespaceSelector: JsonObject
  readonly objectSelector: JsonObject
  readonly matchConditions: readonly Json[]
}

const nameLabel = 'kubernetes.io/metadata.name'

/** `webhooks` and `matchConditions` of the ConfigMap, with Kanon's own namespace taken out. */
export function webhookSettings({ settings, ownNamespace }: WebhookContext): WebhookSettings {
  const data = dataOf(settings)
  const webhooks = parse(stringField(data, 'webhooks'))
  const given = isJsonObject(webhooks) ? webhooks : isJsonArray(webhooks) && isJsonObject(webhooks[0]) ? webhooks[0] : {}
  const selector = isJsonObject(given['namespaceSelector'])
    ? given['namespaceSelector']
    : { matchExpressions: [{ key: nameLabel, operator: 'NotIn', values: ['kube-system'] }] }
  const expressions = isJsonArray(selector['matchExpressions']) ? selector['matchExpressions'] : []
  const own = { key: nameLabel, operator: 'NotIn', values: [ownNamespace] }
  const conditions = parse(stringField(data, 'matchConditions'))
  return {
    namespaceSelector: {
      ...selector,
      matchExpressions: expressions.some((one) => jsonEqual(one, own)) ? expressions : [own, ...expressions],
    },
    objectSelector: isJsonObject(given['objectSelector']) ? given['objectSelector'] : {},
    matchConditions: isJsonArray(conditions) ? conditions : [],
  }
}

function parse(text: string | undefined): Json {
  if (text === undefined || text.trim() === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
