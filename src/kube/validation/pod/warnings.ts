import { appArmorPrefix } from '../../app-armor.ts'
import type { Field } from '../field.ts'
import { at, entriesOf, isSet, itemsOf, numberOf, textOf } from '../field.ts'
import { labelKeyWarnings, labelMapWarnings, nodeSelectorTermWarnings, nodeSelectorWarnings } from '../warnings-labels.ts'
import { seccompPodKey, seccompPrefix } from './annotations.ts'
import { overlappingPathWarnings } from './path-warnings.ts'
import { quantityOf, shownQuantity } from './resources.ts'

type Warnings = Iterable<string>

export const podWarnings = (pod: Field): Warnings => specWarnings(at(pod, 'spec'), at(pod, 'metadata', 'annotations'))

export function* podTemplateWarnings(template: Field): Warnings {
  const [spec, annotations] = [at(template, 'spec'), at(template, 'metadata', 'annotations')]
  yield* specWarnings(spec, annotations)
  yield* appArmorWarnings(spec, annotations)
}

/** Of templates alone: the user of a new Pod is told while its annotations are written into its fields. */
function* appArmorWarnings(spec: Field, annotations: Field): Warnings {
  if (isSet(at(spec, 'securityContext', 'appArmorProfile'))) return
  for (const container of containersOf(spec)) {
    const key = `${appArmorPrefix}${textOf(at(container, 'name'))}`
    if (isSet(at(annotations, key)) && !isSet(at(container, 'securityContext', 'appArmorProfile')))
      yield `${annotations.path}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`
  }
}

function* specWarnings(spec: Field, annotations: Field): Warnings {
  yield* schedulingWarnings(spec)
  yield* annotationWarnings(annotations, spec)
  for (const alias of repeated(itemsOf(at(spec, 'hostAliases')), 'ip'))
    yield `${at(alias, 'ip').path}: duplicate ip ${JSON.stringify(textOf(at(alias, 'ip')))}`
  for (const volume of itemsOf(at(spec, 'volumes'))) yield* volumeWarnings(volume)
  yield* overlappingPathWarnings(at(spec, 'volumes'))
  yield* pullSecretWarnings(at(spec, 'imagePullSecrets'))
  for (const container of containersOf(spec)) yield* containerWarnings(container, annotations)
  yield* portWarnings(spec)
  yield* affinityWarnings(at(spec, 'affinity'))
  const grace = numberOf(at(spec, 'terminationGracePeriodSeconds'))
  if (grace !== undefined && grace < 0)
    yield `${at(spec, 'terminationGracePeriodSeconds').path}: must be >= 0; negative values are invalid and will be treated as 1`
}

const containersOf = (spec: Field): readonly Field[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => itemsOf(at(spec, list)))

const nullSelector = 'a null labelSelector results in matching no pod'

