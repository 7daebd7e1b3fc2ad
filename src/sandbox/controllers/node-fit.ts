import { objectAt, objectsAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { addQuantities, compareQuantities, parseQuantity } from '../../kube/quantity.ts'
import { isCordoned, matchesNode, untolerated } from '../../kube/node-placement.ts'
import type { KubeObject } from '../../kube/object.ts'
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
  if (isCordoned(pod, node)) return hopeless('node(s) were unschedulable')
  if (untolerated(pod, node, ['NoSchedule', 'NoExecute'])) return hopeless('node(s) had untolerated taint(s)')
  if (!matchesNode(pod, node)) return hopeless("node(s) didn't match Pod's node affinity/selector")
  if (portsTaken(pod, podsThere)) return { reasons: ["node(s) didn't have free ports for the requested pod ports"], hopeless: false }
  return lacks(pod, node, podsThere)
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
