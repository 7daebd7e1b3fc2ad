import { quoteGo } from '../../../core/go-quote.ts'
import type { JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { PodView } from '../pod-view.ts'
import { asText } from '../pod-view.ts'
import { plural, sortedDistinct } from '../text.ts'
import { noForbiddenTypes, seccompTypeFields } from './seccomp-type.ts'

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/'

/** Seccomp must not be turned off. Before 1.19 annotations told of it. */
export const seccompProfileBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  restrictedFields: seccompTypeFields,
  allowedValues: 'undefined, RuntimeDefault, Localhost',
  revisions: [
    { since: 0, test: forbidAnnotations, faults: forbiddenAnnotations },
    { since: 19, ...noForbiddenTypes },
  ],
}

function isForbidden(value: string | undefined): boolean {
  return value !== undefined && value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/')
}

function mentionsSeccomp(annotations: JsonObject): boolean {
  for (const key in annotations) if (key === podAnnotation || key.startsWith(containerAnnotation)) return true
  return false
}

function badKeys({ annotations, containers }: PodView): readonly string[] {
  if (!mentionsSeccomp(annotations)) return []
  const keys = [podAnnotation, ...containers.map(({ name }) => containerAnnotation + name)]
  return keys.filter((key) => isForbidden(asText(ownValue(annotations, key))))
}

function forbidAnnotations(pod: PodView): Violation | undefined {
  const { annotations } = pod
  const bad = badKeys(pod)
  if (bad.length === 0) return undefined
  const shown = sortedDistinct(bad.map((key) => `${key}=${quoteGo(asText(ownValue(annotations, key)) ?? '')}`))
  return {
    reason: 'seccompProfile',
    detail: `${plural(shown.length, 'forbidden annotation', 'forbidden annotations')} ${shown.join(', ')}`,
  }
}

function forbiddenAnnotations(pod: PodView): readonly FieldFault[] {
  return sortedDistinct(badKeys(pod)).map((key) => forbidden(['metadata', 'annotations', key], asText(ownValue(pod.annotations, key))))
}
