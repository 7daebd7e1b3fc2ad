import type { Json } from './json.ts'
import type { Source, Span } from './source.ts'

/** One thing wrong with something a user wrote. `code` is stable and documented; `message` is prose. */
export interface Diagnostic<Code extends string = string> {
  readonly code: Code
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly source: Source
  readonly span: Span
  readonly help?: string
  readonly details?: DiagnosticDetails
}

/** What upstream tells besides the message. */
export interface DiagnosticDetails {
  /** As lines below the message. */
  readonly lines: readonly string[]
  /** As a part of its JSON. */
  readonly json: Json
}
