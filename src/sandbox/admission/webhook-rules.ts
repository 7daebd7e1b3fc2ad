import { textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import type { AdmissionAttributes } from '../registry/operation.ts'
import { selects } from '../selectors.ts'
import type { Catalogue, ServedType } from '../served-type.ts'
import type { Store } from '../storage/store.ts'

/** One webhook of one configuration. */
export interface Webhook {
  readonly configuration: string
  readonly name: string
  readonly spec: JsonObject
}

export interface Match {
  readonly webhook: Webhook
  /** The type as which the object is sent: with `matchPolicy: Equivalent` another version than the request's. */
  readonly as: ServedType
}

/** All webhooks of a kind of configuration, by the configuration's name and in its order. */
export function webhooksOf(
  store: Store,
  resource: 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations',
): readonly Webhook[] {
  return store.list({ group: 'admissionregistration.k8s.io', resource }).flatMap((configuration) => {
    const webhooks = ownValue(configuration, 'webhooks')
    return (isJsonArray(webhooks) ? webhooks : []).filter(isJsonObject).map((spec) => ({
      configuration: nameOf(configuration),
      name: String(spec['name'] ?? ''),
      spec,
    }))
  })
}

const wild = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value)

/** `pods`, `pods/status`, `*`, `pods/*`, `* /status`, `* /*` */
function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  const slash = pattern.indexOf('/')
  const [own, sub] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)]
  return (own === '*' || own === resource) && (sub === '*' || sub === subresource)
}

function ruleMatches(rule: JsonObject, type: ServedType, { operation, subresource }: AdmissionAttributes): boolean {
  const scope = rule['scope'] ?? '*'
  const inNamespace = type.namespaced
  if (scope === 'Namespaced' && !inNamespace) return false
  if (scope === 'Cluster' && inNamespace) return false
  return (
    wild(textsAt(rule, 'operations'), operation) &&
    wild(textsAt(rule, 'apiGroups'), type.group) &&
    wild(textsAt(rule, 'apiVersions'), type.version) &&
    textsAt(rule, 'resources').some((pattern) => resourceMatches(pattern, type.resource, subresource))
  )
}

/** Configurations of admission are never admitted by what they configure: a broken one must stay repairable. */
const exempt = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
])

/** The webhook's rules, selectors and exemptions; its matchConditions are asked later. */
export function matchWebhook(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  { store, catalogue }: { readonly store: Store; readonly catalogue: Catalogue },
): Match | undefined {
  const { type } = attributes
  if (type.group === 'admissionregistration.k8s.io' && exempt.has(type.resource)) return undefined
  const { spec } = webhook
  const value = ownValue(spec, 'rules')
  const rules = isJsonArray(value) ? value.filter(isJsonObject) : []
  const equivalents = spec['matchPolicy'] === 'Exact' ? [] : catalogue.all().filter((other) => other !== type && isSame(other, type))
  const as = [type, ...equivalents].find((candidate) => rules.some((rule) => ruleMatches(rule, candidate, attributes)))
  if (as === undefined) return undefined
  const labels = namespaceLabels(attributes, store)
  if (labels !== undefined && !selects(ownValue(spec, 'namespaceSelector'), labels)) return undefined
  const selector = ownValue(spec, 'objectSelector')
  if (isJsonObject(selector) && Object.keys(selector).length > 0) {
    const { object, oldObject } = attributes
    const chosen = [object, oldObject].some((one) => one !== undefined && selects(selector, labelsOf(one)))
    if (!chosen) return undefined
  }
  return { webhook, as }
}

const isSame = (a: ServedType, b: ServedType): boolean => a.storage.group === b.storage.group && a.storage.resource === b.storage.resource

/** The labels that `namespaceSelector` looks at. Undefined for objects outside namespaces, which are selected always; a Namespace has labels itself. */
function namespaceLabels(
  { type, object, oldObject, namespace, operation }: AdmissionAttributes,
  store: Store,
): Readonly<Record<string, string>> | undefined {
  if (type.group === '' && type.resource === 'namespaces') return labelsOf((operation === 'DELETE' ? oldObject : object) ?? {})
  if (!type.namespaced) return undefined
  const found = store.get({ group: '', resource: 'namespaces' }, '', namespace)
  return found === undefined ? {} : labelsOf(found)
}
