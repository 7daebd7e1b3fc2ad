import { ownValue } from '../../../core/json.ts'
import type { Check, Violation } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { isWindows, namesWhere } from '../pod-view.ts'
import { containersText } from '../text.ts'

/** Privilege escalation, such as via set-user-ID files, must be ruled out by every container itself. Windows has no such thing. */
export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  restrictedFields: [
    'spec.containers[*].securityContext.allowPrivilegeEscalation',
    'spec.initContainers[*].securityContext.allowPrivilegeEscalation',
    'spec.ephemeralContainers[*].securityContext.allowPrivilegeEscalation',
  ],
  allowedValues: 'false',
  revisions: [
    { since: 8, test: mustForbid },
    { since: 25, test: (pod) => (isWindows(pod) ? undefined : mustForbid(pod)) },
  ],
}

const doesNotForbid = ({ securityContext }: ContainerView): boolean => ownValue(securityContext, 'allowPrivilegeEscalation') !== false

function mustForbid({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, doesNotForbid)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}
