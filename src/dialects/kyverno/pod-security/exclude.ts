import { listField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../../core/json.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
import type { FieldFault, LevelVersion } from '../../../standards/pod-security/pod-security.ts'
import { checksOfControl } from './controls.ts'
import type { CheckResult, PodParts } from './evaluate.ts'
import { evaluateChecks } from './evaluate.ts'
import { printField } from './message.ts'

/** What of the standards a rule or an exception does not ask. */
export interface Exclusion {
  readonly checks: readonly string[]
  /** Patterns of images: the exclusion is about the containers that have one of them. [] makes it about the Pod itself. */
  readonly images: readonly string[]
  /** The field that is excluded, with `*` for indexes; '' is every field of the control. */
  readonly restrictedField: string
  /** Patterns of values that are excluded; [] is every value. */
  readonly values: readonly string[]
}

export const readExclusion = (raw: JsonObject): Exclusion => ({
  checks: checksOfControl(stringField(raw, 'controlName') ?? ''),
  images: textsOf(listField(raw, 'images')),
  restrictedField: stringField(raw, 'restrictedField') ?? '',
  values: textsOf(listField(raw, 'values')),
})

const textsOf = (list: readonly Json[] | undefined): readonly string[] =>
  (list ?? []).filter((item): item is string => typeof item === 'string')

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']

/**
 * Takes away what an exclusion forgives. It forgives what the standards would find in the excluded part alone: the Pod with a container that says
 * nothing, or only the containers of its images. Each fault found there takes away one fault of the same field (and container).
 */
export function exclude(
  results: readonly CheckResult[],
  exclusion: Exclusion,
  levelVersion: LevelVersion,
  pod: PodParts,
): readonly CheckResult[] {
  const isAboutContainers = exclusion.images.length > 0
  const part = isAboutContainers ? containersOf(pod, exclusion.images) : podAlone(pod)
  const forgiving = evaluateChecks(levelVersion, part).filter(({ id }) => exclusion.checks.includes(id))
  let remaining = results
  for (const { id, faults } of forgiving) {
    for (const fault of faults.filter((one) => isExcluded(one, exclusion))) {
      const isSame = (other: FieldFault): boolean =>
        starred(other.path) === starred(fault.path) &&
        (!isAboutContainers || containerName(other.path, pod) === containerName(fault.path, part))
      remaining = remaining.map((result) => (result.id === id ? { ...result, faults: withoutFirst(result.faults, isSame) } : result))
    }
  }
  return remaining.filter(({ faults }) => faults.length > 0)
}

const podAlone = ({ metadata, spec }: PodParts): PodParts => ({
  metadata,
  spec: { ...spec, containers: [{ name: 'fake' }], initContainers: [], ephemeralContainers: [] },
})

function containersOf({ spec }: PodParts, images: readonly string[]): PodParts {
  const hasImage = (container: Json): boolean => {
    const image = isJsonObject(container) ? ownValue(container, 'image') : undefined
    return images.some((pattern) => matchesWildcard(pattern, typeof image === 'string' ? image : ''))
  }
  return { metadata: {}, spec: Object.fromEntries(containerLists.map((list) => [list, (listField(spec, list) ?? []).filter(hasImage)])) }
}

/** A field without a value of its own (it is missing, or it is a structure such as a volume) is excluded by any list of values. */
function isExcluded(fault: FieldFault, { restrictedField, values }: Exclusion): boolean {
  if (restrictedField !== '' && starred(fault.path) !== restrictedField) return false
  return values.length === 0 || badValues(fault).every((value) => values.some((pattern) => matchesWildcard(pattern, value)))
}

function badValues({ fault, value }: FieldFault): readonly string[] {
  if (fault === 'required' || value === '') return []
  if (value === undefined) return ['nil']
  if (isJsonArray(value)) return value.map(String)
  return isJsonObject(value) ? [] : [String(value)]
}

const starred = (path: JsonPath): string => printField(path).replace(/\d+/g, '*')

/** Of the container that a field is in; undefined of fields of the Pod. */
function containerName(path: JsonPath, { spec }: PodParts): Json | undefined {
  const [, list, index] = path
  if (typeof list !== 'string' || typeof index !== 'number' || !containerLists.includes(list)) return undefined
  return valueAt(spec, [list, index, 'name'])
}

function withoutFirst(faults: readonly FieldFault[], isIt: (fault: FieldFault) => boolean): readonly FieldFault[] {
  const index = faults.findIndex(isIt)
  return index < 0 ? faults : faults.toSpliced(index, 1)
}
