import { isJsonObject } from '../../core/json.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, numberOf, oneOf, shownOf, textOf, textsOf } from './field.ts'
import { goValue } from './go-view.ts'
import { parseIp, whyUnreachable } from './ip.ts'
import { sameValue } from './metadata.ts'
import { cidr, dns1123Label, dns1123Subdomain, ipAddress, portNumber, qualifiedName } from './names.ts'
import { validatePortReference } from './pod/handlers.ts'
import { validateLabels } from './selectors.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const

export function* validateService(object: Field): Errors {
  const spec = at(object, 'spec')
  const type = textOf(at(spec, 'type'))
  const ports = at(spec, 'ports')
  if (countOf(ports) === 0 && !isHeadless(spec) && type !== 'ExternalName') yield required(ports.path)
  yield* validateType(spec, type)
  yield* validatePorts(ports)
  if (isSet(at(spec, 'selector'))) yield* validateLabels(at(spec, 'selector'))
  yield* validateAffinity(spec)
  yield* validateAddresses(spec, type)
  yield* validateExternalAddresses(at(spec, 'externalIPs'))
  if (type === '') yield required(at(spec, 'type').path)
  else yield* exactlyOneOf(at(spec, 'type'), types)
  yield* validatePortUse(ports, type)
  yield* validateBalancer(spec, type)
  yield* validateTraffic(spec, type)
}

const isHeadless = (spec: Field): boolean => textOf(at(spec, 'clusterIP')) === 'None' || textsOf(at(spec, 'clusterIPs'))[0] === 'None'

function* validateType(spec: Field, type: string): Errors {
  const addresses = at(spec, 'clusterIPs')
  const isNone = isHeadless(spec)
  if ((type === 'LoadBalancer' || type === 'NodePort') && isNone)
    yield invalid(`${addresses.path}[0]`, 'None', `may not be set to 'None' for ${type} services`)
  if (type !== 'ExternalName') return
  if (countOf(addresses) > 0 || textOf(at(spec, 'clusterIP')) !== '')
    yield forbidden(addresses.path, 'may not be set for ExternalName services')
  const name = at(spec, 'externalName')
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, dns1123Subdomain(textOf(name).replace(/\.$/, '')))
}

const protocols = ['SCTP', 'TCP', 'UDP'] as const

function* validatePorts(ports: Field): Errors {
  const names = new Set<string>()
  const isNamed = countOf(ports) > 1
  for (const port of itemsOf(ports)) {
    const [name, number, target, application] = [at(port, 'name'), at(port, 'port'), at(port, 'targetPort'), at(port, 'appProtocol')]
    if (textOf(name) === '') {
      if (isNamed) yield required(name.path)
    } else {
      yield* invalidAll(name, dns1123Label(textOf(name)))
      if (names.has(textOf(name))) yield duplicate(name.path, textOf(name))
      names.add(textOf(name))
    }
    yield* invalidAll({ ...number, value: numberOf(number) ?? 0 }, portNumber(numberOf(number) ?? 0))
    if (textOf(at(port, 'protocol')) === '') yield required(at(port, 'protocol').path)
    else yield* exactlyOneOf(at(port, 'protocol'), protocols)
    yield* validatePortReference(target)
    if (isSet(application)) yield* invalidAll(application, qualifiedName(textOf(application)))
  }
}

