import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import { forbidden, invalid, notSupported, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, countOf, entriesOf, invalidAll, isSet, itemsOf, numberOf, oneOf, shownOf, textOf } from '../field.ts'
import type { GoType } from '../go-view.ts'
import { goValue } from '../go-view.ts'
import { lineDiff } from '../line-diff.ts'
import { immutableField, sameValue, validateImmutable } from '../metadata.ts'
import { dns1123Subdomain, qualifiedName } from '../names.ts'
import { quantityOf, shownQuantity } from '../pod/resources.ts'
import { sourceValidators, validateCsiDriver } from '../pod/volumes.ts'
import { validateNodeSelector } from '../selectors.ts'
import { validateAccessModes, validateClaimSpec, validateClassName, volumeModes } from './claim.ts'

/** In the order in which the API server looks for them. */
const sourceNames = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const
const checked: ReadonlySet<string> = new Set([
  'hostPath',
  'nfs',
  'iscsi',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'cinder',
  'storageos',
  'flocker',
  'quobyte',
  'fc',
  'azureDisk',
  'azureFile',
  'photonPersistentDisk',
  'portworxVolume',
  'vsphereVolume',
])

export function* validatePersistentVolume(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* validateAccessModes(at(spec, 'accessModes'), '')
  yield* validateCapacity(at(spec, 'capacity'))
  const policy = at(spec, 'persistentVolumeReclaimPolicy')
  if (textOf(policy) !== '') yield* oneOf(policy, ['Delete', 'Recycle', 'Retain'])
  yield* validateAffinity(spec)
  yield* validateSource(spec)
  if (textOf(at(spec, 'hostPath', 'path')) === '/' && textOf(policy) === 'Recycle')
    yield forbidden(policy.path, "may not be 'recycle' for a hostPath mount of '/'")
  yield* validateClassName(at(spec, 'storageClassName'))
  yield* oneOf(at(spec, 'volumeMode'), volumeModes)
  yield* validateClassName(at(spec, 'volumeAttributesClassName'))
}

function* validateCapacity(capacity: Field): Errors {
  const names = entriesOf(capacity).map(([name]) => name)
  if (names.length === 0) yield required(capacity.path)
  if (!names.includes('storage') || names.length > 1) yield notSupported(capacity.path, shownOf(capacity), ['storage'])
  for (const [, amount] of entriesOf(capacity)) {
    const nanos = quantityOf(amount)?.nanos ?? 0n
    if (nanos < 0n) yield invalid(amount.path, Number(nanos / 1_000_000_000n), 'must be a valid resource quantity')
  }
  const storage = at(capacity, 'storage')
  if (isSet(storage) && (quantityOf(storage)?.nanos ?? 0n) <= 0n)
    yield invalid(`${capacity.path}[storage]`, shownQuantity(storage), 'must be greater than zero')
}

function* validateAffinity(spec: Field): Errors {
  const affinity = at(spec, 'nodeAffinity')
  const needed = at(affinity, 'required')
  if (isSet(affinity) && !isSet(needed)) yield required(needed.path, 'must specify required node constraints')
  if (isSet(needed)) yield* validateNodeSelector(needed)
}

function* validateSource(spec: Field): Errors {
  let found = false
  for (const name of sourceNames) {
    const source = at(spec, name)
    if (!isSet(source)) continue
    if (found) yield forbidden(source.path, 'may not specify more than 1 volume type')
    else yield* validateOneSource(name, source, spec)
    found = true
  }
  if (!found) yield required(spec.path, 'must specify a volume type')
}

function* validateOneSource(name: string, source: Field, spec: Field): Errors {
  if (name === 'local') {
    if (textOf(at(source, 'path')) === '') yield required(at(source, 'path').path)
    if (!isSet(at(spec, 'nodeAffinity'))) yield required(at(spec, 'nodeAffinity').path, 'Local volume requires node affinity')
  } else if (name === 'csi') {
    yield* validateCsiDriver(at(source, 'driver'))
    if (textOf(at(source, 'volumeHandle')) === '') yield required(at(source, 'volumeHandle').path)
  } else if (checked.has(name)) yield* sourceValidators[name]?.(source) ?? []
}

const shownSource = (spec: Field): string => JSON.stringify(goValue('PersistentVolumeSource', spec.value), null, 1)

export function* validatePersistentVolumeUpdate(object: Field, old: Field): Errors {
  const [spec, before] = [at(object, 'spec'), at(old, 'spec')]
  yield* validatePersistentVolume(object)
  if (shownSource(spec) !== shownSource(before)) {
    const path = 'spec.persistentvolumesource'
    yield forbidden(path, `${path} is immutable after creation\n${lineDiff(shownSource(before), shownSource(spec))}`)
  }
  const mode = at(spec, 'volumeMode')
  if (!sameValue(mode, at(before, 'volumeMode'))) yield immutableField('volumeMode', shownOf(mode))
  if (isSet(at(before, 'nodeAffinity'))) yield* validateImmutable(at(spec, 'nodeAffinity'), at(before, 'nodeAffinity'))
}

export const validatePersistentVolumeClaim = (object: Field): Errors => validateClaimSpec(at(object, 'spec'))

const changeable = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

