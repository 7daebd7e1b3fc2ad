import type { JsonObject } from '../../core/json.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, compareQuantities, parseQuantity } from '../../kube/quantity.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import { flagAt, has, objectAt, objectsAt, textAt, textsAt } from './fields.ts'
import type { Amounts } from './pod-resources.ts'
import { addAmounts, amountsOf, podAmounts } from './pod-resources.ts'
import { isFinished } from './pods.ts'

/** Why a node does not take a Pod; `hopeless` is what removing other Pods would not change. */
export interface Misfit {
  readonly reasons: readonly string[]
  readonly hopeless: boolean
}

const hopeless = (reason: string): Misfit => ({ reasons: [reason], hopeless: true })

/** The scheduler's filters in their order; the first that refuses gives the reason. */
export function misfitOf(pod: JsonObject, node: KubeObject, podsThere: readonly KubeObject[]): Misfit | undefined {
  if (flagAt(node, 'spec', 'unschedulable') && !toleratesUnschedulable(pod)) return hopeless('node(s) were unschedulable')
  if (untolerated(pod, node, ['NoSchedule', 'NoExecute'])) return hopeless('node(s) had untolerated taint(s)')
  if (!matchesNode(pod, node)) return hopeless("node(s) didn't match Pod's node affinity/selector")
  if (portsTaken(pod, podsThere)) return { reasons: ["node(s) didn't have free ports for the requested pod ports"], hopeless: false }
  return lacks(pod, node, podsThere)
}

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const toleratesUnschedulable = (pod: JsonObject): boolean => tolerates(pod, unschedulableTaint)

export const untolerated = (pod: JsonObject, node: JsonObject, effects: readonly string[]): boolean =>
  objectsAt(node, 'spec', 'taints').some((taint) => effects.includes(textAt(taint, 'effect')) && !tolerates(pod, taint))

export const tolerates = (pod: JsonObject, taint: JsonObject): boolean =>
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

function hostPorts(pod: JsonObject): readonly string[] {
  return objectsAt(pod, 'spec', 'containers').flatMap((container) =>
    objectsAt(container, 'ports')
      .filter((port) => typeof port['hostPort'] === 'number' && port['hostPort'] > 0)
      .map((port) => `${textAt(port, 'protocol') || 'TCP'}/${String(port['hostPort'])}`),
  )
}

function portsTaken(pod: JsonObject, podsThere: readonly KubeObject[]): boolean {
  const wanted = new Set(hostPorts(pod))
  return wanted.size > 0 && podsThere.some((other) => !isFinished(other) && hostPorts(other).some((port) => wanted.has(port)))
}

function lacks(pod: JsonObject, node: JsonObject, podsThere: readonly KubeObject[]): Misfit | undefined {
  const allocatable = amountsOf(objectAt(node, 'status', 'allocatable'))
  const running = podsThere.filter((other) => !isFinished(other))
  const reasons: string[] = []
  const impossible: string[] = []
  const most = allocatable.get('pods')
  if (most !== undefined && compareQuantities(numberQuantity(running.length + 1), most) > 0) reasons.push('Too many pods')
  const wanted = podAmounts(pod, 'requests')
  let used: Amounts = new Map()
  if (wanted.size > 0) for (const other of running) used = addAmounts(used, podAmounts(other, 'requests'))
  for (const [name, amount] of wanted) {
    if (amount.nanos === 0n) continue
    const total = allocatable.get(name)
    const taken = used.get(name)
    const sum = taken === undefined ? amount : addQuantities(taken, amount)
    if (total !== undefined && compareQuantities(sum, total) <= 0) continue
    reasons.push(`Insufficient ${name}`)
    // More than there is at all: no Pod that goes could make room.
    if (total === undefined || compareQuantities(amount, total) > 0) impossible.push(name)
  }
  return reasons.length === 0 ? undefined : { reasons, hopeless: impossible.length > 0 }
}

const numberQuantity = (count: number): Quantity => parseQuantity(String(count)) ?? { nanos: 0n, exponent: 0, format: 'DecimalSI' }
