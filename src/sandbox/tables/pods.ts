import type { JsonObject } from '../../core/json.ts'
import { at, number, objects, orNone, shortDuration, strings, text } from './text.ts'

/** The containers of a Pod: names and images of a template too. */
export const containerNames = (spec: JsonObject): string =>
  objects(spec, 'containers')
    .map((one) => text(one, 'name'))
    .join(',')
export const containerImages = (spec: JsonObject): string =>
  objects(spec, 'containers')
    .map((one) => text(one, 'image'))
    .join(',')

const condition = (pod: JsonObject, type: string): JsonObject | undefined =>
  objects(pod, 'status.conditions').find((one) => one['type'] === type)

const isRestartable = (pod: JsonObject, name: string): boolean =>
  objects(pod, 'spec.initContainers').some((one) => text(one, 'name') === name && one['restartPolicy'] === 'Always')

function terminatedReason(state: JsonObject): string {
  const reason = text(state, 'terminated.reason')
  if (reason !== '') return reason
  const signal = number(state, 'terminated.signal')
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${number(state, 'terminated.exitCode')}`
}

/** How far the init containers have come; undefined once they are done. */
function initReason(pod: JsonObject): string | undefined {
  const total = objects(pod, 'spec.initContainers').length
  for (const [index, status] of objects(pod, 'status.initContainerStatuses').entries()) {
    const terminated = at(status, 'state.terminated') !== undefined
    if (terminated && number(status, 'state.terminated.exitCode') === 0) continue
    if (isRestartable(pod, text(status, 'name')) && status['started'] === true) continue
    if (terminated) return `Init:${terminatedReason(statusState(status))}`
    const waiting = text(status, 'state.waiting.reason')
    return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`
  }
  return undefined
}

const statusState = (status: JsonObject): JsonObject => {
  const state = at(status, 'state')
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as JsonObject) : {}
}

function runningReason(pod: JsonObject, start: string): string {
  let [reason, running] = [start, false]
  for (const status of objects(pod, 'status.containerStatuses').toReversed()) {
    const waiting = text(status, 'state.waiting.reason')
    if (waiting !== '') reason = waiting
    else if (at(status, 'state.terminated') !== undefined) reason = terminatedReason(statusState(status))
    else if (status['ready'] === true && at(status, 'state.running') !== undefined) running = true
  }
  if (reason !== 'Completed' || !running) return reason
  return condition(pod, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady'
}

/** The word that `kubectl get pods` shows. */
function podStatus(pod: JsonObject): string {
  const own = text(pod, 'status.reason') || text(pod, 'status.phase')
  const gated = objects(pod, 'status.conditions').some((one) => one['type'] === 'PodScheduled' && one['reason'] === 'SchedulingGated')
  const start = gated ? 'SchedulingGated' : own
  const init = initReason(pod)
  const initialized = condition(pod, 'Initialized')?.['status'] === 'True'
  const reason = init !== undefined && !initialized ? init : runningReason(pod, init ?? start)
  if (text(pod, 'metadata.deletionTimestamp') === '') return reason
  const phase = text(pod, 'status.phase')
  if (text(pod, 'status.reason') === 'NodeLost') return 'Unknown'
  return phase === 'Failed' || phase === 'Succeeded' ? reason : 'Terminating'
}

function restarts(pod: JsonObject, now: Date): string {
  const all = [
    ...objects(pod, 'status.containerStatuses'),
    ...objects(pod, 'status.initContainerStatuses').filter((one) => isRestartable(pod, text(one, 'name'))),
  ]
  const count = all.reduce((sum, status) => sum + number(status, 'restartCount'), 0)
  const last = Math.max(
    ...all.map((status) => Date.parse(text(status, 'lastState.terminated.finishedAt'))).filter((time) => !Number.isNaN(time)),
    0,
  )
  return count === 0 || last === 0 ? String(count) : `${count} (${shortDuration(now.getTime() - last)} ago)`
}

function readiness(pod: JsonObject): string {
  const restartable = objects(pod, 'spec.initContainers').filter((one) => one['restartPolicy'] === 'Always')
  const total = objects(pod, 'spec.containers').length + restartable.length
  const ready = [
    ...objects(pod, 'status.containerStatuses').filter((one) => at(one, 'state.running') !== undefined),
    ...objects(pod, 'status.initContainerStatuses').filter((one) => isRestartable(pod, text(one, 'name'))),
  ].filter((one) => one['ready'] === true).length
  return `${ready}/${total}`
}

function gates(pod: JsonObject): string {
  const wanted = objects(pod, 'spec.readinessGates')
  if (wanted.length === 0) return '<none>'
  const met = wanted.filter((gate) => condition(pod, text(gate, 'conditionType'))?.['status'] === 'True').length
  return `${met}/${wanted.length}`
}

export function podCells(pod: JsonObject, now: Date, age: string): readonly string[] {
  const address = strings({ list: objects(pod, 'status.podIPs').map((one) => text(one, 'ip')) }, 'list')[0] ?? ''
  return [
    readiness(pod),
    podStatus(pod),
    restarts(pod, now),
    age,
    orNone(address),
    orNone(text(pod, 'spec.nodeName')),
    orNone(text(pod, 'status.nominatedNodeName')),
    gates(pod),
  ]
}
