import { randomInt } from 'node:crypto'
import { listAt, objectAt, textAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { invalid } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { invalidStatus } from '../../kube/status.ts'
import type { Store } from '../storage/store.ts'
import { uidOf, withFields } from './metadata.ts'

/** Where Services get their addresses from. */
export const serviceRange = '10.0.0.0/16'
/** The server's own. */
export const serverAddress = '10.0.0.1'
/** The first addresses are left to those who ask for one. */
const firstFree = 16
const inRange = /^10\.0\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/
const nodePortRange = { first: 30_000, last: 32_767 }
const attempts = 1000

type Spec = JsonObject

const typeOf = (spec: Spec): string => textAt(spec, 'type') || 'ClusterIP'
const hasAddress = (spec: Spec): boolean => typeOf(spec) !== 'ExternalName'
const isBalanced = (spec: Spec): boolean => typeOf(spec) === 'LoadBalancer'
const hasNodePorts = (spec: Spec): boolean => typeOf(spec) === 'NodePort' || isBalanced(spec)
/** Whether it is given those it does not have. */
const wantsNodePorts = (spec: Spec): boolean => hasNodePorts(spec) && !(isBalanced(spec) && spec['allocateLoadBalancerNodePorts'] === false)
const hasHealthCheck = (spec: Spec): boolean => isBalanced(spec) && spec['externalTrafficPolicy'] === 'Local'
const isReachable = (spec: Spec): boolean => hasNodePorts(spec) || (typeOf(spec) === 'ClusterIP' && listAt(spec, 'externalIPs').length > 0)

const portsOf = (spec: Spec): readonly JsonObject[] => listAt(spec, 'ports').filter(isJsonObject)
const nodePortOf = (port: JsonObject): number => (typeof port['nodePort'] === 'number' ? port['nodePort'] : 0)
const withoutNodePort = ({ nodePort: _nodePort, ...port }: JsonObject): JsonObject => port
const without = (spec: Spec, keys: readonly string[]): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([key]) => !keys.includes(key)))
const same = (a: Spec, b: Spec, key: string): boolean => jsonEqual(ownValue(a, key) ?? null, ownValue(b, key) ?? null)

/** What the server has chosen and the client leaves out stays. */
function keepChosen(spec: Spec, before: Spec): Spec {
  const kept: { [key: string]: Json } = { ...spec }
  if (hasAddress(spec) && hasAddress(before)) {
    if (textAt(spec, 'clusterIP') === '') kept['clusterIP'] = ownValue(before, 'clusterIP') ?? ''
    if (listAt(spec, 'clusterIPs').length === 0 && kept['clusterIP'] === before['clusterIP'])
      kept['clusterIPs'] = ownValue(before, 'clusterIPs') ?? []
    for (const key of ['ipFamilies', 'ipFamilyPolicy'])
      if (ownValue(spec, key) === undefined && ownValue(before, key) !== undefined) kept[key] = ownValue(before, key) ?? null
  }
  if (wantsNodePorts(spec) && hasNodePorts(before) && portsOf(spec).length > 0) {
    const known = new Map(portsOf(before).map((port) => [portKey(port), nodePortOf(port)]))
    const filled = (port: JsonObject): JsonObject => {
      const number = nodePortOf(port) || (known.get(portKey(port)) ?? 0)
      return number === 0 ? port : { ...port, nodePort: number }
    }
    kept['ports'] = portsOf(spec).map(filled)
  }
  if (hasHealthCheck(spec) && hasHealthCheck(before) && !spec['healthCheckNodePort'])
    kept['healthCheckNodePort'] = before['healthCheckNodePort'] ?? 0
  return kept
}

const portKey = (port: JsonObject): string => `${String(port['protocol'] ?? 'TCP')} ${String(port['port'])}`

