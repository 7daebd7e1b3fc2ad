import type { Source, Span } from './source.ts'

/** One thing wrong with something a user wrote. `code` is stable and documented; `message` is prose. */
export interface Diagnostic<Code extends string = string> {
  readonly code: Code
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly source: Source
  readonly span: Span
  readonly help?: string
}
