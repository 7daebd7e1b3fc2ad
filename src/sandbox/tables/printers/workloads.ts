import type { JsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../kube/object.ts'
import { ageOf, humanDuration, timeOf } from '../human-duration.ts'
import { labelsText, selectorAt } from '../selector-text.ts'
import { ageCell, at, containersOf, has, isConditionTrue, map, number, objects, orNone, text } from '../text.ts'
import { podCells } from './pods.ts'
import type { Printer, Printers } from './printer.ts'

function jobStatus(job: JsonObject): string {
  if (isConditionTrue(job, 'Complete')) return 'Complete'
  if (isConditionTrue(job, 'Failed')) return 'Failed'
  if (has(job, 'metadata.deletionTimestamp')) return 'Terminating'
  if (isConditionTrue(job, 'Suspended')) return 'Suspended'
  if (isConditionTrue(job, 'FailureTarget')) return 'FailureTarget'
  return isConditionTrue(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function jobCompletions(job: JsonObject): string {
  const done = number(job, 'status.succeeded')
  const wanted = at(job, 'spec.completions')
  if (typeof wanted === 'number') return `${done}/${wanted}`
  const parallel = number(job, 'spec.parallelism')
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`
}

function jobDuration(job: JsonObject, now: Date): string {
  const start = timeOf(text(job, 'status.startTime'))
  return start === undefined ? '' : humanDuration((timeOf(text(job, 'status.completionTime')) ?? now.getTime()) - start)
}

const readyOf = (object: JsonObject): string => `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`

const replicas =
  (selector: (object: JsonObject) => string): Printer =>
  (object, now) => [
    nameOf(object),
    number(object, 'spec.replicas'),
    number(object, 'status.replicas'),
    number(object, 'status.readyReplicas'),
    ageCell(object, now),
    ...containersOf(object),
    selector(object),
  ]

function controllerOf(object: JsonObject): string {
  const owner = objects(object, 'metadata.ownerReferences').find((one) => one['controller'] === true)
  if (owner === undefined) return '<none>'
  const [group = '', version] = text(owner, 'apiVersion').split('/')
  const kind = text(owner, 'kind')
  return `${(version === undefined ? kind : `${kind}.${group}`).toLowerCase()}/${text(owner, 'name')}`
}

/** Pods and what makes them. */
export const workloadPrinters: Printers = {
  '/pods': podCells,
  '/podtemplates': (object) => [
    nameOf(object),
    ...containersOf(object, 'template.spec'),
    labelsText(map(object, 'template.metadata.labels')),
  ],
  '/replicationcontrollers': replicas((object) => labelsText(map(object, 'spec.selector'))),
  'apps/replicasets': replicas((object) => selectorAt(object, 'spec.selector')),
  'apps/deployments': (object, now) => [
    nameOf(object),
    readyOf(object),
    number(object, 'status.updatedReplicas'),
    number(object, 'status.availableReplicas'),
    ageCell(object, now),
    ...containersOf(object),
    selectorAt(object, 'spec.selector'),
  ],
  'apps/daemonsets': (object, now) => [
    nameOf(object),
    number(object, 'status.desiredNumberScheduled'),
    number(object, 'status.currentNumberScheduled'),
    number(object, 'status.numberReady'),
    number(object, 'status.updatedNumberScheduled'),
    number(object, 'status.numberAvailable'),
    labelsText(map(object, 'spec.template.spec.nodeSelector')),
    ageCell(object, now),
    ...containersOf(object),
    selectorAt(object, 'spec.selector'),
  ],
  'apps/statefulsets': (object, now) => [nameOf(object), readyOf(object), ageCell(object, now), ...containersOf(object)],
  'apps/controllerrevisions': (object, now) => [nameOf(object), controllerOf(object), number(object, 'revision'), ageCell(object, now)],
  'batch/jobs': (object, now) => [
    nameOf(object),
    jobStatus(object),
    jobCompletions(object),
    jobDuration(object, now),
    ageCell(object, now),
    ...containersOf(object),
    selectorAt(object, 'spec.selector'),
  ],
  'batch/cronjobs': (object, now) => [
    nameOf(object),
    text(object, 'spec.schedule'),
    orNone(text(object, 'spec.timeZone')),
    at(object, 'spec.suspend') === true ? 'True' : 'False',
    objects(object, 'status.active').length,
    has(object, 'status.lastScheduleTime') ? ageOf(text(object, 'status.lastScheduleTime'), now) : '<none>',
    ageCell(object, now),
    ...containersOf(object, 'spec.jobTemplate.spec.template.spec'),
    selectorAt(object, 'spec.jobTemplate.spec.selector'),
  ],
}
