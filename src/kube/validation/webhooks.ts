import { duplicate, invalid, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, itemsOf, numberOf, oneOf, shownOf, textOf, textsOf } from './field.ts'
import { dns1035Label, dns1123Subdomain, fullyQualifiedDomain, qualifiedName } from './names.ts'
import { validateLabelSelector } from './selectors.ts'

const understood = ['v1', 'v1beta1'] as const

export const validateWebhookConfiguration = (kind: 'mutating' | 'validating') =>
  function* (object: Field): Errors {
    const names = new Set<string>()
    for (const webhook of itemsOf(at(object, 'webhooks'))) {
      yield* validateWebhook(webhook, kind)
      yield* validateReviewVersions(at(webhook, 'admissionReviewVersions'))
      const name = at(webhook, 'name')
      if (textOf(name) !== '' && names.has(textOf(name))) yield duplicate(name.path, textOf(name))
      names.add(textOf(name))
    }
  }

function* validateWebhook(webhook: Field, kind: 'mutating' | 'validating'): Errors {
  const [name, timeout, effects] = [at(webhook, 'name'), at(webhook, 'timeoutSeconds'), at(webhook, 'sideEffects')]
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, fullyQualifiedDomain(textOf(name), 'three'))
  for (const rule of itemsOf(at(webhook, 'rules'))) yield* validateRule(rule)
  yield* oneOf(at(webhook, 'failurePolicy'), ['Fail', 'Ignore'])
  yield* oneOf(at(webhook, 'matchPolicy'), ['Equivalent', 'Exact'])
  if (isSet(effects)) yield* oneOf(effects, ['None', 'NoneOnDryRun'])
  else yield required(effects.path, 'must specify one of None, NoneOnDryRun')
  const seconds = numberOf(timeout)
  if (seconds !== undefined && (seconds < 1 || seconds > 30))
    yield invalid(timeout.path, seconds, 'the timeout value must be between 1 and 30 seconds')
  yield* validateLabelSelector(at(webhook, 'namespaceSelector'))
  yield* validateLabelSelector(at(webhook, 'objectSelector'))
  if (kind === 'mutating') yield* oneOf(at(webhook, 'reinvocationPolicy'), ['IfNeeded', 'Never'])
  yield* validateClientConfig(at(webhook, 'clientConfig'))
  yield* validateMatchConditions(at(webhook, 'matchConditions'))
}

function* validateReviewVersions(versions: Field): Errors {
  const texts = textsOf(versions)
  if (texts.length === 0) {
    yield required(versions.path, `must specify one of ${understood.join(', ')}`)
    return
  }
  const seen = new Set<string>()
  for (const version of itemsOf(versions)) {
    if (seen.has(textOf(version))) yield invalid(version.path, textOf(version), 'duplicate version')
    seen.add(textOf(version))
    yield* invalidAll({ ...version, value: textOf(version) }, dns1035Label(textOf(version)))
  }
  if (!texts.some((text) => (understood as readonly string[]).includes(text)))
    yield invalid(versions.path, shownOf(versions), `must include at least one of ${understood.join(', ')}`)
}

/** A rule of a webhook or of an admission policy: what is matched. */
export function* validateRule(rule: Field): Errors {
  yield* validateOperations(at(rule, 'operations'))
  yield* validateAlternatives(at(rule, 'apiGroups'), 'API groups')
  yield* validateAlternatives(at(rule, 'apiVersions'), 'API versions')
  yield* validateResources(at(rule, 'resources'))
  yield* oneOf(at(rule, 'scope'), ['*', 'Cluster', 'Namespaced'])
}

