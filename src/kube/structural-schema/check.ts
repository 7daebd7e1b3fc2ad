import type { FieldError } from '../field-error.ts'
import type { Schema } from '../schema.ts'

/** What the API server refuses in the schema of a CustomResourceDefinition. `path` is where the schema stands. */
export function checkStructural(_schema: Schema, _path: string): readonly FieldError[] {
  return []
}
