import type { Json } from '../../core/json.ts'
import { inGoOrder } from './go-order.ts'
import { isJsonArray, isJsonObject, ownValue, setOwn } from '../../core/json.ts'

/**
 * Some errors show a value as the API server holds it in memory: every field by its Go name, set or not. These are the types of which that
 * can happen, as `Name` or `Name=s|i|b` (text, number, flag: their zero value is shown when absent, null otherwise), with `:Type` for an
 * object, `[]Type` for a list of objects, and `!Type` for an object that is always there. `@name` gives the name in JSON where it does not
 * follow from the Go name.
 */
const types = {
  PodSpec:
    'Volumes[]Volume InitContainers[]Container Containers[]Container EphemeralContainers[]EphemeralContainer RestartPolicy=s TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy=s NodeSelector ServiceAccountName=s AutomountServiceAccountToken NodeName=s SecurityContext:PodSecurityContext ImagePullSecrets[]Named Hostname=s Subdomain=s SetHostnameAsFQDN Affinity:Affinity SchedulerName=s Tolerations[]Toleration HostAliases[]HostAlias PriorityClassName=s Priority PreemptionPolicy DNSConfig:PodDNSConfig ReadinessGates[]ReadinessGate RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints[]TopologySpreadConstraint OS:Named SchedulingGates[]Named ResourceClaims[]PodResourceClaim Resources:ResourceRequirements HostnameOverride SchedulingGroup',
  PodSecurityContext:
    'HostNetwork=b HostPID=b HostIPC=b ShareProcessNamespace HostUsers SELinuxOptions:SELinuxOptions WindowsOptions:WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls[]NamedValue SeccompProfile:SeccompProfile AppArmorProfile:SeccompProfile SELinuxChangePolicy',
  Container:
    'Name=s Image=s Command Args WorkingDir=s Ports[]ContainerPort EnvFrom[]EnvFromSource Env[]EnvVar Resources!ResourceRequirements ResizePolicy[]ContainerResizePolicy RestartPolicy RestartPolicyRules[]ContainerRestartRule VolumeMounts[]VolumeMount VolumeDevices[]VolumeDevice LivenessProbe:Probe ReadinessProbe:Probe StartupProbe:Probe Lifecycle:Lifecycle TerminationMessagePath=s TerminationMessagePolicy=s ImagePullPolicy=s SecurityContext:SecurityContext Stdin=b StdinOnce=b TTY=b',
  EphemeralContainer:
    'Name=s Image=s Command Args WorkingDir=s Ports[]ContainerPort EnvFrom[]EnvFromSource Env[]EnvVar Resources!ResourceRequirements ResizePolicy[]ContainerResizePolicy RestartPolicy RestartPolicyRules[]ContainerRestartRule VolumeMounts[]VolumeMount VolumeDevices[]VolumeDevice LivenessProbe:Probe ReadinessProbe:Probe StartupProbe:Probe Lifecycle:Lifecycle TerminationMessagePath=s TerminationMessagePolicy=s ImagePullPolicy=s SecurityContext:SecurityContext Stdin=b StdinOnce=b TTY=b TargetContainerName=s',
  ContainerPort: 'Name=s HostPort=i ContainerPort=i Protocol=s HostIP=s',
  EnvFromSource: 'Prefix=s ConfigMapRef:OptionalName SecretRef:OptionalName',
  OptionalName: 'Name=s Optional',
  EnvVar: 'Name=s Value=s ValueFrom:EnvVarSource',
  EnvVarSource:
    'FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector ConfigMapKeyRef:KeySelector SecretKeyRef:KeySelector FileKeyRef:FileKeySelector',
  ObjectFieldSelector: 'APIVersion=s FieldPath=s',
  ResourceFieldSelector: 'ContainerName=s Resource=s Divisor',
  KeySelector: 'Name=s Key=s Optional',
  FileKeySelector: 'VolumeName=s Path=s Key=s Optional',
  ResourceRequirements: 'Limits Requests Claims[]ResourceClaim',
  ResourceClaim: 'Name=s Request=s',
  ContainerResizePolicy: 'ResourceName=s RestartPolicy=s',
  ContainerRestartRule: 'Action=s ExitCodes:ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator=s Values',
  VolumeMount: 'Name=s ReadOnly=b RecursiveReadOnly MountPath=s SubPath=s MountPropagation SubPathExpr=s',
  VolumeDevice: 'Name=s DevicePath=s',
  Probe:
    'Exec:ExecAction HTTPGet:HTTPGetAction TCPSocket:TCPSocketAction GRPC:GRPCAction InitialDelaySeconds=i TimeoutSeconds=i PeriodSeconds=i SuccessThreshold=i FailureThreshold=i TerminationGracePeriodSeconds',
  ExecAction: 'Command',
  HTTPGetAction: 'Path=s Port Host=s Scheme=s HTTPHeaders[]NamedValue',
  TCPSocketAction: 'Port Host=s',
  GRPCAction: 'Port=i Service',
  Lifecycle: 'PostStart:LifecycleHandler PreStop:LifecycleHandler StopSignal',
  LifecycleHandler: 'Exec:ExecAction HTTPGet:HTTPGetAction TCPSocket:TCPSocketAction Sleep:SleepAction',
  SleepAction: 'Seconds=i',
  SecurityContext:
    'Capabilities:Capabilities Privileged SELinuxOptions:SELinuxOptions WindowsOptions:WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile:SeccompProfile AppArmorProfile:SeccompProfile',
  Capabilities: 'Add Drop',
  SELinuxOptions: 'User=s Role=s Type=s Level=s',
  WindowsOptions: 'GMSACredentialSpecName GMSACredentialSpec RunAsUserName HostProcess',
  SeccompProfile: 'Type=s LocalhostProfile',
  Named: 'Name=s',
  NamedValue: 'Name=s Value=s',
  Affinity: 'NodeAffinity:NodeAffinity PodAffinity:PodAffinity PodAntiAffinity:PodAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:NodeSelector PreferredDuringSchedulingIgnoredDuringExecution[]PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms[]NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions[]NodeSelectorRequirement MatchFields[]NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key=s Operator=s Values',
  PreferredSchedulingTerm: 'Weight=i Preference!NodeSelectorTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution[]WeightedPodAffinityTerm',
  PodAffinityTerm: 'LabelSelector Namespaces TopologyKey=s NamespaceSelector MatchLabelKeys MismatchLabelKeys',
  WeightedPodAffinityTerm: 'Weight=i PodAffinityTerm!PodAffinityTerm',
  Toleration: 'Key=s Operator=s Value=s Effect=s TolerationSeconds',
  HostAlias: 'IP=s Hostnames',
  PodDNSConfig: 'Nameservers Searches Options[]PodDNSConfigOption',
  PodDNSConfigOption: 'Name=s Value',
  ReadinessGate: 'ConditionType=s',
  TopologySpreadConstraint:
    'MaxSkew=i TopologyKey=s WhenUnsatisfiable=s LabelSelector MinDomains NodeAffinityPolicy NodeTaintsPolicy MatchLabelKeys',
  PodResourceClaim: 'Name=s ResourceClaimName ResourceClaimTemplateName',
  Volume:
    'Name=s HostPath:HostPathVolumeSource EmptyDir:EmptyDirVolumeSource GCEPersistentDisk:GCEPersistentDisk AWSElasticBlockStore:AWSElasticBlockStore GitRepo:GitRepo Secret:SecretVolumeSource NFS:NFSVolumeSource ISCSI:ISCSIVolumeSource Glusterfs:Glusterfs PersistentVolumeClaim:ClaimVolumeSource RBD:RBD Quobyte:Opaque FlexVolume:FlexVolume Cinder:Cinder CephFS@cephfs:CephFS Flocker:Opaque DownwardAPI:DownwardAPIVolumeSource FC:FC AzureFile:AzureFile ConfigMap:ConfigMapVolumeSource VsphereVolume:VsphereVolume AzureDisk:AzureDisk PhotonPersistentDisk:Opaque Projected:ProjectedVolumeSource PortworxVolume:Opaque ScaleIO:Opaque StorageOS@storageos:Opaque CSI:CSIVolumeSource Ephemeral:EphemeralVolumeSource Image:ImageVolumeSource',
  Opaque: '',
  HostPathVolumeSource: 'Path=s Type',
  EmptyDirVolumeSource: 'Medium=s SizeLimit',
  GCEPersistentDisk: 'PDName=s FSType=s Partition=i ReadOnly=b',
  AWSElasticBlockStore: 'VolumeID=s FSType=s Partition=i ReadOnly=b',
  GitRepo: 'Repository=s Revision=s Directory=s',
  SecretVolumeSource: 'SecretName=s Items[]KeyToPath DefaultMode Optional',
  KeyToPath: 'Key=s Path=s Mode',
  NFSVolumeSource: 'Server=s Path=s ReadOnly=b',
  ISCSIVolumeSource:
    'TargetPortal=s IQN=s Lun=i ISCSIInterface=s FSType=s ReadOnly=b Portals DiscoveryCHAPAuth@chapAuthDiscovery=b SessionCHAPAuth@chapAuthSession=b SecretRef:Named InitiatorName',
  Glusterfs: 'EndpointsName@endpoints=s Path=s ReadOnly=b',
  ClaimVolumeSource: 'ClaimName=s ReadOnly=b',
  RBD: 'CephMonitors@monitors RBDImage@image=s FSType=s RBDPool@pool=s RadosUser@user=s Keyring=s SecretRef:Named ReadOnly=b',
  FlexVolume: 'Driver=s FSType=s SecretRef:Named ReadOnly=b Options',
  Cinder: 'VolumeID=s FSType=s ReadOnly=b SecretRef:Named',
  CephFS: 'Monitors Path=s User=s SecretFile=s SecretRef:Named ReadOnly=b',
  DownwardAPIVolumeSource: 'Items[]DownwardAPIVolumeFile DefaultMode',
  DownwardAPIVolumeFile: 'Path=s FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector Mode',
  FC: 'TargetWWNs Lun FSType=s ReadOnly=b WWIDs',
  AzureFile: 'SecretName=s ShareName=s ReadOnly=b',
  AzureDisk: 'DiskName=s DataDiskURI@diskURI=s CachingMode FSType ReadOnly Kind',
  VsphereVolume: 'VolumePath=s FSType=s StoragePolicyName=s StoragePolicyID=s',
  ConfigMapVolumeSource: 'Name=s Items[]KeyToPath DefaultMode Optional',
  ProjectedVolumeSource: 'Sources[]VolumeProjection DefaultMode',
  VolumeProjection:
    'Secret:KeyProjection DownwardAPI:DownwardAPIProjection ConfigMap:KeyProjection ServiceAccountToken:TokenProjection ClusterTrustBundle:Opaque PodCertificate:Opaque',
  KeyProjection: 'Name=s Items[]KeyToPath Optional',
  DownwardAPIProjection: 'Items[]DownwardAPIVolumeFile',
  TokenProjection: 'Audience=s ExpirationSeconds=i Path=s',
  CSIVolumeSource: 'Driver=s ReadOnly FSType VolumeAttributes NodePublishSecretRef:Named',
  EphemeralVolumeSource: 'VolumeClaimTemplate:ClaimTemplate',
  ClaimTemplate: 'metadata* Spec!PersistentVolumeClaimSpec',
  ImageVolumeSource: 'Reference=s PullPolicy=s',
  PersistentVolumeClaimSpec:
    'AccessModes Selector Resources!VolumeResources VolumeName=s StorageClassName VolumeMode DataSource:LocalReference DataSourceRef:ObjectReference VolumeAttributesClassName',
  VolumeResources: 'Limits Requests',
  LocalReference: 'APIGroup Kind=s Name=s',
  ObjectReference: 'APIGroup Kind=s Name=s Namespace',
  PersistentVolumeSource:
    'GCEPersistentDisk:GCEPersistentDisk AWSElasticBlockStore:AWSElasticBlockStore HostPath:HostPathVolumeSource Glusterfs:Glusterfs NFS:NFSVolumeSource RBD:RBD Quobyte:Opaque ISCSI:ISCSIVolumeSource FlexVolume:FlexVolume Cinder:Cinder CephFS@cephfs:CephFS FC:FC Flocker:Opaque AzureFile:AzureFile VsphereVolume:VsphereVolume AzureDisk:AzureDisk PhotonPersistentDisk:Opaque PortworxVolume:Opaque ScaleIO:Opaque Local:LocalVolumeSource StorageOS@storageos:Opaque CSI:CSIPersistentVolumeSource',
  LocalVolumeSource: 'Path=s FSType',
  CSIPersistentVolumeSource:
    'Driver=s VolumeHandle=s ReadOnly=b FSType=s VolumeAttributes ControllerPublishSecretRef NodeStageSecretRef NodePublishSecretRef ControllerExpandSecretRef NodeExpandSecretRef',
  PodTemplateSpec: 'metadata* Spec!PodSpec',
  RoleRef: 'APIGroup=s Kind=s Name=s',
  DeploymentStrategy: 'Type=s RollingUpdate:RollingUpdateDeployment',
  RollingUpdateDeployment: 'MaxUnavailable MaxSurge',
  StatefulSetUpdateStrategy: 'Type=s RollingUpdate:RollingUpdateStatefulSet',
  RollingUpdateStatefulSet: 'Partition=i MaxUnavailable',
  ServicePort: 'Name=s Protocol=s AppProtocol Port=i TargetPort NodePort=i',
  PodDisruptionBudgetSpec: 'MinAvailable Selector MaxUnavailable UnhealthyPodEvictionPolicy',
  Taint: 'Key=s Value=s Effect=s TimeAdded',
  SuccessPolicy: 'Rules[]SuccessPolicyRule',
  SuccessPolicyRule: 'SucceededIndexes SucceededCount',
  PodFailurePolicy: 'Rules[]PodFailurePolicyRule',
  PodFailurePolicyRule: 'Action=s OnExitCodes:OnExitCodes OnPodConditions[]OnPodCondition',
  OnExitCodes: 'ContainerName Operator=s Values',
  OnPodCondition: 'Type=s Status=s',
  CustomResourceDefinitionVersion:
    'Name=s Served=b Storage=b Deprecated=b DeprecationWarning Schema Subresources AdditionalPrinterColumns SelectableFields',
  VolumeAttachmentSpec: 'Attacher=s Source!VolumeAttachmentSource NodeName=s',
  VolumeAttachmentSource: 'PersistentVolumeName InlineVolumeSpec',
} as const

