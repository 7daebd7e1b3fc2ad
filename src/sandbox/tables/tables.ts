import { compareText } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { PrinterColumn } from '../served-type.ts'
import type { TableShape } from './columns.ts'
import { columnJson, columnsOf } from './columns.ts'
import { customShape } from './custom-columns.ts'
import { corePrinters } from './printers/core.ts'
import { networkingPrinters } from './printers/networking.ts'
import { nameAndCreation, otherPrinters } from './printers/others.ts'
import type { Printers } from './printers/printer.ts'
import { storagePrinters } from './printers/storage.ts'
import { workloadPrinters } from './printers/workloads.ts'
import { number } from './text.ts'

export interface TableOptions {
  readonly now: Date
  /** What a row carries beside its cells. */
  readonly includeObject: 'Metadata' | 'Object' | 'None'
  /** Of a custom type; without them the resource is a built-in one. */
  readonly columns?: readonly PrinterColumn[]
}

const printers: Printers = {
  ...workloadPrinters,
  ...corePrinters,
  ...networkingPrinters,
  ...storagePrinters,
  ...otherPrinters,
}

const flowSchemas = 'flowcontrol.apiserver.k8s.io/flowschemas'

function builtInShape({ group, resource }: GroupResource): TableShape {
  const key = `${group}/${resource}`
  const columns = columnsOf(key === 'events.k8s.io/events' ? '/events' : key)
  return { columns, cells: (Object.hasOwn(printers, key) ? printers[key] : undefined) ?? nameAndCreation }
}

/** A `meta.k8s.io/v1` Table with the columns of `kubectl get`. */
export function tableFor({ of }: { readonly of: GroupResource }, objects: readonly KubeObject[], options: TableOptions): JsonObject {
  const shape = options.columns === undefined ? builtInShape(of) : customShape(options.columns)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: shape.columns.map(columnJson),
    rows: inOrder(of, objects).map((object) => ({ cells: shape.cells(object, options.now), object: carried(object, options) })),
  }
}

/** As given, except that flow schemas are shown in the order in which they are tried. */
function inOrder({ group, resource }: GroupResource, objects: readonly KubeObject[]): readonly KubeObject[] {
  if (`${group}/${resource}` !== flowSchemas) return objects
  const precedence = (object: KubeObject): number => number(object, 'spec.matchingPrecedence')
  return objects.toSorted((a, b) => precedence(a) - precedence(b) || compareText(nameOf(a), nameOf(b)))
}

function carried(object: KubeObject, { includeObject }: TableOptions): Json {
  if (includeObject === 'None') return null
  if (includeObject === 'Object') return object
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] ?? {} }
}
