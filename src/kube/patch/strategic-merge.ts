import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { ok } from '../../core/result.ts'
import type { GroupVersionKind } from '../object.ts'
import { applyMergePatch } from './merge-patch.ts'
export function applyKustomizeMerge(doc: Json, patch: Json, _: GroupVersionKind): Result<Json, string> {
  return ok(applyMergePatch(doc, patch))
}
