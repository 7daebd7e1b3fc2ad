import { objectAt, objectsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { ownValue } from '../../core/json.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, compareQuantities, formatQuantity, isZeroQuantity, parseQuantity, quantityToNumber } from '../../kube/quantity.ts'
import type { Status } from '../../kube/status.ts'
import { forbiddenStatus } from '../../kube/status.ts'
import { metadataOf, withFields, withMetadata } from '../registry/metadata.ts'
import type { AdmissionAttributes } from '../registry/operation.ts'
import type { Store } from '../storage/store.ts'
import type { BuiltIn } from './built-in.ts'

const annotation = 'kubernetes.io/limit-ranger'
const groups = ['limits', 'requests'] as const
type Group = (typeof groups)[number]

/** The limits of each LimitRange, where the request makes something they are about. */
function rangesFor({ type, operation, subresource, namespace }: AdmissionAttributes, store: Store): readonly (readonly JsonObject[])[] {
  const applies = operation === 'CREATE' && subresource === '' && type.group === ''
  if (!applies || (type.resource !== 'pods' && type.resource !== 'persistentvolumeclaims')) return []
  return store.list({ group: '', resource: 'limitranges' }, namespace).map((range) => objectsAt(objectAt(range, 'spec'), 'limits'))
}

/** Fills in the requests and limits that the LimitRanges of the namespace prescribe. */
export const limitRanges: BuiltIn = (attributes, { store }) => {
  const { object, type } = attributes
  if (object === undefined || type.resource !== 'pods') return ok(object)
  return ok(rangesFor(attributes, store).reduce(fillPod, object))
}

/** Holds Pods, containers and claims to the bounds of the LimitRanges. */
export function whyOutOfBounds(attributes: AdmissionAttributes, store: Store): Status | undefined {
  const { type, object, name } = attributes
  if (object === undefined) return undefined
  const spec = objectAt(object, 'spec')
  for (const limits of rangesFor(attributes, store)) {
    const broken = type.resource === 'pods' ? whyPodBroken(spec, limits) : whyClaimBroken(spec, limits)
    if (broken.length === 0) continue
    const detail = broken.length === 1 ? (broken[0] ?? '') : `[${broken.join(', ')}]`
    return forbiddenStatus({ group: '', resource: type.resource }, nameOf(object) || name, detail)
  }
  return undefined
}

const ofType = (limits: readonly JsonObject[], type: string): readonly JsonObject[] => limits.filter((limit) => limit['type'] === type)

/** What one LimitRange adds is said in an annotation, which the next one overwrites. */
function fillPod(pod: KubeObject, limits: readonly JsonObject[]): KubeObject {
  const containerLimits = ofType(limits, 'Container')
  if (containerLimits.length === 0) return pod
  const defaults: Readonly<Record<Group, JsonObject>> = {
    limits: Object.assign({}, ...containerLimits.map((limit) => objectAt(limit, 'default'))) as JsonObject,
    requests: Object.assign({}, ...containerLimits.map((limit) => objectAt(limit, 'defaultRequest'))) as JsonObject,
  }
  const said: string[] = []
  const fillList = (list: string, what: string): { readonly [key: string]: Json } =>
    ownValue(spec, list) === undefined ? {} : { [list]: objectsAt(spec, list).map((container) => fill(container, what)) }
  const fill = (container: JsonObject, what: string): JsonObject => {
    const resources = objectAt(container, 'resources')
    const next: { [key: string]: Json } = { ...resources }
    for (const group of ['requests', 'limits'] as const) {
      const own = objectAt(resources, group)
      const added = Object.keys(defaults[group]).filter((name) => !Object.hasOwn(own, name))
      if (added.length === 0) continue
      next[group] = { ...defaults[group], ...own }
      said.push(`${added.sort().join(', ')} ${group === 'limits' ? 'limit' : 'request'} for ${what} ${String(container['name'])}`)
    }
    return { ...container, resources: next }
  }
  const spec = objectAt(pod, 'spec')
  const changed = { ...spec, ...fillList('containers', 'container'), ...fillList('initContainers', 'init container') }
  const next = withFields(pod, { spec: changed })
  if (said.length === 0) return next
  const annotations = { ...objectAt(metadataOf(pod), 'annotations'), [annotation]: `LimitRanger plugin set: ${said.join('; ')}` }
  return withMetadata(next, { annotations })
}

/** Amounts as the bounds look at them. */
interface Amounts {
  readonly limits: JsonObject
  readonly requests: JsonObject
}

const amountsOf = (holder: JsonObject): Amounts => {
  const resources = objectAt(holder, 'resources')
  return { limits: objectAt(resources, 'limits'), requests: objectAt(resources, 'requests') }
}

function whyPodBroken(spec: JsonObject, limits: readonly JsonObject[]): readonly string[] {
  const containers = objectsAt(spec, 'containers')
  const first = objectsAt(spec, 'initContainers')
  return limits.flatMap((limit) => {
    if (limit['type'] === 'Container') return [...containers, ...first].flatMap((container) => whyBroken(amountsOf(container), limit))
    return limit['type'] === 'Pod' ? whyBroken(podAmounts(containers.map(amountsOf), first.map(amountsOf)), limit) : []
  })
}

function whyClaimBroken(spec: JsonObject, limits: readonly JsonObject[]): readonly string[] {
  const { requests } = amountsOf(spec)
  // A claim has no limits: its request is held to both bounds.
  return ofType(limits, 'PersistentVolumeClaim').flatMap((limit) => [
    ...whyOutside({ limit, bound: 'min', amounts: { requests, limits: {} } }),
    ...whyOutside({ limit, bound: 'max', amounts: { requests, limits: {} } }),
  ])
}

/** The sum of the containers, or the largest of the init containers where that is more. */
function podAmounts(containers: readonly Amounts[], first: readonly Amounts[]): Amounts {
  const total = (group: Group): JsonObject => {
    const sums = new Map<string, Quantity>()
    const each = (all: readonly Amounts[], merge: (known: Quantity, amount: Quantity) => Quantity): void => {
      for (const one of all) {
        for (const [name, text] of Object.entries(one[group])) {
          const amount = parseQuantity(String(text))
          const known = sums.get(name)
          if (amount !== undefined) sums.set(name, known === undefined ? amount : merge(known, amount))
        }
      }
    }
    each(containers, addQuantities)
    each(first, (a, b) => (compareQuantities(a, b) < 0 ? b : a))
    return Object.fromEntries([...sums].map(([name, amount]) => [name, formatQuantity(amount)]))
  }
  return { limits: total('limits'), requests: total('requests') }
}

const amountOf = (value: Json | undefined): Quantity | undefined => (value === undefined ? undefined : parseQuantity(String(value)))

interface Check {
  readonly limit: JsonObject
  readonly bound: 'min' | 'max'
  readonly amounts: Amounts
}

/** A minimum is about requests, a maximum about limits; the other of the two is looked at where it is given. */
function whyOutside({ limit, bound, amounts }: Check): readonly string[] {
  const type = String(limit['type'])
  const claim = type === 'PersistentVolumeClaim'
  const main: Group = bound === 'min' || claim ? 'requests' : 'limits'
  const other: Group = main === 'requests' ? 'limits' : 'requests'
  return Object.entries(objectAt(limit, bound)).flatMap(([name, most]) => {
    const edge = amountOf(most)
    const head = `${bound === 'max' ? 'maximum' : 'minimum'} ${name} usage per ${type} is ${String(most)}`
    const isOutside = (group: Group): boolean => {
      const actual = amountOf(ownValue(amounts[group], name))
      return edge !== undefined && actual !== undefined && compareQuantities(actual, edge) === (bound === 'max' ? 1 : -1)
    }
    const text = (group: Group): string =>
      `${head}, but ${group === 'limits' ? 'limit' : 'request'} is ${String(ownValue(amounts[group], name))}`
    if (ownValue(amounts[main], name) === undefined) return [`${head}.  No ${main === 'limits' ? 'limit' : 'request'} is specified`]
    if (isOutside(main)) return [text(main)]
    return isOutside(other) ? [text(other)] : []
  })
}

function whyBroken(amounts: Amounts, limit: JsonObject): readonly string[] {
  return [...whyOutside({ limit, bound: 'min', amounts }), ...whyOutside({ limit, bound: 'max', amounts }), ...whyTooFar(amounts, limit)]
}

/** How far a limit may be from its request. */
function whyTooFar({ limits, requests }: Amounts, limit: JsonObject): readonly string[] {
  return Object.entries(objectAt(limit, 'maxLimitRequestRatio')).flatMap(([name, most]) => {
    const head = `${name} max limit to request ratio per ${String(limit['type'])} is ${String(most)}`
    const [request, edge, upper] = [amountOf(ownValue(requests, name)), amountOf(most), amountOf(ownValue(limits, name))]
    if (request === undefined || isZeroQuantity(request)) return [`${head}, but no request is specified or request is 0`]
    if (upper === undefined || isZeroQuantity(upper)) return [`${head}, but no limit is specified or limit is 0`]
    if (edge === undefined) return []
    const ratio = quantityToNumber(upper) / quantityToNumber(request)
    return ratio > quantityToNumber(edge) ? [`${head}, but provided ratio is ${ratio.toFixed(6)}`] : []
  })
}
