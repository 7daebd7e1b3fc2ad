import { has, numberAt, textAt } from '../../core/fields.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { again, done } from './controller.ts'
import { isDeleting, uidOf } from './fields.ts'
import { finishedCondition } from './job-rules.ts'
import { jobs } from './kinds.ts'

/** Deletes finished Jobs after `ttlSecondsAfterFinished`. */
export const ttlController = (context: ControllerContext): Controller => ({
  name: 'ttl-after-finished',
  kinds: [jobs],
  keysOf: ({ type, object }) =>
    type !== 'DELETED' && has(object, 'spec', 'ttlSecondsAfterFinished') ? [{ namespace: namespaceOf(object), name: nameOf(object) }] : [],
  reconcile: async ({ namespace, name }) => {
    const job = context.client.get(jobs, namespace, name)
    const finished = job === undefined ? undefined : finishedCondition(job)
    if (job === undefined || finished === undefined || isDeleting(job)) return done
    const at = Date.parse(textAt(finished, 'lastTransitionTime')) + numberAt(job, 'spec', 'ttlSecondsAfterFinished') * 1000
    const left = at - context.clock.now().getTime()
    if (left > 0) return again(left)
    const deleted = await context.client.delete(jobs, { namespace, name }, { propagationPolicy: 'Foreground', uid: uidOf(job) })
    return deleted.ok || deleted.error.reason === 'NotFound' ? done : deleted
  },
})
