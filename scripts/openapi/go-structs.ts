/**
 * What an API server of Kubernetes 1.36 shows of the Go structs behind its types, and no model of a client library has: in errors about bodies of a wrong
 * shape, in what it writes back, and in the defaults of its published schemas. A type is named by the end of its definition's name.
 */

/** Optional fields whose structs are no pointers: they are written even if they were not given. `metadata` and required ones are like that everywhere. */
export const structFields = `
  admissionregistration.v1.MutatingAdmissionPolicy spec
  admissionregistration.v1.MutatingAdmissionPolicyBinding spec
  admissionregistration.v1.ValidatingAdmissionPolicy spec status
  apiextensions.v1.CustomResourceDefinition status
  apiextensions.v1.CustomResourceDefinitionStatus acceptedNames
  apiregistration.v1.APIService spec status
  apps.v1.DaemonSet spec status
  apps.v1.DaemonSetSpec updateStrategy
  apps.v1.Deployment spec status
  apps.v1.DeploymentSpec strategy
  apps.v1.ReplicaSet spec status
  apps.v1.ReplicaSetSpec template
  apps.v1.StatefulSet spec status
  apps.v1.StatefulSetSpec updateStrategy
  authentication.v1.SelfSubjectReview status
  authentication.v1.SelfSubjectReviewStatus userInfo
  authentication.v1.TokenRequest spec status
  authentication.v1.TokenReview status
  authentication.v1.TokenReviewStatus user
  authorization.v1.LocalSubjectAccessReview status
  authorization.v1.SelfSubjectAccessReview status
  authorization.v1.SelfSubjectRulesReview status
  authorization.v1.SubjectAccessReview status
  autoscaling.v1.HorizontalPodAutoscaler status
  autoscaling.v1.Scale spec status
  autoscaling.v2.HorizontalPodAutoscaler status
  batch.v1.CronJob status
  batch.v1.Job spec status
  batch.v1.JobTemplateSpec spec
  certificates.v1.CertificateSigningRequest status
  coordination.v1.Lease spec
  core.v1.Container resources
  core.v1.ContainerStatus lastState state
  core.v1.EphemeralContainer resources
  core.v1.Event source
  core.v1.LimitRange spec
  core.v1.Namespace spec status
  core.v1.Node spec status
  core.v1.NodeDaemonEndpoints kubeletEndpoint
  core.v1.NodeStatus daemonEndpoints nodeInfo
  core.v1.PersistentVolume spec status
  core.v1.PersistentVolumeClaim spec status
  core.v1.PersistentVolumeClaimSpec resources
  core.v1.Pod spec status
  core.v1.PodTemplate template
  core.v1.PodTemplateSpec spec
  core.v1.ReplicationController spec status
  core.v1.ResourceQuota spec status
  core.v1.Service spec status
  core.v1.ServiceStatus loadBalancer
  discovery.v1.Endpoint conditions
  events.v1.Event deprecatedSource regarding
  flowcontrol.v1.FlowSchema spec status
  flowcontrol.v1.LimitedPriorityLevelConfiguration limitResponse
  flowcontrol.v1.PriorityLevelConfiguration spec status
  meta.v1.APIGroup preferredVersion
  networking.v1.Ingress spec status
  networking.v1.IngressClass spec
  networking.v1.IngressServiceBackend port
  networking.v1.IngressStatus loadBalancer
  networking.v1.NetworkPolicy spec
  networking.v1.NetworkPolicySpec podSelector
  networking.v1.ServiceCIDR spec status
  policy.v1.PodDisruptionBudget spec status
  resource.v1.AllocationResult devices
  resource.v1.ResourceClaim status
  resource.v1.ResourceClaimSpec devices
  storage.v1.VolumeAttachment status
`