function* validateAffinity(spec: Field): Errors {
  const affinity = at(spec, 'sessionAffinity')
  const seconds = at(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds')
  if (textOf(affinity) === '') yield required(affinity.path)
  else yield* exactlyOneOf(affinity, ['ClientIP', 'None'])
  if (textOf(affinity) !== 'ClientIP') return
  const value = numberOf(seconds) ?? 0
  if (value <= 0 || value > 86_400) yield invalid(seconds.path, value, 'must be greater than 0 and less than 86400')
}

const families = ['IPv4', 'IPv6'] as const

function* validateAddresses(spec: Field, type: string): Errors {
  if (type === 'ExternalName') {
    for (const key of ['ipFamilies', 'ipFamilyPolicy'])
      if (isSet(at(spec, key))) yield forbidden(at(spec, key).path, 'may not be set for ExternalName services')
    return
  }
  const [single, addresses, wanted] = [at(spec, 'clusterIP'), at(spec, 'clusterIPs'), at(spec, 'ipFamilies')]
  const known = textsOf(addresses)
  if (known.length > 0 && textOf(single) === '')
    yield invalid(addresses.path, shownOf(addresses), 'must be empty when `clusterIP` is not specified')
  else if (known.length > 0 && known[0] !== textOf(single))
    yield invalid(addresses.path, shownOf(addresses), 'first value must match `clusterIP`')
  yield* validateFamilies(wanted)
  yield* oneOf(at(spec, 'ipFamilyPolicy'), ['PreferDualStack', 'RequireDualStack', 'SingleStack'])
  const given = known.length > 0 ? known : textOf(single) === '' ? [] : [textOf(single)]
  for (const [index, text] of given.entries()) {
    if (text === '' || (text === 'None' && index === 0)) continue
    const field: Field = { path: `${addresses.path}[${index}]`, value: text }
    const wrong = text === 'None' ? [`must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`] : ipAddress(text)
    yield* invalidAll(field, wrong)
    yield* validateFamily(field, textsOf(wanted)[index], index)
  }
}

function* validateFamily(field: Field, family: string | undefined, index: number): Errors {
  const ip = parseIp(textOf(field))
  if (ip !== undefined && family !== undefined && family !== `IPv${ip.family}`)
    yield invalid(field.path, textOf(field), `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)
}

function* validateFamilies(list: Field): Errors {
  const seen = new Set<string>()
  for (const family of itemsOf(list)) {
    if (!(families as readonly string[]).includes(textOf(family))) yield notSupported(family.path, textOf(family), families)
    if (seen.has(textOf(family))) yield duplicate(family.path, textOf(family))
    seen.add(textOf(family))
  }
}

function* validateExternalAddresses(list: Field): Errors {
  for (const address of itemsOf(list)) {
    const wrong = ipAddress(textOf(address))
    yield* invalidAll(address, wrong.length > 0 ? wrong : whyUnreachable(textOf(address)))
  }
}

/** Node ports only where nodes are asked, and no port twice. */
function* validatePortUse(ports: Field, type: string): Errors {
  const [numbers, nodes] = [new Set<string>(), new Set<string>()]
  for (const port of itemsOf(ports)) {
    const node = at(port, 'nodePort')
    const protocol = textOf(at(port, 'protocol'))
    if (type === 'ClusterIP' && (numberOf(node) ?? 0) !== 0) yield forbidden(node.path, "may not be used when `type` is 'ClusterIP'")
    const key = `${protocol}/${numberOf(at(port, 'port'))}`
    if (numbers.has(key))
      yield duplicate(port.path, goValue('ServicePort', { protocol, port: numberOf(at(port, 'port')) ?? 0, targetPort: 0 }))
    numbers.add(key)
    const nodeKey = `${protocol}/${numberOf(node)}`
    if ((numberOf(node) ?? 0) !== 0 && nodes.has(nodeKey))
      yield invalid(node.path, numberOf(node) ?? 0, 'provided port is already allocated')
    nodes.add(nodeKey)
  }
}

function* validateBalancer(spec: Field, type: string): Errors {
  const only = "may only be used when `type` is 'LoadBalancer'"
  const ranges: Field = { ...at(spec, 'loadBalancerSourceRanges'), path: `${spec.path}.LoadBalancerSourceRanges` }
  if (countOf(ranges) > 0 && type !== 'LoadBalancer') yield forbidden(ranges.path, only)
  for (const range of itemsOf(ranges)) yield* invalidAll({ path: range.path, value: textOf(range).trim() }, cidr(textOf(range).trim()))
  const [allocate, kind] = [at(spec, 'allocateLoadBalancerNodePorts'), at(spec, 'loadBalancerClass')]
  if (isSet(allocate) && type !== 'LoadBalancer') yield forbidden(allocate.path, only)
  if (!isSet(kind)) return
  if (type === 'LoadBalancer') yield* invalidAll(kind, qualifiedName(textOf(kind)))
  else yield forbidden(kind.path, only)
}

const policies = ['Cluster', 'Local'] as const

function* validateTraffic(spec: Field, type: string): Errors {
  const [external, internal, check] = [
    at(spec, 'externalTrafficPolicy'),
    at(spec, 'internalTrafficPolicy'),
    at(spec, 'healthCheckNodePort'),
  ]
  const isReachable = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && countOf(at(spec, 'externalIPs')) > 0)
  if (textOf(external) !== '') {
    if (isReachable) yield* exactlyOneOf(external, policies)
    else yield invalid(external.path, textOf(external), 'may only be set for externally-accessible services')
  }
  const isLocal = type === 'LoadBalancer' && textOf(external) === 'Local'
  if ((numberOf(check) ?? 0) !== 0 && !isLocal)
    yield invalid(check.path, numberOf(check) ?? 0, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")
  if (isSet(internal)) yield* exactlyOneOf(internal, policies)
  else if (type !== 'ExternalName' && (types as readonly string[]).includes(type)) yield required(internal.path)
  yield* oneOf(at(spec, 'trafficDistribution'), ['PreferClose', 'PreferSameZone', 'PreferSameNode'])
}

export function* validateServiceUpdate(object: Field, old: Field): Errors {
  const agreed = withOneAddress(object, old)
  const [addresses, before] = [at(agreed, 'spec', 'clusterIPs'), textsOf(at(old, 'spec', 'clusterIPs'))]
  const isOpen = [object, old].some((service) => textOf(at(service, 'spec', 'type')) === 'ExternalName')
  const now = textsOf(addresses)
  if (!isOpen && before[0] !== undefined && now[0] !== before[0] && now[0] === textOf(at(agreed, 'spec', 'clusterIP')))
    yield invalid(`${addresses.path}[0]`, now, 'may not change once set')
  yield* validateService(agreed)
}

/**
 * The older field for one address and the newer list follow each other: a client may know only the one. A Service that becomes a name has
 * no address any more, and one that leaves its address out keeps it.
 */
function withOneAddress(object: Field, old: Field): Field {
  const spec = at(object, 'spec').value
  if (!isJsonObject(object.value) || !isJsonObject(spec)) return object
  const [single, before] = [textOf(at(object, 'spec', 'clusterIP')), textOf(at(old, 'spec', 'clusterIP'))]
  const known = textsOf(at(old, 'spec', 'clusterIPs'))
  const isListKept = sameValue(at(object, 'spec', 'clusterIPs'), at(old, 'spec', 'clusterIPs'))
  const becomesName = textOf(at(object, 'spec', 'type')) === 'ExternalName' && textOf(at(old, 'spec', 'type')) !== 'ExternalName'
  if (becomesName && single === before && isListKept) {
    const { clusterIP: _single, clusterIPs: _list, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec
    return { ...object, value: { ...object.value, spec: rest } }
  }
  if (!isListKept || single === before) return object
  const agreed = single === '' ? { clusterIP: before, clusterIPs: known } : { clusterIPs: [single, ...known.slice(1)] }
  return { ...object, value: { ...object.value, spec: { ...spec, ...agreed } } }
}
