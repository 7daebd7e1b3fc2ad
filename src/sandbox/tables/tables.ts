import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { GroupResource } from '../../kube/status.ts'
import type { PrinterColumn } from '../served-type.ts'
import type { Printer } from './cells.ts'
import { otherwise, printers } from './cells.ts'
import { compileJsonPath } from './json-path.ts'
import { ageOf } from './text.ts'

export interface TableOptions {
  readonly now: Date
  /** What a row carries beside its cells. */
  readonly includeObject: 'Metadata' | 'Object' | 'None'
  /** Of a custom type. */
  readonly columns?: readonly PrinterColumn[]
}

interface Column {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: 'The name of the object.', priority: 0 }

/** `Ready`, `Count:integer`, `IP*` (shown with `-o wide`). */
function readColumn(text: string): Column {
  const wide = text.endsWith('*')
  const [name = '', type = 'string'] = (wide ? text.slice(0, -1) : text).split(':')
  return { name, type: type === 'name' ? 'string' : type, format: type === 'name' ? 'name' : '', description: '', priority: wide ? 1 : 0 }
}

interface Shape {
  readonly columns: readonly Column[]
  readonly cells: (object: KubeObject) => readonly Json[]
}

function builtInShape(of: GroupResource, now: Date): Shape {
  const key = `${of.group}/${of.resource}`
  const printer: Printer =
    (Object.hasOwn(printers, key) ? printers[key] : key === 'events.k8s.io/events' ? printers['/events'] : undefined) ?? otherwise
  const columns = printer.columns.split('|').map(readColumn)
  // Events begin with when they were seen and end with their name.
  const own = key.endsWith('/events')
  return {
    columns: own ? columns : [nameColumn, ...columns],
    cells: (object) => (own ? printer.cells(object, now) : [nameOf(object), ...printer.cells(object, now)]),
  }
}

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

function customShape(declared: readonly PrinterColumn[], now: Date): Shape {
  const columns = declared.length === 0 ? [ageColumn] : declared
  const readers = columns.map((column) => cellOf(column, now))
  return {
    columns: [
      nameColumn,
      ...columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({ name, type, format, description, priority })),
    ],
    cells: (object) => [nameOf(object), ...readers.map((read) => read(object))],
  }
}

function cellOf({ jsonPath, type }: PrinterColumn, now: Date): (object: KubeObject) => Json {
  const path = compileJsonPath(jsonPath)
  if (!path.ok) return () => null
  return (object) => {
    const found = path.value(object)
    const [first] = found
    if (first === undefined || first === null) return null
    switch (type) {
      case 'date':
        return typeof first === 'string' ? ageOf(first, now) : null
      case 'integer':
        return typeof first === 'number' ? Math.trunc(first) : null
      case 'number':
        return typeof first === 'number' ? first : null
      case 'boolean':
        return typeof first === 'boolean' ? first : null
      default:
        return typeof first === 'object' ? JSON.stringify(first) : String(first)
    }
  }
}

/** A `meta.k8s.io/v1` Table with the columns of `kubectl get`. */
export function tableFor({ of }: { readonly of: GroupResource }, objects: readonly KubeObject[], options: TableOptions): JsonObject {
  const shape = options.columns === undefined ? builtInShape(of, options.now) : customShape(options.columns, options.now)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: shape.columns.map((column) => ({ ...column })),
    rows: objects.map((object) => ({ cells: shape.cells(object), ...carried(object, options) })),
  }
}

function carried(object: KubeObject, { includeObject }: TableOptions): JsonObject {
  if (includeObject === 'None') return { object: null }
  if (includeObject === 'Object') return { object }
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] ?? {} } }
}