/** Required fields that are pointers all the same, or are left out when they are empty: their schemas have no zero as default. */
export const noZeroDefault = `
  admissionregistration.v1.MutatingWebhook sideEffects
  admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec policyName
  admissionregistration.v1.ValidatingWebhook sideEffects
  apps.v1.DaemonSetSpec selector
  apps.v1.DeploymentSpec selector
  apps.v1.ReplicaSetSpec selector
  apps.v1.StatefulSetSpec selector
  authentication.v1.TokenReviewSpec token
  certificates.v1.CertificateSigningRequestSpec request
  core.v1.ContainerRestartRule action
  core.v1.ContainerRestartRuleOnExitCodes operator
  core.v1.HTTPGetAction port
  core.v1.ImageVolumeStatus imageRef
  core.v1.PodCertificateProjection keyType signerName
  core.v1.ScaleIOPersistentVolumeSource secretRef
  core.v1.ScaleIOVolumeSource secretRef
  core.v1.TCPSocketAction port
  events.v1.Event eventTime
  events.v1.EventSeries lastObservedTime
  meta.v1.Condition lastTransitionTime
  meta.v1.WatchEvent object
  networking.v1.HTTPIngressPath pathType
  networking.v1.IPAddressSpec parentRef
  networking.v1.ParentReference name resource
  resource.v1.CapacityRequestPolicyRange min
  resource.v1.Counter value
  resource.v1.DeviceCapacity value
  resource.v1.OpaqueDeviceConfiguration parameters
`

/** Optional fields whose schemas have a zero as default. */
export const zeroDefaults = `
  apps.v1.StatefulSetOrdinals start
  apps.v1.StatefulSetSpec serviceName
  apps.v1.StatefulSetStatus availableReplicas
  authentication.v1.TokenRequestStatus token
  autoscaling.v1.ScaleSpec replicas
  batch.v1.PodFailurePolicyOnPodConditionsPattern status
  core.v1.AzureDiskVolumeSource readOnly
  core.v1.ConfigMapEnvSource name
  core.v1.ConfigMapKeySelector name
  core.v1.ConfigMapProjection name
  core.v1.ConfigMapVolumeSource name
  core.v1.Event reportingComponent reportingInstance
  core.v1.FileKeySelector optional
  core.v1.GRPCAction service
  core.v1.LocalObjectReference name
  core.v1.NodeRuntimeHandler name
  core.v1.ReplicationControllerSpec minReadySeconds
  core.v1.SecretEnvSource name
  core.v1.SecretKeySelector name
  core.v1.SecretProjection name
  flowcontrol.v1.FlowSchemaSpec matchingPrecedence
  flowcontrol.v1.QueuingConfiguration handSize queueLengthLimit queues
  policy.v1.PodDisruptionBudgetStatus currentHealthy desiredHealthy disruptionsAllowed expectedPods
  rbac.v1.RoleRef apiGroup
  scheduling.v1.PriorityClass value
`