export type GoType = keyof typeof types

interface Member {
  readonly name: string
  readonly key: string
  readonly zero: Json
  readonly shape: 'value' | 'object' | 'list' | 'inline object' | 'inline'
  readonly type: GoType
}

const isGoType = (text: string): text is GoType => Object.hasOwn(types, text)

/** `HTTPGet` is `httpGet`, `TTY` is `tty`: the leading capitals are small, but for the last of several. */
function jsonName(name: string): string {
  const capitals = /^[A-Z]+/.exec(name)?.[0].length ?? 0
  const small = capitals === name.length ? capitals : Math.max(1, capitals - 1)
  return name.slice(0, small).toLowerCase() + name.slice(small)
}

const zeros: Readonly<Record<string, Json>> = { s: '', i: 0, b: false }
const shapes: Readonly<Record<string, Member['shape']>> = { ':': 'object', '[]': 'list', '!': 'inline object' }

function memberOf(text: string): Member {
  if (text.endsWith('*')) return { name: '', key: text.slice(0, -1), zero: null, shape: 'inline', type: 'Opaque' }
  const [, name = '', key = '', mark = '', rest = ''] = /^(\w+)(?:@(\w+))?(=|:|\[\]|!)?(\w*)$/.exec(text) ?? []
  return {
    name,
    key: key === '' ? jsonName(name) : key,
    zero: mark === '=' ? (zeros[rest] ?? null) : null,
    shape: shapes[mark] ?? 'value',
    type: isGoType(rest) ? rest : 'Opaque',
  }
}

