import { objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { done, ignoreNotFound } from './controller.ts'
import { isDeleting, timestamp } from './fields.ts'
import { apiServices, customResourceDefinitions } from './kinds.ts'

export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** The order of groups in discovery: higher numbers come first. */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
}
const versionPriorities: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'resource.k8s.io/v1': 21,
}
const customPriority = { group: 1000, version: 100 }
const managed = 'kube-aggregator.kubernetes.io/automanaged'

const priorityOf = (table: Readonly<Record<string, number>>, key: string, otherwise: number): number =>
  (Object.hasOwn(table, key) ? table[key] : undefined) ?? otherwise

const apiServiceName = ({ group, version }: GroupVersion): string => `${version}.${group}`

interface Described extends GroupVersion {
  readonly groupPriority: number
  readonly versionPriority: number
  readonly label: string
}

const builtInService = ({ group, version }: GroupVersion): Described => ({
  group,
  version,
  groupPriority: priorityOf(groupPriorities, group, customPriority.group),
  versionPriority: priorityOf(versionPriorities, `${group}/${version}`, 15),
  label: 'onstart',
})

const customService = (of: GroupVersion): Described => ({
  ...of,
  groupPriority: customPriority.group,
  versionPriority: customPriority.version,
  label: 'true',
})

function apiService(described: Described, now: string): KubeObject {
  const { group, version, groupPriority, versionPriority, label } = described
  const condition = {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
    lastTransitionTime: now,
  }
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: apiServiceName(described), labels: { [managed]: label } },
    spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum: groupPriority, versionPriority } satisfies JsonObject,
    status: { conditions: [condition] },
  }
}

/** The names of the versions that a definition serves. */
const servedBy = (definition: KubeObject): readonly GroupVersion[] =>
  objectsAt(definition, 'spec', 'versions')
    .filter((version) => version['served'] === true)
    .map((version) => ({ group: textAt(definition, 'spec', 'group'), version: textAt(version, 'name') }))

/** Every group version that is served has an APIService: those built in from the start, those of definitions as long as they are there. */
export const apiServiceController = (context: ControllerContext, builtIn: readonly GroupVersion[]): Controller => {
  const { client, clock } = context
  const wanted = (name: string): Described | undefined => {
    const own = builtIn.find((of) => apiServiceName(of) === name)
    if (own !== undefined) return builtInService(own)
    const custom = client
      .list(customResourceDefinitions)
      .filter((definition) => !isDeleting(definition))
      .flatMap(servedBy)
      .find((of) => apiServiceName(of) === name)
    return custom === undefined ? undefined : customService(custom)
  }
  return {
    name: 'apiservice-registration',
    kinds: [customResourceDefinitions, apiServices],
    keysOf: ({ of, object }) =>
      of.resource === apiServices.resource
        ? [{ namespace: '', name: nameOf(object) }]
        : servedBy(object).map((version) => ({ namespace: '', name: apiServiceName(version) })),
    reconcile: async ({ name }) => {
      const there = client.get(apiServices, '', name)
      const described = wanted(name)
      if (described !== undefined && there === undefined) {
        const made = await client.create(apiServices, apiService(described, timestamp(clock.now())))
        return made.ok || made.error.reason === 'AlreadyExists' ? done : made
      }
      const mine = there !== undefined && textAt(there, 'metadata', 'labels', managed) === 'true'
      if (described !== undefined || !mine) return done
      const removed = ignoreNotFound(await client.delete(apiServices, { namespace: '', name }))
      return removed.ok ? done : removed
    },
  }
}

/** The APIServices of what is built in. */
export const builtInApiServices = (versions: readonly GroupVersion[], now: Date): readonly KubeObject[] =>
  versions.map((of) => apiService(builtInService(of), timestamp(now)))
