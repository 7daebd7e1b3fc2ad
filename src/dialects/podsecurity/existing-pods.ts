import { compareText } from '../../core/go-format.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../core/json.ts'
import { nameOf } from '../../kube/object.ts'
import type { LevelVersion } from '../../standards/pod-security/pod-security.ts'
import { printLevelVersion, reasonsText } from '../../standards/pod-security/pod-security.ts'
import type { Context } from './context.ts'
import { hasExemptRuntimeClass } from './context.ts'
import { podParts } from './pod-template.ts'

const mostPods = 3000
const mostMilliseconds = 1000

/** Warnings about Pods that are there already and that a new level of their namespace would refuse. */
export function existingPodWarnings(
  context: Context,
  namespace: string,
  enforce: LevelVersion,
  pods: readonly JsonObject[],
): readonly string[] {
  const start = context.clock()
  const ordered = oneOfEachControllerFirst(pods.filter((pod) => !hasExemptRuntimeClass(context, podParts(pod))))
  const violating: Groups = new Map()
  let checked = 0
  for (const pod of ordered.slice(0, mostPods)) {
    const violations = context.judge(podParts(pod))(enforce)
    if (violations.length > 0) addTo(violating, reasonsText(violations), nameOf(pod))
    checked += 1
    if (context.clock() - start >= mostMilliseconds) break
  }
  const warnings: string[] = []
  if (checked < ordered.length) {
    warnings.push(`new PodSecurity enforce level only checked against the first ${checked} of ${ordered.length} existing pods`)
  }
  if (violating.size > 0) {
    warnings.push(`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${printLevelVersion(enforce)}"`)
  }
  return [...warnings, ...groupTexts(violating)]
}

/** Pods with the same faults. */
export interface Group {
  /** The first by name. */
  readonly name: string
  readonly count: number
}

/** By what is wrong with them. */
export type Groups = Map<string, Group>

export function addTo(groups: Groups, reasons: string, name: string): void {
  const group = groups.get(reasons)
  if (group === undefined) groups.set(reasons, { name, count: 1 })
  else groups.set(reasons, { name: compareText(name, group.name) < 0 ? name : group.name, count: group.count + 1 })
}

const groupTexts = (groups: Groups): readonly string[] => [...groups].map(([reasons, group]) => groupText(group, reasons)).sort(compareText)

/** `web-1 (and 2 other pods): host namespaces` */
export const groupText = (group: Group, reasons: string): string => `${podsText(group)}: ${reasons}`

function podsText({ name, count }: Group): string {
  if (count === 1) return name
  return count === 2 ? `${name} (and 1 other pod)` : `${name} (and ${count - 1} other pods)`
}

/** Replicas are alike: where there are too many Pods, one of each controller says most. */
function oneOfEachControllerFirst(pods: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Set<string>()
  const replicas: JsonObject[] = []
  const first = pods.filter((pod) => {
    const controller = controllerUid(pod)
    if (controller === undefined) return true
    if (seen.has(controller)) {
      replicas.push(pod)
      return false
    }
    seen.add(controller)
    return true
  })
  return [...first, ...replicas]
}

function controllerUid(pod: JsonObject): string | undefined {
  const owners = valueAt(pod, ['metadata', 'ownerReferences'])
  if (owners === undefined || !isJsonArray(owners)) return undefined
  for (const owner of owners) {
    if (!isJsonObject(owner) || ownValue(owner, 'controller') !== true) continue
    const uid = ownValue(owner, 'uid')
    return typeof uid === 'string' ? uid : ''
  }
  return undefined
}
