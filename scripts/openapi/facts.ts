/**
 * What the published schemas of Kubernetes 1.36 say and the models of the client library leave out, checked against the `/openapi/v3` of an API server.
 * A type is named by the end of its definition's name: `core.v1.Container`.
 */

/** `type.field` and how it merges: list type with its keys, key and strategy of strategic merge patches, map type. Lists that are not here are atomic. */
export const mergeFacts = `
  admissionregistration.v1.MutatingAdmissionPolicySpec.matchConditions map=name key=name patch=merge
  admissionregistration.v1.MutatingWebhook.matchConditions map=name key=name patch=merge
  admissionregistration.v1.MutatingWebhookConfiguration.webhooks map=name key=name patch=merge
  admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions set
  admissionregistration.v1.ValidatingAdmissionPolicySpec.matchConditions map=name key=name patch=merge
  admissionregistration.v1.ValidatingAdmissionPolicySpec.variables map=name key=name patch=merge
  admissionregistration.v1.ValidatingAdmissionPolicyStatus.conditions map=type
  admissionregistration.v1.ValidatingWebhook.matchConditions map=name key=name patch=merge
  admissionregistration.v1.ValidatingWebhookConfiguration.webhooks map=name key=name patch=merge
  apps.v1.DaemonSetStatus.conditions map=type key=type patch=merge
  apps.v1.DeploymentSpec.strategy patch=retainKeys
  apps.v1.DeploymentStatus.conditions map=type key=type patch=merge
  apps.v1.ReplicaSetStatus.conditions map=type key=type patch=merge
  apps.v1.StatefulSetStatus.conditions map=type key=type patch=merge
  autoscaling.v2.HorizontalPodAutoscalerStatus.conditions map=type key=type patch=merge
  batch.v1.JobStatus.conditions key=type patch=merge
  batch.v1.PodFailurePolicyOnExitCodesRequirement.values set
  batch.v1.UncountedTerminatedPods.failed set
  batch.v1.UncountedTerminatedPods.succeeded set
  certificates.v1.CertificateSigningRequestStatus.conditions map=type
  core.v1.ComponentStatus.conditions map=type key=type patch=merge
  core.v1.Container.env map=name key=name patch=merge
  core.v1.Container.ports map=containerPort,protocol key=containerPort patch=merge
  core.v1.Container.volumeDevices map=devicePath key=devicePath patch=merge
  core.v1.Container.volumeMounts map=mountPath key=mountPath patch=merge
  core.v1.ContainerRestartRuleOnExitCodes.values set
  core.v1.ContainerStatus.allocatedResourcesStatus map=name key=name patch=merge
  core.v1.ContainerStatus.volumeMounts map=mountPath key=mountPath patch=merge
  core.v1.EphemeralContainer.env map=name key=name patch=merge
  core.v1.EphemeralContainer.ports map=containerPort,protocol key=containerPort patch=merge
  core.v1.EphemeralContainer.volumeDevices map=devicePath key=devicePath patch=merge
  core.v1.EphemeralContainer.volumeMounts map=mountPath key=mountPath patch=merge
  core.v1.NamespaceStatus.conditions map=type key=type patch=merge
  core.v1.NodeAllocatableResourceClaimStatus.containers set
  core.v1.NodeSpec.podCIDRs set patch=merge
  core.v1.NodeStatus.addresses map=type key=type patch=merge
  core.v1.NodeStatus.conditions map=type key=type patch=merge
  core.v1.PersistentVolumeClaimStatus.allocatedResourceStatuses mapType=granular
  core.v1.PersistentVolumeClaimStatus.conditions map=type key=type patch=merge
  core.v1.PersistentVolumeSpec.claimRef mapType=granular
  core.v1.PodSpec.containers map=name key=name patch=merge
  core.v1.PodSpec.ephemeralContainers map=name key=name patch=merge
  core.v1.PodSpec.hostAliases map=ip key=ip patch=merge
  core.v1.PodSpec.imagePullSecrets map=name key=name patch=merge
  core.v1.PodSpec.initContainers map=name key=name patch=merge
  core.v1.PodSpec.nodeSelector mapType=atomic
  core.v1.PodSpec.resourceClaims map=name key=name patch=merge,retainKeys
  core.v1.PodSpec.schedulingGates map=name key=name patch=merge
  core.v1.PodSpec.topologySpreadConstraints map=topologyKey,whenUnsatisfiable key=topologyKey patch=merge
  core.v1.PodSpec.volumes map=name key=name patch=merge,retainKeys
  core.v1.PodStatus.conditions map=type key=type patch=merge
  core.v1.PodStatus.hostIPs key=ip patch=merge
  core.v1.PodStatus.podIPs map=ip key=ip patch=merge
  core.v1.PodStatus.resourceClaimStatuses map=name key=name patch=merge,retainKeys
  core.v1.ReplicationControllerSpec.selector mapType=atomic
  core.v1.ReplicationControllerStatus.conditions map=type key=type patch=merge
  core.v1.ResourceRequirements.claims map=name
  core.v1.ResourceStatus.resources map=resourceID
  core.v1.ServiceAccount.secrets map=name key=name patch=merge
  core.v1.ServiceSpec.ports map=port,protocol key=port patch=merge
  core.v1.ServiceSpec.selector mapType=atomic
  core.v1.ServiceStatus.conditions map=type key=type patch=merge
  discovery.v1.Endpoint.addresses set
  flowcontrol.v1.FlowSchemaStatus.conditions map=type key=type patch=merge
  flowcontrol.v1.NonResourcePolicyRule.nonResourceURLs set
  flowcontrol.v1.NonResourcePolicyRule.verbs set
  flowcontrol.v1.PriorityLevelConfigurationStatus.conditions map=type key=type patch=merge
  flowcontrol.v1.ResourcePolicyRule.apiGroups set
  flowcontrol.v1.ResourcePolicyRule.namespaces set
  flowcontrol.v1.ResourcePolicyRule.resources set
  flowcontrol.v1.ResourcePolicyRule.verbs set
  networking.v1.ServiceCIDRStatus.conditions map=type key=type patch=merge
  node.v1.Scheduling.nodeSelector mapType=atomic
  policy.v1.PodDisruptionBudgetSpec.selector patch=replace
  policy.v1.PodDisruptionBudgetStatus.conditions map=type key=type patch=merge
  resource.v1.AllocatedDeviceStatus.conditions map=type
  resource.v1.ResourceClaimStatus.devices map=driver,device,pool,shareID
  resource.v1.ResourceClaimStatus.reservedFor map=uid key=uid patch=merge
  storage.v1.CSIDriverSpec.volumeLifecycleModes set
  storage.v1.CSINodeSpec.drivers map=name key=name patch=merge
  apiextensions.v1.CustomResourceDefinitionStatus.conditions map=type
  apiextensions.v1.JSONSchemaProps.x-kubernetes-validations map=rule key=rule patch=merge
  meta.v1.ObjectMeta.finalizers set patch=merge
  meta.v1.ObjectMeta.ownerReferences map=uid key=uid patch=merge
  apiregistration.v1.APIServiceStatus.conditions map=type key=type patch=merge
`

