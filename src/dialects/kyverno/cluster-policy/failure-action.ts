import { anyField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray } from '../../../core/json.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
import { compileLabelSelector } from '../../../kube/label-selector.ts'
import type { Facts } from '../../../policy/facts.ts'
import { namespaceLabels } from '../namespace-labels.ts'

export type Action = 'Enforce' | 'Audit'

/** What a failing rule does in a namespace: the first override that names it, else the default. */
export interface FailureAction {
  readonly in: (namespace: string, facts: Facts) => Action
  readonly canEnforce: boolean
}

interface Override {
  readonly action: Action
  readonly applies: (namespace: string, facts: Facts) => boolean
}

/** Rule overrides come before the rule's action, that before the policy's overrides, those before the policy's action. */
export function compileFailureAction(rule: JsonObject, spec: JsonObject): FailureAction {
  const validate = anyField(rule, 'validate')
  const inRule = typeof validate === 'object' && validate !== null && !isJsonArray(validate) ? validate : undefined
  const ruleOverrides = overridesOf(objectsField(inRule, 'failureActionOverrides'))
  const ruleAction = stringField(inRule, 'failureAction')
  const specOverrides = ruleAction === undefined ? overridesOf(objectsField(spec, 'validationFailureActionOverrides')) : []
  const fallback = actionOf(ruleAction ?? stringField(spec, 'validationFailureAction'))
  const overrides = [...ruleOverrides, ...specOverrides]
  return {
    in: (namespace, facts) => overrides.find((override) => override.applies(namespace, facts))?.action ?? fallback,
    canEnforce: fallback === 'Enforce' || overrides.some((override) => override.action === 'Enforce'),
  }
}

const actionOf = (text: string | undefined): Action => (text?.toLowerCase() === 'enforce' ? 'Enforce' : 'Audit')

function overridesOf(raw: readonly JsonObject[] | undefined): readonly Override[] {
  return (raw ?? []).map((override) => {
    const namespaces = stringsOf(anyField(override, 'namespaces'))
    const selector = anyField(override, 'namespaceSelector')
    const compiled = selector === undefined ? undefined : compileLabelSelector(selector)
    const selects = (namespace: string, facts: Facts): boolean => {
      if (compiled === undefined) return true
      const labels = namespaceLabels(namespace, facts)
      return compiled.ok && labels !== undefined && compiled.value(labels)
    }
    return {
      action: actionOf(stringField(override, 'action')),
      applies: (namespace, facts) =>
        (namespaces.length === 0 ? compiled !== undefined : namespaces.some((pattern) => matchesWildcard(pattern, namespace))) &&
        selects(namespace, facts),
    }
  })
}

const stringsOf = (value: Json | undefined): readonly string[] =>
  value !== undefined && isJsonArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
