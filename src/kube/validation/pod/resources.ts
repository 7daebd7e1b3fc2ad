import { fieldNotFound, forbidden, invalid, notSupported, required } from '../../field-error.ts'
import type { Quantity } from '../../quantity.ts'
import { compareQuantities, formatQuantity, parseQuantity } from '../../quantity.ts'
import type { Errors, Field } from '../field.ts'
import { at, entriesOf, isSet, itemsOf, numberOf, textOf } from '../field.ts'
import { qualifiedName } from '../names.ts'

/** A quantity, which JSON may also write as a number. */
export function quantityOf(field: Field): Quantity | undefined {
  const number = numberOf(field)
  return parseQuantity(number === undefined ? textOf(field) : String(number))
}

export const shownQuantity = (field: Field): string => {
  const quantity = quantityOf(field)
  return quantity === undefined ? textOf(field) : formatQuantity(quantity)
}

const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
] as const
const computed = ['cpu', 'memory', 'ephemeral-storage'] as const
const standard: ReadonlySet<string> = new Set([
  ...computed,
  ...computed.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  ...counted,
  'storage',
  'requests.storage',
])
const quota: ReadonlySet<string> = new Set([...standard].filter((name) => name !== 'storage'))
const container: ReadonlySet<string> = new Set(computed)
const integers: ReadonlySet<string> = new Set(counted)

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isQuotaHugePages = (name: string): boolean => name.startsWith('requests.hugepages-') || isHugePages(name)
/** Resources of Kubernetes itself: without a domain, or with its own. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
const canOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

export function* validateResourceName(name: string, path: string): Errors {
  const messages = qualifiedName(name)
  for (const message of messages) yield invalid(path, name, message)
  if (messages.length === 0 && !name.includes('/') && !standard.has(name) && !isQuotaHugePages(name))
    yield invalid(path, name, 'must be a standard resource type or fully qualified')
}

export function* validateContainerResourceName(name: string, path: string): Errors {
  yield* validateResourceName(name, path)
  if (!name.includes('/')) {
    if (!container.has(name) && !isHugePages(name)) yield invalid(path, name, 'must be a standard resource for containers')
  } else if (!isNative(name) && !isExtended(name)) yield invalid(path, name, "doesn't follow extended resource name standard")
}

export function* validateQuotaResourceName(name: string, path: string): Errors {
  yield* validateResourceName(name, path)
  const isCount = name.startsWith('count/')
  if (!name.includes('/') && !quota.has(name) && !isQuotaHugePages(name) && !isCount)
    yield invalid(path, name, 'must be a standard resource for quota')
}

export function* validateQuantityValue(name: string, field: Field): Errors {
  const quantity = quantityOf(field)
  if (quantity === undefined) return
  if (quantity.nanos < 0n) yield invalid(field.path, shownQuantity(field), 'must be greater than or equal to 0')
  else if ((integers.has(name) || isExtended(name)) && quantity.nanos % 1_000_000_000n !== 0n)
    yield invalid(field.path, shownQuantity(field), 'must be an integer')
}

function* validateHugePages(name: string, field: Field): Errors {
  if (!isHugePages(name)) return
  const size = parseQuantity(name.slice('hugepages-'.length))
  const quantity = quantityOf(field)
  if (size === undefined || size.nanos <= 0n || quantity === undefined) return
  const shown = shownQuantity(field)
  if (quantity.nanos % size.nanos !== 0n) yield invalid(field.path, shown, `${shown} is not positive integer multiple of ${name}`)
}

/** `resources` of a container. `claims` are the names of `spec.resourceClaims`. */
export function* validateResources(resources: Field, claims: ReadonlySet<string>): Errors {
  const [limits, requests] = [at(resources, 'limits'), at(resources, 'requests')]
  for (const [name, limit] of entriesOf(limits)) {
    yield* validateContainerResourceName(name, limit.path)
    yield* validateQuantityValue(name, limit)
    yield* validateHugePages(name, limit)
  }
  for (const [name, request] of entriesOf(requests)) {
    yield* validateContainerResourceName(name, request.path)
    yield* validateQuantityValue(name, request)
    yield* validateAgainstLimit(name, request, { limits, requests })
    yield* validateHugePages(name, request)
  }
  const names = [...entriesOf(limits), ...entriesOf(requests)].map(([name]) => name)
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    yield forbidden(resources.path, 'HugePages require cpu or memory')
  yield* validateClaims(at(resources, 'claims'), claims)
}

