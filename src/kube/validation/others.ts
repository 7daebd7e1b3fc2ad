import { duplicate, invalid, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, entriesOf, exactlyOneOf, invalidAll, isSet, isTrue, itemsOf, numberOf, shownOf, textOf } from './field.ts'
import { validateImmutable } from './metadata.ts'
import { dns1035Label, dns1123Label, dns1123Subdomain } from './names.ts'
import { validateContainerResourceName, validateQuantityValue } from './pod/resources.ts'
import { validateTolerations } from './pod/scheduling.ts'
import { validateLabels } from './selectors.ts'
import { validateServicePort } from './webhooks.ts'

export function* validateRuntimeClass(object: Field): Errors {
  const [handler, overhead] = [at(object, 'handler'), at(object, 'overhead', 'podFixed')]
  if (textOf(handler) === '') yield required(handler.path)
  else yield* invalidAll(handler, dns1123Label(textOf(handler)))
  for (const [name, amount] of entriesOf(overhead)) {
    // Overhead is checked like the limits of a container.
    const path = `overhead.limits[${name}]`
    yield* validateContainerResourceName(name, path)
    yield* validateQuantityValue(name, { ...amount, path })
  }
  yield* validateLabels(at(object, 'scheduling', 'nodeSelector'))
  yield* validateTolerations(at(object, 'scheduling', 'tolerations'))
}

export function* validateRuntimeClassUpdate(object: Field, old: Field): Errors {
  yield* validateImmutable(at(object, 'handler'), at(old, 'handler'))
  yield* validateRuntimeClass(object)
}

export function* validateApiService(object: Field): Errors {
  const spec = at(object, 'spec')
  const [name, group, version] = [at(object, 'metadata', 'name'), at(spec, 'group'), at(spec, 'version')]
  const expected = `${textOf(version)}.${textOf(group)}`
  if (textOf(name) !== expected)
    yield invalid(name.path, textOf(name), `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(expected)}`)
  if (textOf(group) !== '') yield* invalidAll(group, dns1123Subdomain(textOf(group)))
  yield* invalidAll({ ...version, value: textOf(version) }, dns1035Label(textOf(version)))
  for (const [key, most] of [
    ['groupPriorityMinimum', 20_000],
    ['versionPriority', 1000],
  ] as const) {
    const value = numberOf(at(spec, key)) ?? 0
    if (value <= 0 || value > most) yield invalid(at(spec, key).path, value, `must be positive and less than ${most}`)
  }
  const service = at(spec, 'service')
  const [insecure, bundle] = [at(spec, 'insecureSkipTLSVerify'), at(spec, 'caBundle')]
  if (!isSet(service)) return
  for (const key of ['namespace', 'name']) if (textOf(at(service, key)) === '') yield required(at(service, key).path)
  yield* validateServicePort(at(service, 'port'))
  if (isTrue(insecure) && textOf(bundle) !== '') yield invalid(insecure.path, true, 'may not be true if caBundle is present')
}

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
] as const

export function* validateCertificateSigningRequest(object: Field): Errors {
  const spec = at(object, 'spec')
  const [request, given, signer, lifetime] = [
    at(spec, 'request'),
    at(spec, 'usages'),
    at(spec, 'signerName'),
    at(spec, 'expirationSeconds'),
  ]
  const text = Buffer.from(textOf(request), 'base64').toString('utf8')
  if (!text.includes('-----BEGIN CERTIFICATE REQUEST-----'))
    yield invalid(request.path, shownOf(request), 'PEM block type must be CERTIFICATE REQUEST')
  if (countOf(given) === 0) yield required(given.path)
  const seen = new Set<string>()
  for (const usage of itemsOf(given)) {
    yield* exactlyOneOf(usage, usages)
    if (seen.has(textOf(usage))) yield duplicate(usage.path, textOf(usage))
    seen.add(textOf(usage))
  }
  if (textOf(signer) === '') yield required(signer.path)
  else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\/[A-Za-z0-9]/.test(textOf(signer)))
    yield invalid(signer.path, textOf(signer), "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  const seconds = numberOf(lifetime)
  if (seconds !== undefined && seconds < 600)
    yield invalid(lifetime.path, seconds, 'may not specify a duration less than 600 seconds (10 minutes)')
}

export function* validateFlowSchema(object: Field): Errors {
  const name = at(object, 'spec', 'priorityLevelConfiguration', 'name')
  if (textOf(name) === '') yield required(name.path, 'must reference a priority level')
  const precedence = at(object, 'spec', 'matchingPrecedence')
  const value = numberOf(precedence) ?? 0
  if (value < 1 || value > 10_000) yield invalid(precedence.path, value, 'must be in the range 1-10000')
}

export function* validatePriorityLevelConfiguration(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* exactlyOneOf(at(spec, 'type'), ['Exempt', 'Limited'])
  const limited = at(spec, 'limited')
  if (textOf(at(spec, 'type')) !== 'Limited') return
  if (!isSet(limited)) yield required(limited.path, 'must not be empty when type is Limited')
  const [type, queuing] = [at(limited, 'limitResponse', 'type'), at(limited, 'limitResponse', 'queuing')]
  if (textOf(type) === 'Queue' && !isSet(queuing))
    yield required(queuing.path, 'must not be empty if limited.limitResponse.type is Limited')
}

export function* validateCsiNode(object: Field): Errors {
  for (const driver of itemsOf(at(object, 'spec', 'drivers')))
    for (const key of ['name', 'nodeID']) if (textOf(at(driver, key)) === '') yield required(at(driver, key).path)
}

export function* validateResourceClaim(object: Field): Errors {
  const names = new Set<string>()
  for (const request of itemsOf(at(object, 'spec', 'devices', 'requests'))) {
    const name = at(request, 'name')
    if (textOf(name) === '') yield required(name.path)
    else yield* invalidAll(name, dns1123Label(textOf(name)))
    if (textOf(name) !== '' && names.has(textOf(name))) yield duplicate(name.path, textOf(name))
    names.add(textOf(name))
    const [exactly, first] = [isSet(at(request, 'exactly')), countOf(at(request, 'firstAvailable')) > 0]
    if (exactly === first) yield required(request.path, 'exactly one of `exactly` or `firstAvailable` is required')
  }
}
