import type { DecodeTypes } from '../../kube/decode/decode.ts'
import { decodeObject } from '../../kube/decode/decode.ts'
import type { KubeObject } from '../../kube/object.ts'
import { groupVersionKind } from '../../kube/object.ts'
import type { Schema } from '../../kube/schema.ts'

/**
 * The types of all that checks look at, so that a field of a wrong type, which they take for an absent one, is not let pass where no API server
 * has refused it before. What else there is in a Pod is not looked at.
 */

const core = 'io.k8s.api.core.v1.'
const boolean: Schema = { type: 'boolean' }
const text: Schema = { type: 'string' }
const int32: Schema = { type: 'integer', format: 'int32' }
const int64: Schema = { type: 'integer', format: 'int64' }
const texts: Schema = { type: 'array', items: text }
const a = (name: string): Schema => ({ $ref: core + name })
const listOf = (name: string): Schema => ({ type: 'array', items: a(name) })
const struct = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })

const volumeSources: Readonly<Record<string, string>> = {
  hostPath: 'HostPathVolumeSource',
  emptyDir: 'EmptyDirVolumeSource',
  gcePersistentDisk: 'GCEPersistentDiskVolumeSource',
  awsElasticBlockStore: 'AWSElasticBlockStoreVolumeSource',
  gitRepo: 'GitRepoVolumeSource',
  secret: 'SecretVolumeSource',
  nfs: 'NFSVolumeSource',
  iscsi: 'ISCSIVolumeSource',
  glusterfs: 'GlusterfsVolumeSource',
  persistentVolumeClaim: 'PersistentVolumeClaimVolumeSource',
  rbd: 'RBDVolumeSource',
  flexVolume: 'FlexVolumeSource',
  cinder: 'CinderVolumeSource',
  cephfs: 'CephFSVolumeSource',
  flocker: 'FlockerVolumeSource',
  downwardAPI: 'DownwardAPIVolumeSource',
  fc: 'FCVolumeSource',
  azureFile: 'AzureFileVolumeSource',
  configMap: 'ConfigMapVolumeSource',
  vsphereVolume: 'VsphereVirtualDiskVolumeSource',
  quobyte: 'QuobyteVolumeSource',
  azureDisk: 'AzureDiskVolumeSource',
  photonPersistentDisk: 'PhotonPersistentDiskVolumeSource',
  projected: 'ProjectedVolumeSource',
  portworxVolume: 'PortworxVolumeSource',
  scaleIO: 'ScaleIOVolumeSource',
  storageos: 'StorageOSVolumeSource',
  csi: 'CSIVolumeSource',
  ephemeral: 'EphemeralVolumeSource',
  image: 'ImageVolumeSource',
}

const ofPodAndContainer: Readonly<Record<string, Schema>> = {
  runAsNonRoot: boolean,
  runAsUser: int64,
  seLinuxOptions: a('SELinuxOptions'),
  seccompProfile: a('SeccompProfile'),
  appArmorProfile: a('AppArmorProfile'),
  windowsOptions: a('WindowsSecurityContextOptions'),
}

const container: Schema = struct({
  name: text,
  image: text,
  ports: listOf('ContainerPort'),
  livenessProbe: a('Probe'),
  readinessProbe: a('Probe'),
  startupProbe: a('Probe'),
  lifecycle: a('Lifecycle'),
  securityContext: a('SecurityContext'),
})

