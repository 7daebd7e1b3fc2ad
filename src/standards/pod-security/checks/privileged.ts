import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { contextPath, namesWhere } from '../pod-view.ts'
import { containersText } from '../text.ts'

/** Privileged containers turn off most of the isolation that a container has. */
export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  restrictedFields: [
    'spec.containers[*].securityContext.privileged',
    'spec.initContainers[*].securityContext.privileged',
    'spec.ephemeralContainers[*].securityContext.privileged',
  ],
  allowedValues: 'undefined, false',
  revisions: [{ since: 0, test: forbidPrivileged, faults: privilegedContainers }],
}

const isPrivileged = ({ securityContext }: ContainerView): boolean => securityContext['privileged'] === true

function forbidPrivileged({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, isPrivileged)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` }
}

function privilegedContainers({ containers }: PodView): readonly FieldFault[] {
  return containers.filter(isPrivileged).map((container) => forbidden(contextPath(container, 'privileged'), true))
}
