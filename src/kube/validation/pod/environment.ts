import { invalid, notSupported, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, invalidAll, isSet, itemsOf, textOf } from '../field.ts'
import { configMapKey, dns1123Subdomain, environmentName, qualifiedName } from '../names.ts'
import { quantityOf } from './resources.ts'

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const

export function* validateEnvironment(env: Field): Errors {
  for (const variable of itemsOf(env)) {
    const name = at(variable, 'name')
    if (textOf(name) === '') yield required(name.path)
    else yield* invalidAll(name, environmentName(textOf(name)))
    yield* validateSource(variable)
  }
}

function* validateSource(variable: Field): Errors {
  const source = at(variable, 'valueFrom')
  if (!isSet(source)) return
  const given = sources.filter((name) => isSet(at(source, name)))
  for (const name of given) yield* validateReference(at(source, name), name)
  if (given.length === 0)
    yield invalid(source.path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`')
  else if (textOf(at(variable, 'value')) !== '') yield invalid(source.path, '', 'may not be specified when `value` is not empty')
  else if (given.length > 1) yield invalid(source.path, '', 'may not have more than one field specified at a time')
}

function* validateReference(reference: Field, name: (typeof sources)[number]): Errors {
  switch (name) {
    case 'fieldRef':
      yield* validateFieldReference(reference, environmentFields, ['metadata.annotations', 'metadata.labels'])
      return
    case 'resourceFieldRef':
      yield* validateResourceReference(reference, 'environment')
      return
    case 'configMapKeyRef':
    case 'secretKeyRef':
      yield* invalidAll({ ...at(reference, 'name'), value: textOf(at(reference, 'name')) }, dns1123Subdomain(textOf(at(reference, 'name'))))
      yield* validateKey(at(reference, 'key'))
      return
    case 'fileKeyRef':
      for (const key of ['volumeName', 'path', 'key']) if (textOf(at(reference, key)) === '') yield required(at(reference, key).path)
  }
}

function* validateKey(key: Field): Errors {
  if (textOf(key) === '') yield required(key.path)
  else yield* invalidAll(key, configMapKey(textOf(key)))
}

export const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
] as const
export const volumeFields = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'] as const

/** What the version of the API may be asked for, whoever asks. */
const convertible = new Set<string>([
  ...environmentFields,
  ...volumeFields,
  'status.phase',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.nominatedNodeName',
])

export function* validateFieldReference(reference: Field, supported: readonly string[], maps: readonly string[]): Errors {
  const [version, path] = [at(reference, 'apiVersion'), at(reference, 'fieldPath')]
  const text = textOf(path)
  if (textOf(version) === '') {
    yield required(version.path)
    return
  }
  if (text === '') {
    yield required(path.path)
    return
  }
  const subscript = /^([^[\]]*)\['([\s\S]*)'\]$/.exec(text)
  if (textOf(version) !== 'v1') {
    yield invalid(path.path, text, `error converting fieldPath: unsupported pod version: ${textOf(version)}`)
  } else if (subscript !== null) yield* validateSubscript(reference, subscript[1] ?? '', subscript[2] ?? '', maps)
  else if (!convertible.has(text)) yield invalid(path.path, text, `error converting fieldPath: field label not supported: ${text}`)
  else if (!supported.includes(text)) yield notSupported(path.path, text, supported)
}

function* validateSubscript(reference: Field, map: string, key: string, maps: readonly string[]): Errors {
  if (!maps.includes(map)) {
    yield invalid(at(reference, 'fieldPath').path, map, `error converting fieldPath: field label does not support subscript`)
    return
  }
  for (const message of qualifiedName(map === 'metadata.annotations' ? key.toLowerCase() : key)) yield invalid(reference.path, key, message)
}

const amounts = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
] as const

export function* validateResourceReference(reference: Field, where: 'environment' | 'volume'): Errors {
  const resource = at(reference, 'resource')
  const container = at(reference, 'containerName')
  if (where === 'volume' && textOf(container) === '') yield required(container.path)
  else if (textOf(resource) === '') yield required(resource.path)
  else if (!(amounts as readonly string[]).includes(textOf(resource)) && !textOf(resource).includes('.hugepages-'))
    yield notSupported(resource.path, textOf(resource), amounts)
  else yield* validateDivisor(textOf(resource), at(reference, 'divisor'))
}

const bytes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'] as const
const ofBytes = new Set(bytes.map((text) => quantityOf({ path: '', value: text })?.nanos))

function* validateDivisor(resource: string, divisor: Field): Errors {
  const nanos = quantityOf(divisor)?.nanos ?? 0n
  if (nanos === 0n) return
  const isCpu = resource.endsWith('.cpu')
  if (isCpu && nanos !== 1_000_000n && nanos !== 1_000_000_000n)
    yield invalid(divisor.path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")
  if (!isCpu && !ofBytes.has(nanos))
    yield invalid(
      divisor.path,
      resource,
      `only divisor's values ${bytes.join(', ')} are supported with the ${resource.slice(resource.indexOf('.') + 1)} resource`,
    )
}

export function* validateEnvironmentSources(list: Field): Errors {
  for (const item of itemsOf(list)) {
    const prefix = at(item, 'prefix')
    if (textOf(prefix) !== '') yield* invalidAll(prefix, environmentName(textOf(prefix)))
    const given = ['configMapRef', 'secretRef'].filter((name) => isSet(at(item, name)))
    for (const name of given) yield* validateSourceName(at(item, name, 'name'))
    if (given.length === 0) yield invalid(list.path, '', 'must specify one of: `configMapRef` or `secretRef`')
    else if (given.length > 1) yield invalid(list.path, '', 'may not have more than one field specified at a time')
  }
}

function* validateSourceName(name: Field): Errors {
  if (textOf(name) === '') yield required(name.path)
  else yield* invalidAll(name, dns1123Subdomain(textOf(name)))
}