interface Amounts {
  readonly limits: Field
  readonly requests: Field
}

export function* validateAgainstLimit(name: string, request: Field, { limits, requests }: Amounts): Errors {
  const limit = entriesOf(limits).find(([key]) => key === name)?.[1]
  if (limit === undefined) {
    if (!canOvercommit(name)) yield required(limits.path, 'Limit must be set for non overcommitable resources')
    return
  }
  const [wanted, most] = [quantityOf(request), quantityOf(limit)]
  if (wanted === undefined || most === undefined) return
  const order = compareQuantities(wanted, most)
  if (order !== 0 && !canOvercommit(name))
    yield invalid(requests.path, shownQuantity(request), `must be equal to ${name} limit of ${shownQuantity(limit)}`)
  else if (order > 0)
    yield invalid(requests.path, shownQuantity(request), `must be less than or equal to ${name} limit of ${shownQuantity(limit)}`)
}

function* validateClaims(claims: Field, known: ReadonlySet<string>): Errors {
  for (const claim of itemsOf(claims)) {
    const name = textOf(at(claim, 'name'))
    if (name === '') yield required(at(claim, 'name').path)
    else if (!known.has(name)) {
      const where = known.size === 0 ? ' which is empty' : ''
      const error = fieldNotFound(claim.path, name)
      yield { ...error, message: `${error.message}: must be one of the names in pod.spec.resourceClaims${where}` }
    }
  }
}

export function* validateResizePolicy(policies: Field): Errors {
  for (const policy of itemsOf(policies)) {
    const [name, restart] = [textOf(at(policy, 'resourceName')), textOf(at(policy, 'restartPolicy'))]
    if (name === '') yield required(policies.path)
    else if (name !== 'cpu' && name !== 'memory') yield notSupported(policies.path, name, ['cpu', 'memory'])
    if (restart === '') yield required(policies.path)
    else if (restart !== 'NotRequired' && restart !== 'RestartContainer')
      yield notSupported(policies.path, restart, ['NotRequired', 'RestartContainer'])
  }
}

/** `spec.resources`: amounts of the whole pod. */
export function* validatePodResources(spec: Field): Errors {
  const resources = at(spec, 'resources')
  if (!isSet(resources)) return
  const [limits, requests] = [at(resources, 'limits'), at(resources, 'requests')]
  for (const [name, limit] of entriesOf(limits)) {
    yield* validateResourceName(name, limit.path)
    yield* validateQuantityValue(name, limit)
  }
  for (const [name, request] of entriesOf(requests)) {
    yield* validateResourceName(name, request.path)
    yield* validateQuantityValue(name, request)
    yield* validateAgainstLimit(name, request, { limits, requests })
  }
  yield* validateTogether(spec, requests)
  for (const item of itemsOf(at(spec, 'containers'))) yield* validateContainerInPod(item, limits, resources.path)
}

/** What the containers request together must fit into what the pod requests. */
function* validateTogether(spec: Field, requests: Field): Errors {
  for (const [name, request] of entriesOf(requests)) {
    const amounts = itemsOf(at(spec, 'containers')).map((item) => quantityOf(at(item, 'resources', 'requests', name)))
    const together = amounts.reduce((sum, amount) => sum + (amount?.nanos ?? 0n), 0n)
    const [own, format] = [quantityOf(request), amounts.find((amount) => amount !== undefined)?.format ?? 'DecimalSI']
    if (own === undefined || own.nanos >= together) continue
    const shown = formatQuantity({ nanos: together, format, exponent: -9 })
    yield invalid(request.path, shownQuantity(request), `must be greater than or equal to aggregate container requests of ${shown}`)
  }
}

function* validateContainerInPod(item: Field, limits: Field, path: string): Errors {
  const index = item.path.slice(item.path.lastIndexOf('.') + 1)
  for (const [name, limit] of entriesOf(limits)) {
    const own = at(item, 'resources', 'limits', name)
    const [amount, most] = [quantityOf(own), quantityOf(limit)]
    if (amount === undefined || most === undefined || compareQuantities(amount, most) <= 0) continue
    yield invalid(
      `${path}.${index}[${name}].limits`,
      shownQuantity(own),
      `must be less than or equal to pod limits of ${shownQuantity(limit)}`,
    )
  }
}

export const claimNames = (spec: Field): ReadonlySet<string> =>
  new Set(itemsOf(at(spec, 'resourceClaims')).map((claim) => textOf(at(claim, 'name'))))
