import { formatValue, marshalJson } from '../../core/go-format.ts'
import type { Json } from '../../core/json.ts'
import { nameOf } from '../../kube/object.ts'
import type { PrinterColumn } from '../served-type.ts'
import type { Column, TableShape } from './columns.ts'
import { ageColumn, nameColumn } from './columns.ts'
import { humanDuration, timeOf } from './human-duration.ts'
import type { JsonPathReader } from './json-path.ts'
import { compileJsonPath } from './json-path.ts'

interface ReadableColumn {
  readonly column: Column
  readonly read: JsonPathReader
}

const age: PrinterColumn = { ...ageColumn, jsonPath: '.metadata.creationTimestamp' }

/** The columns of a custom type: its name, then its `additionalPrinterColumns`, or its age where it has none. */
export function customShape(declared: readonly PrinterColumn[]): TableShape {
  const columns = readable(declared.length === 0 ? [age] : declared)
  return {
    columns: [nameColumn, ...columns.map(({ column }) => column)],
    cells: (object, now) => [nameOf(object), ...columns.map(({ column, read }) => cellOf(read(object), column.type, now))],
  }
}

/** A path that cannot be read ends the table: the API server shows the columns before it. */
function readable(declared: readonly PrinterColumn[]): readonly ReadableColumn[] {
  const found: ReadableColumn[] = []
  for (const { name, type, jsonPath, format = '', description = '', priority = 0 } of declared) {
    const path = compileJsonPath(jsonPath)
    if (!path.ok) break
    const about = description === '' ? `Custom resource definition column (in JSONPath format): ${jsonPath}` : description
    found.push({ column: { name, type, format, description: about, priority }, read: path.value })
  }
  return found
}

/** The first value that the path finds is shown, if it is of the column's type. */
function cellOf(found: readonly Json[], type: string, now: Date): Json {
  const [value] = found
  if (value === undefined) return null
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? dateCell(value, now) : null
    default:
      return textCell(value)
  }
}

function dateCell(written: string, now: Date): string {
  const time = timeOf(written)
  return time === undefined ? '<invalid>' : humanDuration(now.getTime() - time)
}

function textCell(value: Json): string {
  if (value === null) return '<no value>'
  if (typeof value === 'object') return marshalJson(value)
  // Whole numbers are integers, which Go prints without an exponent.
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : formatValue(value)
}
