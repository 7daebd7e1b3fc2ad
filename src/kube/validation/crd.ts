import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, fieldOf, invalidAll, isSet, isTrue, itemsOf, shownOf, textOf, textsOf } from './field.ts'
import { goValue } from './go-view.ts'
import { validateImmutable } from './metadata.ts'
import { dns1035Label, fullyQualifiedDomain, kindName } from './names.ts'
import { validateClientConfig } from './webhooks.ts'

const approval = 'api-approved.kubernetes.io'

/** A CustomResourceDefinition but for its schemas and stored versions. */
export function* validateCustomResourceDefinition(object: Field): Errors {
  const spec = at(object, 'spec')
  const [name, group, scope] = [at(object, 'metadata', 'name'), at(spec, 'group'), at(spec, 'scope')]
  if (textOf(name) !== `${textOf(at(spec, 'names', 'plural'))}.${textOf(group)}`)
    yield invalid(name.path, textOf(name), 'must be spec.names.plural+"."+spec.group')
  if (textOf(group) === '') yield required(group.path)
  else yield* invalidAll(group, fullyQualifiedDomain(textOf(group), 'two'))
  if (textOf(scope) === '') yield required(scope.path)
  else yield* exactlyOneOf(scope, ['Cluster', 'Namespaced'])
  if (isTrue(at(spec, 'preserveUnknownFields')))
    yield invalid(
      at(spec, 'preserveUnknownFields').path,
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    )
  yield* validateVersions(spec)
  yield* validateNames(at(spec, 'names'), spec)
  yield* validateConversion(at(spec, 'conversion'))
  yield* validateApproval(object)
  yield* validateStored(object)
}

/** What the versions have in common belongs to the definition, and then so do the paths. */
function* validateVersions(spec: Field): Errors {
  const list = at(spec, 'versions')
  const versions = itemsOf(list)
  const names = versions.map((version) => textOf(at(version, 'name')))
  const shared = versions.length === 1
  for (const version of versions) {
    const schema = at(version, 'schema', 'openAPIV3Schema')
    if (!isSet(schema)) yield required(schema.path)
  }
  for (const version of versions) {
    const [name, warning] = [at(version, 'name'), at(version, 'deprecationWarning')]
    yield* invalidAll({ ...name, value: textOf(name) }, dns1035Label(textOf(name)))
    if (isSet(warning) && !isTrue(at(version, 'deprecated')))
      yield invalid(warning.path, textOf(warning), 'can only be set for deprecated versions')
    const owner = shared ? { ...version, path: spec.path } : version
    yield* validateSubresources(at(owner, 'subresources'))
    yield* validateColumns(at(owner, 'additionalPrinterColumns'))
  }
  const shown = isSet(list) ? versions.map((version) => shownVersion(version)) : null
  if (new Set(names).size !== names.length) yield invalid(list.path, shown, 'must contain unique version names')
  if (versions.filter((version) => isTrue(at(version, 'storage'))).length !== 1)
    yield invalid(list.path, shown, 'must have exactly one version marked as storage version')
  const [first = ''] = names
  if (first !== '') yield* invalidAll(fieldOf(`${spec.path}.version`, first), dns1035Label(first))
}

/** What is the same in all versions is not shown with them. */
const shownVersion = (version: Field): ReturnType<typeof goValue> =>
  goValue('CustomResourceDefinitionVersion', {
    name: textOf(at(version, 'name')),
    served: isTrue(at(version, 'served')),
    storage: isTrue(at(version, 'storage')),
    deprecated: isTrue(at(version, 'deprecated')),
    deprecationWarning: shownOf(at(version, 'deprecationWarning')),
  })

function* validateSubresources(subresources: Field): Errors {
  const scale = at(subresources, 'scale')
  if (!isSet(scale)) return
  yield* validatePath(at(scale, 'specReplicasPath'), '.spec', 'should be a json path under .spec')
  yield* validatePath(at(scale, 'statusReplicasPath'), '.status', 'should be a json path under .status')
  const selector = at(scale, 'labelSelectorPath')
  const text = textOf(selector)
  if (text !== '' && !text.startsWith('.spec.') && !text.startsWith('.status.'))
    yield invalid(selector.path, text, 'should be a json path under either .spec or .status')
}

