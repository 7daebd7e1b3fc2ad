import { builtInResource } from '../resources.ts'
import type { GroupVersionKind } from '../object.ts'

/** How the fields of a type merge. Fields that are not here: maps merge by key, lists and scalars are replaced. */
export type MergeType = ReadonlyMap<string, MergeField>

export interface MergeField {
  /** The type of the map, or of the list's elements. */
  readonly of: MergeType | undefined
  /** A list whose elements are merged: those are one that agree in these fields; with no fields, a set of scalars. */
  readonly keys: readonly string[] | undefined
  /** A map that is replaced. */
  readonly replace: boolean
}

interface FieldOptions {
  readonly of?: MergeType
  readonly keys?: readonly string[]
  readonly replace?: boolean
}

const field = ({ of, keys, replace = false }: FieldOptions): MergeField => ({ of, keys, replace })
const typeOf = (fields: { readonly [name: string]: FieldOptions }): MergeType =>
  new Map(Object.entries(fields).map(([name, options]) => [name, field(options)]))

const plain: MergeType = new Map()
const set: FieldOptions = { keys: [] }
const listBy = (key: string, of: MergeType = plain): FieldOptions => ({ keys: [key], of })
const at = (of: MergeType): FieldOptions => ({ of })

/** Which schema: that of a current API server, or the one (Kubernetes 1.21) that kustomize carries. */
export type MergeSchema = 'server' | 'kustomize'

interface Tables {
  readonly metadata: MergeType
  readonly kinds: ReadonlyMap<string, MergeType>
}

function tablesOf(schema: MergeSchema): Tables {
  const current = schema === 'server'
  const since = (fields: { readonly [name: string]: FieldOptions }): { readonly [name: string]: FieldOptions } => (current ? fields : {})
  // kustomize tells elements apart by all keys of a list; an API server, in strategic merge patches, by the first.
  const by = (first: string, second: string, of: MergeType = plain): FieldOptions => ({ keys: current ? [first] : [first, second], of })

  const metadata = typeOf({ ownerReferences: listBy('uid'), finalizers: set })
  const conditions = typeOf({ conditions: listBy('type') })
  const container = typeOf({
    ports: by('containerPort', 'protocol'),
    env: listBy('name'),
    volumeMounts: listBy('mountPath'),
    volumeDevices: listBy('devicePath'),
  })
  const podSpec = typeOf({
    volumes: listBy('name'),
    initContainers: listBy('name', container),
    containers: listBy('name', container),
    ephemeralContainers: listBy('name', container),
    imagePullSecrets: listBy('name'),
    hostAliases: listBy('ip'),
    topologySpreadConstraints: by('topologyKey', 'whenUnsatisfiable'),
    ...since({ schedulingGates: listBy('name'), resourceClaims: listBy('name') }),
  })
  const podStatus = typeOf({
    conditions: listBy('type'),
    podIPs: listBy('ip'),
    ...since({ hostIPs: listBy('ip'), resourceClaimStatuses: listBy('name') }),
  })
  const template = typeOf({ metadata: at(metadata), spec: at(podSpec) })
  const controller = typeOf({ metadata: at(metadata), spec: at(typeOf({ template: at(template) })), status: at(conditions) })
  const object = typeOf({ metadata: at(metadata) })
  const withConditions = typeOf({ metadata: at(metadata), status: at(conditions) })
  const withCurrentConditions = current ? withConditions : object
  const webhooks = typeOf({
    metadata: at(metadata),
    webhooks: listBy('name', typeOf(since({ matchConditions: listBy('name') }))),
  })
  const job = typeOf({ template: at(template) })

  const kinds = new Map<string, MergeType>([
    ['Pod', typeOf({ metadata: at(metadata), spec: at(podSpec), status: at(podStatus) })],
    ['PodTemplate', typeOf({ metadata: at(metadata), template: at(template) })],
    ['DaemonSet', controller],
    ['Deployment', controller],
    ['Job', controller],
    ['ReplicaSet', controller],
    ['ReplicationController', controller],
    ['StatefulSet', controller],
    [
      'CronJob',
      typeOf({ metadata: at(metadata), spec: at(typeOf({ jobTemplate: at(typeOf({ metadata: at(metadata), spec: at(job) })) })) }),
    ],
    ['Service', typeOf({ metadata: at(metadata), spec: at(typeOf({ ports: by('port', 'protocol') })), status: at(conditions) })],
    ['ServiceAccount', typeOf({ metadata: at(metadata), secrets: listBy('name') })],
    [
      'Node',
      typeOf({
        metadata: at(metadata),
        spec: at(typeOf({ podCIDRs: set })),
        status: at(typeOf({ addresses: listBy('type'), conditions: listBy('type') })),
      }),
    ],
    ['ComponentStatus', typeOf({ metadata: at(metadata), conditions: listBy('type') })],
    ['Namespace', withConditions],
    ['PersistentVolumeClaim', withConditions],
    ['APIService', withConditions],
    ['CSINode', typeOf({ metadata: at(metadata), spec: at(typeOf({ drivers: listBy('name') })) })],
    ['MutatingWebhookConfiguration', webhooks],
    ['ValidatingWebhookConfiguration', webhooks],
    ['HorizontalPodAutoscaler', withCurrentConditions],
    ['FlowSchema', withCurrentConditions],
    ['PriorityLevelConfiguration', withCurrentConditions],
    ['ServiceCIDR', withCurrentConditions],
    ['StorageVersionMigration', withCurrentConditions],
    ['PodDisruptionBudget', withConditions],
    ['ResourceClaim', typeOf({ metadata: at(metadata), status: at(typeOf({ reservedFor: listBy('uid') })) })],
    [
      'ValidatingAdmissionPolicy',
      typeOf({ metadata: at(metadata), spec: at(typeOf({ matchConditions: listBy('name'), variables: listBy('name') })) }),
    ],
    ['MutatingAdmissionPolicy', typeOf({ metadata: at(metadata), spec: at(typeOf({ matchConditions: listBy('name') })) })],
  ])
  return { metadata: object, kinds }
}

