import { flagAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { groupVersionKind, nameOf, namespaceOf } from '../../kube/object.ts'
import { builtInResource } from '../../kube/resources.ts'
import type { GroupResource, Status } from '../../kube/status.ts'
import type { WatchEvent } from '../client.ts'
import type { Controller, ControllerContext, Key } from './controller.ts'
import { done } from './controller.ts'
import { finalizersOf, isDeleting, uidOf, withField } from './fields.ts'
import { events, sameKind } from './kinds.ts'
import { ownerReferencesOf, withoutOwner } from './owners.ts'
import type { Reconciled } from './workqueue.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

/** Where an object is, and whom it belongs to. */
interface Node {
  readonly of: GroupResource
  readonly namespace: string
  readonly name: string
  readonly owners: readonly string[]
}

interface Graph {
  readonly nodes: Map<string, Node>
  /** By the uid of the owner. */
  readonly dependents: Map<string, Set<string>>
  /** `group/Kind` of everything seen, and where to find it: an owner of a kind never heard of may well exist. */
  readonly kinds: Map<string, GroupResource>
}

interface Collector {
  readonly context: ControllerContext
  readonly graph: Graph
}

/** Deletes what has lost its owners, and lets owners go that wait for what they own. Keys are uids. */
export function garbageCollector(context: ControllerContext): Controller {
  const self: Collector = { context, graph: { nodes: new Map(), dependents: new Map(), kinds: new Map() } }
  return {
    name: 'garbage-collector',
    kinds: 'all',
    keysOf: (event) => (sameKind(event.of, events) ? [] : observe(self.graph, event).map((uid): Key => ({ namespace: '', name: uid }))),
    reconcile: ({ name }) => collect(self, name),
  }
}

const kindOf = (object: KubeObject): string => {
  const { group, kind } = groupVersionKind(object)
  return `${group}/${kind}`
}

/** Brings the graph up to date; the uids that have to be looked at. */
function observe(graph: Graph, { type, of, object }: WatchEvent): readonly string[] {
  const uid = uidOf(object)
  if (uid === '') return []
  graph.kinds.set(kindOf(object), of)
  const before = graph.nodes.get(uid)
  const owners = ownerReferencesOf(object).map(referencedUid)
  for (const owner of before?.owners ?? []) unlink(graph, owner, uid)
  if (type === 'DELETED') {
    graph.nodes.delete(uid)
    const orphans = [...(graph.dependents.get(uid) ?? [])]
    // Owners that wait for the last of their dependents.
    return [...orphans, ...owners]
  }
  graph.nodes.set(uid, { of, namespace: namespaceOf(object), name: nameOf(object), owners })
  for (const owner of owners) link(graph, owner, uid)
  const waits = isDeleting(object) && finalizersOf(object).some((one) => one === foreground || one === orphan)
  const sameOwners = before !== undefined && before.owners.join() === owners.join()
  return waits || (owners.length > 0 && !sameOwners) ? [uid, ...(sameOwners ? [] : (before?.owners ?? []))] : []
}

const referencedUid = (reference: JsonObject): string => textAt(reference, 'uid')

function link(graph: Graph, owner: string, dependent: string): void {
  const set = graph.dependents.get(owner) ?? new Set()
  set.add(dependent)
  graph.dependents.set(owner, set)
}

function unlink(graph: Graph, owner: string, dependent: string): void {
  const set = graph.dependents.get(owner)
  set?.delete(dependent)
  if (set?.size === 0) graph.dependents.delete(owner)
}

interface Found {
  readonly node: Node
  readonly object: KubeObject
}

function find({ context, graph }: Collector, uid: string): Found | undefined {
  const node = graph.nodes.get(uid)
  const object = node === undefined ? undefined : context.client.get(node.of, node.namespace, node.name)
  return node !== undefined && object !== undefined && uidOf(object) === uid ? { node, object } : undefined
}

const dependentsOf = (self: Collector, uid: string): readonly Found[] =>
  [...(self.graph.dependents.get(uid) ?? [])].flatMap((dependent) => find(self, dependent) ?? [])

async function collect(self: Collector, uid: string): Promise<Reconciled> {
  const found = find(self, uid)
  if (found === undefined) return done
  const { object } = found
  if (isDeleting(object)) {
    if (finalizersOf(object).includes(orphan)) return settle(await orphanDependents(self, found))
    return finalizersOf(object).includes(foreground) ? settle(await awaitDependents(self, found)) : done
  }
  return settle(await deleteIfAbandoned(self, found))
}

const settle = (result: Result<unknown, Status>): Reconciled => (result.ok || result.error.reason === 'NotFound' ? done : result)

type Step = Promise<Result<unknown, Status>>

async function orphanDependents(self: Collector, { node, object }: Found): Step {
  for (const dependent of dependentsOf(self, uidOf(object))) {
    const freed = await self.context.client.update(dependent.node.of, withoutOwner(dependent.object, uidOf(object)))
    if (!freed.ok && freed.error.reason !== 'NotFound') return freed
  }
  return withoutFinalizer(self, node, object, orphan)
}

/** Foreground: what blocks the owner goes first. */
async function awaitDependents(self: Collector, { node, object }: Found): Step {
  const blocking = dependentsOf(self, uidOf(object)).filter((dependent) =>
    ownerReferencesOf(dependent.object).some(
      (reference) => referencedUid(reference) === uidOf(object) && flagAt(reference, 'blockOwnerDeletion'),
    ),
  )
  for (const dependent of dependentsOf(self, uidOf(object))) {
    if (isDeleting(dependent.object)) continue
    const deleted = await deleteIfAbandoned(self, dependent)
    if (!deleted.ok && deleted.error.reason !== 'NotFound') return deleted
  }
  return blocking.some((dependent) => find(self, uidOf(dependent.object)) !== undefined)
    ? ok(undefined)
    : withoutFinalizer(self, node, object, foreground)
}

async function withoutFinalizer(self: Collector, { of, namespace, name }: Node, object: KubeObject, finalizer: string): Step {
  const current = self.context.client.get(of, namespace, name)
  if (current === undefined || uidOf(current) !== uidOf(object)) return ok(undefined)
  const rest = finalizersOf(current).filter((one) => one !== finalizer)
  return self.context.client.update(of, withField(current, ['metadata', 'finalizers'], rest.length === 0 ? undefined : rest))
}

type OwnerState = 'solid' | 'absent' | 'waiting'

function ownerState(self: Collector, dependent: KubeObject, reference: JsonObject): OwnerState {
  const owner = find(self, referencedUid(reference))?.object ?? resolveOwner(self, dependent, reference)
  if (owner === 'unknown') return 'solid'
  if (owner === undefined) return 'absent'
  return isDeleting(owner) && finalizersOf(owner).includes(foreground) ? 'waiting' : 'solid'
}

/** An owner that the graph does not hold, by its name; `unknown` where its kind has never been heard of. */
function resolveOwner({ context, graph }: Collector, dependent: KubeObject, reference: JsonObject): KubeObject | undefined | 'unknown' {
  const kind = kindOf({ apiVersion: textAt(reference, 'apiVersion'), kind: textAt(reference, 'kind') })
  const slash = kind.indexOf('/')
  const builtIn = builtInResource(kind.slice(0, slash), kind.slice(slash + 1))
  const of = graph.kinds.get(kind) ?? (builtIn === undefined ? undefined : { group: builtIn.group, resource: builtIn.plural })
  if (of === undefined) return 'unknown'
  const name = textAt(reference, 'name')
  const there = context.client.get(of, namespaceOf(dependent), name) ?? context.client.get(of, '', name)
  return there !== undefined && uidOf(there) === referencedUid(reference) ? there : undefined
}

async function deleteIfAbandoned(self: Collector, { node, object }: Found): Step {
  const references = ownerReferencesOf(object)
  if (references.length === 0) return ok(undefined)
  const states = references.map((reference) => ({ reference, state: ownerState(self, object, reference) }))
  const lost = states.filter(({ state }) => state !== 'solid')
  if (lost.length === 0) return ok(undefined)
  const { client } = self.context
  if (lost.length < states.length) {
    const rest = lost.reduce((current, { reference }) => withoutOwner(current, referencedUid(reference)), object)
    return client.update(node.of, rest)
  }
  const waited = states.some(({ state }) => state === 'waiting') && dependentsOf(self, uidOf(object)).length > 0
  const propagationPolicy = finalizersOf(object).includes(orphan)
    ? 'Orphan'
    : waited || finalizersOf(object).includes(foreground)
      ? 'Foreground'
      : 'Background'
  const deleted = await client.delete(node.of, { namespace: node.namespace, name: node.name }, { propagationPolicy, uid: uidOf(object) })
  // The same name, but another object by now: not ours to delete.
  return !deleted.ok && deleted.error.reason === 'Conflict' ? ok(undefined) : deleted
}
