import type { JsonPath } from '../../core/json.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { forbidden } from '../../kube/field-error.ts'
import type { ContainerProfile, PodParts } from './profiles.ts'
import { mentionsOf } from './profiles.ts'

/** A complaint with the place in the Pod that it is about. */
export interface Complaint extends FieldError {
  readonly path: JsonPath
}

const complain = (path: JsonPath, detail: string): Complaint => ({ ...forbidden(printField(path), detail), path })

/** `spec.containers[0].securityContext`, `metadata.annotations[key]`. */
function printField(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (index === 0) return String(step)
      return typeof step === 'number' || path[index - 1] === 'annotations' ? `[${step}]` : `.${step}`
    })
    .join('')
}

/** PodSecurityPolicy's `allowedProfileNames`: every container has a profile, and it is one of them. */
export function forbidOthers(profiles: readonly ContainerProfile[], allowed: readonly string[]): readonly Complaint[] {
  return profiles.flatMap(({ reference, chosenAt }) => {
    if (reference === '') return [complain(chosenAt, 'AppArmor profile must be set')]
    if (allowed.includes(reference)) return []
    return [complain(chosenAt, `${reference} is not an allowed profile. Allowed values: ${JSON.stringify(allowed.join(','))}`)]
  })
}

/** The feature gate `AppArmor=false`: Pods that choose a profile are refused, whichever it is. */
export const forbidAll = (pod: PodParts): readonly Complaint[] =>
  mentionsOf(pod).map((path) => complain(path, 'AppArmor is disabled by feature-gate'))
