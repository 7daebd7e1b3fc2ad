import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asObject, contextPath, holders, namesWhere } from '../pod-view.ts'
import { settersText } from '../text.ts'

/** HostProcess containers are processes of the Windows node. */
export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  restrictedFields: [
    'spec.securityContext.windowsOptions.hostProcess',
    'spec.containers[*].securityContext.windowsOptions.hostProcess',
    'spec.initContainers[*].securityContext.windowsOptions.hostProcess',
    'spec.ephemeralContainers[*].securityContext.windowsOptions.hostProcess',
  ],
  allowedValues: 'undefined, false',
  revisions: [{ since: 0, test: forbidHostProcess, faults: hostProcesses }],
}

function isHostProcess({ securityContext }: Pick<ContainerView, 'securityContext'>): boolean {
  const options = asObject(securityContext['windowsOptions'])
  return options !== undefined && options['hostProcess'] === true
}

function forbidHostProcess(pod: PodView): Violation | undefined {
  const bad = namesWhere(pod.containers, isHostProcess)
  if (!isHostProcess(pod) && bad.length === 0) return undefined
  return {
    reason: 'hostProcess',
    detail: `${settersText(isHostProcess(pod), bad)} must not set securityContext.windowsOptions.hostProcess=true`,
  }
}

function hostProcesses(pod: PodView): readonly FieldFault[] {
  return holders(pod)
    .filter(isHostProcess)
    .map((holder) => forbidden(contextPath(holder, 'windowsOptions', 'hostProcess'), true))
}