/** Types that are replaced as a whole. */
export const atomicTypes = `
  admissionregistration.v1.MatchResources admissionregistration.v1.NamedRuleWithOperations admissionregistration.v1.ParamKind
  admissionregistration.v1.ParamRef admissionregistration.v1.Variable autoscaling.v1.CrossVersionObjectReference
  core.v1.ConfigMapKeySelector core.v1.EndpointAddress core.v1.EndpointPort core.v1.FileKeySelector core.v1.LocalObjectReference
  core.v1.NodeSelector core.v1.NodeSelectorTerm core.v1.ObjectFieldSelector core.v1.ObjectReference core.v1.ResourceFieldSelector
  core.v1.ScopeSelector core.v1.SecretKeySelector core.v1.SecretReference core.v1.TopologySelectorTerm
  core.v1.TypedLocalObjectReference discovery.v1.EndpointPort networking.v1.ServiceBackendPort rbac.v1.RoleRef rbac.v1.Subject
  meta.v1.LabelSelector meta.v1.OwnerReference
`

/** Fields whose values, or whose elements' values, are quantities. */
export const quantityFields = `
  autoscaling.v2.HPAScalingRules.tolerance autoscaling.v2.MetricTarget.averageValue autoscaling.v2.MetricTarget.value
  autoscaling.v2.MetricValueStatus.averageValue autoscaling.v2.MetricValueStatus.value core.v1.ContainerStatus.allocatedResources
  core.v1.EmptyDirVolumeSource.sizeLimit core.v1.LimitRangeItem.default core.v1.LimitRangeItem.defaultRequest
  core.v1.LimitRangeItem.max core.v1.LimitRangeItem.maxLimitRequestRatio core.v1.LimitRangeItem.min
  core.v1.NodeAllocatableResourceClaimStatus.resources core.v1.NodeStatus.allocatable core.v1.NodeStatus.capacity
  core.v1.PersistentVolumeClaimStatus.allocatedResources core.v1.PersistentVolumeClaimStatus.capacity
  core.v1.PersistentVolumeSpec.capacity core.v1.PodSpec.overhead core.v1.PodStatus.allocatedResources
  core.v1.ResourceFieldSelector.divisor core.v1.ResourceQuotaSpec.hard core.v1.ResourceQuotaStatus.hard
  core.v1.ResourceQuotaStatus.used core.v1.ResourceRequirements.limits core.v1.ResourceRequirements.requests
  core.v1.VolumeResourceRequirements.limits core.v1.VolumeResourceRequirements.requests node.v1.Overhead.podFixed
  resource.v1.CapacityRequestPolicy.default resource.v1.CapacityRequestPolicy.validValues resource.v1.CapacityRequestPolicyRange.max
  resource.v1.CapacityRequestPolicyRange.min resource.v1.CapacityRequestPolicyRange.step resource.v1.CapacityRequirements.requests
  resource.v1.Counter.value resource.v1.DeviceCapacity.value resource.v1.DeviceRequestAllocationResult.consumedCapacity
  resource.v1.NodeAllocatableResourceMapping.allocationMultiplier storage.v1.CSIStorageCapacity.capacity
  storage.v1.CSIStorageCapacity.maximumVolumeSize
`

