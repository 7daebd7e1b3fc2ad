import type { JsonObject } from '../../../core/json.ts'
import { annotationsOf, nameOf } from '../../../kube/object.ts'
import { accessModes, ageCell, at, has, isTrue, map, objects, orNone, orUnset, quantity, strings, text } from '../text.ts'
import type { Printers } from './printer.ts'

/** An annotation that is older than the field still comes first. */
const classOf = (object: JsonObject): string => {
  const annotations = annotationsOf(object)
  const old = 'volume.beta.kubernetes.io/storage-class'
  return Object.hasOwn(annotations, old) ? (annotations[old] ?? '') : text(object, 'spec.storageClassName')
}
const phaseOf = (object: JsonObject): string => (has(object, 'metadata.deletionTimestamp') ? 'Terminating' : text(object, 'status.phase'))

function claimOf(volume: JsonObject): string {
  const claim = map(volume, 'spec.claimRef')
  return Object.keys(claim).length === 0 ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`
}

const defaultClass = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'] as const

function classNameText(storageClass: JsonObject): string {
  const annotations = annotationsOf(storageClass)
  return defaultClass.some((key) => annotations[key] === 'true') ? `${nameOf(storageClass)} (default)` : nameOf(storageClass)
}

export const storagePrinters: Printers = {
  '/persistentvolumes': (object, now) => [
    nameOf(object),
    quantity(map(object, 'spec.capacity'), 'storage') || '0',
    accessModes(object, 'spec.accessModes'),
    text(object, 'spec.persistentVolumeReclaimPolicy'),
    phaseOf(object),
    claimOf(object),
    classOf(object),
    orUnset(text(object, 'spec.volumeAttributesClassName')),
    text(object, 'status.reason'),
    ageCell(object, now),
    orUnset(text(object, 'spec.volumeMode')),
  ],
  '/persistentvolumeclaims': (object, now) => {
    const volume = text(object, 'spec.volumeName')
    return [
      nameOf(object),
      phaseOf(object),
      volume,
      volume === '' ? '' : quantity(map(object, 'status.capacity'), 'storage') || '0',
      volume === '' ? '' : accessModes(object, 'status.accessModes'),
      classOf(object),
      orUnset(text(object, 'spec.volumeAttributesClassName')),
      ageCell(object, now),
      orUnset(text(object, 'spec.volumeMode')),
    ]
  },
  'storage.k8s.io/csidrivers': (object, now) => [
    nameOf(object),
    at(object, 'spec.attachRequired') !== false,
    isTrue(object, 'spec.podInfoOnMount'),
    isTrue(object, 'spec.storageCapacity'),
    has(object, 'spec.tokenRequests')
      ? objects(object, 'spec.tokenRequests')
          .map((one) => text(one, 'audience'))
          .join(',')
      : '<unset>',
    isTrue(object, 'spec.requiresRepublish'),
    orNone(strings(object, 'spec.volumeLifecycleModes').join(',')),
    ageCell(object, now),
  ],
  'storage.k8s.io/csinodes': (object, now) => [nameOf(object), objects(object, 'spec.drivers').length, ageCell(object, now)],
  'storage.k8s.io/storageclasses': (object, now) => [
    classNameText(object),
    text(object, 'provisioner'),
    text(object, 'reclaimPolicy') || 'Delete',
    text(object, 'volumeBindingMode') || 'Immediate',
    isTrue(object, 'allowVolumeExpansion'),
    ageCell(object, now),
  ],
  'storage.k8s.io/volumeattachments': (object, now) => [
    nameOf(object),
    text(object, 'spec.attacher'),
    text(object, 'spec.source.persistentVolumeName'),
    text(object, 'spec.nodeName'),
    isTrue(object, 'status.attached'),
    ageCell(object, now),
  ],
  'storage.k8s.io/volumeattributesclasses': (object, now) => [nameOf(object), text(object, 'driverName'), ageCell(object, now)],
}
