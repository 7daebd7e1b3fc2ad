import type { GroupResource } from '../../kube/status.ts'

const core = (resource: string): GroupResource => ({ group: '', resource })
const apps = (resource: string): GroupResource => ({ group: 'apps', resource })
const batch = (resource: string): GroupResource => ({ group: 'batch', resource })

export const pods = core('pods')
export const nodes = core('nodes')
export const namespaces = core('namespaces')
export const services = core('services')
export const endpoints = core('endpoints')
export const configMaps = core('configmaps')
export const secrets = core('secrets')
export const serviceAccounts = core('serviceaccounts')
export const events = core('events')
export const resourceQuotas = core('resourcequotas')
export const replicationControllers = core('replicationcontrollers')
export const claims = core('persistentvolumeclaims')
export const volumes = core('persistentvolumes')
export const deployments = apps('deployments')
export const replicaSets = apps('replicasets')
export const statefulSets = apps('statefulsets')
export const daemonSets = apps('daemonsets')
export const controllerRevisions = apps('controllerrevisions')
export const jobs = batch('jobs')
export const cronJobs = batch('cronjobs')
export const podDisruptionBudgets: GroupResource = { group: 'policy', resource: 'poddisruptionbudgets' }
export const autoscalers: GroupResource = { group: 'autoscaling', resource: 'horizontalpodautoscalers' }
export const leases: GroupResource = { group: 'coordination.k8s.io', resource: 'leases' }
export const endpointSlices: GroupResource = { group: 'discovery.k8s.io', resource: 'endpointslices' }
export const storageClasses: GroupResource = { group: 'storage.k8s.io', resource: 'storageclasses' }
export const clusterRoles: GroupResource = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }
export const customResourceDefinitions: GroupResource = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' }
export const apiServices: GroupResource = { group: 'apiregistration.k8s.io', resource: 'apiservices' }
export const flowSchemas: GroupResource = { group: 'flowcontrol.apiserver.k8s.io', resource: 'flowschemas' }
export const priorityLevels: GroupResource = { group: 'flowcontrol.apiserver.k8s.io', resource: 'prioritylevelconfigurations' }
export const admissionPolicies: GroupResource = { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies' }
export const ipAddresses: GroupResource = { group: 'networking.k8s.io', resource: 'ipaddresses' }

export const kindKey = ({ group, resource }: GroupResource): string => `${group}/${resource}`
export const sameKind = (a: GroupResource, b: GroupResource): boolean => a.group === b.group && a.resource === b.resource
