import { has, maybeNumberAt, objectAt, objectsAt, textAt, textsAt } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { jsonEqual } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { generateNameOf, nameOf, namespaceOf } from '../../kube/object.ts'
import { builtInResource, builtInResources } from '../../kube/resources.ts'
import type { GroupResource, Status } from '../../kube/status.ts'
import { alreadyExists, conflict, failure, notFound } from '../../kube/status.ts'
import type { Clock, DeleteOptions, SandboxClient, WatchEvent } from '../client.ts'
import { createStore } from '../storage/store.ts'
import { finalizersOf, generationOf, isDeleting, timestamp, uidOf, withField } from './fields.ts'
import { namespaces, pods, sameKind } from './kinds.ts'

export interface ManualClock extends Clock {
  /** Moves time on, calling what becomes due in its order. Between two calls `settle` may wait for the work they make. */
  advance(milliseconds: number, settle?: () => Promise<void>): Promise<void>
}

/** Time that only tests move. */
export function manualClock(start = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let now = start.getTime()
  let timers: { readonly due: number; readonly callback: () => void }[] = []
  return {
    now: () => new Date(now),
    after: (milliseconds, callback) => {
      const timer = { due: now + Math.max(0, milliseconds), callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: async (milliseconds, settle = () => Promise.resolve()) => {
      const end = now + milliseconds
      await settle()
      for (;;) {
        const [next] = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
        if (next === undefined) break
        timers = timers.filter((timer) => timer !== next)
        now = Math.max(now, next.due)
        next.callback()
        await settle()
      }
      now = end
      await settle()
    },
  }
}

export interface MemoryRequest {
  readonly verb: 'create' | 'update' | 'delete'
  readonly of: GroupResource
  readonly subresource: string
  readonly object: KubeObject
  readonly username: string
}

export interface MemoryServerOptions {
  readonly clock: Clock
  /** Admission: a Status refuses. */
  readonly admit?: (request: MemoryRequest) => Status | undefined
}

/** A server without network, schemas and defaults, but true to what controllers rely on: versions, uids, generations, finalizers, graceful deletion and the separate `status`. */
export function memoryServer({ clock, admit = () => undefined }: MemoryServerOptions): SandboxClient {
  const store = createStore()
  let uids = 0
  let names = 0
  const nextUid = (): string => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`
  const randomName = (): string => `${(names++).toString(36).padStart(5, 'x')}`

  const remove = (of: GroupResource, object: KubeObject): void => void store.remove(of, namespaceOf(object), nameOf(object))
  const place = (of: GroupResource, object: KubeObject): KubeObject => store.put(of, object)

  const create = async (
    of: GroupResource,
    object: KubeObject,
    subresource: string,
    username: string,
  ): Promise<Result<KubeObject, Status>> => {
    if (subresource === 'binding') return bind(object, username)
    const name = nameOf(object) || `${generateNameOf(object)}${randomName()}`
    const namespace = namespaceOf(object)
    const inNamespace = namespace === '' ? undefined : store.get(namespaces, '', namespace)
    if (inNamespace !== undefined && isDeleting(inNamespace)) return err(terminating(of, name, namespace))
    const metadata = {
      ...objectAt(object, 'metadata'),
      name,
      uid: nextUid(),
      creationTimestamp: timestamp(clock.now()),
      generation: 1,
    }
    const fresh: KubeObject = initial(of, withField({ ...object, metadata }, ['status'], undefined))
    const refused = admit({ verb: 'create', of, subresource: '', object: fresh, username })
    if (refused !== undefined) return err(refused)
    if (store.get(of, namespace, name) !== undefined) return err(alreadyExists(of, name))
    return ok(place(of, fresh))
  }

  const bind = async (binding: KubeObject, username: string): Promise<Result<KubeObject, Status>> => {
    const pod = store.get(pods, namespaceOf(binding), nameOf(binding))
    if (pod === undefined) return err(notFound(pods, nameOf(binding)))
    const refused = admit({ verb: 'create', of: pods, subresource: 'binding', object: binding, username })
    if (refused !== undefined) return err(refused)
    const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(clock.now()) }
    const bound = withField(withField(pod, ['spec', 'nodeName'], textAt(binding, 'target', 'name')), ['status', 'conditions'], [condition])
    return ok(place(pods, bound))
  }

  const update = async (
    of: GroupResource,
    object: KubeObject,
    subresource: string,
    username: string,
  ): Promise<Result<KubeObject, Status>> => {
    const old = store.get(of, namespaceOf(object), nameOf(object))
    if (old === undefined) return err(notFound(of, nameOf(object)))
    const version = textAt(object, 'metadata', 'resourceVersion')
    if (version !== '' && version !== textAt(old, 'metadata', 'resourceVersion')) {
      return err(
        conflict(of, nameOf(object), 'the object has been modified; please apply your changes to the latest version and try again'),
      )
    }
    const next = prepareUpdate(of, old, object, subresource)
    const refused = admit({ verb: 'update', of, subresource, object: next, username })
    if (refused !== undefined) return err(refused)
    if (mayGo(of, next)) {
      place(of, next)
      remove(of, next)
      return ok(next)
    }
    return ok(jsonEqual(next, old) ? old : place(of, next))
  }

  const drop = async (
    of: GroupResource,
    object: KubeObject | undefined,
    name: string,
    options: DeleteOptions,
  ): Promise<Result<undefined, Status>> => {
    if (object === undefined) return err(notFound(of, name))
    if (options.uid !== undefined && options.uid !== uidOf(object))
      return err(conflict(of, name, 'the UID in the precondition does not match'))
    const policy = options.propagationPolicy
    const others = finalizersOf(object).filter((one) => policy === undefined || (one !== 'orphan' && one !== 'foregroundDeletion'))
    const finalizers = [...others, ...(policy === 'Orphan' ? ['orphan'] : []), ...(policy === 'Foreground' ? ['foregroundDeletion'] : [])]
    const grace = sameKind(of, pods) ? graceOf(object, options) : 0
    const marked = markDeleted(
      of,
      withField(object, ['metadata', 'finalizers'], finalizers.length === 0 ? undefined : finalizers),
      grace,
      clock.now(),
    )
    if (mayGo(of, marked)) remove(of, object)
    else if (!jsonEqual(marked, object)) place(of, marked)
    return ok(undefined)
  }

  const as = (username: string): SandboxClient => ({
    get: (of, namespace, name) => store.get(of, namespace, name),
    list: (of, namespace) => store.list(of, namespace),
    create: (of, object, subresource = '') => create(of, object, subresource, username),
    update: (of, object, subresource = '') => update(of, object, subresource, username),
    delete: async (of, { namespace, name }, options = {}) => {
      const object = store.get(of, namespace, name)
      const refused = object === undefined ? undefined : admit({ verb: 'delete', of, subresource: '', object, username })
      return refused === undefined ? drop(of, object, name, options) : err(refused)
    },
    watch: (listener: (event: WatchEvent) => void) => store.subscribe(listener),
    as,
  })
  return as('kubernetes-admin')
}

const terminating = (of: GroupResource, name: string, namespace: string): Status =>
  failure({
    code: 403,
    reason: 'Forbidden',
    message: `${of.resource} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    details: {
      name,
      kind: of.resource,
      causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
    },
  })

/** What the server writes into new objects of some kinds. */
function initial(of: GroupResource, object: KubeObject): KubeObject {
  if (sameKind(of, pods)) return { ...object, status: { phase: 'Pending' } }
  if (sameKind(of, namespaces)) return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
  if (of.resource !== 'jobs' || has(object, 'spec', 'selector')) return object
  const labels = { 'batch.kubernetes.io/controller-uid': uidOf(object), 'batch.kubernetes.io/job-name': nameOf(object) }
  const before = objectAt(object, 'spec', 'template', 'metadata', 'labels')
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uidOf(object) } }
  return withField(withField(object, ['spec', 'selector'], selector), ['spec', 'template', 'metadata', 'labels'], { ...before, ...labels })
}

