import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { required, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { contextPath, isWindows, namesWhere } from '../pod-view.ts'
import { containersText } from '../text.ts'
import { noForbiddenTypes, seccompType, seccompTypeFields } from './seccomp-type.ts'

const someProfile: Demand = { test: mustChooseProfile, faults: badOrNoProfiles }

/** A profile must be chosen, by every container or by its Pod. Windows has no seccomp. */
export const seccompProfileRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  restrictedFields: seccompTypeFields,
  allowedValues: 'RuntimeDefault, Localhost; undefined in containers where the Pod has one of them',
  revisions: [
    { since: 19, ...someProfile, overrides: ['seccompProfile_baseline'] },
    { since: 25, ...unless(isWindows, someProfile), overrides: ['seccompProfile_baseline'] },
  ],
}

const isUnset = ({ securityContext }: ContainerView): boolean => seccompType(securityContext) === undefined

function mustChooseProfile(pod: PodView): Violation | undefined {
  const explicit = noForbiddenTypes.test(pod)
  if (explicit !== undefined || seccompType(pod.securityContext) !== undefined) return explicit
  const implicit = namesWhere(pod.containers, isUnset)
  if (implicit.length === 0) return undefined
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  }
}

function badOrNoProfiles(pod: PodView): readonly FieldFault[] {
  const explicit = noForbiddenTypes.faults(pod)
  if (explicit.length > 0 || seccompType(pod.securityContext) !== undefined) return explicit
  return pod.containers.filter(isUnset).map((container) => required(contextPath(container, 'seccompProfile', 'type')))
}
