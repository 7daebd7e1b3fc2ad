import type { GroupResource } from '../../kube/status.ts'
import type { Clock, SandboxClient, WatchEvent } from '../client.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { parseKey, printKey, serviceAccountUser } from './controller.ts'
import { admissionPolicyStatus } from './admission-policy-status.ts'
import type { GroupVersion } from './api-services.ts'
import { apiServiceController } from './api-services.ts'
import { autoscalerController } from './autoscaler.ts'
import { clusterRoleAggregation } from './cluster-role-aggregation.ts'
import { cronJobController } from './cronjob.ts'
import { daemonSetController } from './daemonset.ts'
import { customResourceCleanup } from './custom-resources.ts'
import { deploymentController } from './deployment.ts'
import { endpointsController, endpointSliceController } from './endpoints.ts'
import { createEventRecorder } from './event-recorder.ts'
import { flowSchemaController } from './flow-schemas.ts'
import { garbageCollector } from './garbage-collector.ts'
import { jobController } from './job.ts'
import { clusterRoles, endpoints, events, kindKey, namespaces, nodes, storageClasses, volumes } from './kinds.ts'
import { kubelet } from './kubelet.ts'
import { namespaceController } from './namespace.ts'
import { startNode } from './node.ts'
import { disruptionController } from './pod-disruption-budget.ts'
import { replicaSetController, replicationController } from './replicaset.ts'
import { resourceQuotaController } from './resource-quota.ts'
import { scheduler } from './scheduler.ts'
import { rootCaPublisher, serviceAccountController } from './service-account.ts'
import { serviceAddressController } from './service-addresses.ts'
import { statefulSetController } from './statefulset.ts'
import { ttlController } from './ttl-after-finished.ts'
import { volumeController } from './volumes.ts'
import type { WorkQueue } from './workqueue.ts'
import { createWorkQueue } from './workqueue.ts'

export interface ControllersOptions {
  readonly client: SandboxClient
  readonly clock: Clock
  readonly log?: (line: string) => void
  /** The one node of the sandbox. */
  readonly nodeName?: string
  /** As `gitVersion` shows it, e.g. `v1.36.2`. */
  readonly kubernetesVersion: string
  /** The PEM of the server's certificate authority, published as `kube-root-ca.crt` in every namespace; left out, nothing is published. */
  readonly rootCa?: string
  /** Everything that is served in namespaces at this moment: what a Terminating namespace is emptied of. */
  readonly namespacedResources: () => readonly GroupResource[]
  /** What is served from the start. */
  readonly builtInVersions?: readonly GroupVersion[]
}

export interface Controllers {
  stop(): void
  /** Resolves when no work is queued; what waits for the clock does not count. */
  idle(): Promise<void>
}

/** A controller, and who it is to the server and in events. */
interface Role {
  readonly user: string
  readonly component: string
  readonly host?: string
  readonly controller: (context: ControllerContext) => Controller
}

function rolesOf({ rootCa, namespacedResources, builtInVersions = [] }: ControllersOptions, nodeName: string): readonly Role[] {
  const builtIn = (name: string, controller: Role['controller'], component = name): Role => ({
    user: serviceAccountUser(name),
    component,
    controller,
  })
  return [
    builtIn('deployment-controller', deploymentController),
    builtIn('replicaset-controller', replicaSetController),
    builtIn('replication-controller', replicationController),
    builtIn('statefulset-controller', statefulSetController),
    builtIn('daemon-set-controller', daemonSetController, 'daemonset-controller'),
    builtIn('job-controller', jobController),
    builtIn('cronjob-controller', cronJobController),
    builtIn('ttl-after-finished-controller', ttlController),
    builtIn('endpoint-controller', endpointsController),
    builtIn('endpointslice-controller', endpointSliceController, 'endpoint-slice-controller'),
    builtIn('resourcequota-controller', resourceQuotaController),
    builtIn('disruption-controller', disruptionController, 'controllermanager'),
    builtIn('horizontal-pod-autoscaler', autoscalerController),
    builtIn('persistent-volume-binder', volumeController, 'persistentvolume-controller'),
    builtIn('clusterrole-aggregation-controller', clusterRoleAggregation),
    builtIn('service-account-controller', serviceAccountController),
    ...(rootCa === undefined ? [] : [builtIn('root-ca-cert-publisher', (context) => rootCaPublisher(context, rootCa))]),
    builtIn('namespace-controller', (context) => namespaceController(context, namespacedResources)),
    builtIn('generic-garbage-collector', garbageCollector, 'garbage-collector-controller'),
    builtIn('validatingadmissionpolicy-status-controller', admissionPolicyStatus),
    { user: 'system:apiserver', component: 'apiextensions-apiserver', controller: customResourceCleanup },
    { user: 'system:apiserver', component: 'kube-aggregator', controller: (context) => apiServiceController(context, builtInVersions) },
    { user: 'system:apiserver', component: 'flow-control', controller: flowSchemaController },
    { user: 'system:apiserver', component: 'ipallocator', controller: serviceAddressController },
    { user: 'system:kube-scheduler', component: 'default-scheduler', controller: scheduler },
    {
      user: `system:node:${nodeName}`,
      component: 'kubelet',
      host: nodeName,
      controller: (context) => kubelet(context, nodeName),
    },
  ]
}

