import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { PolicyState } from '../../../policy/dialect.ts'
import { expandRules } from '../autogen.ts'

/** Columns of `kubectl get cpol`, as Kyverno's definition has them. */
export const policyColumns: readonly JsonObject[] = [
  { name: 'ADMISSION', type: 'boolean', jsonPath: '.spec.admission' },
  { name: 'BACKGROUND', type: 'boolean', jsonPath: '.spec.background' },
  { name: 'READY', type: 'string', jsonPath: '.status.conditions[?(@.type == "Ready")].status' },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'FAILURE POLICY', type: 'string', jsonPath: '.spec.failurePolicy', priority: 1 },
  { name: 'VALIDATE', type: 'integer', jsonPath: '.status.rulecount.validate', priority: 1 },
  { name: 'MUTATE', type: 'integer', jsonPath: '.status.rulecount.mutate', priority: 1 },
  { name: 'GENERATE', type: 'integer', jsonPath: '.status.rulecount.generate', priority: 1 },
  { name: 'VERIFY IMAGES', type: 'integer', jsonPath: '.status.rulecount.verifyimages', priority: 1 },
  { name: 'MESSAGE', type: 'string', jsonPath: '.status.conditions[?(@.type == "Ready")].message' },
]

/** `status` of a ClusterPolicy or Policy: whether it is enforced, the rules made from its own, and how many it has of each type. */
export function policyStatus({ object }: Manifest, state: PolicyState, now: Date): JsonObject {
  const derived = expandRules(object).filter(({ derivedFrom }) => derivedFrom !== undefined)
  const count = (effect: string): number =>
    state.ready ? (state.policy?.rules ?? []).filter((rule) => rule.effect === effect && !rule.derived).length : 0
  return {
    autogen: derived.length === 0 ? {} : { rules: derived.map(({ raw }) => raw) },
    conditions: [readyCondition(objectField(object, 'status'), state, now)],
    rulecount: { generate: count('generate'), mutate: count('mutate'), validate: count('validate'), verifyimages: count('verifyImages') },
    validatingadmissionpolicy: { generated: false, message: '' },
  }
}

/** The time of a condition is that of its last change. */
function readyCondition(status: JsonObject | undefined, state: PolicyState, now: Date): JsonObject {
  const wanted = state.ready
    ? { message: 'Ready', reason: 'Succeeded', status: 'True', type: 'Ready' }
    : { message: state.message, reason: 'Failed', status: 'False', type: 'Ready' }
  const known = objectsField(status, 'conditions')?.find((condition) => condition['type'] === 'Ready')
  const since = known !== undefined && known['status'] === wanted.status ? stringField(known, 'lastTransitionTime') : undefined
  return { lastTransitionTime: since ?? `${now.toISOString().slice(0, 19)}Z`, ...wanted }
}