/** The older field for one address and the newer list follow each other. */
function agree(spec: Spec, before: Spec | undefined): Spec {
  const single = textAt(spec, 'clusterIP')
  if (before === undefined) return single !== '' && listAt(spec, 'clusterIPs').length === 0 ? { ...spec, clusterIPs: [single] } : spec
  if (single === textAt(before, 'clusterIP') || !same(spec, before, 'clusterIPs')) return spec
  return single === '' ? without(spec, ['clusterIPs']) : { ...spec, clusterIPs: [single, ...listAt(before, 'clusterIPs').slice(1)] }
}

/** What only the type of before needed goes with it, unless the client says something about it. */
function dropUnneeded(spec: Spec, before: Spec): Spec {
  const gone: string[] = []
  const drop = (needs: (spec: Spec) => boolean, keys: readonly string[]): void => {
    if (needs(before) && !needs(spec)) gone.push(...keys.filter((key) => same(spec, before, key) || spec[key] === ''))
  }
  if (same(spec, before, 'clusterIPs') || listAt(spec, 'clusterIPs').length === 0)
    drop(hasAddress, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])
  drop(hasHealthCheck, ['healthCheckNodePort'])
  drop(isBalanced, ['allocateLoadBalancerNodePorts', 'loadBalancerClass'])
  drop(isReachable, ['externalTrafficPolicy'])
  drop(hasAddress, ['internalTrafficPolicy'])
  const rest = without(spec, gone)
  if (!hasNodePorts(before) || hasNodePorts(spec) || !sameNodePorts(spec, before)) return rest
  return { ...rest, ports: portsOf(spec).map(withoutNodePort) }
}

/** Each node port of the Service was one before. */
const sameNodePorts = (spec: Spec, before: Spec): boolean => {
  const known = new Set(portsOf(before).map(nodePortOf))
  return portsOf(spec).every((port) => nodePortOf(port) === 0 || known.has(nodePortOf(port)))
}

interface Taken {
  readonly addresses: ReadonlySet<string>
  readonly nodePorts: ReadonlySet<number>
}

/** What Services other than this one have. */
function takenBy(store: Store, service: KubeObject): Taken {
  const others = store
    .list({ group: '', resource: 'services' })
    .filter((one) => uidOf(one) !== uidOf(service))
    .map((one) => objectAt(one, 'spec'))
  return {
    addresses: new Set(others.map((spec) => textAt(spec, 'clusterIP'))),
    nodePorts: new Set(
      others.flatMap((spec) => [
        ...portsOf(spec).map(nodePortOf),
        typeof spec['healthCheckNodePort'] === 'number' ? spec['healthCheckNodePort'] : 0,
      ]),
    ),
  }
}

/** From the first 254 as long as there are any. */
function freeAddress(taken: ReadonlySet<string>): string {
  for (let i = 0; i < attempts; i += 1) {
    const address = `10.0.0.${randomInt(firstFree, 255)}`
    if (!taken.has(address)) return address
  }
  for (let i = 0; i < attempts; i += 1) {
    const address = `10.0.${randomInt(1, 256)}.${randomInt(1, 255)}`
    if (!taken.has(address)) return address
  }
  return ''
}

function freeNodePort(taken: Set<number>): number {
  for (let i = 0; i < attempts; i += 1) {
    const port = randomInt(nodePortRange.first, nodePortRange.last + 1)
    if (taken.has(port)) continue
    taken.add(port)
    return port
  }
  return 0
}

