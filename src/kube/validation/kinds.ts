import * as policies from './admission-policies.ts'
import * as autoscaling from './autoscaling.ts'
import * as core from './core.ts'
import * as crd from './crd.ts'
import type { Errors, Field } from './field.ts'
import * as job from './job.ts'
import * as limits from './limits.ts'
import type { NameCheck } from './names.ts'
import { dns1123Label, dns1123Subdomain, pathSegment } from './names.ts'
import * as networking from './networking.ts'
import * as others from './others.ts'
import { validatePod, validatePodUpdate } from './pod/pod.ts'
import * as rbac from './rbac.ts'
import * as service from './service.ts'
import * as volume from './storage/volume.ts'
import { validateWebhookConfiguration } from './webhooks.ts'
import * as workloads from './workloads.ts'

interface KindRules {
  readonly namespaced: boolean
  readonly name: NameCheck
  readonly create: (object: Field) => Errors
  /** Without one an update is checked like a new object. */
  readonly update?: (object: Field, old: Field) => Errors
}

type Create = KindRules['create']
type Update = NonNullable<KindRules['update']>

const namespaced = (create: Create, update?: Update): KindRules => rules(true, dns1123Subdomain, create, update)
const clusterWide = (create: Create, update?: Update): KindRules => rules(false, dns1123Subdomain, create, update)

const rules = (isNamespaced: boolean, name: NameCheck, create: Create, update?: Update): KindRules => ({
  namespaced: isNamespaced,
  name,
  create,
  ...(update === undefined ? {} : { update }),
})

const anyName: NameCheck = () => []
/** A CronJob adds eleven characters to its name for its Jobs, whose names are labels. */
const cronJobName: NameCheck = (text) => [...(text.length > 52 ? ['must be no more than 52 characters'] : []), ...dns1123Subdomain(text)]
const { validateNothing } = core
const webhooks = validateWebhookConfiguration

const rbacGroup = 'rbac.authorization.k8s.io/v1'
const admission = 'admissionregistration.k8s.io/v1'

