import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, numberOf, shownOf, textOf } from './field.ts'
import { isStrictlyInside, parseCidr, parseIp } from './ip.ts'
import { validateImmutable } from './metadata.ts'
import { cidr, dns1123Label, dns1123Subdomain, domainPrefixedPath, portName, portNumber, wildcardSubdomain } from './names.ts'
import { validatePortReference } from './pod/handlers.ts'
import { validateLabelSelector } from './selectors.ts'

const classKey = 'kubernetes.io/ingress.class'

export function* validateNewIngress(object: Field): Errors {
  const [annotation, name] = [at(object, 'metadata', 'annotations', classKey), at(object, 'spec', 'ingressClassName')]
  if (isSet(annotation) && isSet(name) && textOf(annotation) !== textOf(name))
    yield invalid(`annotations.${classKey}`, textOf(annotation), 'must match `ingressClassName` when both are specified')
  yield* validateIngress(object)
}

export function* validateIngress(object: Field): Errors {
  const spec = at(object, 'spec')
  const [rules, backend] = [at(spec, 'rules'), at(spec, 'defaultBackend')]
  if (countOf(rules) === 0 && !isSet(backend))
    yield invalid(spec.path, shownOf(rules), 'either `defaultBackend` or `rules` must be specified')
  if (isSet(backend)) yield* validateBackend(backend)
  for (const rule of itemsOf(rules)) yield* validateIngressRule(rule)
  yield* validateTls(at(spec, 'tls'))
  const name = at(spec, 'ingressClassName')
  if (isSet(name)) yield* invalidAll(name, dns1123Subdomain(textOf(name)))
}

const hostMessages = (host: string): readonly string[] => (host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host))

function* validateIngressRule(rule: Field): Errors {
  const [host, http] = [at(rule, 'host'), at(rule, 'http')]
  if (textOf(host) !== '') {
    if (parseIp(textOf(host)) !== undefined) yield invalid(host.path, textOf(host), 'must be a DNS name, not an IP address')
    yield* invalidAll(host, hostMessages(textOf(host)))
  }
  if (!isSet(http)) return
  const paths = at(http, 'paths')
  if (countOf(paths) === 0) yield required(paths.path)
  for (const path of itemsOf(paths)) yield* validateIngressPath(path)
}

const sequences = ['//', '/./', '/../', '%2f', '%2F'] as const
const suffixes = ['/..', '/.'] as const

function* validateIngressPath(path: Field): Errors {
  const [type, text] = [at(path, 'pathType'), at(path, 'path')]
  const value = textOf(text)
  if (!isSet(type)) {
    yield required(type.path, 'pathType must be specified')
    return
  }
  switch (textOf(type)) {
    case 'Exact':
    case 'Prefix':
      yield* validateStrictPath({ ...text, value })
      break
    case 'ImplementationSpecific':
      if (value !== '' && !value.startsWith('/')) yield invalid(text.path, value, 'must be an absolute path')
      break
    default:
      yield notSupported(type.path, textOf(type), ['Exact', 'ImplementationSpecific', 'Prefix'])
  }
  yield* validateBackend(at(path, 'backend'))
}

function* validateStrictPath(path: Field): Errors {
  const text = textOf(path)
  if (!text.startsWith('/')) yield invalid(path.path, text, 'must be an absolute path')
  if (text === '') return
  for (const sequence of sequences) if (text.includes(sequence)) yield invalid(path.path, text, `must not contain '${sequence}'`)
  for (const suffix of suffixes) if (text.endsWith(suffix)) yield invalid(path.path, text, `cannot end with '${suffix}'`)
}

function* validateBackend(backend: Field): Errors {
  const [service, resource] = [at(backend, 'service'), at(backend, 'resource')]
  if (isSet(service) && isSet(resource)) yield invalid(backend.path, '', 'cannot set both resource and service backends')
  else if (isSet(resource)) yield* validateResource(resource)
  else if (isSet(service)) yield* validateServiceBackend(service, backend.path)
  else yield invalid(backend.path, '', 'resource or service backend is required')
}

function* validateResource(resource: Field): Errors {
  for (const key of ['kind', 'name']) if (textOf(at(resource, key)) === '') yield required(at(resource, key).path)
}

function* validateServiceBackend(service: Field, path: string): Errors {
  const [name, portText, port] = [at(service, 'name'), at(service, 'port', 'name'), at(service, 'port', 'number')]
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, dns1123Label(textOf(name)))
  const number = numberOf(port) ?? 0
  if (textOf(portText) !== '' && number !== 0) yield invalid(path, '', 'cannot set both port name & port number')
  else if (textOf(portText) !== '') yield* invalidAll(portText, portName(textOf(portText)))
  else if (number !== 0) yield* invalidAll(port, portNumber(number))
  else yield required(path, 'port name or number is required')
}