function* validatePath(path: Field, root: string, wrong: string): Errors {
  if (textOf(path) === '') yield required(path.path)
  else if (!textOf(path).startsWith(`${root}.`)) yield invalid(path.path, textOf(path), wrong)
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'] as const
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'] as const

function* validateColumns(columns: Field): Errors {
  for (const column of itemsOf(columns)) {
    const [name, type, format] = [at(column, 'name'), at(column, 'type'), at(column, 'format')]
    if (textOf(name) === '') yield required(name.path)
    if (textOf(type) === '') yield required(type.path, `must be one of ${columnTypes.join(',')}`)
    else if (!(columnTypes as readonly string[]).includes(textOf(type)))
      yield invalid(type.path, textOf(type), `must be one of ${columnTypes.join(',')}`)
    if (textOf(format) !== '' && !(columnFormats as readonly string[]).includes(textOf(format)))
      yield invalid(format.path, textOf(format), `must be one of ${columnFormats.join(',')}`)
    const path = textOf(at(column, 'jsonPath'))
    if (path === '') yield required(`${column.path}.JSONPath`)
    else if (!path.startsWith('.')) yield invalid(`${column.path}.JSONPath`, path, 'must be a simple json path starting with .')
  }
}

function* validateNames(names: Field, spec: Field): Errors {
  const [plural, singular, kind, list] = (['plural', 'singular', 'kind', 'listKind'] as const).map((key) => at(names, key))
  if (plural === undefined || singular === undefined || kind === undefined || list === undefined) return
  for (const field of [plural, singular]) {
    if (textOf(field) === '') yield required(field.path)
    else yield* invalidAll(field, dns1035Label(textOf(field)))
  }
  for (const field of [kind, list]) {
    if (textOf(field) === '') yield required(field.path)
    else yield* invalidAll(field, kindName(textOf(field)))
  }
  for (const key of ['shortNames', 'categories'])
    for (const item of itemsOf(at(names, key))) yield* invalidAll({ ...item, value: textOf(item) }, dns1035Label(textOf(item)))
  if (textOf(kind) !== '' && textOf(kind) === textOf(list))
    yield invalid(`${at(spec, 'names').path}.listKind`, textOf(list), 'kind and listKind may not be the same')
}

function* validateConversion(conversion: Field): Errors {
  if (!isSet(conversion)) return
  const [strategy, versions] = [at(conversion, 'strategy'), at(conversion, 'webhook', 'conversionReviewVersions')]
  const client = at(conversion, 'webhook', 'clientConfig')
  const clientPath = `${conversion.path}.webhookClientConfig`
  const versionsPath = `${conversion.path}.conversionReviewVersions`
  if (textOf(strategy) === 'Webhook') {
    if (isSet(client)) yield* validateClientConfig({ ...client, path: clientPath })
    else yield required(clientPath, 'required when strategy is set to Webhook')
    if (countOf(versions) === 0) yield required(versionsPath)
    else if (!textsOf(versions).some((text) => text === 'v1' || text === 'v1beta1'))
      yield invalid(versionsPath, shownOf(versions), 'must include at least one of v1, v1beta1')
    return
  }
  if (isSet(client)) yield forbidden(clientPath, 'should not be set when strategy is not set to Webhook')
  if (countOf(versions) > 0) yield forbidden(versionsPath, 'should not be set when strategy is not set to Webhook')
  if (textOf(strategy) !== 'None') yield notSupported(strategy.path, textOf(strategy), ['None', 'Webhook'])
}

/** Groups of Kubernetes itself are not anyone's to take. */
function* validateApproval(object: Field): Errors {
  const group = textOf(at(object, 'spec', 'group'))
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group)
  const given = textOf(at(object, 'metadata', 'annotations', approval))
  const path = `metadata.annotations[${approval}]`
  if (!isProtected) return
  if (given === '')
    yield required(
      path,
      `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`,
    )
  else if (!given.startsWith('unapproved') && !/^https?:\/\/[^/\s]+/.test(given))
    yield invalid(
      path,
      given,
      `protected groups must have approval annotation "${approval}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
    )
}

/** Versions in which objects were ever stored must stay. */
function* validateStored(object: Field): Errors {
  const versions = itemsOf(at(object, 'spec', 'versions'))
  const names = versions.map((version) => textOf(at(version, 'name')))
  const storage = versions.filter((version) => isTrue(at(version, 'storage'))).map((version) => textOf(at(version, 'name')))
  const stored = at(object, 'status', 'storedVersions')
  if (countOf(stored) === 0) {
    if (storage.length === 0) yield invalid('status.storedVersions', shownOf(stored), 'must have at least one stored version')
    return
  }
  const [last] = storage.slice(-1)
  if (last !== undefined && !itemsOf(stored).some((item) => textOf(item) === last))
    yield invalid('status.storedVersions', shownOf(stored), `must have the storage version ${last}`)
  for (const item of itemsOf(stored)) {
    const name = textOf(item)
    if (!names.includes(name))
      yield invalid(
        item.path,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      )
  }
}

export function* validateCustomResourceDefinitionUpdate(object: Field, old: Field): Errors {
  const isEstablished = itemsOf(at(old, 'status', 'conditions')).some(
    (condition) => textOf(at(condition, 'type')) === 'Established' && textOf(at(condition, 'status')) === 'True',
  )
  const fixed = isEstablished ? [['group'], ['scope'], ['names', 'kind'], ['names', 'plural']] : [['group']]
  const changes = fixed.flatMap((keys) => [...validateImmutable(at(object, 'spec', ...keys), at(old, 'spec', ...keys))])
  // The name cannot agree with a group or plural that may not change.
  const named = changes.some(({ field }) => field === 'spec.group' || field === 'spec.names.plural')
  for (const error of validateCustomResourceDefinition(object)) if (!named || error.field !== 'metadata.name') yield error
  yield* changes
}