/** Defaults that schemas publish; server-side apply needs them where they are keys of lists. */
export const schemaDefaults = `
  core.v1.AzureDiskVolumeSource.cachingMode "ReadWrite"
  core.v1.AzureDiskVolumeSource.fsType "ext4"
  core.v1.AzureDiskVolumeSource.kind "Shared"
  core.v1.ContainerPort.protocol "TCP"
  core.v1.ISCSIPersistentVolumeSource.iscsiInterface "default"
  core.v1.ISCSIVolumeSource.iscsiInterface "default"
  core.v1.RBDPersistentVolumeSource.keyring "/etc/ceph/keyring"
  core.v1.RBDPersistentVolumeSource.pool "rbd"
  core.v1.RBDPersistentVolumeSource.user "admin"
  core.v1.RBDVolumeSource.keyring "/etc/ceph/keyring"
  core.v1.RBDVolumeSource.pool "rbd"
  core.v1.RBDVolumeSource.user "admin"
  core.v1.ReplicationControllerSpec.replicas 1
  core.v1.ScaleIOPersistentVolumeSource.fsType "xfs"
  core.v1.ScaleIOPersistentVolumeSource.storageMode "ThinProvisioned"
  core.v1.ScaleIOVolumeSource.fsType "xfs"
  core.v1.ScaleIOVolumeSource.storageMode "ThinProvisioned"
  core.v1.ServicePort.protocol "TCP"
  resource.v1.DeviceToleration.operator "Equal"
`

