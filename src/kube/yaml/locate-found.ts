import type { Span } from '../../core/source.ts'

/** The deepest existing node on the way to a path. Offsets are in the text that was searched. */
export interface Found {
  /** Steps of the path that exist. */
  readonly steps: number
  /** The key the node stands under; undefined for the root and for list items. */
  readonly key: Span | undefined
  /**
   * What stands there: a whole scalar (with its quotes; only the content of a block scalar), or the first token of a collection: its first
   * key, its first dash, its bracket.
   */
  readonly value: Span
}
