import type { Check, Violation } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { hasUserNamespace, namesWhere, textAt } from '../pod-view.ts'
import { containersText, quoted, sortedDistinct } from '../text.ts'

export const procMountFields: readonly string[] = [
  'spec.containers[*].securityContext.procMount',
  'spec.initContainers[*].securityContext.procMount',
  'spec.ephemeralContainers[*].securityContext.procMount',
]

/** The default masks of `/proc` must stay, unless the Pod has users of its own. */
export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  restrictedFields: procMountFields,
  allowedValues: 'undefined, Default; anything where spec.hostUsers is false',
  revisions: [
    { since: 0, test: keepDefaultMasks },
    { since: 35, test: (pod) => (hasUserNamespace(pod) ? undefined : keepDefaultMasks(pod)) },
  ],
}

function isOther({ securityContext }: ContainerView): boolean {
  const type = textAt(securityContext, 'procMount')
  return type !== undefined && type !== 'Default'
}

/** Also what `procMount_restricted` asks. */
export function keepDefaultMasks({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, isOther)
  if (bad.length === 0) return undefined
  const values = sortedDistinct(containers.filter(isOther).map(({ securityContext }) => textAt(securityContext, 'procMount') ?? ''))
  return { reason: 'procMount', detail: `${containersText(bad)} must not set securityContext.procMount to ${quoted(values)}` }
}
