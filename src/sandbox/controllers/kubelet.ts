import { flagAt, numberAt, objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { imageOf, imageSize, runOf, runtimeImage } from './container-run.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { again, done, keyOf, writeStatus } from './controller.ts'
import { finalizersOf, isDeleting, timestamp, uidOf } from './fields.ts'
import { pods } from './kinds.ts'
import { nodeAddress } from './node.ts'
import type { ContainerState } from './pod-status.ts'
import { isSidecar, podStatus } from './pod-status.ts'
import { isFinished, nodeNameOf, phaseOf } from './pods.ts'
import type { Reconciled } from './workqueue.ts'

/** Milliseconds that it takes to start a Pod's containers, and to stop them. */
const starting = 300
const stopping = 300
/** A container that failed waits before it is restarted: 10 s, doubling, up to 5 minutes. */
const restartDelay = (restarts: number): number => Math.min(300_000, 10_000 * 2 ** Math.min(restarts, 10))

/** What the kubelet remembers of a Pod, by uid; after a restart of the sandbox it is made up anew. */
interface Memory {
  /** When the Pod was first seen, and when its containers last (re)started. */
  readonly seen: number
  running?: number
  stopping?: number
  /** Until when a failed container waits for its restart. */
  waiting?: number
}

interface Kubelet {
  readonly context: ControllerContext
  readonly nodeName: string
  readonly memories: Map<string, Memory>
  readonly addresses: Addresses
  readonly pulled: Set<string>
}

/** Runs the Pods of one node, or rather says so. */
export function kubelet(context: ControllerContext, nodeName: string): Controller {
  const self: Kubelet = { context, nodeName, memories: new Map(), addresses: addressPool(), pulled: new Set() }
  return {
    name: 'kubelet',
    kinds: [pods],
    keysOf: ({ type, object }) => {
      if (nodeNameOf(object) !== nodeName) return []
      if (type !== 'DELETED') return [keyOf(object)]
      self.memories.delete(uidOf(object))
      self.addresses.release(textAt(object, 'status', 'podIP'))
      return []
    },
    reconcile: (key) => sync(self, key),
  }
}

async function sync(self: Kubelet, { namespace, name }: Key): Promise<Reconciled> {
  const { context, nodeName, memories } = self
  const pod = context.client.get(pods, namespace, name)
  if (pod === undefined || nodeNameOf(pod) !== nodeName) return done
  const now = context.clock.now().getTime()
  const memory = memories.get(uidOf(pod)) ?? { seen: now }
  memories.set(uidOf(pod), memory)
  if (isDeleting(pod)) return stop(self, pod, memory, now)
  if (isFinished(pod)) return done
  if (phaseOf(pod) === 'Running') return memory.waiting === undefined ? watchOver(self, pod, memory, now) : restart(self, pod, memory, now)
  return start(self, pod, memory, now)
}

const containersOf = (pod: KubeObject): readonly JsonObject[] => objectsAt(pod, 'spec', 'containers')

/** A Pod that is new on the node: first it is seen, then it runs. */
async function start(self: Kubelet, pod: KubeObject, memory: Memory, now: number): Promise<Reconciled> {
  const { context } = self
  const stamp = timestamp(context.clock.now())
  const invalid = [...containersOf(pod), ...objectsAt(pod, 'spec', 'initContainers')].find(
    (one) => runtimeImage(imageOf(one)) === undefined,
  )
  if (textAt(pod, 'status', 'startTime') === '' || invalid !== undefined) {
    const hasInit = objectsAt(pod, 'spec', 'initContainers').length > 0
    const stateOf = (container: JsonObject): ContainerState =>
      runtimeImage(imageOf(container)) === undefined
        ? { kind: 'waiting', reason: 'InvalidImageName', message: invalidImage(container) }
        : { kind: 'waiting', reason: hasInit ? 'PodInitializing' : 'ContainerCreating' }
    if (invalid !== undefined && textAt(pod, 'status', 'startTime') === '') recordInvalid(context, pod, invalid)
    const written = await write(self, pod, podStatus(pod, { phase: 'Pending', stateOf, podIP: '', now: stamp }))
    return written.ok && invalid === undefined ? again(memory.seen + starting - now) : written
  }
  if (now < memory.seen + starting) return again(memory.seen + starting - now)
  recordStart(self, pod)
  memory.running = now
  const stateOf = (container: JsonObject, isInit: boolean): ContainerState =>
    isInit && !isSidecar(container) ? { kind: 'terminated', since: stamp, until: stamp, exitCode: 0 } : { kind: 'running', since: stamp }
  const podIP = flagAt(pod, 'spec', 'hostNetwork') ? nodeAddress : textAt(pod, 'status', 'podIP') || self.addresses.take(context)
  const written = await write(self, pod, podStatus(pod, { phase: 'Running', stateOf, podIP, now: stamp }))
  return written.ok ? done : written
}

async function write({ context }: Kubelet, pod: KubeObject, status: JsonObject): Promise<Reconciled> {
  const written = await writeStatus(context.client, pods, pod, status)
  return written.ok || written.error.reason === 'NotFound' ? done : written
}

const invalidImage = (container: JsonObject): string =>
  `Failed to apply default image tag "${imageOf(container)}": couldn't parse image name "${imageOf(container)}": invalid reference format`

function recordInvalid(context: ControllerContext, pod: KubeObject, container: JsonObject): void {
  const fieldPath = `spec.containers{${textAt(container, 'name')}}`
  context.record(pod, { type: 'Warning', reason: 'InspectFailed', message: invalidImage(container), fieldPath })
  context.record(pod, { type: 'Warning', reason: 'Failed', message: 'Error: InvalidImageName', fieldPath })
}

/** The most image names remembered as pulled. */
const pulledLimit = 10_000

function recordStart(self: Kubelet, pod: KubeObject): void {
  for (const [list, containers] of [
    ['initContainers', objectsAt(pod, 'spec', 'initContainers')],
    ['containers', containersOf(pod)],
  ] as const) {
    for (const container of containers) recordContainerStart(self, pod, container, `spec.${list}{${textAt(container, 'name')}}`)
  }
}

function recordContainerStart({ context, pulled }: Kubelet, pod: KubeObject, container: JsonObject, fieldPath: string): void {
  const image = imageOf(container)
  const say = (reason: string, message: string): void => context.record(pod, { type: 'Normal', reason, message, fieldPath })
  if (textAt(container, 'imagePullPolicy') !== 'Always' && pulled.has(image)) {
    say('Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`)
  } else {
    say('Pulling', `Pulling image "${image}"`)
    say(
      'Pulled',
      `Successfully pulled image "${image}" in ${starting}ms (${starting}ms including waiting). Image size: ${imageSize(image)} bytes.`,
    )
    if (pulled.size < pulledLimit) pulled.add(image)
  }
  say('Created', 'Container created')
  say('Started', 'Container started')
}

const restartPolicyOf = (pod: KubeObject): string => textAt(pod, 'spec', 'restartPolicy') || 'Always'

/** A running Pod whose containers are to end: it ends when the last of them does. */
async function watchOver(self: Kubelet, pod: KubeObject, memory: Memory, now: number): Promise<Reconciled> {
  const stamp = timestamp(self.context.clock.now())
  memory.running ??= now
  const since = memory.running
  const policy = restartPolicyOf(pod)
  if (policy === 'Always') return reportReady(self, pod, stamp)
  const runs = containersOf(pod).map((container) => ({ container, ...runOf(container) }))
  const ended = (run: { readonly milliseconds: number }): boolean => now >= since + run.milliseconds
  const pending = runs.filter((run) => !ended(run))
  if (pending.length > 0) {
    const reported = await reportReady(self, pod, stamp)
    return reported.ok ? again(Math.min(...pending.map((run) => since + run.milliseconds - now))) : reported
  }
  const failed = runs.some(({ exitCode }) => exitCode !== 0)
  if (failed && policy === 'OnFailure') return crash(self, pod, memory, now)
  const stateOf = (container: JsonObject): ContainerState => ({
    kind: 'terminated',
    since: timestamp(new Date(since)),
    until: stamp,
    exitCode: runs.find((run) => run.container === container)?.exitCode ?? 0,
  })
  const podIP = textAt(pod, 'status', 'podIP')
  return write(self, pod, podStatus(pod, { phase: failed ? 'Failed' : 'Succeeded', stateOf, podIP, now: stamp }))
}

/** Conditions of readiness gates, or a new generation, change what is reported of a Pod that just runs. */
async function reportReady(self: Kubelet, pod: KubeObject, stamp: string): Promise<Reconciled> {
  const before = objectAt(pod, 'status')
  const stateOf = (container: JsonObject, isInit: boolean): ContainerState => {
    const statuses = objectsAt(before, isInit ? 'initContainerStatuses' : 'containerStatuses')
    const status = statuses.find((one) => textAt(one, 'name') === textAt(container, 'name')) ?? {}
    const since = textAt(status, 'state', 'running', 'startedAt') || textAt(before, 'startTime') || stamp
    return isInit && !isSidecar(container) ? { kind: 'terminated', since, until: since, exitCode: 0 } : { kind: 'running', since }
  }
  const podIP = textAt(pod, 'status', 'podIP')
  return write(self, pod, podStatus(pod, { phase: 'Running', stateOf, podIP, now: stamp }))
}

/** A failed container with `restartPolicy: OnFailure` waits for its restart. */
async function crash(self: Kubelet, pod: KubeObject, memory: Memory, now: number): Promise<Reconciled> {
  const stamp = timestamp(self.context.clock.now())
  const restarts = Math.max(0, ...objectsAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount')))
  const delay = restartDelay(restarts)
  const failing = containersOf(pod).filter((container) => runOf(container).exitCode !== 0)
  const stateOf = (container: JsonObject): ContainerState =>
    failing.includes(container)
      ? { kind: 'waiting', reason: 'CrashLoopBackOff', message: backOffMessage(pod, container, delay) }
      : { kind: 'terminated', since: stamp, until: stamp, exitCode: 0 }
  const status = podStatus(pod, { phase: 'Running', stateOf, podIP: textAt(pod, 'status', 'podIP'), now: stamp })
  const counted = objectsAt(status, 'containerStatuses').map((one) =>
    failing.some((container) => textAt(container, 'name') === textAt(one, 'name'))
      ? { ...one, restartCount: numberAt(one, 'restartCount') + 1, lastState: lastStateOf(pod, one, stamp) }
      : one,
  )
  memory.waiting = now + delay
  for (const container of failing) {
    const fieldPath = `spec.containers{${textAt(container, 'name')}}`
    const message = `Back-off restarting failed container ${textAt(container, 'name')} in pod ${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`
    self.context.record(pod, { type: 'Warning', reason: 'BackOff', message, fieldPath })
  }
  const written = await write(self, pod, { ...status, containerStatuses: counted })
  return written.ok ? again(delay) : written
}

const backOffMessage = (pod: KubeObject, container: JsonObject, delay: number): string =>
  `back-off ${delay / 1000}s restarting failed container=${textAt(container, 'name')} pod=${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`

function lastStateOf(pod: KubeObject, status: JsonObject, stamp: string): JsonObject {
  const container = containersOf(pod).find((one) => textAt(one, 'name') === textAt(status, 'name')) ?? {}
  const { exitCode } = runOf(container)
  const before = objectsAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === textAt(status, 'name')) ?? {}
  const startedAt = textAt(before, 'state', 'running', 'startedAt') || stamp
  return { terminated: { containerID: textAt(before, 'containerID'), exitCode, finishedAt: stamp, reason: 'Error', startedAt } }
}

async function restart(self: Kubelet, pod: KubeObject, memory: Memory, now: number): Promise<Reconciled> {
  const due = memory.waiting ?? now
  if (now < due) return again(due - now)
  delete memory.waiting
  memory.running = now
  recordStart(self, pod)
  const stamp = timestamp(self.context.clock.now())
  const stateOf = (container: JsonObject, isInit: boolean): ContainerState =>
    isInit && !isSidecar(container) ? { kind: 'terminated', since: stamp, until: stamp, exitCode: 0 } : { kind: 'running', since: stamp }
  return write(self, pod, podStatus(pod, { phase: 'Running', stateOf, podIP: textAt(pod, 'status', 'podIP'), now: stamp }))
}

/** Containers get a moment to stop, however long their grace; then the Pod may go. */
async function stop(self: Kubelet, pod: KubeObject, memory: Memory, now: number): Promise<Reconciled> {
  const { context } = self
  if (memory.stopping === undefined) {
    memory.stopping = now
    if (phaseOf(pod) === 'Running') {
      for (const container of containersOf(pod)) {
        const name = textAt(container, 'name')
        context.record(pod, {
          type: 'Normal',
          reason: 'Killing',
          message: `Stopping container ${name}`,
          fieldPath: `spec.containers{${name}}`,
        })
      }
    }
  }
  if (!isFinished(pod) && now < memory.stopping + stopping) return again(memory.stopping + stopping - now)
  if (!isFinished(pod) && finalizersOf(pod).length > 0) return endAll(self, pod)
  if (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') === 0 && finalizersOf(pod).length > 0) return done
  const at = { namespace: namespaceOf(pod), name: nameOf(pod) }
  const deleted = await context.client.delete(pods, at, { gracePeriodSeconds: 0, uid: uidOf(pod) })
  return deleted.ok || deleted.error.reason === 'NotFound' || deleted.error.reason === 'Conflict' ? done : deleted
}

/** Others still look at a Pod with finalizers, so that its end is written down: containers were ended by a signal. */
async function endAll(self: Kubelet, pod: KubeObject): Promise<Reconciled> {
  const stamp = timestamp(self.context.clock.now())
  const stateOf = (_container: JsonObject, isInit: boolean): ContainerState => ({
    kind: 'terminated',
    since: textAt(pod, 'status', 'startTime') || stamp,
    until: stamp,
    exitCode: isInit ? 0 : 137,
  })
  const status = podStatus(pod, { phase: 'Failed', stateOf, podIP: textAt(pod, 'status', 'podIP'), now: stamp })
  const written = await write(self, pod, status)
  return written.ok ? again(1) : written
}

interface Addresses {
  /** The next free address. */
  take(context: ControllerContext): string
  release(address: string): void
}

/** 10.244.0.0/16 without its first and last address. */
const poolSize = 65_534

function addressPool(): Addresses {
  const used = new Set<string>()
  let next = 0
  let primed = false
  const address = (index: number): string => `10.244.${(index + 1) >> 8}.${(index + 1) & 255}`
  return {
    take: ({ client }) => {
      // Pods of an earlier run of the sandbox keep theirs.
      if (!primed) for (const pod of client.list(pods)) used.add(textAt(pod, 'status', 'podIP'))
      primed = true
      for (let tries = 0; tries < poolSize && used.has(address(next)); tries++) next = (next + 1) % poolSize
      const taken = address(next)
      next = (next + 1) % poolSize
      used.add(taken)
      return taken
    },
    release: (released) => void used.delete(released),
  }
}
