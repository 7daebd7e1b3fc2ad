import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { restrictedVolumes } from './restricted-volumes.ts'
import { judged } from './test-pod.ts'

const allowed = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']
const forbidden = restrictedSources()

function restrictedSources(): readonly string[] {
  return `hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile
    vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos`.split(/\s+/)
}

test.each(allowed)('%s passes', (source) => {
  expect(judged(restrictedVolumes, 'v1.0', { volumes: [{ name: 'v', [source]: {} }] })).toBe('pass')
})

test.each(forbidden)('%s does not', (source) => {
  expect(judged(restrictedVolumes, 'v1.0', { volumes: [{ name: 'v', [source]: {} }] })).toBe(
    `restricted volume types (volume "v" uses restricted volume type "${source}")`,
  )
})

test.each<[string, readonly JsonObject[], string]>([
  ['no source is an unknown one', [{ name: 'v' }], 'restricted volume types (volume "v" uses restricted volume type "unknown")'],
  ['null is no source', [{ name: 'v', emptyDir: null }], 'restricted volume types (volume "v" uses restricted volume type "unknown")'],
  [
    'volumes keep their order, types are sorted',
    [
      { name: 'b', rbd: {} },
      { name: 'a', nfs: {} },
    ],
    'restricted volume types (volumes "b", "a" use restricted volume types "nfs", "rbd")',
  ],
  [
    'equal types are said once',
    [
      { name: 'a', nfs: {} },
      { name: 'b', nfs: {} },
    ],
    'restricted volume types (volumes "a", "b" use restricted volume type "nfs")',
  ],
])('%s', (_, volumes, expected) => {
  expect(judged(restrictedVolumes, 'latest', { volumes })).toBe(expected)
})