function* validateTls(list: Field): Errors {
  for (const entry of itemsOf(list)) {
    for (const host of itemsOf(at(entry, 'hosts'))) yield* invalidAll(host, hostMessages(textOf(host)))
    const secret = at(entry, 'secretName')
    if (textOf(secret) !== '') yield* invalidAll(secret, dns1123Subdomain(textOf(secret)))
  }
}

export function* validateIngressClass(object: Field): Errors {
  const [controller, parameters] = [at(object, 'spec', 'controller'), at(object, 'spec', 'parameters')]
  if (textOf(controller) === '') yield required(controller.path)
  else yield* validateController(controller)
  if (!isSet(parameters)) return
  yield* validateResource(parameters)
  const [scope, namespace] = [at(parameters, 'scope'), at(parameters, 'namespace')]
  if (!isSet(scope)) yield required(scope.path)
  else yield* exactlyOneOf(scope, ['Cluster', 'Namespace'])
  if (textOf(scope) === 'Namespace' && textOf(namespace) === '') yield required(namespace.path, "`parameters.scope` is set to 'Namespace'")
  if (textOf(scope) === 'Cluster' && isSet(namespace)) yield forbidden(namespace.path, "`parameters.scope` is set to 'Cluster'")
}

/** The domain alone is shown when it is wrong. */
function* validateController(controller: Field): Errors {
  const text = textOf(controller)
  const domain = text.slice(0, Math.max(0, text.indexOf('/')))
  const isDomainWrong = domain !== '' && dns1123Subdomain(domain).length > 0
  yield* invalidAll(isDomainWrong ? { ...controller, value: domain } : controller, domainPrefixedPath(text))
}

export function* validateIngressClassUpdate(object: Field, old: Field): Errors {
  yield* validateImmutable(at(object, 'spec', 'controller'), at(old, 'spec', 'controller'))
  yield* validateIngressClass(object)
}

const protocols = ['TCP', 'UDP', 'SCTP'] as const
const directions = ['Ingress', 'Egress'] as const

export function* validateNetworkPolicy(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* validateLabelSelector(at(spec, 'podSelector'))
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const rule of itemsOf(at(spec, direction))) {
      for (const port of itemsOf(at(rule, 'ports'))) yield* validatePolicyPort(port)
      for (const peer of itemsOf(at(rule, peers))) yield* validatePeer(peer)
    }
  }
  const types = at(spec, 'policyTypes')
  if (countOf(types) > 2) {
    yield invalid(types.path, shownOf(types), 'may not specify more than two policyTypes')
    return
  }
  for (const type of itemsOf(types)) yield* exactlyOneOf(type, directions)
}

function* validatePolicyPort(port: Field): Errors {
  const [protocol, number, end] = [at(port, 'protocol'), at(port, 'port'), at(port, 'endPort')]
  if (isSet(protocol)) yield* exactlyOneOf(protocol, protocols)
  if (isSet(number)) yield* validatePortReference(number)
  if (!isSet(end)) return
  const last = numberOf(end) ?? 0
  if (!isSet(number)) yield invalid(end.path, last, 'may not be specified when `port` is not specified')
  else if (typeof number.value === 'string') yield invalid(end.path, last, 'may not be specified when `port` is non-numeric')
  else {
    const first = numberOf(number) ?? 0
    if (last < first) yield invalid(end.path, first, 'must be greater than or equal to `port`')
    yield* invalidAll({ ...end, value: last }, portNumber(last))
  }
}

function* validatePeer(peer: Field): Errors {
  const [pods, namespaces, block] = [at(peer, 'podSelector'), at(peer, 'namespaceSelector'), at(peer, 'ipBlock')]
  if (isSet(pods)) yield* validateLabelSelector(pods)
  if (isSet(namespaces)) yield* validateLabelSelector(namespaces)
  if (isSet(block)) yield* validateBlock(block)
  if (!isSet(pods) && !isSet(namespaces) && !isSet(block)) yield required(peer.path, 'must specify a peer')
  else if (isSet(block) && (isSet(pods) || isSet(namespaces))) yield forbidden(peer.path, 'may not specify both ipBlock and another peer')
}

function* validateBlock(block: Field): Errors {
  const field = at(block, 'cidr')
  if (textOf(field) === '') {
    yield required(field.path)
    return
  }
  yield* invalidAll(field, cidr(textOf(field)))
  const range = parseCidr(textOf(field))
  for (const except of itemsOf(at(block, 'except'))) {
    const inner = parseCidr(textOf(except))
    yield* invalidAll({ ...except, value: textOf(except) }, cidr(textOf(except)))
    if (inner !== undefined && range !== undefined && !isStrictlyInside(inner, range))
      yield invalid(except.path, textOf(except), 'must be a strict subset of `cidr`')
  }
}
