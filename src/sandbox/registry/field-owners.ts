import type { Result } from '../../core/result.ts'
import { err } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest } from '../../kube/status.ts'
import type { ServedType } from '../served-type.ts'
import type { WriteOptions } from './operation.ts'
import type { Patched } from './patch.ts'
import type { Place } from './registry.ts'

export interface Tracking {
  readonly type: ServedType
  readonly before: KubeObject | undefined
  readonly after: KubeObject
  readonly options: WriteOptions
  readonly subresource: string
  readonly now: Date
}
/** The object with the fields that this request changed owned by its manager. */
export function track({ after }: Tracking): KubeObject {
  return after
}
export function applyConfiguration(_input: {
  readonly place: Place
  readonly live: KubeObject | undefined
  readonly applied: KubeObject
  readonly options: WriteOptions
  readonly now: Date
}): Result<Patched, Status> {
  return err(badRequest('server-side apply is not there yet'))
}
