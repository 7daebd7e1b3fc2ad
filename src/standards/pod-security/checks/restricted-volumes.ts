import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { PodView } from '../pod-view.ts'
import { asObject, asText } from '../pod-view.ts'
import { plural, quoted, sortedDistinct } from '../text.ts'

const allowed = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const

const allowedSources: ReadonlySet<string> = new Set(allowed)

/** The other sources, in the order in which they are looked for: a volume with several is named by the first. */
const others = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const

/** Only volumes that cannot reach beyond the Pod's own. One without a source is not among them: the API server makes it an emptyDir first. */
export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  restrictedFields: ['spec.volumes[*]'],
  allowedValues: allowed.map((source) => `spec.volumes[*].${source}`).join(', '),
  revisions: [{ since: 0, test: allowOnlySources, faults: otherSources, overrides: ['hostPathVolumes'] }],
}

function isForbidden(volume: Json): boolean {
  if (!isJsonObject(volume)) return false
  for (const key in volume) if (allowedSources.has(key) && asObject(volume[key]) !== undefined) return false
  return true
}

const typeOf = (volume: Json): string =>
  others.find((source) => isJsonObject(volume) && asObject(volume[source]) !== undefined) ?? 'unknown'
const nameOf = (volume: Json): string => (isJsonObject(volume) ? (asText(volume['name']) ?? '') : '')

function allowOnlySources({ volumes }: PodView): Violation | undefined {
  if (!volumes.some(isForbidden)) return undefined
  const bad = volumes.filter(isForbidden)
  const types = sortedDistinct(bad.map(typeOf))
  return {
    reason: 'restricted volume types',
    detail: [
      plural(bad.length, 'volume', 'volumes'),
      quoted(bad.map(nameOf)),
      plural(bad.length, 'uses', 'use'),
      plural(types.length, 'restricted volume type', 'restricted volume types'),
      quoted(types),
    ].join(' '),
  }
}

function otherSources({ volumes }: PodView): readonly FieldFault[] {
  return volumes.flatMap((volume, index) => {
    if (!isJsonObject(volume) || !isForbidden(volume)) return []
    const type = typeOf(volume)
    const source = asObject(volume[type])
    return [source === undefined ? forbidden(['spec', 'volumes', index], volume) : forbidden(['spec', 'volumes', index, type], source)]
  })
}
