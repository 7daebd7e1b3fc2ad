import { isJsonObject, ownValue } from '../core/json.ts'
import type { GroupVersionKind, KubeObject } from './object.ts'
import { groupVersionKind, namespaceOf } from './object.ts'

/** A kind as discovery shows it. */
export interface ApiResource {
  readonly group: string
  /** Every version a supported API server may serve, the preferred first. */
  readonly versions: readonly string[]
  readonly kind: string
  /** Lower-case plural, as in URLs and RBAC. */
  readonly plural: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly subresources: readonly string[]
}

/** `Kind plural [short,names] [/sub/resources]`, one a line under `group versions scope`. */
const table = `
core v1 namespaced
  Binding bindings
  ConfigMap configmaps cm
  Endpoints endpoints ep
  Event events ev
  LimitRange limitranges limits
  PersistentVolumeClaim persistentvolumeclaims pvc /status
  Pod pods po /attach /binding /ephemeralcontainers /eviction /exec /log /portforward /proxy /resize /status
  PodTemplate podtemplates
  ReplicationController replicationcontrollers rc /scale /status
  ResourceQuota resourcequotas quota /status
  Secret secrets
  Service services svc /proxy /status
  ServiceAccount serviceaccounts sa /token
core v1 cluster
  ComponentStatus componentstatuses cs
  Namespace namespaces ns /finalize /status
  Node nodes no /proxy /status
  PersistentVolume persistentvolumes pv /status
admissionregistration.k8s.io v1,v1beta1,v1alpha1 cluster
  MutatingAdmissionPolicy mutatingadmissionpolicies
  MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings
  ValidatingAdmissionPolicy validatingadmissionpolicies /status
  ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings
admissionregistration.k8s.io v1,v1beta1 cluster
  MutatingWebhookConfiguration mutatingwebhookconfigurations
  ValidatingWebhookConfiguration validatingwebhookconfigurations
apiextensions.k8s.io v1,v1beta1 cluster
  CustomResourceDefinition customresourcedefinitions crd,crds /status
apiregistration.k8s.io v1,v1beta1 cluster
  APIService apiservices /status
apps v1,v1beta2,v1beta1 namespaced
  ControllerRevision controllerrevisions
  DaemonSet daemonsets ds /status
  Deployment deployments deploy /scale /status
  ReplicaSet replicasets rs /scale /status
  StatefulSet statefulsets sts /scale /status
authentication.k8s.io v1,v1beta1,v1alpha1 cluster
  SelfSubjectReview selfsubjectreviews
  TokenReview tokenreviews
authorization.k8s.io v1,v1beta1 namespaced
  LocalSubjectAccessReview localsubjectaccessreviews
authorization.k8s.io v1,v1beta1 cluster
  SelfSubjectAccessReview selfsubjectaccessreviews
  SelfSubjectRulesReview selfsubjectrulesreviews
  SubjectAccessReview subjectaccessreviews
autoscaling v2,v1,v2beta2,v2beta1 namespaced
  HorizontalPodAutoscaler horizontalpodautoscalers hpa /status
batch v1,v1beta1 namespaced
  CronJob cronjobs cj /status
  Job jobs /status
certificates.k8s.io v1,v1beta1 cluster
  CertificateSigningRequest certificatesigningrequests csr /approval /status
certificates.k8s.io v1beta1,v1alpha1 cluster
  ClusterTrustBundle clustertrustbundles
certificates.k8s.io v1beta1,v1alpha1 namespaced
  PodCertificateRequest podcertificaterequests /status
coordination.k8s.io v1,v1beta1 namespaced
  Lease leases
coordination.k8s.io v1beta1,v1alpha2 namespaced
  LeaseCandidate leasecandidates
discovery.k8s.io v1,v1beta1 namespaced
  EndpointSlice endpointslices
events.k8s.io v1,v1beta1 namespaced
  Event events ev
extensions v1beta1 namespaced
  DaemonSet daemonsets ds /status
  Deployment deployments deploy /scale /status
  Ingress ingresses ing /status
  NetworkPolicy networkpolicies netpol
  ReplicaSet replicasets rs /scale /status
flowcontrol.apiserver.k8s.io v1,v1beta3,v1beta2,v1beta1 cluster
  FlowSchema flowschemas /status
  PriorityLevelConfiguration prioritylevelconfigurations /status
internal.apiserver.k8s.io v1alpha1 cluster
  StorageVersion storageversions /status
metrics.k8s.io v1beta1 cluster
  NodeMetrics nodes
metrics.k8s.io v1beta1 namespaced
  PodMetrics pods
networking.k8s.io v1,v1beta1 namespaced
  Ingress ingresses ing /status
networking.k8s.io v1,v1beta1 cluster
  IngressClass ingressclasses
  IPAddress ipaddresses ip
  ServiceCIDR servicecidrs /status
networking.k8s.io v1 namespaced
  NetworkPolicy networkpolicies netpol
node.k8s.io v1,v1beta1 cluster
  RuntimeClass runtimeclasses
policy v1,v1beta1 namespaced
  PodDisruptionBudget poddisruptionbudgets pdb /status
policy v1beta1 cluster
  PodSecurityPolicy podsecuritypolicies psp
rbac.authorization.k8s.io v1,v1beta1 cluster
  ClusterRole clusterroles
  ClusterRoleBinding clusterrolebindings
rbac.authorization.k8s.io v1,v1beta1 namespaced
  Role roles
  RoleBinding rolebindings
resource.k8s.io v1,v1beta2,v1beta1,v1alpha3 cluster
  DeviceClass deviceclasses
  DeviceTaintRule devicetaintrules
  ResourceSlice resourceslices
resource.k8s.io v1,v1beta2,v1beta1,v1alpha3 namespaced
  ResourceClaim resourceclaims /status
  ResourceClaimTemplate resourceclaimtemplates
scheduling.k8s.io v1,v1beta1 cluster
  PriorityClass priorityclasses pc
storage.k8s.io v1,v1beta1 cluster
  CSIDriver csidrivers
  CSINode csinodes
  StorageClass storageclasses sc
  VolumeAttachment volumeattachments /status
  VolumeAttributesClass volumeattributesclasses vac
storage.k8s.io v1,v1beta1 namespaced
  CSIStorageCapacity csistoragecapacities
storagemigration.k8s.io v1beta1,v1alpha1 cluster
  StorageVersionMigration storageversionmigrations /status
`

