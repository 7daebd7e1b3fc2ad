import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asList, namesWhere } from '../pod-view.ts'
import { containersText, plural, sortedDistinct } from '../text.ts'

/** Ports of the node must not be taken. */
export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  restrictedFields: [
    'spec.containers[*].ports[*].hostPort',
    'spec.initContainers[*].ports[*].hostPort',
    'spec.ephemeralContainers[*].ports[*].hostPort',
  ],
  allowedValues: 'undefined, 0',
  revisions: [{ since: 0, test: forbidHostPorts, faults: takenPorts }],
}

function hostPortOf(port: Json): number {
  const hostPort = isJsonObject(port) ? port['hostPort'] : undefined
  return typeof hostPort === 'number' ? hostPort : 0
}

const isHostPort = (port: Json): boolean => hostPortOf(port) !== 0
const usesHostPort = ({ container }: ContainerView): boolean => asList(container['ports']).some(isHostPort)

function forbidHostPorts({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, usesHostPort)
  if (bad.length === 0) return undefined
  const used = containers.flatMap(({ container }) => asList(container['ports']).filter(isHostPort).map(hostPortOf))
  // Sorted as texts: 12345 is before 80.
  const ports = sortedDistinct(used.map(String))
  const verb = plural(bad.length, 'uses', 'use')
  return {
    reason: 'hostPort',
    detail: `${containersText(bad)} ${verb} ${plural(ports.length, 'hostPort', 'hostPorts')} ${ports.join(', ')}`,
  }
}

function takenPorts({ containers }: PodView): readonly FieldFault[] {
  return containers.flatMap(({ container, path }) =>
    asList(container['ports']).flatMap((port, index) =>
      isHostPort(port) ? [forbidden([...path, 'ports', index, 'hostPort'], hostPortOf(port))] : [],
    ),
  )
}
