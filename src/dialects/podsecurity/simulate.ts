import { compareText } from '../../core/go-format.ts'
import { isJsonArray, isJsonObject, ownValue, valueAt } from '../../core/json.ts'
import { applyDefaults } from '../../kube/defaults/defaults.ts'
import { printFieldError } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { groupVersionKind, labelsOf, nameOf, namespaceOf } from '../../kube/object.ts'
import { resourceOf } from '../../kube/resources.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { PodSecurityGroup, PodSecurityLevel, SimulatedNamespace } from '../../policy/pod-security.ts'
import { printLevelVersion, reasonsText } from '../../standards/pod-security/pod-security.ts'
import type { Context } from './context.ts'
import { hasExemptRuntimeClass } from './context.ts'
import type { Group, Groups } from './existing-pods.ts'
import { addTo, groupText } from './existing-pods.ts'
import { objectMistake } from './object-mistake.ts'
import type { PodParts } from './pod-template.ts'
import { podTemplateOf } from './pod-template.ts'

/** Something with Pods in it, or a Pod. */
interface Member {
  readonly name: string
  readonly isPod: boolean
  readonly parts: PodParts
}

interface Namespace {
  object: KubeObject | undefined
  readonly members: Member[]
  readonly problems: string[]
}

/** What each level would mean to each namespace: without the limits that an API server has, which has to answer soon. */
export function simulate(
  context: Context,
  objects: readonly KubeObject[],
  levels: readonly PodSecurityLevel[],
): readonly SimulatedNamespace[] {
  const namespaces = collect(objects)
  return [...namespaces]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, namespace]) => simulateNamespace(context, name, namespace, levels))
}

function collect(objects: readonly KubeObject[]): ReadonlyMap<string, Namespace> {
  const namespaces = new Map<string, Namespace>()
  const at = (name: string): Namespace => {
    const known = namespaces.get(name)
    if (known !== undefined) return known
    const fresh: Namespace = { object: undefined, members: [], problems: [] }
    namespaces.set(name, fresh)
    return fresh
  }
  for (const object of objects) {
    const kind = groupVersionKind(object)
    if (kind.group === '' && kind.kind === 'Namespace') {
      at(nameOf(object)).object = object
      continue
    }
    const of: GroupResource = { group: kind.group, resource: resourceOf(kind).plural }
    const isPod = of.group === '' && of.resource === 'pods'
    // What a controller has made is judged as Pods, and where nobody has made Pods of it yet, by what made it.
    if (!isPod && hasController(object)) continue
    if (podTemplateOf(of, object) === undefined) continue
    const namespace = at(namespaceOf(object) || 'default')
    const mistake = objectMistake(object)
    const parts = mistake === undefined ? podTemplateOf(of, applyDefaults(object)) : undefined
    if (mistake !== undefined) namespace.problems.push(mistake)
    if (parts !== undefined) namespace.members.push({ name: isPod ? nameOf(object) : `${qualified(of)}/${nameOf(object)}`, isPod, parts })
  }
  return namespaces
}

const qualified = ({ group, resource }: GroupResource): string => (group === '' ? resource : `${resource}.${group}`)

function hasController(object: KubeObject): boolean {
  const owners = valueAt(object, ['metadata', 'ownerReferences'])
  return (
    owners !== undefined && isJsonArray(owners) && owners.some((owner) => isJsonObject(owner) && ownValue(owner, 'controller') === true)
  )
}

function simulateNamespace(context: Context, name: string, namespace: Namespace, levels: readonly PodSecurityLevel[]): SimulatedNamespace {
  const { policy, errors } = context.policyOf(labelsOf(namespace.object ?? {}))
  const members = namespace.members.filter(({ parts }) => !hasExemptRuntimeClass(context, parts))
  const groups = levels.map(() => ({ pods: new Map<string, Group>(), workloads: new Map<string, Group>() }))
  for (const { name: member, isPod, parts } of members) {
    const judge = context.judge(parts)
    levels.forEach((level, index) => {
      const violations = judge(level)
      const group = groups[index]
      if (violations.length > 0 && group !== undefined) addTo(isPod ? group.pods : group.workloads, reasonsText(violations), member)
    })
  }
  const pods = members.filter(({ isPod }) => isPod).length
  return {
    name,
    enforces: printLevelVersion(policy.enforce),
    exempt: context.exemptNamespaces.has(name),
    problems: [...errors.map(printFieldError), ...namespace.problems],
    pods,
    workloads: members.length - pods,
    unjudged: namespace.problems.length,
    levels: levels.map((level, index) => ({
      level: printLevelVersion(level),
      pods: listed(groups[index]?.pods, (group, reasons) => groupText(group, reasons)),
      workloads: listed(groups[index]?.workloads, workloadsText),
    })),
  }
}

function workloadsText({ name, count }: Group, reasons: string): string {
  const others = count === 1 ? '' : count === 2 ? ' (and 1 other workload)' : ` (and ${count - 1} other workloads)`
  return `${name}${others}: ${reasons}`
}

function listed(groups: Groups | undefined, print: (group: Group, reasons: string) => string): readonly PodSecurityGroup[] {
  return [...(groups ?? [])]
    .map(([reasons, group]) => ({ ...group, reasons, text: print(group, reasons) }))
    .sort((a, b) => compareText(a.text, b.text))
}
