/** What an API server of this release serves without being asked for more, in the order of its discovery. */
export const servedGroups: readonly {
  readonly group: string
  readonly version: string
  readonly packageName: string
  readonly file: string
}[] = [
  { group: '', version: 'v1', packageName: 'core', file: 'CoreV1Api.js' },
  { group: 'apiregistration.k8s.io', version: 'v1', packageName: 'apiregistration', file: 'ApiregistrationV1Api.js' },
  { group: 'apps', version: 'v1', packageName: 'apps', file: 'AppsV1Api.js' },
  { group: 'events.k8s.io', version: 'v1', packageName: 'events', file: 'EventsV1Api.js' },
  { group: 'authentication.k8s.io', version: 'v1', packageName: 'authentication', file: 'AuthenticationV1Api.js' },
  { group: 'authorization.k8s.io', version: 'v1', packageName: 'authorization', file: 'AuthorizationV1Api.js' },
  { group: 'autoscaling', version: 'v2', packageName: 'autoscaling', file: 'AutoscalingV2Api.js' },
  { group: 'autoscaling', version: 'v1', packageName: 'autoscaling', file: 'AutoscalingV1Api.js' },
  { group: 'batch', version: 'v1', packageName: 'batch', file: 'BatchV1Api.js' },
  { group: 'certificates.k8s.io', version: 'v1', packageName: 'certificates', file: 'CertificatesV1Api.js' },
  { group: 'networking.k8s.io', version: 'v1', packageName: 'networking', file: 'NetworkingV1Api.js' },
  { group: 'policy', version: 'v1', packageName: 'policy', file: 'PolicyV1Api.js' },
  { group: 'rbac.authorization.k8s.io', version: 'v1', packageName: 'rbac', file: 'RbacAuthorizationV1Api.js' },
  { group: 'storage.k8s.io', version: 'v1', packageName: 'storage', file: 'StorageV1Api.js' },
  { group: 'admissionregistration.k8s.io', version: 'v1', packageName: 'admissionregistration', file: 'AdmissionregistrationV1Api.js' },
  { group: 'apiextensions.k8s.io', version: 'v1', packageName: 'apiextensions', file: 'ApiextensionsV1Api.js' },
  { group: 'scheduling.k8s.io', version: 'v1', packageName: 'scheduling', file: 'SchedulingV1Api.js' },
  { group: 'coordination.k8s.io', version: 'v1', packageName: 'coordination', file: 'CoordinationV1Api.js' },
  { group: 'node.k8s.io', version: 'v1', packageName: 'node', file: 'NodeV1Api.js' },
  { group: 'discovery.k8s.io', version: 'v1', packageName: 'discovery', file: 'DiscoveryV1Api.js' },
  { group: 'resource.k8s.io', version: 'v1', packageName: 'resource', file: 'ResourceV1Api.js' },
  { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', packageName: 'flowcontrol', file: 'FlowcontrolApiserverV1Api.js' },
]
