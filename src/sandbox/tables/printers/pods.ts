import type { Json, JsonObject } from '../../../core/json.ts'
import { humanDuration, timeOf } from '../human-duration.ts'
import { ageCell, conditionOf, has, isConditionTrue, number, objects, orNone, text } from '../text.ts'

/** What the containers of a pod add up to. */
interface Summary {
  readonly reason: string
  readonly ready: number
  readonly restarts: number
  /** When a container last ended before it was started again. */
  readonly lastEnd: number | undefined
}

const lastEndOf = (status: JsonObject): number | undefined => timeOf(text(status, 'lastState.terminated.finishedAt'))
const latest = (times: readonly (number | undefined)[]): number | undefined =>
  times.reduce((found, time) => (time === undefined || (found !== undefined && found >= time) ? found : time), undefined)
const sum = (statuses: readonly JsonObject[]): number => statuses.reduce((total, status) => total + number(status, 'restartCount'), 0)

function terminatedReason(status: JsonObject): string {
  const reason = text(status, 'state.terminated.reason')
  if (reason !== '') return reason
  const signal = number(status, 'state.terminated.signal')
  return signal === 0 ? `ExitCode:${number(status, 'state.terminated.exitCode')}` : `Signal:${signal}`
}

const isSidecar = (container: JsonObject): boolean => container['restartPolicy'] === 'Always'

/** The state of one init container: undefined when the next one has its turn. */
function initReason(status: JsonObject, isRestartable: boolean, progress: string): string | undefined {
  const isTerminated = has(status, 'state.terminated')
  if (isTerminated && number(status, 'state.terminated.exitCode') === 0) return undefined
  if (isRestartable && status['started'] === true) return undefined
  if (isTerminated) return `Init:${terminatedReason(status)}`
  const waiting = text(status, 'state.waiting.reason')
  return waiting === '' || waiting === 'PodInitializing' ? progress : `Init:${waiting}`
}

/** Init containers, in order, up to the first that is not done. */
function summarizeInit(pod: JsonObject, reason: string): Summary & { readonly initializing: boolean } {
  const containers = objects(pod, 'spec.initContainers')
  const seen: JsonObject[] = []
  let ready = 0
  for (const status of objects(pod, 'status.initContainerStatuses')) {
    const container = containers.find((one) => one['name'] === status['name'])
    const isRestartable = container !== undefined && isSidecar(container)
    const own = initReason(status, isRestartable, `Init:${seen.length}/${containers.length}`)
    seen.push(status)
    if (own !== undefined) return { reason: own, ready, restarts: sum(seen), lastEnd: latest(seen.map(lastEndOf)), initializing: true }
    if (isRestartable && status['started'] === true && status['ready'] === true && !isDone(status)) ready += 1
  }
  return { reason, ready, restarts: sum(seen), lastEnd: latest(seen.map(lastEndOf)), initializing: false }
}

const isDone = (status: JsonObject): boolean => has(status, 'state.terminated') && number(status, 'state.terminated.exitCode') === 0

/** The containers once the pod is initialized. The first one that has something to say is heard. */
function summarizeContainers(pod: JsonObject, init: Summary): Summary {
  const statuses = objects(pod, 'status.containerStatuses')
  let [reason, ready, running] = [init.reason, init.ready, false]
  for (const status of statuses.toReversed()) {
    const waiting = text(status, 'state.waiting.reason')
    if (waiting !== '') reason = waiting
    else if (has(status, 'state.terminated')) reason = terminatedReason(status)
    else if (status['ready'] === true && has(status, 'state.running')) {
      running = true
      ready += 1
    }
  }
  // A container that has completed does not hide those that still run.
  if (reason === 'Completed' && running) reason = isConditionTrue(pod, 'Ready') ? 'Running' : 'NotReady'
  const counted = [...statuses, ...sidecarsSeen(pod)]
  return { reason, ready, restarts: sum(counted), lastEnd: latest(counted.map(lastEndOf)) }
}

/** Statuses of restartable init containers, up to the first init container that is not done. */
function sidecarsSeen(pod: JsonObject): readonly JsonObject[] {
  const containers = objects(pod, 'spec.initContainers')
  const seen: JsonObject[] = []
  for (const status of objects(pod, 'status.initContainerStatuses')) {
    const container = containers.find((one) => one['name'] === status['name'])
    const isRestartable = container !== undefined && isSidecar(container)
    if (isRestartable) seen.push(status)
    if (initReason(status, isRestartable, '') !== undefined) break
  }
  return seen
}

function summarize(pod: JsonObject): Summary {
  const isGated = conditionOf(pod, 'PodScheduled')?.['reason'] === 'SchedulingGated'
  const own = text(pod, 'status.reason') || text(pod, 'status.phase')
  const init = summarizeInit(pod, isGated ? 'SchedulingGated' : own)
  return init.initializing && !isConditionTrue(pod, 'Initialized') ? init : summarizeContainers(pod, init)
}

/** The word that `kubectl get pods` shows. */
function statusOf(pod: JsonObject, reason: string): string {
  if (!has(pod, 'metadata.deletionTimestamp')) return reason
  if (text(pod, 'status.reason') === 'NodeLost') return 'Unknown'
  const phase = text(pod, 'status.phase')
  return phase === 'Failed' || phase === 'Succeeded' ? reason : 'Terminating'
}

function readinessGates(pod: JsonObject): string {
  const gates = objects(pod, 'spec.readinessGates')
  if (gates.length === 0) return '<none>'
  return `${gates.filter((gate) => isConditionTrue(pod, text(gate, 'conditionType'))).length}/${gates.length}`
}

export function podCells(pod: JsonObject, now: Date): readonly Json[] {
  const { reason, ready, restarts, lastEnd } = summarize(pod)
  const total = objects(pod, 'spec.containers').length + objects(pod, 'spec.initContainers').filter(isSidecar).length
  const [address] = objects(pod, 'status.podIPs')
  return [
    text(pod, 'metadata.name'),
    `${ready}/${total}`,
    statusOf(pod, reason),
    restarts === 0 || lastEnd === undefined ? String(restarts) : `${restarts} (${humanDuration(now.getTime() - lastEnd)} ago)`,
    ageCell(pod, now),
    orNone(text(address ?? {}, 'ip')),
    orNone(text(pod, 'spec.nodeName')),
    orNone(text(pod, 'status.nominatedNodeName')),
    readinessGates(pod),
  ]
}