function* validateOperations(operations: Field): Errors {
  const texts = textsOf(operations)
  if (texts.length === 0) yield required(operations.path)
  if (texts.includes('*') && texts.length > 1)
    yield invalid(operations.path, shownOf(operations), "if '*' is present, must not specify other operations")
  for (const operation of itemsOf(operations)) yield* exactlyOneOf(operation, ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'])
}

function* validateAlternatives(list: Field, what: 'API groups' | 'API versions'): Errors {
  const texts = textsOf(list)
  if (texts.length === 0) yield required(list.path)
  if (texts.includes('*') && texts.length > 1) yield invalid(list.path, shownOf(list), `if '*' is present, must not specify other ${what}`)
  if (what === 'API versions') for (const item of itemsOf(list)) if (textOf(item) === '') yield required(item.path)
}

/** What is said by a star must not be said again. */
function* validateResources(resources: Field): Errors {
  const texts = textsOf(resources)
  if (texts.length === 0) yield required(resources.path)
  const [ofAll, ofAny] = [new Set<string>(), new Set<string>()]
  for (const item of itemsOf(resources)) {
    const text = textOf(item)
    if (text === '') yield required(item.path)
    if (text.endsWith('/*')) ofAll.add(text.slice(0, -2))
    if (text.startsWith('*/')) ofAny.add(text.slice(2))
    if (text === '*' || text === '*/*' || !text.includes('/')) continue
    const [resource = '', subresource = ''] = text.split('/')
    if (ofAll.has(resource) && subresource !== '*')
      yield invalid(item.path, text, `if '${resource}/*' is present, must not specify ${text}`)
    if (ofAny.has(subresource) && resource !== '*')
      yield invalid(item.path, text, `if '*/${subresource}' is present, must not specify ${text}`)
  }
  if (texts.length > 1 && texts.includes('*/*'))
    yield invalid(resources.path, shownOf(resources), "if '*/*' is present, must not specify other resources")
  if (texts.includes('*') && texts.some((text) => text !== '*' && !text.includes('/')))
    yield invalid(resources.path, shownOf(resources), "if '*' is present, must not specify other resources without subresources")
}

/** Where a webhook is: exactly one of a URL and a Service. */
export function* validateClientConfig(config: Field): Errors {
  const [url, service] = [at(config, 'url'), at(config, 'service')]
  if (isSet(url) === isSet(service)) yield required(config.path, 'exactly one of url or service is required')
  else if (isSet(url)) yield* validateUrl(url)
  else yield* validateService(service)
}

const form = 'desired format: https://host[/path]'

function* validateUrl(url: Field): Errors {
  const parts = splitUrl(textOf(url))
  if (typeof parts === 'string') {
    yield required(url.path, `url must be a valid URL: ${parts}; ${form}`)
    return
  }
  const { scheme, host, user, fragment, query } = parts
  if (scheme !== 'https') yield invalid(url.path, scheme, `'https' is the only allowed URL scheme; ${form}`)
  if (host === '') yield invalid(url.path, host, `host must be specified; ${form}`)
  if (user !== undefined) yield invalid(url.path, user, 'user information is not permitted in the URL')
  if (fragment !== '') yield invalid(url.path, fragment, 'fragments are not permitted in the URL')
  if (query !== '') yield invalid(url.path, query, 'query parameters are not permitted in the URL')
}

interface UrlParts {
  readonly scheme: string
  readonly host: string
  readonly user: string | undefined
  readonly query: string
  readonly fragment: string
}

/** The parts of a URL, or why it is none. */
function splitUrl(text: string): UrlParts | string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)#?([\s\S]*)$/.exec(text) ?? []
  const [, whole = '', query = ''] = /^([^?]*)\??([\s\S]*)$/.exec(beforeFragment) ?? []
  if (whole.startsWith(':')) return `parse ${JSON.stringify(text)}: missing protocol scheme`
  const [, scheme = '', rest = whole] = /^([A-Za-z][A-Za-z0-9+.-]*):([\s\S]*)$/.exec(whole) ?? []
  const authority = rest.startsWith('//') ? (rest.slice(2).split('/')[0] ?? '') : ''
  const sign = authority.lastIndexOf('@')
  const host = authority.slice(sign + 1)
  if (/\s/.test(host)) return `parse ${JSON.stringify(text)}: invalid character ${JSON.stringify(/\s/.exec(host)?.[0] ?? '')} in host name`
  return { scheme: scheme.toLowerCase(), host, user: sign < 0 ? undefined : authority.slice(0, sign), query, fragment }
}

/** The Service behind a webhook. */
export function* validateService(service: Field): Errors {
  const [port, path] = [at(service, 'port'), at(service, 'path')]
  for (const key of ['name', 'namespace']) if (textOf(at(service, key)) === '') yield required(at(service, key).path)
  yield* validateServicePort(port)
  if (isSet(path)) yield* validatePath(path)
}

export function* validateServicePort(port: Field): Errors {
  const number = numberOf(port)
  if (number !== undefined && (number < 1 || number > 65_535))
    yield invalid(port.path, number, 'port is not valid: must be between 1 and 65535, inclusive')
}

function* validatePath(path: Field): Errors {
  const text = textOf(path)
  if (text === '/' || text === '') return
  if (text === '//') {
    yield invalid(path.path, text, 'segment[0] may not be empty')
    return
  }
  if (!text.startsWith('/')) yield invalid(path.path, text, "must start with a '/'")
  const inner = text.slice(1).endsWith('/') ? text.slice(1, -1) : text.slice(1)
  for (const [index, segment] of inner.split('/').entries()) {
    if (segment === '') yield invalid(path.path, text, `segment[${index}] may not be empty`)
    else for (const message of dns1123Subdomain(segment)) yield invalid(path.path, text, `segment[${index}]: ${message}`)
  }
}

/** Conditions in CEL; whether they compile is checked by those who know CEL. */
export function* validateMatchConditions(conditions: Field): Errors {
  if (countOf(conditions) > 64)
    yield { reason: 'FieldValueTooMany', field: conditions.path, message: `Too many: ${countOf(conditions)}: must have at most 64 items` }
  const names = new Set<string>()
  for (const condition of itemsOf(conditions)) {
    const [name, expression] = [at(condition, 'name'), at(condition, 'expression')]
    if (textOf(expression).trim() === '') yield required(expression.path)
    if (textOf(name) === '') yield required(name.path)
    else yield* invalidAll(name, qualifiedName(textOf(name)))
    if (textOf(name) !== '' && names.has(textOf(name))) yield duplicate(name.path, textOf(name))
    names.add(textOf(name))
  }
}
