import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { forbidden, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { contextPath, isWindows, namesWhere } from '../pod-view.ts'
import { containersText } from '../text.ts'

const explicitFalse: Demand = { test: mustForbid, faults: notForbidden }

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
    { since: 8, ...explicitFalse },
    { since: 25, ...unless(isWindows, explicitFalse) },
  ],
}

const doesNotForbid = ({ securityContext }: ContainerView): boolean => securityContext['allowPrivilegeEscalation'] !== false

function mustForbid({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, doesNotForbid)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

function notForbidden({ containers }: PodView): readonly FieldFault[] {
  return containers
    .filter(doesNotForbid)
    .map((container) =>
      forbidden(contextPath(container, 'allowPrivilegeEscalation'), container.securityContext['allowPrivilegeEscalation']),
    )
}