/** Optional strings and lists that are written when they are empty. */
export const emptyKept = `
  admissionregistration.v1.MatchResources matchPolicy
  admissionregistration.v1.MutatingAdmissionPolicySpec failurePolicy
  admissionregistration.v1.MutatingWebhook failurePolicy matchPolicy reinvocationPolicy
  admissionregistration.v1.NamedRuleWithOperations scope
  admissionregistration.v1.ParamRef parameterNotFoundAction
  admissionregistration.v1.RuleWithOperations scope
  admissionregistration.v1.ServiceReference path
  admissionregistration.v1.ValidatingAdmissionPolicySpec failurePolicy
  admissionregistration.v1.ValidatingWebhook failurePolicy matchPolicy
  admissionregistration.v1.Validation reason
  admissionregistration.v1.WebhookClientConfig url
  apiextensions.v1.CustomResourceDefinitionStatus conditions storedVersions
  apiextensions.v1.CustomResourceDefinitionVersion deprecationWarning
  apiextensions.v1.CustomResourceSubresourceScale labelSelectorPath
  apiextensions.v1.JSONSchemaProps $ref x-kubernetes-list-type x-kubernetes-map-type
  apiextensions.v1.ServiceReference path
  apiextensions.v1.ValidationRule reason
  apiextensions.v1.WebhookClientConfig url
  apps.v1.StatefulSetSpec serviceName
  autoscaling.v2.HorizontalPodAutoscalerStatus currentMetrics
  autoscaling.v2.HPAScalingRules selectPolicy
  batch.v1.CronJobSpec timeZone
  batch.v1.JobSpec completionMode managedBy podReplacementPolicy
  batch.v1.JobStatus failedIndexes
  batch.v1.PodFailurePolicyOnExitCodesRequirement containerName
  batch.v1.SuccessPolicyRule succeededIndexes
  coordination.v1.LeaseSpec holderIdentity preferredHolder strategy
  core.v1.AppArmorProfile localhostProfile
  core.v1.AzureDiskVolumeSource cachingMode fsType kind
  core.v1.AzureFilePersistentVolumeSource secretNamespace
  core.v1.ClusterTrustBundleProjection name signerName
  core.v1.Container restartPolicy
  core.v1.ContainerImage names
  core.v1.ContainerStatus stopSignal
  core.v1.CSIVolumeSource fsType
  core.v1.EndpointAddress nodeName
  core.v1.EndpointPort appProtocol
  core.v1.EphemeralContainer restartPolicy
  core.v1.Event reportingComponent reportingInstance
  core.v1.GlusterfsPersistentVolumeSource endpointsNamespace
  core.v1.GRPCAction service
  core.v1.HostPathVolumeSource type
  core.v1.ISCSIPersistentVolumeSource initiatorName
  core.v1.ISCSIVolumeSource initiatorName
  core.v1.Lifecycle stopSignal
  core.v1.LoadBalancerIngress ipMode
  core.v1.LocalVolumeSource fsType
  core.v1.NodeRuntimeHandler name
  core.v1.PersistentVolumeClaimSpec storageClassName volumeAttributesClassName volumeMode
  core.v1.PersistentVolumeClaimStatus currentVolumeAttributesClassName
  core.v1.PersistentVolumeSpec volumeAttributesClassName volumeMode
  core.v1.PodDNSConfigOption value
  core.v1.PodResourceClaim resourceClaimName resourceClaimTemplateName
  core.v1.PodResourceClaimStatus resourceClaimName
  core.v1.PodSchedulingGroup podGroupName
  core.v1.PodSecurityContext fsGroupChangePolicy seLinuxChangePolicy supplementalGroupsPolicy
  core.v1.PodSpec hostnameOverride
  core.v1.PortStatus error
  core.v1.ProjectedVolumeSource sources
  core.v1.ResourceHealth message
  core.v1.SeccompProfile localhostProfile
  core.v1.SecurityContext procMount
  core.v1.ServicePort appProtocol
  core.v1.ServiceSpec internalTrafficPolicy ipFamilyPolicy loadBalancerClass trafficDistribution
  core.v1.TopologySpreadConstraint nodeAffinityPolicy nodeTaintsPolicy
  core.v1.TypedLocalObjectReference apiGroup
  core.v1.TypedObjectReference apiGroup namespace
  core.v1.VolumeMount mountPropagation recursiveReadOnly
  core.v1.VolumeMountStatus recursiveReadOnly
  core.v1.WindowsSecurityContextOptions gmsaCredentialSpec gmsaCredentialSpecName runAsUserName
  discovery.v1.Endpoint hostname nodeName zone
  discovery.v1.EndpointPort appProtocol name protocol
  discovery.v1.EndpointSlice endpoints ports
  flowcontrol.v1.ResourcePolicyRule namespaces
  networking.v1.IngressClassParametersReference apiGroup namespace scope
  networking.v1.IngressPortStatus error
  networking.v1.IngressSpec ingressClassName
  networking.v1.NetworkPolicyPort protocol
  policy.v1.PodDisruptionBudgetSpec unhealthyPodEvictionPolicy
  rbac.v1.ClusterRole rules
  rbac.v1.Role rules
  resource.v1.AllocatedDeviceStatus conditions shareID
  resource.v1.Device nodeName
  resource.v1.DeviceAttribute string version
  resource.v1.DeviceClaim requests
  resource.v1.DeviceClassSpec extendedResourceName
  resource.v1.DeviceConstraint distinctAttribute matchAttribute
  resource.v1.DeviceRequestAllocationResult shareID
  resource.v1.NodeAllocatableResourceMapping capacityKey
  resource.v1.ResourceSliceSpec nodeName
  scheduling.v1.PriorityClass preemptionPolicy
  storage.v1.CSIDriverSpec fsGroupPolicy
  storage.v1.CSINodeDriver topologyKeys
  storage.v1.StorageClass reclaimPolicy volumeBindingMode
  storage.v1.VolumeAttachmentSource persistentVolumeName
`