const members = new Map<string, readonly Member[]>(
  Object.entries(types).map(([name, text]) => [name, text === '' ? [] : text.split(' ').map(memberOf)]),
)

/** The value as the API server shows it from memory. Types refer to each other without cycles, so the depth is bounded. */
export function goValue(type: GoType, value: Json | undefined): Json {
  const object = isJsonObject(value) ? value : {}
  if (type === 'Opaque') return object
  const out: { [key: string]: Json } = {}
  for (const member of members.get(type) ?? []) {
    const inner = ownValue(object, member.key) ?? null
    if (member.shape === 'inline')
      for (const [key, field] of Object.entries(isJsonObject(inner) ? inner : {})) setOwn(out, key, inGoOrder(field))
    else out[member.name] = memberValue(member, inner)
  }
  return out
}

function memberValue({ shape, type, zero }: Member, value: Json): Json {
  switch (shape) {
    case 'object':
      return value === null ? null : goValue(type, value)
    case 'inline object':
      return goValue(type, value)
    case 'list':
      return isJsonArray(value) ? value.map((item) => goValue(type, item)) : null
    default:
      return inGoOrder(value ?? zero)
  }
}

/** A pod's spec in memory keeps what it shares with the host in its security context. */
export function goPodSpec(spec: Json | undefined): Json {
  return goValue('PodSpec', withHostFields(spec))
}

const hostFields = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const

function withHostFields(spec: Json | undefined): Json {
  if (!isJsonObject(spec)) return {}
  const context = ownValue(spec, 'securityContext')
  const merged: { [key: string]: Json } = isJsonObject(context) ? { ...context } : {}
  for (const name of hostFields) merged[name] = ownValue(spec, name) ?? null
  return { ...spec, securityContext: merged }
}

export function goPodTemplate(template: Json | undefined): Json {
  const object = isJsonObject(template) ? template : {}
  return goValue('PodTemplateSpec', { ...object, spec: withHostFields(ownValue(object, 'spec')) })
}