/** The values a field may have. */
export const enumFacts = `
  admissionregistration.v1.MatchResources.matchPolicy Equivalent,Exact
  admissionregistration.v1.MutatingAdmissionPolicySpec.failurePolicy Fail,Ignore
  admissionregistration.v1.MutatingAdmissionPolicySpec.reinvocationPolicy IfNeeded,Never
  admissionregistration.v1.MutatingWebhook.failurePolicy Fail,Ignore
  admissionregistration.v1.MutatingWebhook.matchPolicy Equivalent,Exact
  admissionregistration.v1.MutatingWebhook.reinvocationPolicy IfNeeded,Never
  admissionregistration.v1.MutatingWebhook.sideEffects None,NoneOnDryRun,Some,Unknown
  admissionregistration.v1.Mutation.patchType ApplyConfiguration,JSONPatch
  admissionregistration.v1.NamedRuleWithOperations.operations *,CONNECT,CREATE,DELETE,UPDATE
  admissionregistration.v1.NamedRuleWithOperations.scope *,Cluster,Namespaced
  admissionregistration.v1.RuleWithOperations.operations *,CONNECT,CREATE,DELETE,UPDATE
  admissionregistration.v1.RuleWithOperations.scope *,Cluster,Namespaced
  admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions Audit,Deny,Warn
  admissionregistration.v1.ValidatingAdmissionPolicySpec.failurePolicy Fail,Ignore
  admissionregistration.v1.ValidatingWebhook.failurePolicy Fail,Ignore
  admissionregistration.v1.ValidatingWebhook.matchPolicy Equivalent,Exact
  admissionregistration.v1.ValidatingWebhook.sideEffects None,NoneOnDryRun,Some,Unknown
  apps.v1.DaemonSetUpdateStrategy.type OnDelete,RollingUpdate
  apps.v1.DeploymentStrategy.type Recreate,RollingUpdate
  apps.v1.StatefulSetSpec.podManagementPolicy OrderedReady,Parallel
  apps.v1.StatefulSetUpdateStrategy.type OnDelete,RollingUpdate
  batch.v1.CronJobSpec.concurrencyPolicy Allow,Forbid,Replace
  batch.v1.JobSpec.completionMode Indexed,NonIndexed
  batch.v1.JobSpec.podReplacementPolicy Failed,TerminatingOrFailed
  batch.v1.PodFailurePolicyOnExitCodesRequirement.operator In,NotIn
  batch.v1.PodFailurePolicyRule.action Count,FailIndex,FailJob,Ignore
  certificates.v1.CertificateSigningRequestSpec.usages any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping
  core.v1.AppArmorProfile.type Localhost,RuntimeDefault,Unconfined
  core.v1.AzureDiskVolumeSource.cachingMode None,ReadOnly,ReadWrite
  core.v1.AzureDiskVolumeSource.kind Dedicated,Managed,Shared
  core.v1.Container.imagePullPolicy Always,IfNotPresent,Never
  core.v1.Container.terminationMessagePolicy FallbackToLogsOnError,File
  core.v1.ContainerPort.protocol SCTP,TCP,UDP
  core.v1.ContainerStatus.stopSignal SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPOLL,SIGPROF,SIGPWR,SIGQUIT,SIGRTMAX,SIGRTMAX-1,SIGRTMAX-10,SIGRTMAX-11,SIGRTMAX-12,SIGRTMAX-13,SIGRTMAX-14,SIGRTMAX-2,SIGRTMAX-3,SIGRTMAX-4,SIGRTMAX-5,SIGRTMAX-6,SIGRTMAX-7,SIGRTMAX-8,SIGRTMAX-9,SIGRTMIN,SIGRTMIN+1,SIGRTMIN+10,SIGRTMIN+11,SIGRTMIN+12,SIGRTMIN+13,SIGRTMIN+14,SIGRTMIN+15,SIGRTMIN+2,SIGRTMIN+3,SIGRTMIN+4,SIGRTMIN+5,SIGRTMIN+6,SIGRTMIN+7,SIGRTMIN+8,SIGRTMIN+9,SIGSEGV,SIGSTKFLT,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGVTALRM,SIGWINCH,SIGXCPU,SIGXFSZ
  core.v1.EndpointPort.protocol SCTP,TCP,UDP
  core.v1.EphemeralContainer.imagePullPolicy Always,IfNotPresent,Never
  core.v1.EphemeralContainer.terminationMessagePolicy FallbackToLogsOnError,File
  core.v1.HTTPGetAction.scheme HTTP,HTTPS
  core.v1.HostPathVolumeSource.type ,BlockDevice,CharDevice,Directory,DirectoryOrCreate,File,FileOrCreate,Socket
  core.v1.ImageVolumeSource.pullPolicy Always,IfNotPresent,Never
  core.v1.Lifecycle.stopSignal SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPOLL,SIGPROF,SIGPWR,SIGQUIT,SIGRTMAX,SIGRTMAX-1,SIGRTMAX-10,SIGRTMAX-11,SIGRTMAX-12,SIGRTMAX-13,SIGRTMAX-14,SIGRTMAX-2,SIGRTMAX-3,SIGRTMAX-4,SIGRTMAX-5,SIGRTMAX-6,SIGRTMAX-7,SIGRTMAX-8,SIGRTMAX-9,SIGRTMIN,SIGRTMIN+1,SIGRTMIN+10,SIGRTMIN+11,SIGRTMIN+12,SIGRTMIN+13,SIGRTMIN+14,SIGRTMIN+15,SIGRTMIN+2,SIGRTMIN+3,SIGRTMIN+4,SIGRTMIN+5,SIGRTMIN+6,SIGRTMIN+7,SIGRTMIN+8,SIGRTMIN+9,SIGSEGV,SIGSTKFLT,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGVTALRM,SIGWINCH,SIGXCPU,SIGXFSZ
  core.v1.ModifyVolumeStatus.status InProgress,Infeasible,Pending
  core.v1.NamespaceStatus.phase Active,Terminating
  core.v1.NodeSelectorRequirement.operator DoesNotExist,Exists,Gt,In,Lt,NotIn
  core.v1.NodeStatus.phase Pending,Running,Terminated
  core.v1.PersistentVolumeClaimSpec.accessModes ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod
  core.v1.PersistentVolumeClaimSpec.volumeMode Block,Filesystem
  core.v1.PersistentVolumeClaimStatus.allocatedResourceStatuses ControllerResizeInProgress,ControllerResizeInfeasible,NodeResizeInProgress,NodeResizeInfeasible,NodeResizePending
  core.v1.PersistentVolumeClaimStatus.accessModes ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod
  core.v1.PersistentVolumeClaimStatus.phase Bound,Lost,Pending
  core.v1.PersistentVolumeSpec.accessModes ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod
  core.v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy Delete,Recycle,Retain
  core.v1.PersistentVolumeSpec.volumeMode Block,Filesystem
  core.v1.PersistentVolumeStatus.phase Available,Bound,Failed,Pending,Released
  core.v1.PodSecurityContext.fsGroupChangePolicy Always,OnRootMismatch
  core.v1.PodSecurityContext.supplementalGroupsPolicy Merge,Strict
  core.v1.PodSpec.dnsPolicy ClusterFirst,ClusterFirstWithHostNet,Default,None
  core.v1.PodSpec.preemptionPolicy Never,PreemptLowerPriority
  core.v1.PodSpec.restartPolicy Always,Never,OnFailure
  core.v1.PodStatus.phase Failed,Pending,Running,Succeeded,Unknown
  core.v1.PodStatus.qosClass BestEffort,Burstable,Guaranteed
  core.v1.PortStatus.protocol SCTP,TCP,UDP
  core.v1.ResourceQuotaSpec.scopes BestEffort,CrossNamespacePodAffinity,NotBestEffort,NotTerminating,PriorityClass,Terminating,VolumeAttributesClass
  core.v1.ScopedResourceSelectorRequirement.operator DoesNotExist,Exists,In,NotIn
  core.v1.ScopedResourceSelectorRequirement.scopeName BestEffort,CrossNamespacePodAffinity,NotBestEffort,NotTerminating,PriorityClass,Terminating,VolumeAttributesClass
  core.v1.SeccompProfile.type Localhost,RuntimeDefault,Unconfined
  core.v1.SecurityContext.procMount Default,Unmasked
  core.v1.ServicePort.protocol SCTP,TCP,UDP
  core.v1.ServiceSpec.externalTrafficPolicy Cluster,Local
  core.v1.ServiceSpec.internalTrafficPolicy Cluster,Local
  core.v1.ServiceSpec.ipFamilies ,IPv4,IPv6
  core.v1.ServiceSpec.ipFamilyPolicy PreferDualStack,RequireDualStack,SingleStack
  core.v1.ServiceSpec.sessionAffinity ClientIP,None
  core.v1.ServiceSpec.type ClusterIP,ExternalName,LoadBalancer,NodePort
  core.v1.Taint.effect NoExecute,NoSchedule,PreferNoSchedule
  core.v1.Toleration.effect NoExecute,NoSchedule,PreferNoSchedule
  core.v1.Toleration.operator Equal,Exists,Gt,Lt
  core.v1.TopologySpreadConstraint.nodeAffinityPolicy Honor,Ignore
  core.v1.TopologySpreadConstraint.nodeTaintsPolicy Honor,Ignore
  core.v1.TopologySpreadConstraint.whenUnsatisfiable DoNotSchedule,ScheduleAnyway
  core.v1.VolumeMount.mountPropagation Bidirectional,HostToContainer,None
  discovery.v1.EndpointPort.protocol SCTP,TCP,UDP
  discovery.v1.EndpointSlice.addressType FQDN,IPv4,IPv6
  networking.v1.HTTPIngressPath.pathType Exact,ImplementationSpecific,Prefix
  networking.v1.IngressPortStatus.protocol SCTP,TCP,UDP
  networking.v1.NetworkPolicyPort.protocol SCTP,TCP,UDP
  networking.v1.NetworkPolicySpec.policyTypes Egress,Ingress
  policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy AlwaysAllow,IfHealthyBudget
  resource.v1.DeviceAllocationConfiguration.source FromClaim,FromClass
  resource.v1.DeviceSubRequest.allocationMode All,ExactCount
  resource.v1.DeviceTaint.effect NoExecute,NoSchedule,None
  resource.v1.DeviceToleration.effect NoExecute,NoSchedule,None
  resource.v1.DeviceToleration.operator Equal,Exists
  resource.v1.ExactDeviceRequest.allocationMode All,ExactCount
  scheduling.v1.PriorityClass.preemptionPolicy Never,PreemptLowerPriority
  storage.v1.StorageClass.reclaimPolicy Delete,Recycle,Retain
  storage.v1.StorageClass.volumeBindingMode Immediate,WaitForFirstConsumer
  apiextensions.v1.ValidationRule.reason FieldValueDuplicate,FieldValueForbidden,FieldValueInvalid,FieldValueRequired
`

