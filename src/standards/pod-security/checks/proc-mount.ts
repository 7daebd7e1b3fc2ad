import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { forbidden, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asText, contextPath, hasUserNamespace, namesWhere } from '../pod-view.ts'
import { containersText, quoted, sortedDistinct } from '../text.ts'

export const procMountFields: readonly string[] = [
  'spec.containers[*].securityContext.procMount',
  'spec.initContainers[*].securityContext.procMount',
  'spec.ephemeralContainers[*].securityContext.procMount',
]

/** Also what `procMount_restricted` asks. */
export const defaultMasks: Demand = { test: keepDefaultMasks, faults: otherMasks }

/** The default masks of `/proc` must stay, unless the Pod has users of its own. */
export const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  restrictedFields: procMountFields,
  allowedValues: 'undefined, Default; anything where spec.hostUsers is false',
  revisions: [
    { since: 0, ...defaultMasks },
    { since: 35, ...unless(hasUserNamespace, defaultMasks) },
  ],
}

function isOther({ securityContext }: ContainerView): boolean {
  const type = asText(securityContext['procMount'])
  return type !== undefined && type !== 'Default'
}

function keepDefaultMasks({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, isOther)
  if (bad.length === 0) return undefined
  const values = sortedDistinct(containers.filter(isOther).map(({ securityContext }) => asText(securityContext['procMount']) ?? ''))
  return { reason: 'procMount', detail: `${containersText(bad)} must not set securityContext.procMount to ${quoted(values)}` }
}

function otherMasks({ containers }: PodView): readonly FieldFault[] {
  return containers
    .filter(isOther)
    .map((container) => forbidden(contextPath(container, 'procMount'), asText(container.securityContext['procMount'])))
}