function readTable(): readonly ApiResource[] {
  const resources: ApiResource[] = []
  let [group, versions, namespaced]: [string, readonly string[], boolean] = ['', [], true]
  for (const line of table.split('\n').filter((text) => text !== '')) {
    const words = line.trim().split(' ')
    const [first = '', second = '', third = ''] = words
    if (!line.startsWith(' ')) {
      ;[group, versions, namespaced] = [first === 'core' ? '' : first, second.split(','), third === 'namespaced']
      continue
    }
    const subresources = words.filter((word) => word.startsWith('/')).map((word) => word.slice(1))
    const shortNames = third === '' || third.startsWith('/') ? [] : third.split(',')
    resources.push({ group, versions, kind: first, plural: second, namespaced, shortNames, subresources })
  }
  return resources
}

/** Every kind built into Kubernetes, with versions that are no longer served: people still check old manifests. */
export const builtInResources: readonly ApiResource[] = readTable()

const key = (group: string, name: string): string => `${group}/${name}`
const byKind: ReadonlyMap<string, ApiResource> = new Map(builtInResources.map((r) => [key(r.group, r.kind), r]))
const byPlural: ReadonlyMap<string, ApiResource> = new Map(builtInResources.map((r) => [key(r.group, r.plural), r]))

/** The built-in kind, or undefined. Only group and kind are compared: a version we have not heard of is of the same kind. */
export function builtInResource(group: string, kind: string): ApiResource | undefined {
  return byKind.get(key(group, kind))
}

/** The resource of a kind. For one that is not built in the plural is guessed, and it is taken to be namespaced. */
export function resourceOf({ group, version, kind }: GroupVersionKind): ApiResource {
  return (
    builtInResource(group, kind) ?? {
      group,
      versions: [version],
      kind,
      plural: pluralOf(kind),
      namespaced: true,
      shortNames: [],
      subresources: ['status', 'scale'],
    }
  )
}

/** The kind behind `group`, `version` and lower-case plural; undefined where it is not built in. */
export function kindOfResource(group: string, version: string, plural: string): GroupVersionKind | undefined {
  const resource = byPlural.get(key(group, plural))
  return resource === undefined ? undefined : { group, version, kind: resource.kind }
}

/**
 * The lower-case plural that the kind most likely has: `Policy` gives `policies`, `Gateway` `gateways`, `Class` `classes`, `Widget` `widgets`.
 * English rather than Kubernetes' own guess (`gatewaies`), because definitions of custom resources are written by people.
 */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular === '' || singular.endsWith('endpoints')) return singular
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return `${singular}s`
}

/** An object without a namespace is in `default`, as it would be had kubectl sent it; cluster-scoped kinds are in none. */
export function inNamespace(object: KubeObject): KubeObject {
  if (namespaceOf(object) !== '' || !resourceOf(groupVersionKind(object)).namespaced) return object
  const metadata = ownValue(object, 'metadata')
  return { ...object, metadata: { ...(metadata !== undefined && isJsonObject(metadata) ? metadata : {}), namespace: 'default' } }
}
