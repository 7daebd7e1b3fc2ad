import type { Json } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asList, asObject, contextPath, namesWhere } from '../pod-view.ts'
import { containersText, quoted, sortedDistinct } from '../text.ts'

/** What container runtimes give by default. Names are compared as they are written, without `CAP_`. */
const allowed: ReadonlySet<Json> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

/** Capabilities beyond those that a container has anyway must not be added. */
export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  restrictedFields: [
    'spec.containers[*].securityContext.capabilities.add',
    'spec.initContainers[*].securityContext.capabilities.add',
    'spec.ephemeralContainers[*].securityContext.capabilities.add',
  ],
  allowedValues: `undefined, ${[...allowed].join(', ')}`,
  revisions: [{ since: 0, test: allowOnlyDefaults, faults: additions }],
}

const isForbidden = (capability: Json): capability is string => typeof capability === 'string' && !allowed.has(capability)

function addsForbidden({ securityContext }: ContainerView): boolean {
  const capabilities = asObject(securityContext['capabilities'])
  return capabilities !== undefined && asList(capabilities['add']).some(isForbidden)
}

function allowOnlyDefaults({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, addsForbidden)
  if (bad.length === 0) return undefined
  const values = sortedDistinct(containers.flatMap(forbiddenAdditions))
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad)} must not include ${quoted(values)} in securityContext.capabilities.add`,
  }
}

function forbiddenAdditions({ securityContext }: ContainerView): readonly string[] {
  return asList(asObject(securityContext['capabilities'])?.['add']).filter(isForbidden)
}

function additions({ containers }: PodView): readonly FieldFault[] {
  return containers
    .filter(addsForbidden)
    .map((container) => forbidden(contextPath(container, 'capabilities', 'add'), forbiddenAdditions(container)))
}
