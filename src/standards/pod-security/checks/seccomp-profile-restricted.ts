import type { Check, Violation } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { isWindows, namesWhere } from '../pod-view.ts'
import { containersText } from '../text.ts'
import { forbidSeccompTypes, seccompType, seccompTypeFields } from './seccomp-type.ts'

/** A profile must be chosen, by every container or by its Pod. Windows has no seccomp. */
export const seccompProfileRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  restrictedFields: seccompTypeFields,
  allowedValues: 'RuntimeDefault, Localhost; undefined in containers where the Pod has one of them',
  revisions: [
    { since: 19, test: mustChooseProfile, overrides: ['seccompProfile_baseline'] },
    { since: 25, test: (pod) => (isWindows(pod) ? undefined : mustChooseProfile(pod)), overrides: ['seccompProfile_baseline'] },
  ],
}

const isUnset = ({ securityContext }: ContainerView): boolean => seccompType(securityContext) === undefined

function mustChooseProfile(pod: PodView): Violation | undefined {
  const explicit = forbidSeccompTypes(pod)
  if (explicit !== undefined || seccompType(pod.securityContext) !== undefined) return explicit
  const implicit = namesWhere(pod.containers, isUnset)
  if (implicit.length === 0) return undefined
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  }
}
