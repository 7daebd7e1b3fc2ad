import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { forbidden, required, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { contextPath, hasUserNamespace, holders, namesWhere } from '../pod-view.ts'
import { containersText, settersText } from '../text.ts'

const notRoot: Demand = { test: mustNotRunAsRoot, faults: rootOrSilent }

/** Containers must be made to run as another user than root, by themselves or by their Pod. A false one is wrong wherever it stands. */
export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  restrictedFields: [
    'spec.securityContext.runAsNonRoot',
    'spec.containers[*].securityContext.runAsNonRoot',
    'spec.initContainers[*].securityContext.runAsNonRoot',
    'spec.ephemeralContainers[*].securityContext.runAsNonRoot',
  ],
  allowedValues: 'true; undefined in containers where the Pod says true; anything where spec.hostUsers is false',
  revisions: [
    { since: 0, ...notRoot },
    { since: 35, ...unless(hasUserNamespace, notRoot) },
  ],
}

const isFalse = ({ securityContext }: Pick<ContainerView, 'securityContext'>): boolean => securityContext['runAsNonRoot'] === false
const isUnset = ({ securityContext }: ContainerView): boolean => typeof securityContext['runAsNonRoot'] !== 'boolean'

function mustNotRunAsRoot({ securityContext, containers }: PodView): Violation | undefined {
  const ofPod = securityContext['runAsNonRoot']
  const explicit = namesWhere(containers, isFalse)
  if (ofPod === false || explicit.length > 0) {
    return {
      reason: 'runAsNonRoot != true',
      detail: `${settersText(ofPod === false, explicit)} must not set securityContext.runAsNonRoot=false`,
    }
  }
  const implicit = ofPod === true ? [] : namesWhere(containers, isUnset)
  if (implicit.length === 0) return undefined
  return { reason: 'runAsNonRoot != true', detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true` }
}

function rootOrSilent(pod: PodView): readonly FieldFault[] {
  const explicit = holders(pod).filter(isFalse)
  if (explicit.length > 0) return explicit.map((holder) => forbidden(contextPath(holder, 'runAsNonRoot'), false))
  if (pod.securityContext['runAsNonRoot'] === true) return []
  return pod.containers.filter(isUnset).map((container) => required(contextPath(container, 'runAsNonRoot')))
}
