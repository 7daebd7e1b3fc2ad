import type { FieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'

/** What the API server of Kubernetes 1.36 finds wrong with a new object, after defaulting. Unknown kinds are only checked for their metadata. */
export function validateCreate(_object: KubeObject): readonly FieldError[] {
  return []
}

/** What the API server finds wrong with `object` as the successor of `old`. */
export function validateUpdate(_object: KubeObject, _old: KubeObject): readonly FieldError[] {
  return []
}
