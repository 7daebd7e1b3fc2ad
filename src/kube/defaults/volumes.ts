import { textAt } from '../../core/fields.ts'
import type { Defaulter } from './draft.ts'
import { canonicalQuantity, divisorDefault, each, inside, insideMade, isSet, setAbsent, setAll, setEmpty } from './draft.ts'
import { pullPolicyOf } from './image.ts'

/** 0644 in octal. */
const defaultMode = 420

/** Of a volume of a pod: its source, or an `emptyDir` where it has none. */
export const volumeDefaults: Defaulter = (volume) => {
  if (!Object.keys(volume).some((key) => key !== 'name' && isSet(volume, key))) volume['emptyDir'] = {}
  for (const [source, defaulter] of Object.entries(podSources)) inside(volume, source, defaulter)
  sourceDefaults(volume)
}

const downwardItem: Defaulter = (item) => {
  inside(item, 'fieldRef', (reference) => setEmpty(reference, 'apiVersion', 'v1'))
  inside(item, 'resourceFieldRef', divisorDefault)
}

/** Sources that only pods have. */
const podSources: Readonly<Record<string, Defaulter>> = {
  secret: (source) => setAbsent(source, 'defaultMode', defaultMode),
  configMap: (source) => setAbsent(source, 'defaultMode', defaultMode),
  downwardAPI: (source) => {
    each(source, 'items', downwardItem)
    setAbsent(source, 'defaultMode', defaultMode)
  },
  projected: (source) => {
    each(source, 'sources', (projection) => {
      inside(projection, 'serviceAccountToken', (token) => setAbsent(token, 'expirationSeconds', 3600))
      inside(projection, 'downwardAPI', (downward) => each(downward, 'items', downwardItem))
    })
    setAbsent(source, 'defaultMode', defaultMode)
  },
  ephemeral: (source) =>
    inside(source, 'volumeClaimTemplate', (template) => {
      setAbsent(template, 'metadata', {})
      inside(template, 'spec', claimSpecDefaults)
    }),
  emptyDir: (source) => canonicalQuantity(source, 'sizeLimit'),
  image: (source) => setEmpty(source, 'pullPolicy', pullPolicyOf(textAt(source, 'reference'))),
}

/** Of the spec of a PersistentVolumeClaim. */
export const claimSpecDefaults: Defaulter = (spec) => {
  setAbsent(spec, 'volumeMode', 'Filesystem')
  insideMade(spec, 'resources', () => {})
}

/** The sources that pods and PersistentVolumes share. */
export const sourceDefaults: Defaulter = (volume) => {
  inside(volume, 'hostPath', (source) => setAbsent(source, 'type', ''))
  inside(volume, 'iscsi', (source) => setEmpty(source, 'iscsiInterface', 'default'))
  inside(volume, 'rbd', (source) => setAll(source, setEmpty, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }))
  inside(volume, 'scaleIO', (source) => setAll(source, setEmpty, { storageMode: 'ThinProvisioned', fsType: 'xfs' }))
  inside(volume, 'azureDisk', (source) => {
    setAll(source, setAbsent, { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared' })
    setAbsent(source, 'readOnly', false)
  })
}
