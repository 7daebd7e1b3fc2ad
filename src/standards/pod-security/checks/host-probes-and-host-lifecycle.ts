import type { JsonObject, JsonPath } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asObject, asText, namesWhere } from '../pod-view.ts'
import { containersText, plural, quoted, sortedDistinct } from '../text.ts'

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
const hooks = ['postStart', 'preStop'] as const
const handlers = ['httpGet', 'tcpSocket'] as const

/** Probes and hooks are run by the kubelet: with a host of their choice they would reach what only the node can. Loopback is such a host too. */
export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  restrictedFields: ['containers', 'initContainers'].flatMap((list) =>
    [...probes, ...hooks.map((hook) => `lifecycle.${hook}`)].flatMap((place) =>
      handlers.map((handler) => `spec.${list}[*].${place}.${handler}.host`),
    ),
  ),
  allowedValues: 'undefined, ""',
  revisions: [{ since: 34, test: forbidHosts, faults: hostFaults }],
}

/** Calls `found` with each host that is not empty and where it stands in the container, until it says that this is enough. */
type Found = (host: string, path: JsonPath) => boolean

function anyHost({ container }: ContainerView, found: Found): boolean {
  for (const probe of probes) if (anyHostOf(asObject(container[probe]), [probe], found)) return true
  const lifecycle = asObject(container['lifecycle'])
  if (lifecycle === undefined) return false
  for (const hook of hooks) if (anyHostOf(asObject(lifecycle[hook]), ['lifecycle', hook], found)) return true
  return false
}

function anyHostOf(action: JsonObject | undefined, path: JsonPath, found: Found): boolean {
  if (action === undefined) return false
  for (const handler of handlers) {
    const target = asObject(action[handler])
    const host = target === undefined ? '' : (asText(target['host']) ?? '')
    if (host !== '' && found(host, [...path, handler, 'host'])) return true
  }
  return false
}

const always = (): boolean => true
const hasHost = (container: ContainerView): boolean => anyHost(container, always)

function hostFaults({ containers }: PodView): readonly FieldFault[] {
  const faults: FieldFault[] = []
  for (const container of containers) {
    anyHost(container, (host, path) => {
      faults.push(forbidden([...container.path, ...path], host))
      return false
    })
  }
  return faults
}

function hostsOf(container: ContainerView): readonly string[] {
  const hosts: string[] = []
  anyHost(container, (host) => {
    hosts.push(host)
    return false
  })
  return hosts
}

function forbidHosts({ containers }: PodView): Violation | undefined {
  const bad = namesWhere(containers, hasHost)
  if (bad.length === 0) return undefined
  const names = sortedDistinct(bad)
  const hosts = sortedDistinct(containers.flatMap(hostsOf))
  const verb = plural(names.length, 'uses', 'use')
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${verb} ${plural(hosts.length, 'probe or lifecycle host', 'probe or lifecycle hosts')} ${quoted(hosts)}`,
  }
}
