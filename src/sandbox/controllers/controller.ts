import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { jsonEqual } from '../../core/json.ts'
import { ok } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { GroupResource, Status } from '../../kube/status.ts'
import type { Clock, SandboxClient, WatchEvent } from '../client.ts'
import type { EventRecorder } from './event-recorder.ts'
import type { Reconciled } from './workqueue.ts'

export interface Key {
  readonly namespace: string
  readonly name: string
}

/** What every controller is given. */
export interface ControllerContext {
  /** The server, as the controller's own user. */
  readonly client: SandboxClient
  readonly clock: Clock
  readonly record: EventRecorder
}

/** One level-triggered loop: whatever happens, it looks at one object as it is now and takes the next step. */
export interface Controller {
  readonly name: string
  /** The kinds whose changes are looked at, or all of them. */
  readonly kinds: readonly GroupResource[] | 'all'
  /** The keys that a change makes work for. */
  readonly keysOf: (event: WatchEvent) => readonly Key[]
  readonly reconcile: (key: Key) => Promise<Reconciled>
}

/** How the controllers are named where users see them: in events and as the user of requests. */
export interface ControllerIdentity {
  readonly username: string
  /** `source.component` of its events. */
  readonly component: string
}

export const serviceAccountUser = (name: string): string => `system:serviceaccount:kube-system:${name}`

export const keyOf = (object: JsonObject): Key => ({ namespace: namespaceOf(object), name: nameOf(object) })
export const printKey = ({ namespace, name }: Key): string => `${namespace}/${name}`
export function parseKey(text: string): Key {
  const slash = text.indexOf('/')
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

export const done: Reconciled = ok(undefined)
export const again = (milliseconds: number): Reconciled => ok(Math.max(1, milliseconds))

/** Writes a status if it is another one than before. */
export async function writeStatus(
  client: SandboxClient,
  of: GroupResource,
  object: KubeObject,
  status: JsonObject,
): Promise<Result<KubeObject, Status>> {
  if (jsonEqual(objectAt(object, 'status'), status)) return ok(object)
  return client.update(of, { ...object, status }, 'status')
}

/** A deletion that finds the object already gone has reached its aim. */
export const ignoreNotFound = <T>(result: Result<T, Status>): Result<T | undefined, Status> =>
  !result.ok && result.error.reason === 'NotFound' ? ok(undefined) : result