/** Required strings and maps that are not. */
export const emptyOmitted = `
  core.v1.ContainerRestartRule action
  core.v1.ContainerRestartRuleOnExitCodes operator
  core.v1.ImageVolumeStatus imageRef
  core.v1.PodCertificateProjection keyType signerName
  networking.v1.ParentReference name resource
  resource.v1.CounterSet counters
  resource.v1.DeviceCounterConsumption counters
`

/** Optional fields, most of them lists and times, that are written as null when they are not given. */
export const nulls = `
  apiextensions.v1.CustomResourceDefinitionCondition lastTransitionTime
  apiextensions.v1.CustomResourceDefinitionStatus conditions storedVersions
  apiregistration.v1.APIServiceCondition lastTransitionTime
  apps.v1.DaemonSetCondition lastTransitionTime
  apps.v1.DeploymentCondition lastTransitionTime lastUpdateTime
  apps.v1.ReplicaSetCondition lastTransitionTime
  apps.v1.StatefulSetCondition lastTransitionTime
  autoscaling.v2.HorizontalPodAutoscalerCondition lastTransitionTime
  autoscaling.v2.HorizontalPodAutoscalerStatus currentMetrics
  batch.v1.JobCondition lastProbeTime lastTransitionTime
  certificates.v1.CertificateSigningRequestCondition lastTransitionTime lastUpdateTime
  core.v1.ContainerImage names
  core.v1.ContainerStateRunning startedAt
  core.v1.ContainerStateTerminated finishedAt startedAt
  core.v1.Event eventTime firstTimestamp lastTimestamp
  core.v1.EventSeries lastObservedTime
  core.v1.NamespaceCondition lastTransitionTime
  core.v1.NodeCondition lastHeartbeatTime lastTransitionTime
  core.v1.PersistentVolumeClaimCondition lastProbeTime lastTransitionTime
  core.v1.PodCondition lastProbeTime lastTransitionTime
  core.v1.ProjectedVolumeSource sources
  core.v1.ReplicationControllerCondition lastTransitionTime
  core.v1.TypedLocalObjectReference apiGroup
  core.v1.TypedObjectReference apiGroup
  core.v1.AzureFilePersistentVolumeSource secretNamespace
  discovery.v1.EndpointSlice endpoints ports
  events.v1.Event deprecatedFirstTimestamp deprecatedLastTimestamp eventTime
  events.v1.EventSeries lastObservedTime
  flowcontrol.v1.FlowSchemaCondition lastTransitionTime
  flowcontrol.v1.PriorityLevelConfigurationCondition lastTransitionTime
  flowcontrol.v1.ResourcePolicyRule namespaces
  meta.v1.Condition lastTransitionTime
  rbac.v1.ClusterRole rules
  rbac.v1.Role rules
  resource.v1.AllocatedDeviceStatus conditions
  resource.v1.DeviceClaim requests
  storage.v1.CSINodeDriver topologyKeys
  storage.v1.VolumeError time
`

/** Which field goes with which value of a discriminator. */
export const unions = `
  core.v1.AppArmorProfile [{"discriminator":"type","fields-to-discriminateBy":{"localhostProfile":"LocalhostProfile"}}]
  core.v1.PodSchedulingGroup [{"fields-to-discriminateBy":{"podGroupName":"PodGroupName"}}]
  core.v1.SeccompProfile [{"discriminator":"type","fields-to-discriminateBy":{"localhostProfile":"LocalhostProfile"}}]
  flowcontrol.v1.LimitResponse [{"discriminator":"type","fields-to-discriminateBy":{"queuing":"Queuing"}}]
  flowcontrol.v1.PriorityLevelConfigurationSpec [{"discriminator":"type","fields-to-discriminateBy":{"exempt":"Exempt","limited":"Limited"}}]
  flowcontrol.v1.Subject [{"discriminator":"kind","fields-to-discriminateBy":{"group":"Group","serviceAccount":"ServiceAccount","user":"User"}}]
`