/** Every built-in kind with rules of its own. */
export const kinds: ReadonlyMap<string, KindRules> = new Map<string, KindRules>([
  ['v1/Pod', namespaced(validatePod, validatePodUpdate)],
  ['v1/PodTemplate', namespaced(workloads.validatePodTemplateObject)],
  ['v1/ReplicationController', namespaced(workloads.validateReplicationController)],
  ['v1/Service', rules(true, dns1123Label, service.validateService, service.validateServiceUpdate)],
  ['v1/ConfigMap', namespaced(core.validateConfigMap, core.validateConfigMapUpdate)],
  ['v1/Secret', namespaced(core.validateSecret, core.validateSecretUpdate)],
  ['v1/ServiceAccount', namespaced(validateNothing)],
  ['v1/Namespace', rules(false, dns1123Label, core.validateNamespace)],
  ['v1/Node', clusterWide(core.validateNode)],
  ['v1/PersistentVolume', clusterWide(volume.validatePersistentVolume, volume.validatePersistentVolumeUpdate)],
  ['v1/PersistentVolumeClaim', namespaced(volume.validatePersistentVolumeClaim, volume.validatePersistentVolumeClaimUpdate)],
  ['v1/ResourceQuota', namespaced(limits.validateResourceQuota, limits.validateResourceQuotaUpdate)],
  ['v1/LimitRange', namespaced(limits.validateLimitRange)],
  ['v1/Endpoints', namespaced(core.validateEndpoints)],
  ['v1/Event', rules(true, anyName, core.validateEvent)],
  ['events.k8s.io/v1/Event', rules(true, anyName, validateNothing)],
  ['apps/v1/Deployment', namespaced(workloads.validateDeployment, workloads.validateDeploymentUpdate)],
  ['apps/v1/ReplicaSet', namespaced(workloads.validateReplicaSet, workloads.validateReplicaSetUpdate)],
  ['apps/v1/DaemonSet', namespaced(workloads.validateDaemonSet, workloads.validateDaemonSetUpdate)],
  ['apps/v1/StatefulSet', rules(true, dns1123Label, workloads.validateNewStatefulSet, workloads.validateStatefulSetUpdate)],
  ['apps/v1/ControllerRevision', namespaced(core.validateControllerRevision, core.validateControllerRevisionUpdate)],
  ['batch/v1/Job', namespaced(job.validateJob, job.validateJobUpdate)],
  ['batch/v1/CronJob', rules(true, cronJobName, job.validateCronJob)],
  ['autoscaling/v1/HorizontalPodAutoscaler', namespaced(autoscaling.validateAutoscalerV1)],
  ['autoscaling/v2/HorizontalPodAutoscaler', namespaced(autoscaling.validateAutoscaler)],
  ['policy/v1/PodDisruptionBudget', rules(true, anyName, autoscaling.validatePodDisruptionBudget)],
  ['networking.k8s.io/v1/Ingress', namespaced(networking.validateNewIngress, networking.validateIngress)],
  ['networking.k8s.io/v1/IngressClass', clusterWide(networking.validateIngressClass, networking.validateIngressClassUpdate)],
  ['networking.k8s.io/v1/NetworkPolicy', namespaced(networking.validateNetworkPolicy)],
  [`${rbacGroup}/Role`, rules(true, pathSegment, rbac.validateRole)],
  [`${rbacGroup}/ClusterRole`, rules(false, pathSegment, rbac.validateClusterRole)],
  [`${rbacGroup}/RoleBinding`, rules(true, pathSegment, rbac.validateRoleBinding, rbac.validateRoleBindingUpdate)],
  [`${rbacGroup}/ClusterRoleBinding`, rules(false, pathSegment, rbac.validateClusterRoleBinding, rbac.validateClusterRoleBindingUpdate)],
  [`${admission}/ValidatingWebhookConfiguration`, clusterWide(webhooks('validating'))],
  [`${admission}/MutatingWebhookConfiguration`, clusterWide(webhooks('mutating'))],
  [`${admission}/ValidatingAdmissionPolicy`, clusterWide(policies.validateValidatingPolicy)],
  [`${admission}/ValidatingAdmissionPolicyBinding`, clusterWide(policies.validateValidatingBinding)],
  [`${admission}/MutatingAdmissionPolicy`, clusterWide(policies.validateMutatingPolicy)],
  [`${admission}/MutatingAdmissionPolicyBinding`, clusterWide(policies.validateMutatingBinding)],
  [
    'apiextensions.k8s.io/v1/CustomResourceDefinition',
    clusterWide(crd.validateCustomResourceDefinition, crd.validateCustomResourceDefinitionUpdate),
  ],
  ['apiregistration.k8s.io/v1/APIService', rules(false, anyName, others.validateApiService)],
  ['storage.k8s.io/v1/StorageClass', clusterWide(volume.validateStorageClass, volume.validateStorageClassUpdate)],
  ['storage.k8s.io/v1/CSIDriver', clusterWide(volume.validateCsiDriverObject, volume.validateCsiDriverUpdate)],
  ['storage.k8s.io/v1/CSINode', clusterWide(others.validateCsiNode)],
  ['storage.k8s.io/v1/VolumeAttachment', clusterWide(volume.validateVolumeAttachment, volume.validateVolumeAttachmentUpdate)],
  ['scheduling.k8s.io/v1/PriorityClass', clusterWide(core.validatePriorityClass, core.validatePriorityClassUpdate)],
  ['coordination.k8s.io/v1/Lease', namespaced(core.validateLease)],
  ['discovery.k8s.io/v1/EndpointSlice', namespaced(core.validateEndpointSlice, core.validateEndpointSliceUpdate)],
  ['node.k8s.io/v1/RuntimeClass', clusterWide(others.validateRuntimeClass, others.validateRuntimeClassUpdate)],
  ['certificates.k8s.io/v1/CertificateSigningRequest', clusterWide(others.validateCertificateSigningRequest)],
  ['flowcontrol.apiserver.k8s.io/v1/FlowSchema', clusterWide(others.validateFlowSchema)],
  ['flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration', clusterWide(others.validatePriorityLevelConfiguration)],
  ['resource.k8s.io/v1/ResourceClaim', namespaced(others.validateResourceClaim)],
])
