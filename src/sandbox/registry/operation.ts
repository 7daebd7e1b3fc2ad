import type { KubeObject } from '../../kube/object.ts'
import type { Result } from '../../core/result.ts'
import type { Status } from '../../kube/status.ts'
import type { Operation, UserInfo } from '../../policy/request.ts'
import type { ServedType } from '../served-type.ts'

/** What accompanies every write: who, how strictly, and where warnings go. */
export interface WriteOptions {
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore'
  /** Server-side apply takes fields from other managers. */
  readonly force: boolean
  /** Becomes a `Warning` header, and may not hold line breaks. */
  readonly warn: (text: string) => void
  readonly annotate: (key: string, value: string) => void
}

/** One write as admission sees it. */
export interface AdmissionAttributes {
  readonly operation: Operation
  readonly type: ServedType
  readonly subresource: string
  readonly namespace: string
  /** As requested: '' where the server makes the name. */
  readonly name: string
  /** In the version of the request; undefined on DELETE. */
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  /** The kind of `object`, which for some subresources is not the type's own. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions. */
  readonly requestOptions: KubeObject
  readonly options: WriteOptions
}

export interface AdmissionChain {
  /** The object after all mutating steps. */
  mutate(attributes: AdmissionAttributes): Promise<Result<KubeObject | undefined, Status>>
  /** Why the request is refused, if it is. */
  validate(attributes: AdmissionAttributes): Promise<Status | undefined>
}

/** Everything is admitted, unchanged. */
export const admitAll: AdmissionChain = {
  mutate: ({ object }) => Promise.resolve({ ok: true, value: object }),
  validate: () => Promise.resolve(undefined),
}
