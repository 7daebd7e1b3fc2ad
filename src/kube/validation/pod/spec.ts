import { duplicate, forbidden, invalid, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, countOf, entriesOf, invalidAll, isSet, isTrue, itemsOf, numberOf, oneOf, shownOf, textOf } from '../field.ts'
import type { NameCheck } from '../names.ts'
import { dns1123Label, dns1123Subdomain, ipAddress, qualifiedName, searchDomain } from '../names.ts'
import { validateLabels } from '../selectors.ts'
import { podContext, requiredChoice, validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.ts'
import { validateContainerResourceName, validatePodResources, validateQuantityValue } from './resources.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.ts'
import { validateHostProcess, validateOs, validatePodSecurity } from './security-context.ts'
import { validateVolumes } from './volumes.ts'

/** The spec of a pod, or of a template of pods. */
export function* validatePodSpec(spec: Field): Errors {
  const context = podContext(spec)
  yield* validateVolumes(at(spec, 'volumes'))
  yield* validateResourceClaims(at(spec, 'resourceClaims'))
  yield* validateContainers(at(spec, 'containers'), context)
  yield* validateInitContainers(spec, context)
  yield* validateEphemeralContainers(spec, context)
  yield* validatePodResources(spec)
  yield* requiredChoice(at(spec, 'restartPolicy'), ['Always', 'OnFailure', 'Never'])
  yield* requiredChoice(at(spec, 'dnsPolicy'), ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'])
  yield* validateLabels(at(spec, 'nodeSelector'))
  yield* validatePodSecurity(spec)
  yield* validateAffinity(at(spec, 'affinity'))
  yield* validateDns(spec)
  yield* validateQualifiedNames(spec)
  yield* validateTopologySpread(at(spec, 'topologySpreadConstraints'))
  yield* validateHostProcess(spec)
  yield* validateHostUsers(spec)
  yield* validateNames(spec, early)
  yield* validateDeadline(at(spec, 'activeDeadlineSeconds'))
  yield* validateNames(spec, middle)
  yield* validateTolerations(at(spec, 'tolerations'))
  yield* validateHostAliases(at(spec, 'hostAliases'))
  yield* validateNames(spec, late)
  yield* oneOf(at(spec, 'preemptionPolicy'), ['PreemptLowerPriority', 'Never'])
  yield* validateOverhead(at(spec, 'overhead'))
  yield* validateOs(spec)
}

/** Users of their own cannot share what is the host's. */
function* validateHostUsers(spec: Field): Errors {
  if (at(spec, 'hostUsers').value !== false) return
  const shared = [
    ['hostNetwork', 'hostNetwork'],
    ['hostPID', 'HostPID'],
    ['hostIPC', 'HostIPC'],
  ] as const
  for (const [key, shown] of shared) if (isTrue(at(spec, key))) yield forbidden(`${spec.path}.${shown}`, 'when `hostUsers` is false')
}

function* validateDns(spec: Field): Errors {
  const config = at(spec, 'dnsConfig')
  const servers = at(config, 'nameservers')
  if (textOf(at(spec, 'dnsPolicy')) === 'None') {
    if (!isSet(config)) yield required(config.path, 'must provide `dnsConfig` when `dnsPolicy` is None')
    else if (countOf(servers) === 0) yield required(servers.path, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  }
  if (countOf(servers) > 3) yield invalid(servers.path, shownOf(servers), 'must not have more than 3 nameservers')
  for (const server of itemsOf(servers)) yield* invalidAll(server, ipAddress(textOf(server)))
  const searches = at(config, 'searches')
  if (countOf(searches) > 32) yield invalid(searches.path, shownOf(searches), 'must not have more than 32 search paths')
  for (const search of itemsOf(searches)) {
    const text = textOf(search)
    if (text !== '.') yield* invalidAll(search, searchDomain(text.endsWith('.') ? text.slice(0, -1) : text))
  }
  for (const option of itemsOf(at(config, 'options')))
    if (textOf(at(option, 'name')) === '') yield required(option.path, 'must not be empty')
}

function* validateQualifiedNames(spec: Field): Errors {
  for (const gate of itemsOf(at(spec, 'readinessGates'))) {
    const type = at(gate, 'conditionType')
    yield* invalidAll({ ...type, value: textOf(type) }, qualifiedName(textOf(type)))
  }
  const gates = new Set<string>()
  for (const gate of itemsOf(at(spec, 'schedulingGates'))) {
    const name = textOf(at(gate, 'name'))
    yield* invalidAll({ path: gate.path, value: name }, qualifiedName(name))
    if (gates.has(name)) yield duplicate(gate.path, name)
    gates.add(name)
  }
}

type NamedField = readonly [string, NameCheck]

const early: readonly NamedField[] = [
  ['serviceAccountName', dns1123Subdomain],
  ['nodeName', dns1123Subdomain],
]
const middle: readonly NamedField[] = [
  ['hostname', dns1123Label],
  ['subdomain', dns1123Label],
  ['hostnameOverride', dns1123Subdomain],
]
const late: readonly NamedField[] = [
  ['priorityClassName', dns1123Subdomain],
  ['runtimeClassName', dns1123Subdomain],
]

function* validateNames(spec: Field, names: readonly NamedField[]): Errors {
  for (const [key, check] of names) {
    const field = at(spec, key)
    if (textOf(field) !== '') yield* invalidAll(field, check(textOf(field)))
  }
}

function* validateDeadline(deadline: Field): Errors {
  const seconds = numberOf(deadline)
  if (seconds !== undefined && (seconds < 1 || seconds > 0x7fff_ffff))
    yield invalid(deadline.path, seconds, 'must be between 1 and 2147483647, inclusive')
}

function* validateHostAliases(aliases: Field): Errors {
  for (const alias of itemsOf(aliases)) {
    const ip = at(alias, 'ip')
    yield* invalidAll({ ...ip, value: textOf(ip) }, ipAddress(textOf(ip)))
    for (const name of itemsOf(at(alias, 'hostnames'))) yield* invalidAll(name, dns1123Subdomain(textOf(name)))
  }
}

function* validateResourceClaims(claims: Field): Errors {
  const names = new Set<string>()
  for (const claim of itemsOf(claims)) {
    const name = at(claim, 'name')
    if (textOf(name) === '') yield required(name.path)
    else if (names.has(textOf(name))) yield duplicate(name.path, textOf(name))
    else yield* invalidAll(name, dns1123Label(textOf(name)))
    names.add(textOf(name))
    yield* validateClaimSource(claim)
  }
}

function* validateClaimSource(claim: Field): Errors {
  const [own, template] = [at(claim, 'resourceClaimName'), at(claim, 'resourceClaimTemplateName')]
  const shown = { Name: textOf(at(claim, 'name')), ResourceClaimName: shownOf(own), ResourceClaimTemplateName: shownOf(template) }
  if (isSet(own) && isSet(template))
    yield invalid(claim.path, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified')
  if (!isSet(own) && !isSet(template))
    yield invalid(claim.path, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')
  for (const field of [own, template]) if (isSet(field)) yield* invalidAll(field, dns1123Subdomain(textOf(field)))
}

function* validateOverhead(overhead: Field): Errors {
  for (const [name, amount] of entriesOf(overhead)) {
    // Overhead is checked like the limits of a container.
    const path = `${overhead.path}.limits[${name}]`
    yield* validateContainerResourceName(name, path)
    yield* validateQuantityValue(name, { ...amount, path })
  }
}
