import type { KubeObject } from '../object.ts'

/** The API server's own warnings about an object that is created, or (with `old`) updated. */
export function warningsFor(_object: KubeObject, _old?: KubeObject): readonly string[] {
  return []
}