function prepareUpdate(of: GroupResource, old: KubeObject, object: KubeObject, subresource: string): KubeObject {
  const header: readonly string[] = [
    'uid',
    'creationTimestamp',
    'generation',
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ]
  let metadata = objectAt(object, 'metadata')
  for (const key of header) metadata = withField(metadata, [key], objectAt(old, 'metadata')[key])
  if (subresource === 'status') return withField({ ...old, metadata }, ['status'], object['status'])
  if (subresource === 'finalize') return withField(old, ['spec', 'finalizers'], textsAt(object, 'spec', 'finalizers'))
  const kept: KubeObject = hasStatus(of) ? withField({ ...object, metadata }, ['status'], old['status']) : { ...object, metadata }
  const changed = !jsonEqual(old['spec'] ?? null, kept['spec'] ?? null)
  return changed ? withField(kept, ['metadata', 'generation'], generationOf(old) + 1) : kept
}

const hasStatus = (of: GroupResource): boolean => {
  const kind = resourceKinds.get(`${of.group}/${of.resource}`)
  return kind !== undefined && (builtInResource(of.group, kind)?.subresources.includes('status') ?? false)
}
const resourceKinds: ReadonlyMap<string, string> = new Map(builtInResources.map(({ group, plural, kind }) => [`${group}/${plural}`, kind]))

