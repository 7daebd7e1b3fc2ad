import type { JsonObject } from '../../../core/json.ts'
import type { Violation } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { namesWhere, objectAt, textAt } from '../pod-view.ts'
import { quoted, settersText, sortedDistinct } from '../text.ts'

export const seccompTypeFields: readonly string[] = [
  'spec.securityContext.seccompProfile.type',
  'spec.containers[*].securityContext.seccompProfile.type',
  'spec.initContainers[*].securityContext.seccompProfile.type',
  'spec.ephemeralContainers[*].securityContext.seccompProfile.type',
]

/** `seccompProfile.type`; '' where there is a profile without one. */
export function seccompType(securityContext: JsonObject): string | undefined {
  const profile = objectAt(securityContext, 'seccompProfile')
  return profile === undefined ? undefined : (textAt(profile, 'type') ?? '')
}

const isForbiddenType = (type: string | undefined): type is string =>
  type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
const isForbidden = ({ securityContext }: ContainerView): boolean => isForbiddenType(seccompType(securityContext))

/** Types that turn seccomp off, where they are written. */
export function forbidSeccompTypes({ securityContext, containers }: PodView): Violation | undefined {
  const ofPod = seccompType(securityContext)
  const bad = namesWhere(containers, isForbidden)
  if (!isForbiddenType(ofPod) && bad.length === 0) return undefined
  const types = [ofPod, ...containers.map((container) => seccompType(container.securityContext))]
  return {
    reason: 'seccompProfile',
    detail: `${settersText(isForbiddenType(ofPod), bad)} must not set securityContext.seccompProfile.type to ${quoted(sortedDistinct(types.filter(isForbiddenType)))}`,
  }
}