const byName: Readonly<Record<string, Schema>> = {
  PodSpec: struct({
    volumes: listOf('Volume'),
    initContainers: listOf('Container'),
    containers: listOf('Container'),
    ephemeralContainers: listOf('EphemeralContainer'),
    hostNetwork: boolean,
    hostPID: boolean,
    hostIPC: boolean,
    hostUsers: boolean,
    securityContext: a('PodSecurityContext'),
    runtimeClassName: text,
    os: a('PodOS'),
  }),
  PodOS: struct({ name: text }),
  Container: container,
  EphemeralContainer: container,
  ContainerPort: struct({ hostPort: int32, containerPort: int32 }),
  Probe: struct({ httpGet: a('HTTPGetAction'), tcpSocket: a('TCPSocketAction') }),
  Lifecycle: struct({ postStart: a('LifecycleHandler'), preStop: a('LifecycleHandler') }),
  LifecycleHandler: struct({ httpGet: a('HTTPGetAction'), tcpSocket: a('TCPSocketAction') }),
  HTTPGetAction: struct({ host: text }),
  TCPSocketAction: struct({ host: text }),
  PodSecurityContext: struct({ ...ofPodAndContainer, sysctls: listOf('Sysctl') }),
  SecurityContext: struct({
    ...ofPodAndContainer,
    capabilities: a('Capabilities'),
    privileged: boolean,
    allowPrivilegeEscalation: boolean,
    procMount: text,
  }),
  Capabilities: struct({ add: texts, drop: texts }),
  SELinuxOptions: struct({ user: text, role: text, type: text, level: text }),
  SeccompProfile: struct({ type: text, localhostProfile: text }),
  AppArmorProfile: struct({ type: text, localhostProfile: text }),
  WindowsSecurityContextOptions: struct({ hostProcess: boolean }),
  Sysctl: struct({ name: text, value: text }),
  Volume: struct({ name: text, ...Object.fromEntries(Object.entries(volumeSources).map(([field, name]) => [field, a(name)])) }),
  ...Object.fromEntries(Object.values(volumeSources).map((name) => [name, struct({})])),
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const metadata: Schema = { $ref: meta }
const template: Schema = a('PodTemplateSpec')
const named = (definition: string, properties: Readonly<Record<string, Schema>>): readonly [string, Schema] => [
  definition,
  struct({ metadata, ...properties }),
]
const owner = (group: string, kind: string): readonly (readonly [string, Schema])[] => [
  named(`io.k8s.api.${group}.v1.${kind}`, { spec: { $ref: `io.k8s.api.${group}.v1.${kind}Spec` } }),
  [`io.k8s.api.${group}.v1.${kind}Spec`, struct({ template })],
]

const types: DecodeTypes = {
  definitions: Object.fromEntries([
    [meta, struct({ name: text, namespace: text, ...mapsOfText('annotations', 'labels') })],
    ...Object.entries(byName).map(([name, schema]): readonly [string, Schema] => [core + name, schema]),
    named(`${core}Pod`, { spec: a('PodSpec') }),
    named(`${core}PodTemplateSpec`, { spec: a('PodSpec') }),
    named(`${core}PodTemplate`, { template }),
    ...owner('core', 'ReplicationController'),
    ...['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet'].flatMap((kind) => owner('apps', kind)),
    ...owner('batch', 'Job'),
    named('io.k8s.api.batch.v1.CronJob', { spec: { $ref: 'io.k8s.api.batch.v1.CronJobSpec' } }),
    ['io.k8s.api.batch.v1.CronJobSpec', struct({ jobTemplate: { $ref: 'io.k8s.api.batch.v1.JobTemplateSpec' } })],
    named('io.k8s.api.batch.v1.JobTemplateSpec', { spec: { $ref: 'io.k8s.api.batch.v1.JobSpec' } }),
    named(`${core}Namespace`, {}),
  ]),
  goTypes: {
    [`${core}Capabilities`]: { add: '[]v1.Capability', drop: '[]v1.Capability' },
    [`${core}SecurityContext`]: { procMount: 'v1.ProcMountType' },
    [`${core}SeccompProfile`]: { type: 'v1.SeccompProfileType' },
    [`${core}AppArmorProfile`]: { type: 'v1.AppArmorProfileType' },
    [`${core}PodOS`]: { name: 'v1.OSName' },
  },
}

function mapsOfText(...names: readonly string[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.map((name) => [name, { type: 'object', additionalProperties: text }]))
}

/** Why the object is no Pod, workload or namespace, in the words of the API server; undefined where it is one, or of another kind. */
export function typeMistake(object: KubeObject): string | undefined {
  const { group, version, kind } = groupVersionKind(object)
  const definition = `io.k8s.api.${group === '' ? 'core' : group}.v1.${kind}`
  if (version !== 'v1' || !Object.hasOwn(types.definitions, definition)) return undefined
  const { mismatch } = decodeObject(object, definition, types)
  return mismatch === undefined ? undefined : `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${mismatch}`
}
