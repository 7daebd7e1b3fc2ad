import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { forbidden, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { contextPath, hasUserNamespace, holders, namesWhere } from '../pod-view.ts'
import { settersText } from '../text.ts'

const anyoneElse: Demand = { test: forbidRoot, faults: roots }

/** User 0 is root. */
export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  restrictedFields: [
    'spec.securityContext.runAsUser',
    'spec.containers[*].securityContext.runAsUser',
    'spec.initContainers[*].securityContext.runAsUser',
    'spec.ephemeralContainers[*].securityContext.runAsUser',
  ],
  allowedValues: 'undefined, any number but 0; anything where spec.hostUsers is false',
  revisions: [
    { since: 23, ...anyoneElse },
    { since: 35, ...unless(hasUserNamespace, anyoneElse) },
  ],
}

const isRoot = ({ securityContext }: Pick<ContainerView, 'securityContext'>): boolean => securityContext['runAsUser'] === 0

function forbidRoot(pod: PodView): Violation | undefined {
  const bad = namesWhere(pod.containers, isRoot)
  if (!isRoot(pod) && bad.length === 0) return undefined
  return { reason: 'runAsUser=0', detail: `${settersText(isRoot(pod), bad)} must not set runAsUser=0` }
}

function roots(pod: PodView): readonly FieldFault[] {
  return holders(pod)
    .filter(isRoot)
    .map((holder) => forbidden(contextPath(holder, 'runAsUser'), 0))
}
