import type { Result } from '../../core/result.ts'
import type { Change } from '../../kube/managed-fields/managed-fields.ts'
import { serverSideApply, trackUpdate } from '../../kube/managed-fields/managed-fields.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { ServedType } from '../served-type.ts'
import { groupVersion } from '../served-type.ts'
import { timestamp } from './metadata.ts'
import type { WriteOptions } from './operation.ts'
import type { Place } from './registry.ts'

export interface Tracking {
  readonly type: ServedType
  readonly before: KubeObject | undefined
  readonly after: KubeObject
  readonly options: WriteOptions
  readonly subresource: string
  readonly now: Date
}

const change = (type: ServedType, options: WriteOptions, subresource: string, now: Date): Change => ({
  manager: options.fieldManager,
  apiVersion: groupVersion(type),
  subresource,
  time: timestamp(now),
  type: type.schema ?? { schema: {}, definitions: {} },
  hasStatus: type.subresources.some(({ name }) => name === 'status'),
})

/** The object with the fields that this request changed owned by its manager. */
export function track({ type, before, after, options, subresource, now }: Tracking): KubeObject {
  return trackUpdate(before, after, change(type, options, subresource, now))
}

/** A server-side apply: the live object with the configuration merged in. */
export function applyConfiguration(input: {
  readonly place: Place
  readonly live: KubeObject | undefined
  readonly applied: KubeObject
  readonly options: WriteOptions
  readonly now: Date
}): Result<KubeObject, Status> {
  const { place, live, applied, options, now } = input
  return serverSideApply(live, applied, { ...change(place.type, options, place.subresource, now), force: options.force })
}
