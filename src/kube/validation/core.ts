import { duplicate, forbidden, invalid, required, tooLong } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, entriesOf, exactlyOneOf, invalidAll, isSet, isTrue, itemsOf, numberOf, oneOf, textOf } from './field.ts'
import { goValue } from './go-view.ts'
import { whyUnreachable } from './ip.ts'
import { sameValue, validateFinalizerName, validateImmutable } from './metadata.ts'
import { cidr, configMapKey, dns1123Label, dns1123Subdomain, ipAddress, labelValue, portNumber, qualifiedName } from './names.ts'
import { validateQuantityValue } from './pod/resources.ts'

const mebibyte = 1024 * 1024

export function* validateConfigMap(object: Field): Errors {
  const [data, binary] = [at(object, 'data'), at(object, 'binaryData')]
  let size = 0
  for (const [key, value] of entriesOf(data)) {
    for (const message of configMapKey(key)) yield invalid(value.path, key, message)
    if (entriesOf(binary).some(([other]) => other === key)) yield invalid(value.path, key, 'duplicate of key present in binaryData')
    size += Buffer.byteLength(textOf(value))
  }
  for (const [key, value] of entriesOf(binary)) {
    for (const message of configMapKey(key)) yield invalid(value.path, key, message)
    size += Buffer.byteLength(textOf(value), 'base64')
  }
  if (size > mebibyte) yield tooLong('[]', mebibyte)
}

/** What was made immutable stays so, and as it is. */
function* validateFrozen(object: Field, old: Field, keys: readonly string[]): Errors {
  if (!isTrue(at(old, 'immutable'))) return
  const text = 'field is immutable when `immutable` is set'
  if (!isTrue(at(object, 'immutable'))) yield forbidden('immutable', text)
  for (const key of keys) if (!sameValue(at(object, key), at(old, key))) yield forbidden(key, text)
}

export function* validateConfigMapUpdate(object: Field, old: Field): Errors {
  yield* validateFrozen(object, old, ['data', 'binaryData'])
  yield* validateConfigMap(object)
}

const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

export function* validateSecret(object: Field): Errors {
  const data = at(object, 'data')
  let size = 0
  for (const [key, value] of entriesOf(data)) {
    for (const message of configMapKey(key)) yield invalid(value.path, key, message)
    size += Buffer.byteLength(textOf(value), 'base64')
  }
  if (size > mebibyte) yield tooLong('data', mebibyte)
  yield* validateSecretType(object, data)
}

function* validateSecretType(object: Field, data: Field): Errors {
  const type = textOf(at(object, 'type'))
  const has = (key: string): boolean => entriesOf(data).some(([other]) => other === key)
  const account = 'kubernetes.io/service-account.name'
  if (type === 'kubernetes.io/service-account-token' && textOf(at(object, 'metadata', 'annotations', account)) === '')
    yield required(`metadata.annotations[${account}]`)
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    yield required('data[username]')
    yield required('data[password]')
  }
  for (const key of neededKeys[type] ?? []) {
    if (!has(key)) yield required(`data[${key}]`)
    else if (key.startsWith('.docker')) yield* validateJsonData(at(data, key), `data[${key}]`)
  }
}

function* validateJsonData(value: Field, path: string): Errors {
  const text = Buffer.from(textOf(value), 'base64').toString('utf8')
  const wrong = whyNoJson(text)
  if (wrong !== undefined) yield invalid(path, '<secret contents redacted>', wrong)
}

