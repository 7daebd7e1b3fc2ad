import type { KubeObject } from '../object.ts'
import * as core from './core.ts'
import type { Defaulter } from './draft.ts'
import { withDefaults } from './draft.ts'
import * as extension from './extension.ts'
import { podDefaults } from './pod.ts'
import * as workloads from './workloads.ts'

const kinds: ReadonlyMap<string, Defaulter> = new Map<string, Defaulter>([
  ['v1/Pod', podDefaults],
  ['v1/PodTemplate', workloads.podTemplate],
  ['v1/ReplicationController', workloads.replicationController],
  ['v1/Service', core.service],
  ['v1/Endpoints', core.endpoints],
  ['v1/Secret', core.secret],
  ['v1/Namespace', core.namespace],
  ['v1/Node', core.node],
  ['v1/PersistentVolume', core.persistentVolume],
  ['v1/PersistentVolumeClaim', core.persistentVolumeClaim],
  ['v1/ResourceQuota', core.resourceQuota],
  ['v1/LimitRange', core.limitRange],
  ['apps/v1/Deployment', workloads.deployment],
  ['apps/v1/StatefulSet', workloads.statefulSet],
  ['apps/v1/DaemonSet', workloads.daemonSet],
  ['apps/v1/ReplicaSet', workloads.replicaSet],
  ['batch/v1/Job', workloads.job],
  ['batch/v1/CronJob', workloads.cronJob],
  ['autoscaling/v2/HorizontalPodAutoscaler', workloads.horizontalPodAutoscaler],
  ['autoscaling/v1/HorizontalPodAutoscaler', workloads.horizontalPodAutoscalerV1],
  ['discovery.k8s.io/v1/EndpointSlice', core.endpointSlice],
  ['networking.k8s.io/v1/NetworkPolicy', core.networkPolicy],
  ['networking.k8s.io/v1/IngressClass', core.ingressClass],
  ['storage.k8s.io/v1/StorageClass', core.storageClass],
  ['storage.k8s.io/v1/CSIDriver', core.csiDriver],
  ['scheduling.k8s.io/v1/PriorityClass', core.priorityClass],
  ['resource.k8s.io/v1/ResourceClaim', core.resourceClaim],
  ['resource.k8s.io/v1/ResourceClaimTemplate', core.resourceClaimTemplate],
  ['rbac.authorization.k8s.io/v1/RoleBinding', extension.roleBinding],
  ['rbac.authorization.k8s.io/v1/ClusterRoleBinding', extension.roleBinding],
  ['admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration', extension.validatingWebhookConfiguration],
  ['admissionregistration.k8s.io/v1/MutatingWebhookConfiguration', extension.mutatingWebhookConfiguration],
  ['admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy', extension.admissionPolicy],
  ['admissionregistration.k8s.io/v1/MutatingAdmissionPolicy', extension.admissionPolicy],
  ['admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding', extension.admissionPolicyBinding],
  ['admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding', extension.admissionPolicyBinding],
  ['apiextensions.k8s.io/v1/CustomResourceDefinition', extension.customResourceDefinition],
  ['apiregistration.k8s.io/v1/APIService', extension.apiService],
  ['flowcontrol.apiserver.k8s.io/v1/FlowSchema', extension.flowSchema],
  ['flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration', extension.priorityLevelConfiguration],
])

/** The object with the defaults the API server of Kubernetes 1.36 gives it. Unknown kinds are returned unchanged; never mutates. */
export function applyDefaults(object: KubeObject): KubeObject {
  const { apiVersion, kind } = object
  const defaulter = kinds.get(`${apiVersion}/${kind}`)
  if (defaulter === undefined) return object
  return { ...withDefaults(object, defaulter), apiVersion, kind }
}
