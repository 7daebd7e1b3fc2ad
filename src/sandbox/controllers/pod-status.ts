import { flagAt, has, numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { imageOf, longHash, runtimeImage } from './container-run.ts'
import { generationOf, uidOf } from './fields.ts'
import { nodeAddress } from './node.ts'
import { conditionIsTrue, conditionOf } from './pods.ts'

/** Where a container is in its life. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly since: string }
  | { readonly kind: 'terminated'; readonly since: string; readonly until: string; readonly exitCode: number }

export interface PodProgress {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  /** Of a container by name. */
  readonly stateOf: (container: JsonObject, isInit: boolean) => ContainerState
  readonly podIP: string
  readonly now: string
}

export const isSidecar = (container: JsonObject): boolean => textAt(container, 'restartPolicy') === 'Always'

function stateJson(state: ContainerState, containerID: string): JsonObject {
  switch (state.kind) {
    case 'waiting':
      return { waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) } }
    case 'running':
      return { running: { startedAt: state.since } }
    case 'terminated':
      return {
        terminated: {
          containerID,
          exitCode: state.exitCode,
          finishedAt: state.until,
          reason: state.exitCode === 0 ? 'Completed' : 'Error',
          startedAt: state.since,
        },
      }
  }
}

interface ContainerFacts {
  readonly container: JsonObject
  readonly state: ContainerState
  readonly before: JsonObject
  readonly isInit: boolean
}

function containerStatus(pod: KubeObject, { container, state, before, isInit }: ContainerFacts): JsonObject {
  const image = runtimeImage(imageOf(container))
  const began = state.kind !== 'waiting'
  const restartCount = numberAt(before, 'restartCount')
  const containerID = `containerd://${longHash(`${uidOf(pod)}/${textAt(container, 'name')}/${restartCount}`)}`
  const resources = objectAt(container, 'resources')
  return {
    ...(has(resources, 'requests') ? { allocatedResources: objectAt(resources, 'requests') } : {}),
    ...(began ? { containerID } : {}),
    image: began ? (image?.name ?? imageOf(container)) : imageOf(container),
    imageID: began ? (image?.id ?? '') : '',
    lastState: objectAt(before, 'lastState'),
    name: textAt(container, 'name'),
    // An init container is ready when it is done.
    ready: state.kind === 'running' || (isInit && state.kind === 'terminated' && state.exitCode === 0),
    ...(began ? { resources: Object.keys(resources).length === 0 ? {} : resources } : {}),
    restartCount,
    started: state.kind === 'running',
    state: stateJson(state, containerID),
    ...(began ? userOf(pod, container) : {}),
    ...volumeMounts(container),
  }
}

/** Whom the process runs as, as far as the Pod says. */
function userOf(pod: KubeObject, container: JsonObject): JsonObject {
  const number = (field: string): number => {
    const own = objectAt(container, 'securityContext')[field] ?? objectAt(pod, 'spec', 'securityContext')[field]
    return typeof own === 'number' ? own : 0
  }
  const gid = number('runAsGroup')
  const extra = objectAt(pod, 'spec', 'securityContext')['fsGroup']
  return {
    user: {
      linux: { gid, supplementalGroups: typeof extra === 'number' && extra !== gid ? [gid, extra] : [gid], uid: number('runAsUser') },
    },
  }
}

function volumeMounts(container: JsonObject): JsonObject {
  const mounts = objectsAt(container, 'volumeMounts').map((mount): JsonObject => {
    const readOnly = flagAt(mount, 'readOnly')
    return {
      mountPath: textAt(mount, 'mountPath'),
      name: textAt(mount, 'name'),
      ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
    }
  })
  return mounts.length === 0 ? {} : { volumeMounts: mounts }
}