function* schedulingWarnings(spec: Field): Warnings {
  yield* labelMapWarnings(at(spec, 'nodeSelector'))
  const affinity = at(spec, 'affinity', 'nodeAffinity')
  yield* nodeSelectorWarnings(at(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'))
  for (const term of itemsOf(at(affinity, 'preferredDuringSchedulingIgnoredDuringExecution')))
    yield* nodeSelectorTermWarnings(at(term, 'preference'))
  for (const constraint of itemsOf(at(spec, 'topologySpreadConstraints'))) {
    yield* labelKeyWarnings(at(constraint, 'topologyKey'))
    if (!isSet(at(constraint, 'labelSelector'))) yield `${at(constraint, 'labelSelector').path}: ${nullSelector}`
  }
}

const goneAnnotations: Readonly<Record<string, string>> = {
  [seccompPodKey]: 'non-functional in v1.27+; use the "seccompProfile" field instead',
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

function* annotationWarnings(annotations: Field, spec: Field): Warnings {
  const hasProfile = isSet(at(spec, 'securityContext', 'seccompProfile'))
  for (const [key, text] of Object.entries(goneAnnotations))
    if (isSet(at(annotations, key)) && !(key === seccompPodKey && hasProfile)) yield `${annotations.path}[${key}]: ${text}`
}

/** Those whose `key` an earlier one has. */
function repeated(items: readonly Field[], key: string): readonly Field[] {
  const seen = new Set<string>()
  return items.filter((item) => {
    const text = textOf(at(item, key))
    const isRepeated = text !== '' && seen.has(text)
    seen.add(text)
    return isRepeated
  })
}

const goneVolumes = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const

function* volumeWarnings(volume: Field): Warnings {
  for (const [key, shown, text] of goneVolumes) if (isSet(at(volume, key))) yield `${volume.path}.${shown}: ${text}`
  const claim = at(volume, 'ephemeral', 'volumeClaimTemplate', 'spec')
  if (isSet(claim)) yield* fractionalBytes(at(claim, 'resources', 'requests'), ['storage'])
}

function* pullSecretWarnings(secrets: Field): Warnings {
  const items = itemsOf(secrets)
  for (const secret of repeated(items, 'name'))
    yield `${at(secret, 'name').path}: duplicate name ${JSON.stringify(textOf(at(secret, 'name')))}`
  for (const secret of items) if (textOf(at(secret, 'name')) === '') yield `${at(secret, 'name').path}: invalid empty name ""`
}

function* containerWarnings(container: Field, annotations: Field): Warnings {
  const name = textOf(at(container, 'name'))
  const security = at(container, 'securityContext')
  const seccomp = at(annotations, `${seccompPrefix}${name}`)
  if (isSet(seccomp) && !isSet(at(security, 'seccompProfile')))
    yield `${annotations.path}[${seccompPrefix}${name}]: non-functional in v1.27+; use the "seccompProfile" field instead`
  for (const amounts of ['limits', 'requests']) yield* fractionalBytes(at(container, 'resources', amounts), ['memory', 'ephemeral-storage'])
  yield* environmentWarnings(at(container, 'env'))
  for (const port of itemsOf(at(container, 'ports'))) yield* hostAddressWarnings(port)
}

/** Bytes cannot be divided. */
export function* fractionalBytes(amounts: Field, names: readonly string[]): Warnings {
  for (const [name, amount] of entriesOf(amounts)) {
    const quantity = names.includes(name) ? quantityOf(amount) : undefined
    if (quantity !== undefined && quantity.nanos % 1_000_000_000n !== 0n)
      yield `${amount.path}: fractional byte value ${JSON.stringify(shownQuantity(amount))} is invalid, must be an integer`
  }
}

/** A variable may use what it had before in its new value. */
function* environmentWarnings(env: Field): Warnings {
  for (const variable of repeated(itemsOf(env), 'name')) {
    const name = textOf(at(variable, 'name'))
    if (!textOf(at(variable, 'value')).includes(`$(${name})`))
      yield `${variable.path}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`
  }
}

function* hostAddressWarnings(port: Field): Warnings {
  const [host, address] = [numberOf(at(port, 'hostPort')) ?? 0, textOf(at(port, 'hostIP'))]
  if (address === '' || host !== 0) return
  const shown = `{Name:${textOf(at(port, 'name'))} HostPort:0 ContainerPort:${numberOf(at(port, 'containerPort')) ?? 0} Protocol:${textOf(at(port, 'protocol'))} HostIP:${address}}`
  yield `${port.path}: hostIP set without hostPort: ${shown}`
}

/** Sidecars run with the containers, so that their ports must differ too. */
function* portWarnings(spec: Field): Warnings {
  const sidecars = itemsOf(at(spec, 'initContainers')).filter((container) => textOf(at(container, 'restartPolicy')) === 'Always')
  const ports = [...sidecars, ...itemsOf(at(spec, 'containers'))].flatMap((container) => itemsOf(at(container, 'ports')))
  for (const [index, port] of ports.entries()) {
    const before = ports.slice(0, index)
    yield* overlapWarning(port, before)
    yield* portNameWarning(port, before)
  }
}

const portKey = (port: Field): string => `${textOf(at(port, 'protocol'))}/${numberOf(at(port, 'containerPort')) ?? 0}`
const hostKey = (port: Field): string => `${numberOf(at(port, 'hostPort')) ?? 0}/${textOf(at(port, 'hostIP'))}`

function* overlapWarning(port: Field, before: readonly Field[]): Warnings {
  const same = before.filter((other) => portKey(other) === portKey(port))
  const equal = same.find((other) => hostKey(other) === hostKey(port))
  const open = same.find((other) => (numberOf(at(other, 'hostPort')) ?? 0) === 0 || (numberOf(at(port, 'hostPort')) ?? 0) === 0)
  if (equal !== undefined) yield `${port.path}: duplicate port definition with ${equal.path}`
  else if (open !== undefined) yield `${port.path}: overlapping port definition with ${open.path}`
}

function* portNameWarning(port: Field, before: readonly Field[]): Warnings {
  const name = textOf(at(port, 'name'))
  const containerOf = (field: Field): string => field.path.slice(0, field.path.lastIndexOf('.'))
  const other = before.find(
    (candidate) => name !== '' && textOf(at(candidate, 'name')) === name && containerOf(candidate) !== containerOf(port),
  )
  if (other !== undefined)
    yield `${port.path}: duplicate port name ${JSON.stringify(name)} with ${other.path}, services and probes that select ports by name will use ${other.path}`
}

function* affinityWarnings(affinity: Field): Warnings {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    for (const term of itemsOf(at(affinity, kind, 'requiredDuringSchedulingIgnoredDuringExecution')))
      if (!isSet(at(term, 'labelSelector'))) yield `${at(term, 'labelSelector').path}: ${nullSelector}`
    for (const term of itemsOf(at(affinity, kind, 'preferredDuringSchedulingIgnoredDuringExecution'))) {
      const selector = at(term, 'podAffinityTerm', 'labelSelector')
      if (!isSet(selector)) yield `${selector.path}: ${nullSelector}`
    }
  }
}
