import type { Json } from '../../../core/json.ts'
import type { Check, Demand, FieldFault, Violation } from '../check.ts'
import { forbidden, required, unless } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asList, asObject, contextPath, isWindows, namesWhere } from '../pod-view.ts'
import { containersText, quoted, sortedDistinct } from '../text.ts'

const fewest: Demand = { test: dropAll, faults: keptOrAdded }

/** Every container drops `ALL`, in these very letters, and may get back only what binding low ports needs. Windows has no capabilities. */
export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  restrictedFields: [
    'spec.containers[*].securityContext.capabilities.drop',
    'spec.initContainers[*].securityContext.capabilities.drop',
    'spec.ephemeralContainers[*].securityContext.capabilities.drop',
    'spec.containers[*].securityContext.capabilities.add',
    'spec.initContainers[*].securityContext.capabilities.add',
    'spec.ephemeralContainers[*].securityContext.capabilities.add',
  ],
  allowedValues: 'drop: any list that includes ALL; add: undefined, NET_BIND_SERVICE',
  revisions: [
    { since: 22, ...fewest, overrides: ['capabilities_baseline'] },
    { since: 25, ...unless(isWindows, fewest), overrides: ['capabilities_baseline'] },
  ],
}

const isForbidden = (capability: Json): capability is string => typeof capability === 'string' && capability !== 'NET_BIND_SERVICE'

function keepsSome({ securityContext }: ContainerView): boolean {
  const capabilities = asObject(securityContext['capabilities'])
  return capabilities === undefined || !asList(capabilities['drop']).includes('ALL')
}

function addsForbidden({ securityContext }: ContainerView): boolean {
  const capabilities = asObject(securityContext['capabilities'])
  return capabilities !== undefined && asList(capabilities['add']).some(isForbidden)
}

function dropAll({ containers }: PodView): Violation | undefined {
  const keeping = namesWhere(containers, keepsSome)
  const adding = namesWhere(containers, addsForbidden)
  if (keeping.length === 0 && adding.length === 0) return undefined
  const clauses: string[] = []
  if (keeping.length > 0) clauses.push(`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`)
  if (adding.length > 0) {
    const values = sortedDistinct(containers.flatMap(forbiddenAdditions))
    clauses.push(`${containersText(adding)} must not include ${quoted(values)} in securityContext.capabilities.add`)
  }
  return { reason: 'unrestricted capabilities', detail: clauses.join('; ') }
}

function forbiddenAdditions({ securityContext }: ContainerView): readonly string[] {
  return asList(asObject(securityContext['capabilities'])?.['add']).filter(isForbidden)
}

function keptOrAdded({ containers }: PodView): readonly FieldFault[] {
  return [
    ...containers.filter(keepsSome).map((container) => required(contextPath(container, 'capabilities', 'drop'))),
    ...containers
      .filter(addsForbidden)
      .map((container) => forbidden(contextPath(container, 'capabilities', 'add'), forbiddenAdditions(container))),
  ]
}
