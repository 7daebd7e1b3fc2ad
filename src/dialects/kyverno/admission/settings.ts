import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../../core/json.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
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
const textOf = (data: JsonObject, key: string): string | undefined => {
  const value = ownValue(data, key)
  return typeof value === 'string' ? value : undefined
}

interface Filter {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}

/** `[kind,namespace,name]…`; the kind may be `Group/Version/Kind/subresource` with parts left out from the left. */
function parseFilters(text: string): readonly Filter[] {
  return [...text.matchAll(/\[([^,\]]*),([^,\]]*),([^,\]]*)\]/g)].slice(0, 10_000).map(([, kinds = '', namespace = '', name = '']) => ({
    ...parseKind(kinds.trim()),
    namespace: namespace.trim(),
    name: name.trim(),
  }))
}

function parseKind(text: string): Pick<Filter, 'group' | 'version' | 'kind' | 'subresource'> {
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

const fits = (pattern: string, text: string): boolean => pattern === '' || pattern === '*' || matchesWildcard(pattern, text)

function isFiltered({ kind, subresource, namespace, name }: PolicyRequest, filter: Filter): boolean {
  return (
    fits(filter.group, kind.group) &&
    fits(filter.version, kind.version) &&
    fits(filter.kind, kind.kind) &&
    // `*/*` means an object and all its subresources, a kind alone only the object.
    (filter.subresource === '*' || matchesWildcard(filter.subresource, subresource)) &&
    fits(filter.namespace, namespace) &&
    fits(filter.name, name)
  )
}

/** `!name` takes part again, whatever the other patterns say. */
function isExcluded(patterns: string | undefined, values: readonly string[]): boolean {
  const list = (patterns ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const inclusions = list.filter((one) => one.startsWith('!')).map((one) => one.slice(1))
  const exclusions = list.filter((one) => !one.startsWith('!'))
  const among = (set: readonly string[]): boolean => set.some((pattern) => values.some((value) => matchesWildcard(pattern, value)))
  return among(exclusions) && !among(inclusions)
}

/** Requests that Kyverno's settings keep from its policies: filtered objects, excluded users. */
export function isIgnored(request: PolicyRequest, settings: KubeObject | undefined): boolean {
  const data = dataOf(settings)
  const { requester } = request
  if (requester !== undefined) {
    const { userInfo, roles, clusterRoles } = requester
    if (isExcluded(textOf(data, 'excludeGroups') ?? 'system:nodes', userInfo.groups)) return true
    if (isExcluded(textOf(data, 'excludeUsernames'), [userInfo.username])) return true
    if (isExcluded(textOf(data, 'excludeRoles'), roles) || isExcluded(textOf(data, 'excludeClusterRoles'), clusterRoles)) return true
  }
  return parseFilters(textOf(data, 'resourceFilters') ?? defaultFilters).some((filter) => isFiltered(request, filter))
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
  const webhooks = parse(textOf(data, 'webhooks'))
  const given = isJsonObject(webhooks) ? webhooks : isJsonArray(webhooks) && isJsonObject(webhooks[0]) ? webhooks[0] : {}
  const selector = isJsonObject(given['namespaceSelector'])
    ? given['namespaceSelector']
    : { matchExpressions: [{ key: nameLabel, operator: 'NotIn', values: ['kube-system'] }] }
  const expressions = isJsonArray(selector['matchExpressions']) ? selector['matchExpressions'] : []
  const own = { key: nameLabel, operator: 'NotIn', values: [ownNamespace] }
  const conditions = parse(textOf(data, 'matchConditions'))
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