const tables: Readonly<Record<MergeSchema, Tables>> = { server: tablesOf('server'), kustomize: tablesOf('kustomize') }

const disruptionBudgetV1 = typeOf({
  ...Object.fromEntries(tables.server.kinds.get('PodDisruptionBudget') ?? []),
  spec: at(typeOf({ selector: { replace: true } })),
})

/** How objects of a kind merge on an API server; undefined for kinds that are not built in. */
export function serverMergeType({ group, version, kind }: GroupVersionKind): MergeType | undefined {
  if (builtInResource(group, kind) === undefined) return undefined
  if (kind === 'PodDisruptionBudget' && version === 'v1') return disruptionBudgetV1
  return tables.server.kinds.get(kind) ?? tables.server.metadata
}

/** The group versions of Kubernetes 1.21; after a colon the only kinds of it, where it has fewer than it later got. */
const kustomizeVersions: ReadonlyMap<string, readonly string[] | undefined> = new Map(
  `
  v1
  admissionregistration.k8s.io/v1:MutatingWebhookConfiguration,ValidatingWebhookConfiguration
  admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration,ValidatingWebhookConfiguration
  apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1
  apiregistration.k8s.io/v1 apiregistration.k8s.io/v1beta1
  apps/v1
  authentication.k8s.io/v1:TokenReview authentication.k8s.io/v1beta1:TokenReview
  authorization.k8s.io/v1 authorization.k8s.io/v1beta1
  autoscaling/v1 autoscaling/v2beta1 autoscaling/v2beta2
  batch/v1 batch/v1beta1:CronJob
  certificates.k8s.io/v1:CertificateSigningRequest certificates.k8s.io/v1beta1:CertificateSigningRequest
  coordination.k8s.io/v1:Lease coordination.k8s.io/v1beta1:Lease
  discovery.k8s.io/v1 discovery.k8s.io/v1beta1
  events.k8s.io/v1 events.k8s.io/v1beta1
  extensions/v1beta1:Ingress
  flowcontrol.apiserver.k8s.io/v1beta1
  networking.k8s.io/v1:Ingress,IngressClass,NetworkPolicy
  networking.k8s.io/v1beta1:Ingress,IngressClass
  node.k8s.io/v1 node.k8s.io/v1beta1
  policy/v1:PodDisruptionBudget policy/v1beta1
  rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1
  scheduling.k8s.io/v1 scheduling.k8s.io/v1beta1
  storage.k8s.io/v1:CSIDriver,CSINode,StorageClass,VolumeAttachment
  storage.k8s.io/v1beta1:CSIDriver,CSINode,CSIStorageCapacity,StorageClass,VolumeAttachment
  `
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [apiVersion = '', kinds] = word.split(':')
      return [apiVersion, kinds?.split(',')]
    }),
)

/** How objects of a kind merge in kustomize; undefined for kinds it does not know, whose lists are all replaced. */
export function kustomizeMergeType({ group, version, kind }: GroupVersionKind): MergeType | undefined {
  const apiVersion = group === '' ? version : `${group}/${version}`
  if (!kustomizeVersions.has(apiVersion) || builtInResource(group, kind) === undefined) return undefined
  if (kustomizeVersions.get(apiVersion)?.includes(kind) === false) return undefined
  return tables.kustomize.kinds.get(kind) ?? tables.kustomize.metadata
}