/** Fields that Go leaves out of JSON when they are false or 0: they are no pointers. */
export const zeroOmitted = `
  admissionregistration.v1.ValidatingAdmissionPolicyStatus observedGeneration
  apiextensions.v1.CustomResourceColumnDefinition priority
  apiextensions.v1.CustomResourceDefinitionCondition observedGeneration
  apiextensions.v1.CustomResourceDefinitionSpec preserveUnknownFields
  apiextensions.v1.CustomResourceDefinitionStatus observedGeneration
  apiextensions.v1.CustomResourceDefinitionVersion deprecated
  apiextensions.v1.JSONSchemaProps exclusiveMaximum exclusiveMinimum uniqueItems nullable x-kubernetes-embedded-resource x-kubernetes-int-or-string
  apiregistration.v1.APIServiceSpec insecureSkipTLSVerify
  apps.v1.DaemonSetSpec minReadySeconds
  apps.v1.DaemonSetStatus observedGeneration updatedNumberScheduled numberAvailable numberUnavailable
  apps.v1.DeploymentSpec minReadySeconds paused
  apps.v1.DeploymentStatus observedGeneration replicas updatedReplicas readyReplicas availableReplicas unavailableReplicas
  apps.v1.ReplicaSetSpec minReadySeconds
  apps.v1.ReplicaSetStatus fullyLabeledReplicas readyReplicas availableReplicas observedGeneration
  apps.v1.StatefulSetSpec minReadySeconds
  apps.v1.StatefulSetStatus observedGeneration readyReplicas currentReplicas updatedReplicas
  authentication.v1.TokenReviewStatus authenticated
  authorization.v1.SubjectAccessReviewStatus denied
  autoscaling.v1.ScaleSpec replicas
  autoscaling.v2.HorizontalPodAutoscalerStatus currentReplicas
  batch.v1.JobStatus active succeeded failed
  core.v1.AWSElasticBlockStoreVolumeSource partition readOnly
  core.v1.AzureFilePersistentVolumeSource readOnly
  core.v1.AzureFileVolumeSource readOnly
  core.v1.CSIPersistentVolumeSource readOnly
  core.v1.CephFSPersistentVolumeSource readOnly
  core.v1.CephFSVolumeSource readOnly
  core.v1.CinderPersistentVolumeSource readOnly
  core.v1.CinderVolumeSource readOnly
  core.v1.Container stdin stdinOnce tty
  core.v1.ContainerImage sizeBytes
  core.v1.ContainerPort hostPort
  core.v1.ContainerStateTerminated signal
  core.v1.EphemeralContainer stdin stdinOnce tty
  core.v1.Event count
  core.v1.EventSeries count
  core.v1.FCVolumeSource readOnly
  core.v1.FlexPersistentVolumeSource readOnly
  core.v1.FlexVolumeSource readOnly
  core.v1.GCEPersistentDiskVolumeSource partition readOnly
  core.v1.GlusterfsPersistentVolumeSource readOnly
  core.v1.GlusterfsVolumeSource readOnly
  core.v1.ISCSIPersistentVolumeSource readOnly chapAuthDiscovery chapAuthSession
  core.v1.ISCSIVolumeSource readOnly chapAuthDiscovery chapAuthSession
  core.v1.NFSVolumeSource readOnly
  core.v1.NodeSpec unschedulable
  core.v1.PersistentVolumeClaimVolumeSource readOnly
  core.v1.PodCondition observedGeneration
  core.v1.PodSpec hostNetwork hostPID hostIPC
  core.v1.PodStatus observedGeneration
  core.v1.PortworxVolumeSource readOnly
  core.v1.Probe initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold
  core.v1.QuobyteVolumeSource readOnly
  core.v1.RBDPersistentVolumeSource readOnly
  core.v1.RBDVolumeSource readOnly
  core.v1.ReplicationControllerSpec minReadySeconds
  core.v1.ReplicationControllerStatus fullyLabeledReplicas readyReplicas availableReplicas observedGeneration
  core.v1.ScaleIOPersistentVolumeSource sslEnabled readOnly
  core.v1.ScaleIOVolumeSource sslEnabled readOnly
  core.v1.ServicePort nodePort
  core.v1.ServiceSpec healthCheckNodePort publishNotReadyAddresses
  core.v1.StorageOSPersistentVolumeSource readOnly
  core.v1.StorageOSVolumeSource readOnly
  core.v1.VolumeMount readOnly
  core.v1.VolumeMountStatus readOnly
  events.v1.Event deprecatedCount
  flowcontrol.v1.ResourcePolicyRule clusterScope
  meta.v1.Condition observedGeneration
  meta.v1.ObjectMeta generation
  meta.v1.Status code
  meta.v1.StatusDetails retryAfterSeconds
  networking.v1.ServiceBackendPort number
  policy.v1.PodDisruptionBudgetStatus observedGeneration
  resource.v1.DeviceSubRequest count
  resource.v1.ExactDeviceRequest count
  scheduling.v1.PriorityClass globalDefault
`
