import { forbidden, invalid, notSupported, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, invalidAll, isSet, oneOf, textOf, textsOf } from '../field.ts'
import { dns1123Subdomain } from '../names.ts'
import { quantityOf, shownQuantity } from '../pod/resources.ts'
import { validateLabelSelector } from '../selectors.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] as const
export const volumeModes = ['Block', 'Filesystem'] as const

export function* validateAccessModes(modes: Field, detail: string): Errors {
  const texts = textsOf(modes)
  if (texts.length === 0) yield required(modes.path, detail)
  for (const mode of texts) if (!(accessModes as readonly string[]).includes(mode)) yield notSupported(modes.path, mode, accessModes)
  if (texts.includes('ReadWriteOncePod') && texts.length > 1)
    yield forbidden(modes.path, 'may not use ReadWriteOncePod with other access modes')
}

/** The spec of a PersistentVolumeClaim. */
export function* validateClaimSpec(spec: Field): Errors {
  if (isSet(at(spec, 'selector'))) yield* validateLabelSelector(at(spec, 'selector'))
  yield* validateAccessModes(at(spec, 'accessModes'), 'at least 1 access mode is required')
  yield* validateStorage(at(spec, 'resources', 'requests', 'storage'), `${at(spec, 'resources').path}[storage]`)
  yield* validateClassName(at(spec, 'storageClassName'))
  yield* oneOf(at(spec, 'volumeMode'), volumeModes)
  yield* validateClassName(at(spec, 'volumeAttributesClassName'))
}

function* validateStorage(storage: Field, path: string): Errors {
  if (!isSet(storage)) yield required(path)
  else if ((quantityOf(storage)?.nanos ?? 0n) <= 0n) yield invalid(path, shownQuantity(storage), 'must be greater than zero')
}

export function* validateClassName(name: Field): Errors {
  if (textOf(name) !== '') yield* invalidAll(name, dns1123Subdomain(textOf(name)))
}

/** Of a template of claims. From a claim itself what can be no source is taken away. */
export function* validateDataSources(spec: Field): Errors {
  for (const name of ['dataSource', 'dataSourceRef']) yield* validateDataSource(at(spec, name))
}

/** Without a group only another claim can be the source. */
function* validateDataSource(source: Field): Errors {
  if (!isSet(source)) return
  const [kind, name, group] = [at(source, 'kind'), at(source, 'name'), at(source, 'apiGroup')]
  if (textOf(name) === '') yield required(name.path)
  if (textOf(kind) === '') yield required(kind.path)
  if (textOf(group) === '' && textOf(kind) !== 'PersistentVolumeClaim')
    yield invalid(source.path, textOf(kind), "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  if (textOf(group) !== '') yield* invalidAll(group, dns1123Subdomain(textOf(group)))
}
