import type { JsonObject } from '../../../core/json.ts'
import type { Demand, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asObject, asText, contextPath, holders, namesWhere } from '../pod-view.ts'
import { quoted, settersText, sortedDistinct } from '../text.ts'

export const seccompTypeFields: readonly string[] = [
  'spec.securityContext.seccompProfile.type',
  'spec.containers[*].securityContext.seccompProfile.type',
  'spec.initContainers[*].securityContext.seccompProfile.type',
  'spec.ephemeralContainers[*].securityContext.seccompProfile.type',
]

/** `seccompProfile.type`; '' where there is a profile without one. */
export function seccompType(securityContext: JsonObject): string | undefined {
  const profile = asObject(securityContext['seccompProfile'])
  return profile === undefined ? undefined : (asText(profile['type']) ?? '')
}

const isForbiddenType = (type: string | undefined): type is string =>
  type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
const isForbidden = ({ securityContext }: ContainerView): boolean => isForbiddenType(seccompType(securityContext))

/** Nothing that is written turns seccomp off. */
export const noForbiddenTypes: Demand = { test: forbidSeccompTypes, faults: forbiddenTypes }

/** Types that turn seccomp off, where they are written. */
function forbidSeccompTypes({ securityContext, containers }: PodView): Violation | undefined {
  const ofPod = seccompType(securityContext)
  const bad = namesWhere(containers, isForbidden)
  if (!isForbiddenType(ofPod) && bad.length === 0) return undefined
  const types = [ofPod, ...containers.map((container) => seccompType(container.securityContext))]
  return {
    reason: 'seccompProfile',
    detail: `${settersText(isForbiddenType(ofPod), bad)} must not set securityContext.seccompProfile.type to ${quoted(sortedDistinct(types.filter(isForbiddenType)))}`,
  }
}

function forbiddenTypes(pod: PodView): readonly FieldFault[] {
  return holders(pod).flatMap((holder) => {
    const type = seccompType(holder.securityContext)
    return isForbiddenType(type) ? [forbidden(contextPath(holder, 'seccompProfile', 'type'), type)] : []
  })
}