function* whyNotAddress(spec: Spec, before: Spec | undefined, taken: Taken): Iterable<FieldError> {
  const wanted = textAt(spec, 'clusterIP')
  if (wanted === '' || wanted === 'None' || (before !== undefined && hasAddress(before))) return
  const refused = (why: string): FieldError => invalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`)
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(wanted)) return
  if (!inRange.test(wanted)) yield refused('the provided network does not match the current range')
  else if (taken.addresses.has(wanted)) yield refused('provided IP is already allocated')
}

function* whyNotFamilies(spec: Spec): Iterable<FieldError> {
  const selectorless = Object.keys(objectAt(spec, 'selector')).length === 0
  const single = textAt(spec, 'clusterIP')
  // An address that is given is held against the families by validation.
  if (single === 'None' ? selectorless : single !== '') return
  for (const [i, family] of listAt(spec, 'ipFamilies').entries())
    if (family === 'IPv6') yield invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')
  if (spec['ipFamilyPolicy'] === 'RequireDualStack')
    yield invalid('spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services')
}

function* whyNotPorts(spec: Spec, before: Spec | undefined, taken: Taken): Iterable<FieldError> {
  const own = new Set(before === undefined ? [] : portsOf(before).map(nodePortOf))
  const seen = new Map<number, string>()
  for (const [i, port] of portsOf(spec).entries()) {
    const number = nodePortOf(port)
    const protocol = String(port['protocol'] ?? 'TCP')
    const path = `spec.ports[${i}].nodePort`
    if (number === 0) continue
    if (number < nodePortRange.first || number > nodePortRange.last)
      yield invalid(
        path,
        number,
        `provided port is not in the valid range. The range of valid ports is ${nodePortRange.first}-${nodePortRange.last}`,
      )
    // One number serves several protocols.
    else if (seen.get(number) === protocol || (taken.nodePorts.has(number) && !own.has(number) && !seen.has(number)))
      yield invalid(path, number, 'provided port is already allocated')
    seen.set(number, protocol)
  }
}

/** The addresses and ports that a Service asks for by leaving them out. */
function allocate(spec: Spec, taken: Taken): Spec {
  const clusterIP = textAt(spec, 'clusterIP') || freeAddress(taken.addresses)
  const numbers = new Set([...taken.nodePorts, ...portsOf(spec).map(nodePortOf)])
  const wantsPorts = wantsNodePorts(spec)
  const ports = portsOf(spec).map((port) =>
    wantsPorts && nodePortOf(port) === 0
      ? { ...port, nodePort: freeNodePort(numbers) }
      : nodePortOf(port) === 0
        ? withoutNodePort(port)
        : port,
  )
  const dual = clusterIP === 'None' && Object.keys(objectAt(spec, 'selector')).length === 0
  return {
    ...spec,
    clusterIP,
    clusterIPs: listAt(spec, 'clusterIPs').length === 0 ? [clusterIP] : (ownValue(spec, 'clusterIPs') ?? []),
    ipFamilies: ownValue(spec, 'ipFamilies') ?? (dual ? ['IPv4', 'IPv6'] : ['IPv4']),
    ipFamilyPolicy: ownValue(spec, 'ipFamilyPolicy') ?? (dual ? 'RequireDualStack' : 'SingleStack'),
    ...(ports.length === 0 ? {} : { ports }),
    ...(hasHealthCheck(spec) && !spec['healthCheckNodePort'] ? { healthCheckNodePort: freeNodePort(numbers) } : {}),
  }
}

const known = new Set(['ClusterIP', 'NodePort', 'LoadBalancer'])

/** A Service with the addresses and ports it needs, and without those its type no longer needs; an invalid status where it cannot have what it asks for. */
export function withServiceAddresses(
  service: KubeObject,
  { store, old }: { readonly store: Store; readonly old: KubeObject | undefined },
): Result<KubeObject, Status> {
  const before = old === undefined ? undefined : objectAt(old, 'spec')
  const asked = objectAt(service, 'spec')
  const agreed = agree(before === undefined ? asked : keepChosen(asked, before), before)
  const spec = before === undefined ? agreed : dropUnneeded(agreed, before)
  // What is of no type is refused by validation.
  if (!known.has(typeOf(spec))) return ok(withFields(service, { spec }))
  const taken = takenBy(store, old ?? service)
  const refused = [...whyNotAddress(spec, before, taken), ...whyNotFamilies(spec), ...whyNotPorts(spec, before, taken)]
  if (refused.length > 0) return err(invalidStatus({ group: '', kind: 'Service' }, nameOf(service), refused))
  return ok(withFields(service, { spec: allocate(spec, taken) }))
}
