import { has, objectAt, objectsAt, textAt, textsAt } from '../core/fields.ts'
import type { JsonObject } from '../core/json.ts'
import { valueAt } from '../core/json.ts'
import type { KubeObject } from './object.ts'
import { labelsOf, nameOf } from './object.ts'

/** Which nodes a Pod may be put on, as far as that does not depend on other Pods: cordons, taints, selectors, affinity. */

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Nothing new is put on the node, unless it tolerates just that. */
export const isCordoned = (pod: JsonObject, node: JsonObject): boolean =>
  valueAt(node, ['spec', 'unschedulable']) === true && !tolerates(pod, unschedulableTaint)

/** The node has a taint with one of these effects that the Pod does not tolerate. */
export const untolerated = (pod: JsonObject, node: JsonObject, effects: readonly string[]): boolean =>
  objectsAt(node, 'spec', 'taints').some((taint) => effects.includes(textAt(taint, 'effect')) && !tolerates(pod, taint))

const tolerates = (pod: JsonObject, taint: JsonObject): boolean =>
  objectsAt(pod, 'spec', 'tolerations').some((toleration) => {
    const effect = textAt(toleration, 'effect')
    if (effect !== '' && effect !== textAt(taint, 'effect')) return false
    const key = textAt(toleration, 'key')
    if (key !== '' && key !== textAt(taint, 'key')) return false
    const operator = textAt(toleration, 'operator')
    if (operator === 'Exists') return true
    if (key === '') return false
    return compareValues(operator, textAt(taint, 'value'), textAt(toleration, 'value'))
  })

const integer = /^-?\d{1,18}$/
function compareValues(operator: string, taint: string, toleration: string): boolean {
  if (operator === '' || operator === 'Equal') return taint === toleration
  if (!integer.test(taint) || !integer.test(toleration)) return false
  return operator === 'Lt' ? BigInt(taint) < BigInt(toleration) : operator === 'Gt' && BigInt(taint) > BigInt(toleration)
}

/** `nodeSelector` and the required node affinity. */
export function matchesNode(pod: JsonObject, node: KubeObject): boolean {
  const labels = labelsOf(node)
  const selector = Object.entries(objectAt(pod, 'spec', 'nodeSelector'))
  if (!selector.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)) return false
  const path = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution']
  if (!has(pod, ...path)) return true
  return objectsAt(pod, ...path, 'nodeSelectorTerms').some((term) => matchesTerm(term, node))
}

function matchesTerm(term: JsonObject, node: KubeObject): boolean {
  const expressions = objectsAt(term, 'matchExpressions')
  const fields = objectsAt(term, 'matchFields')
  if (expressions.length + fields.length === 0) return false
  const names = { 'metadata.name': nameOf(node) }
  return expressions.every((one) => matchesRequirement(one, labelsOf(node))) && fields.every((one) => matchesRequirement(one, names))
}

function matchesRequirement(requirement: JsonObject, values: Readonly<Record<string, string>>): boolean {
  const key = textAt(requirement, 'key')
  const wanted = textsAt(requirement, 'values')
  const value = Object.hasOwn(values, key) ? values[key] : undefined
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && wanted.includes(value)
    case 'NotIn':
      return value === undefined || !wanted.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
    case 'Lt': {
      const [bound = ''] = wanted
      if (value === undefined || !integer.test(value) || !integer.test(bound)) return false
      return textAt(requirement, 'operator') === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
    }
    default:
      return false
  }
}

/** The node that the Pod names, or else one that nothing keeps it from. */
export function mayRunOn(pod: JsonObject, node: KubeObject): boolean {
  const chosen = textAt(pod, 'spec', 'nodeName')
  if (chosen !== '') return chosen === nameOf(node)
  return !isCordoned(pod, node) && !untolerated(pod, node, ['NoSchedule', 'NoExecute']) && matchesNode(pod, node)
}
