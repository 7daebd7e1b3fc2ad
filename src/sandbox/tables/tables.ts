import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { PrinterColumn } from '../served-type.ts'
export function tableFor(
  _request: { readonly of: GroupResource; readonly kind: string; readonly version: string },
  objects: readonly KubeObject[],
  _options: { readonly now: Date; readonly includeObject: 'Metadata' | 'Object' | 'None'; readonly columns?: readonly PrinterColumn[] },
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }],
    rows: objects.map((object) => ({
      cells: [nameOf(object)],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] ?? {} },
    })),
  }
}