export function* validatePersistentVolumeClaimUpdate(object: Field, old: Field): Errors {
  const [spec, before] = [at(object, 'spec'), at(old, 'spec')]
  yield* validateClaimSpec(spec)
  const isBound = textOf(at(old, 'status', 'phase')) === 'Bound'
  const [now, then] = [shownClaim(restored(spec, before, isBound)), shownClaim(before.value)]
  if (now !== then) yield forbidden(spec.path, `${changeable}\n${lineDiff(then, now)}`)
  const [size, oldSize] = [at(spec, 'resources', 'requests', 'storage'), at(before, 'resources', 'requests', 'storage')]
  if (isBound && (quantityOf(size)?.nanos ?? 0n) < (quantityOf(oldSize)?.nanos ?? 0n))
    yield forbidden(`${spec.path}.resources.requests.storage`, 'field can not be less than status.capacity')
  const mode = at(spec, 'volumeMode')
  if (!sameValue(mode, at(before, 'volumeMode'))) yield immutableField('volumeMode', shownOf(mode))
}

const shownClaim = (spec: Json | undefined): string => JSON.stringify(goValue('PersistentVolumeClaimSpec' satisfies GoType, spec), null, 1)

/** What may be set once, and what may change of a bound claim, as it was before. */
function restored(spec: Field, before: Field, isBound: boolean): Json {
  if (!isJsonObject(spec.value)) return spec.value ?? null
  const out: { [key: string]: Json } = { ...spec.value }
  for (const key of ['volumeName', 'storageClassName']) if (textOf(at(before, key)) === '') out[key] = shownOf(at(before, key))
  if (!isBound) return out
  const resources: JsonObject = isJsonObject(out['resources']) ? out['resources'] : {}
  out['resources'] = { ...resources, requests: shownOf(at(before, 'resources', 'requests')) }
  out['volumeAttributesClassName'] = shownOf(at(before, 'volumeAttributesClassName'))
  return out
}

export function* validateStorageClass(object: Field): Errors {
  const provisioner = at(object, 'provisioner')
  if (textOf(provisioner) === '') yield required(provisioner.path)
  else yield* invalidAll({ ...provisioner, value: textOf(provisioner).toLowerCase() }, qualifiedName(textOf(provisioner).toLowerCase()))
  for (const [key] of entriesOf(at(object, 'parameters'))) if (key === '') yield invalid('parameters', '', 'field can not be empty.')
  yield* oneOf(at(object, 'reclaimPolicy'), ['Delete', 'Retain'])
  const mode = at(object, 'volumeBindingMode')
  if (isSet(mode)) yield* oneOf(mode, ['Immediate', 'WaitForFirstConsumer'])
  else yield required(mode.path)
  for (const term of itemsOf(at(object, 'allowedTopologies')))
    for (const requirement of itemsOf(at(term, 'matchLabelExpressions'))) {
      const [key, values] = [at(requirement, 'key'), at(requirement, 'values')]
      if (countOf(values) === 0) yield required(values.path)
      yield* invalidAll({ ...key, value: textOf(key) }, qualifiedName(textOf(key)))
    }
}

export function* validateStorageClassUpdate(object: Field, old: Field): Errors {
  yield* validateStorageClass(object)
  for (const key of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'])
    yield* validateImmutable(at(object, key), at(old, key))
}

export function* validateCsiDriverObject(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* oneOf(at(spec, 'fsGroupPolicy'), ['File', 'None', 'ReadWriteOnceWithFSType'])
  const audiences = new Set<string>()
  for (const request of itemsOf(at(spec, 'tokenRequests'))) {
    const audience = at(request, 'audience')
    const text = textOf(audience)
    if (audiences.has(text))
      yield { reason: 'FieldValueDuplicate', field: audience.path, message: `Duplicate value: ${JSON.stringify(text)}` }
    audiences.add(text)
    const seconds = numberOf(at(request, 'expirationSeconds'))
    if (seconds !== undefined && seconds < 600)
      yield invalid(at(request, 'expirationSeconds').path, seconds, 'may not specify a duration less than 10 minutes')
  }
  for (const mode of itemsOf(at(spec, 'volumeLifecycleModes'))) {
    if (!['Persistent', 'Ephemeral'].includes(textOf(mode)))
      yield notSupported(at(spec, 'volumeLifecycleModes').path, textOf(mode), ['Persistent', 'Ephemeral'])
  }
}

export function* validateCsiDriverUpdate(object: Field, old: Field): Errors {
  const [spec, before] = [at(object, 'spec'), at(old, 'spec')]
  yield* validateCsiDriverObject(object)
  const required = at(spec, 'attachRequired')
  if (!sameValue(required, at(before, 'attachRequired'))) yield immutableField(`${spec.path}.attachedRequired`, shownOf(required))
  yield* validateImmutable(at(spec, 'volumeLifecycleModes'), at(before, 'volumeLifecycleModes'))
}

export function* validateVolumeAttachment(object: Field): Errors {
  const spec = at(object, 'spec')
  const [attacher, node, source] = [at(spec, 'attacher'), at(spec, 'nodeName'), at(spec, 'source')]
  yield* validateCsiDriver(attacher)
  if (isSet(at(source, 'inlineVolumeSpec')) === isSet(at(source, 'persistentVolumeName')))
    yield required(source.path, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')
  yield* invalidAll({ ...node, value: textOf(node) }, dns1123Subdomain(textOf(node)))
}

export function* validateVolumeAttachmentUpdate(object: Field, old: Field): Errors {
  yield* validateVolumeAttachment(object)
  const spec = at(object, 'spec')
  if (!sameValue(spec, at(old, 'spec'))) yield immutableField(spec.path, goValue('VolumeAttachmentSpec', spec.value))
}