/** Cluster-scoped kinds that controllers of all kinds have to know from the start. */
const clusterScoped = [namespaces, nodes, volumes, clusterRoles, storageClasses]

/** Starts every built-in controller, the scheduler and the node. */
export function startControllers(options: ControllersOptions): Controllers {
  const { client, clock } = options
  const log = options.log ?? ((): void => undefined)
  const nodeName = options.nodeName ?? 'sandbox'
  const work = countWork()
  const running = rolesOf(options, nodeName).map(({ user, component, host, controller: create }) => {
    const own = client.as(user)
    const record = createEventRecorder({ client: own, clock, component, busy: work.busy, ...(host === undefined ? {} : { host }) })
    const controller = create({ client: own, clock, record })
    const reconcile = (key: string): ReturnType<Controller['reconcile']> => controller.reconcile(parseKey(key))
    const queue = createWorkQueue({ name: controller.name, clock, reconcile, busy: work.busy, log })
    return { controller, queue }
  })
  const route = router(running)
  const unwatch = client.watch(route)
  for (const of of kindsToList(running, options.namespacedResources())) {
    for (const object of client.list(of)) route({ type: 'ADDED', of, object })
  }
  const node = { name: nodeName, kubernetesVersion: options.kubernetesVersion }
  const stopNode = startNode(client.as(`system:node:${nodeName}`), clock, node, work.busy)
  return {
    stop: () => {
      unwatch()
      stopNode()
      for (const { queue } of running) queue.stop()
    },
    idle: work.idle,
  }
}

interface Running {
  readonly controller: Controller
  readonly queue: WorkQueue
}

/** Sends each change to the controllers that look at its kind. */
function router(running: readonly Running[]): (event: WatchEvent) => void {
  const everything = running.filter(({ controller }) => controller.kinds === 'all')
  const byKind = new Map<string, Running[]>()
  for (const one of running) {
    if (one.controller.kinds === 'all') continue
    for (const of of one.controller.kinds) byKind.set(kindKey(of), [...(byKind.get(kindKey(of)) ?? []), one])
  }
  return (event) => {
    for (const { controller, queue } of [...(byKind.get(kindKey(event.of)) ?? []), ...everything]) {
      for (const key of controller.keysOf(event)) queue.add(printKey(key))
    }
  }
}

function kindsToList(running: readonly Running[], namespaced: readonly GroupResource[]): Iterable<GroupResource> {
  const kinds = new Map<string, GroupResource>()
  const named = running.flatMap(({ controller }) => (controller.kinds === 'all' ? [] : controller.kinds))
  for (const of of [...clusterScoped, ...namespaced, ...named]) kinds.set(kindKey(of), of)
  // Many, and nobody's business.
  kinds.delete(kindKey(events))
  kinds.set(kindKey(endpoints), endpoints)
  return kinds.values()
}

interface WorkCount {
  readonly busy: (delta: 1 | -1) => void
  readonly idle: () => Promise<void>
}

function countWork(): WorkCount {
  let count = 0
  let waiting: (() => void)[] = []
  return {
    busy: (delta) => {
      count += delta
      if (count > 0) return
      const resolved = waiting
      waiting = []
      for (const resolve of resolved) resolve()
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  }
}