function graceOf(pod: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  const phase = textAt(pod, 'status', 'phase')
  if (textAt(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0
  return gracePeriodSeconds ?? maybeNumberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30
}

function markDeleted(of: GroupResource, object: KubeObject, grace: number, now: Date): KubeObject {
  const before = maybeNumberAt(object, 'metadata', 'deletionGracePeriodSeconds')
  const seconds = before === undefined ? grace : Math.min(before, grace)
  const time: Json = isDeleting(object)
    ? textAt(object, 'metadata', 'deletionTimestamp')
    : timestamp(new Date(now.getTime() + grace * 1000))
  const marked = withField(withField(object, ['metadata', 'deletionTimestamp'], time), ['metadata', 'deletionGracePeriodSeconds'], seconds)
  return sameKind(of, namespaces) ? withField(marked, ['status', 'phase'], 'Terminating') : marked
}

function mayGo(of: GroupResource, object: KubeObject): boolean {
  if (!isDeleting(object) || finalizersOf(object).length > 0) return false
  if (sameKind(of, namespaces)) return textsAt(object, 'spec', 'finalizers').length === 0
  return !sameKind(of, pods) || maybeNumberAt(object, 'metadata', 'deletionGracePeriodSeconds') === 0
}

/** Every event about an object, as `Reason: message` or, repeated, `Reason x3: message`, in the order of their first time. */
export function eventLines(client: SandboxClient, about: { readonly kind: string; readonly name?: string }): readonly string[] {
  return client
    .list({ group: '', resource: 'events' })
    .filter(
      (event) =>
        textAt(event, 'involvedObject', 'kind') === about.kind &&
        (about.name === undefined || textAt(event, 'involvedObject', 'name') === about.name),
    )
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((event) => `${textAt(event, 'reason')}${event['count'] === 1 ? '' : ` x${String(event['count'])}`}: ${textAt(event, 'message')}`)
}

/** `Type=Status Reason` of each condition, sorted. */
export const conditionLines = (object: JsonObject): readonly string[] =>
  objectsAt(object, 'status', 'conditions')
    .map((condition) => `${textAt(condition, 'type')}=${textAt(condition, 'status')} ${textAt(condition, 'reason')}`.trim())
    .sort()

/** The namespaced kinds that the controllers' tests use. */
export const testedResources: readonly GroupResource[] = builtInResources
  .filter(({ namespaced, group }) => namespaced && group !== 'extensions' && group !== 'events.k8s.io')
  .map(({ group, plural }) => ({ group, resource: plural }))