/** Why a text is no JSON, in Go's words as far as they are short. */
function whyNoJson(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch {
    const first = text.trimStart()[0]
    if (first === undefined) return 'unexpected end of JSON input'
    return /[[{"\d\-tfn]/.test(first) ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`
  }
}

export function* validateSecretUpdate(object: Field, old: Field): Errors {
  yield* validateImmutable(at(object, 'type'), at(old, 'type'))
  yield* validateFrozen(object, old, ['data'])
  yield* validateSecret(object)
}

export function* validateNamespace(object: Field): Errors {
  const finalizers = at(object, 'spec', 'finalizers')
  for (const item of itemsOf(finalizers)) {
    const field: Field = { ...item, path: finalizers.path }
    yield* invalidAll(field, qualifiedName(textOf(item)))
    yield* validateFinalizerName(field)
  }
}

export const validateNothing = (): Errors => []

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

export function* validateNode(object: Field): Errors {
  yield* validateTaints(at(object, 'spec', 'taints'))
  for (const name of ['capacity', 'allocatable']) {
    const amounts = at(object, 'status', name)
    for (const [key, value] of entriesOf(amounts)) yield* validateQuantityValue(key, { ...value, path: `${amounts.path}.${key}` })
  }
  for (const range of itemsOf(at(object, 'spec', 'podCIDRs'))) yield* invalidAll({ ...range, value: textOf(range) }, cidr(textOf(range)))
}

/** Taints are part of the spec, yet not in the paths of their errors. */
function* validateTaints(taints: Field): Errors {
  const seen = new Set<string>()
  for (const [index, item] of itemsOf(taints).entries()) {
    const taint: Field = { ...item, path: `metadata.taints[${index}]` }
    const [key, value, effect] = [at(taint, 'key'), at(taint, 'value'), at(taint, 'effect')]
    yield* invalidAll({ ...key, value: textOf(key) }, qualifiedName(textOf(key)))
    yield* invalidAll(value, labelValue(textOf(value)))
    if (textOf(effect) === '') yield required(effect.path)
    else yield* exactlyOneOf(effect, effects)
    const pair = `${textOf(key)}:${textOf(effect)}`
    if (seen.has(pair)) {
      const error = duplicate(taint.path, goValue('Taint', taint.value))
      yield { ...error, message: `${error.message}: taints must be unique by key and effect pair` }
    }
    seen.add(pair)
  }
}

export function* validateEndpoints(object: Field): Errors {
  for (const subset of itemsOf(at(object, 'subsets'))) {
    const [ready, others, ports] = [at(subset, 'addresses'), at(subset, 'notReadyAddresses'), at(subset, 'ports')]
    if (countOf(ready) === 0 && countOf(others) === 0) yield required(subset.path, 'must specify `addresses` or `notReadyAddresses`')
    for (const address of [...itemsOf(ready), ...itemsOf(others)]) yield* validateEndpointAddress(address)
    for (const port of itemsOf(ports)) yield* validateEndpointPort(port, countOf(ports) > 1)
  }
}

function* validateEndpointAddress(address: Field): Errors {
  const [ip, host, node] = [at(address, 'ip'), at(address, 'hostname'), at(address, 'nodeName')]
  yield* invalidAll({ ...ip, value: textOf(ip) }, ipAddress(textOf(ip)))
  if (textOf(host) !== '') yield* invalidAll(host, dns1123Label(textOf(host)))
  if (isSet(node)) yield* invalidAll(node, dns1123Subdomain(textOf(node)))
  yield* invalidAll({ ...ip, value: textOf(ip) }, whyUnreachable(textOf(ip)))
}

function* validateEndpointPort(port: Field, isNamed: boolean): Errors {
  const [name, number, protocol] = [at(port, 'name'), at(port, 'port'), at(port, 'protocol')]
  if (textOf(name) !== '') yield* invalidAll(name, dns1123Label(textOf(name)))
  else if (isNamed) yield required(name.path)
  yield* invalidAll({ ...number, value: numberOf(number) ?? 0 }, portNumber(numberOf(number) ?? 0))
  if (textOf(protocol) === '') yield required(protocol.path)
  else yield* exactlyOneOf(protocol, ['SCTP', 'TCP', 'UDP'])
}

export function* validateEvent(object: Field): Errors {
  const involved = at(object, 'involvedObject', 'namespace')
  const own = textOf(at(object, 'metadata', 'namespace'))
  const isClusterWide = textOf(involved) === '' && (own === 'default' || own === 'kube-system')
  if (textOf(involved) !== own && !isClusterWide) yield invalid(involved.path, textOf(involved), 'does not match event.namespace')
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6'] as const

export function* validateEndpointSlice(object: Field): Errors {
  const type = at(object, 'addressType')
  if (textOf(type) === '') yield required(type.path)
  else yield* exactlyOneOf(type, addressTypes)
  yield* validateSlicePorts(at(object, 'ports'))
  for (const endpoint of itemsOf(at(object, 'endpoints'))) yield* validateSliceEndpoint(endpoint, textOf(type))
}

function* validateSlicePorts(ports: Field): Errors {
  const names = new Set<string>()
  for (const port of itemsOf(ports)) {
    const name = at(port, 'name')
    if (textOf(name) !== '') yield* invalidAll(name, dns1123Label(textOf(name)))
    if (names.has(textOf(name))) yield duplicate(name.path, textOf(name))
    names.add(textOf(name))
    if (textOf(at(port, 'protocol')) === '') yield required(at(port, 'protocol').path)
    else yield* exactlyOneOf(at(port, 'protocol'), ['SCTP', 'TCP', 'UDP'])
  }
}

function* validateSliceEndpoint(endpoint: Field, type: string): Errors {
  const [addresses, node, host] = [at(endpoint, 'addresses'), at(endpoint, 'nodeName'), at(endpoint, 'hostname')]
  if (countOf(addresses) === 0) yield required(addresses.path, 'must contain at least 1 address')
  for (const address of itemsOf(addresses)) {
    const text = textOf(address)
    if (type === 'FQDN') yield* invalidAll(address, dns1123Subdomain(text))
    if (type !== 'IPv4' && type !== 'IPv6') continue
    const wrong = ipAddress(text)
    if (wrong.length > 0) yield* invalidAll(address, wrong)
    else {
      if (text.includes(':') === (type === 'IPv4')) yield invalid(addresses.path, text, `must be an ${type} address`)
      yield* invalidAll(address, whyUnreachable(text))
    }
  }
  if (isSet(node)) yield* invalidAll(node, dns1123Subdomain(textOf(node)))
  if (isSet(host)) yield* invalidAll(host, dns1123Label(textOf(host)))
}

export function* validateEndpointSliceUpdate(object: Field, old: Field): Errors {
  const [type, before] = [at(object, 'addressType'), at(old, 'addressType')]
  // Addresses are checked against a type that the slice can have.
  if (sameValue(type, before)) yield* validateEndpointSlice(object)
  else yield* validateImmutable(type, before)
}

export function* validateLease(object: Field): Errors {
  const [duration, transitions] = [at(object, 'spec', 'leaseDurationSeconds'), at(object, 'spec', 'leaseTransitions')]
  const seconds = numberOf(duration)
  if (seconds !== undefined && seconds <= 0) yield invalid(duration.path, seconds, 'must be greater than 0')
  const count = numberOf(transitions)
  if (count !== undefined && count < 0) yield invalid(transitions.path, count, 'must be greater than or equal to 0')
}

const largestUserPriority = 1_000_000_000
const systemClasses: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 }

export function* validatePriorityClass(object: Field): Errors {
  const [name, value, policy] = [textOf(at(object, 'metadata', 'name')), at(object, 'value'), at(object, 'preemptionPolicy')]
  const number = numberOf(value) ?? 0
  if (name.startsWith('system-')) {
    if (systemClasses[name] !== number)
      yield forbidden(
        'metadata.name',
        `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`,
      )
  } else if (number > largestUserPriority)
    yield forbidden(value.path, `maximum allowed value of a user defined priority is ${largestUserPriority}`)
  if (isSet(policy)) yield* oneOf(policy, ['PreemptLowerPriority', 'Never'])
}

export function* validatePriorityClassUpdate(object: Field, old: Field): Errors {
  if (numberOf(at(object, 'value')) !== numberOf(at(old, 'value'))) yield forbidden('value', 'may not be changed in an update.')
  yield* validateImmutable(at(object, 'preemptionPolicy'), at(old, 'preemptionPolicy'))
}

export function* validateControllerRevision(object: Field): Errors {
  const revision = numberOf(at(object, 'revision'))
  if (revision !== undefined && revision < 0) yield invalid('revision', revision, 'must be greater than or equal to 0')
  if (!isSet(at(object, 'data'))) yield required('data', 'data is mandatory')
}

export function* validateControllerRevisionUpdate(object: Field, old: Field): Errors {
  yield* validateControllerRevision(object)
  yield* validateImmutable(at(object, 'data'), at(old, 'data'))
}
