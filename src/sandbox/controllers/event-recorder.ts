import { numberAt, textAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { Clock, SandboxClient } from '../client.ts'
import { present, timestamp, uidOf } from './fields.ts'
import { events } from './kinds.ts'

export interface ObjectEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The part of the object it is about, e.g. `spec.containers{web}`. */
  readonly fieldPath?: string
}

/** Tells the world, as core/v1 Events, what is done to an object. */
export type EventRecorder = (about: KubeObject, event: ObjectEvent) => void

export interface EventRecorderOptions {
  readonly client: SandboxClient
  readonly clock: Clock
  readonly component: string
  /** The node, for those that run on one. */
  readonly host?: string
  readonly busy: (delta: 1 | -1) => void
}

/** Client-go's defaults: more than 10 different messages of one kind in 10 minutes become one, and an object gets 25 events at once, then one in 5 minutes. */
const similarLimit = 10
const similarWindow = 600_000
const burst = 25
const refill = 300_000
/** The most events remembered and waiting to be written. */
const remembered = 4096
const waitingLimit = 1000

interface Similar {
  messages: Set<string>
  since: number
}
interface Bucket {
  tokens: number
  at: number
}

function remember<V>(map: Map<string, V>, key: string, value: V): V {
  map.delete(key)
  map.set(key, value)
  if (map.size > remembered) {
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
  return value
}

/** Repeated events are counted on one Event, similar ones are combined, and too many are dropped. */
export function createEventRecorder({ client, clock, component, host, busy }: EventRecorderOptions): EventRecorder {
  const similar = new Map<string, Similar>()
  const buckets = new Map<string, Bucket>()
  const written = new Map<string, { readonly namespace: string; readonly name: string }>()
  let last = 0n
  let tail: Promise<void> = Promise.resolve()
  let waiting = 0

  const uniqueName = (object: string): string => {
    const nanoseconds = BigInt(clock.now().getTime()) * 1_000_000n
    last = nanoseconds > last ? nanoseconds : last + 1n
    return `${object}.${last.toString(16)}`
  }

  const combined = (key: string, message: string, now: number): boolean => {
    const known = similar.get(key)
    const entry = known === undefined || now - known.since > similarWindow ? { messages: new Set<string>(), since: now } : known
    entry.since = now
    if (entry.messages.size < similarLimit) entry.messages.add(message)
    remember(similar, key, entry)
    return entry.messages.size >= similarLimit && !entry.messages.has(message)
  }

  const tooMany = (key: string, now: number): boolean => {
    const bucket = remember(buckets, key, buckets.get(key) ?? { tokens: burst, at: now })
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refill)
    bucket.at = now
    if (bucket.tokens < 1) return true
    bucket.tokens -= 1
    return false
  }

  const write = async (key: string, event: KubeObject): Promise<void> => {
    const at = written.get(key)
    const known = at === undefined ? undefined : client.get(events, at.namespace, at.name)
    if (known !== undefined) {
      const repeated = {
        ...known,
        count: numberAt(known, 'count') + 1,
        lastTimestamp: event['lastTimestamp'] ?? null,
        message: event['message'] ?? '',
      }
      const result = await client.update(events, repeated)
      if (result.ok) return
    }
    const created = await client.create(events, event)
    if (created.ok) remember(written, key, { namespace: namespaceOf(event), name: nameOf(event) })
  }

  return (about, { type, reason, message, fieldPath }) => {
    if (waiting >= waitingLimit) return
    const now = clock.now()
    const object = [about.kind, namespaceOf(about), nameOf(about), uidOf(about)].join('/')
    const group = [object, fieldPath ?? '', type, reason].join('/')
    const isCombined = combined(group, message, now.getTime())
    if (tooMany(object, now.getTime())) return
    const text = isCombined ? `(combined from similar events): ${message}` : message
    const event = eventObject({
      about,
      name: uniqueName(nameOf(about)),
      time: timestamp(now),
      source: present({ component, host }),
      event: { type, reason, message: text, ...(fieldPath === undefined ? {} : { fieldPath }) },
    })
    waiting += 1
    busy(1)
    tail = tail
      .then(() => write(isCombined ? group : `${group}/${message}`, event))
      .catch(() => undefined)
      .finally(() => {
        waiting -= 1
        busy(-1)
      })
  }
}

interface EventParts {
  readonly about: KubeObject
  readonly name: string
  readonly time: string
  readonly source: JsonObject
  readonly event: ObjectEvent
}

/** Longer messages are cut by the server's limit of 1024 bytes. */
const messageLimit = 1000

function eventObject({ about, name, time, source, event }: EventParts): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespaceOf(about) || 'default' },
    involvedObject: present({
      apiVersion: about.apiVersion,
      fieldPath: event.fieldPath,
      kind: about.kind,
      name: nameOf(about),
      namespace: namespaceOf(about),
      resourceVersion: textAt(about, 'metadata', 'resourceVersion'),
      uid: uidOf(about),
    }),
    reason: event.reason,
    message: event.message.length > messageLimit ? `${event.message.slice(0, messageLimit)} ...` : event.message,
    source,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: event.type,
    eventTime: null,
    reportingComponent: textAt(source, 'component'),
    reportingInstance: textAt(source, 'host'),
  }
}