/** `status` of a Pod on the node. What the status held before of other writers (conditions of readiness gates, `qosClass`) stays. */
export function podStatus(pod: KubeObject, progress: PodProgress): JsonObject {
  const before = objectAt(pod, 'status')
  const init = objectsAt(pod, 'spec', 'initContainers')
  const main = objectsAt(pod, 'spec', 'containers')
  const known = (list: string, container: JsonObject): JsonObject =>
    objectsAt(before, list).find((status) => textAt(status, 'name') === textAt(container, 'name')) ?? {}
  const statusOf = (container: JsonObject, isInit: boolean): JsonObject =>
    containerStatus(pod, {
      container,
      state: progress.stateOf(container, isInit),
      before: known(isInit ? 'initContainerStatuses' : 'containerStatuses', container),
      isInit,
    })
  const statuses = main.map((one) => statusOf(one, false))
  const initStatuses = init.map((one) => statusOf(one, true))
  const hasAddress = progress.podIP !== ''
  return {
    ...before,
    conditions: conditions(pod, progress, statuses, initStatuses),
    ...(statuses.length === 0 ? {} : { containerStatuses: statuses }),
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    observedGeneration: generationOf(pod) || 1,
    phase: progress.phase,
    ...(hasAddress ? { podIP: progress.podIP, podIPs: [{ ip: progress.podIP }] } : {}),
    qosClass: textAt(before, 'qosClass') || qosClass(pod),
    startTime: textAt(before, 'startTime') || progress.now,
  }
}

interface Verdict {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

const isTrue: Verdict = { status: 'True' }

function conditions(pod: KubeObject, progress: PodProgress, main: readonly JsonObject[], init: readonly JsonObject[]): readonly Json[] {
  const finished = progress.phase === 'Succeeded' || progress.phase === 'Failed'
  const names = (statuses: readonly JsonObject[]): string => `[${statuses.map((status) => textAt(status, 'name')).join(' ')}]`
  const unready = main.filter((status) => !flagAt(status, 'ready'))
  const notInitialized = init.filter((status) => !flagAt(status, 'ready'))
  const waiting: Verdict = { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` }
  const completed: Verdict = { status: 'False', reason: 'PodCompleted' }
  const failed: Verdict = { status: 'False', reason: 'PodFailed' }
  const end = progress.phase === 'Failed' ? failed : completed
  const containersReady = finished ? end : unready.length === 0 ? isTrue : waiting
  const initialized: Verdict = finished
    ? progress.phase === 'Succeeded'
      ? { status: 'True', reason: 'PodCompleted' }
      : isTrue
    : notInitialized.length === 0
      ? isTrue
      : { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(notInitialized)}` }
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: progress.podIP !== '' && !finished ? 'True' : 'False' }],
    ['Initialized', initialized],
    ['Ready', containersReady.status === 'True' ? gatesOf(pod) : containersReady],
    ['ContainersReady', containersReady],
    ['PodScheduled', isTrue],
  ]
  const own = verdicts.map(([type, verdict]) => conditionJson(pod, type, verdict, progress.now))
  const others = objectsAt(pod, 'status', 'conditions').filter((one) => !verdicts.some(([type]) => type === textAt(one, 'type')))
  return [...own, ...others]
}

/** Ready waits for the conditions that `readinessGates` names and others write. */
function gatesOf(pod: KubeObject): Verdict {
  const messages = objectsAt(pod, 'spec', 'readinessGates').flatMap((gate) => {
    const type = textAt(gate, 'conditionType')
    if (conditionOf(pod, type) === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`]
    return conditionIsTrue(pod, type)
      ? []
      : [`the status of pod readiness gate "${type}" is not "True", but ${textAt(conditionOf(pod, type) ?? {}, 'status')}`]
  })
  return messages.length === 0 ? isTrue : { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

function conditionJson(pod: KubeObject, type: string, { status, reason, message }: Verdict, now: string): JsonObject {
  const before = conditionOf(pod, type)
  const since = before !== undefined && textAt(before, 'status') === status ? textAt(before, 'lastTransitionTime') : ''
  return {
    lastProbeTime: null,
    lastTransitionTime: since || now,
    ...(message === undefined ? {} : { message }),
    observedGeneration: generationOf(pod) || 1,
    ...(reason === undefined ? {} : { reason }),
    status,
    type,
  }
}

/** Guaranteed: every container has equal requests and limits of cpu and memory. BestEffort: none has any. */
export function qosClass(pod: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...objectsAt(pod, 'spec', 'containers'), ...objectsAt(pod, 'spec', 'initContainers')]
  const amounts = (which: string): readonly JsonObject[] => containers.map((one) => objectAt(one, 'resources', which))
  const named = ['cpu', 'memory']
  const any = [...amounts('requests'), ...amounts('limits')].some((map) => named.some((name) => Object.hasOwn(map, name)))
  if (!any) return 'BestEffort'
  const guaranteed = containers.every((one) =>
    named.every((name) => {
      const limit = objectAt(one, 'resources', 'limits')[name]
      return limit !== undefined && (objectAt(one, 'resources', 'requests')[name] ?? limit) === limit
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
