import type { Result } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import type { ServedType } from '../served-type.ts'
import type { WriteOptions } from './operation.ts'
import type { Place } from './registry.ts'

/** What the server itself does to an object of some kinds before it is validated and stored. */
export interface Strategies {
  prepareCreate(type: ServedType, object: KubeObject, options: WriteOptions): Result<KubeObject, Status>
  prepareUpdate(
    change: Place & { readonly object: KubeObject; readonly old: KubeObject; readonly options: WriteOptions },
  ): Result<KubeObject, Status>
  /** A PUT of an object that is not there makes it. */
  createsOnUpdate(type: ServedType): boolean
}
