import type { Json } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { PodView } from '../pod-view.ts'
import { asObject, asText } from '../pod-view.ts'
import { plural, quoted } from '../text.ts'

/** Files of the node must not be mounted. */
export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  restrictedFields: ['spec.volumes[*].hostPath'],
  allowedValues: 'undefined',
  revisions: [{ since: 0, test: forbidHostPath, faults: hostPaths }],
}

const isHostPath = (volume: Json): boolean => isJsonObject(volume) && asObject(volume['hostPath']) !== undefined

function forbidHostPath({ volumes }: PodView): Violation | undefined {
  if (!volumes.some(isHostPath)) return undefined
  const names = volumes.filter(isHostPath).map(nameOf)
  return { reason: 'hostPath volumes', detail: `${plural(names.length, 'volume', 'volumes')} ${quoted(names)}` }
}

const nameOf = (volume: Json): string => (isJsonObject(volume) ? (asText(volume['name']) ?? '') : '')

function hostPaths({ volumes }: PodView): readonly FieldFault[] {
  return volumes.flatMap((volume, index) => {
    const source = isJsonObject(volume) ? asObject(volume['hostPath']) : undefined
    return source === undefined ? [] : [forbidden(['spec', 'volumes', index, 'hostPath'], asText(source['path']) ?? '')]
  })
}
