/** Bounds on untrusted data. Each is checked where the work is done, and hitting one is a diagnostic or an `error` outcome, never a crash. */
export interface Limits {
  /** Bytes of one YAML or JSON file. */
  readonly fileBytes: number
  /** Nesting of maps and lists in a document. */
  readonly documentDepth: number
  /** Nodes of one document after aliases are expanded. */
  readonly documentNodes: number
  /** Characters of one expression or pattern string. */
  readonly expressionLength: number
  /** Nesting of an expression. */
  readonly expressionDepth: number
  /** Times one string is scanned again for variables after a replacement. */
  readonly substitutionRounds: number
  /** Characters that one substitution may yield. */
  readonly substitutionLength: number
  /** Bytes of the context that one rule may load (Kyverno: `maxContextSize`). */
  readonly contextBytes: number
  /** Elements one foreach may visit. */
  readonly foreachElements: number
  /** Rounds of "evaluate, fetch the missing facts, evaluate again". */
  readonly factRounds: number
}

export const defaultLimits: Limits = {
  fileBytes: 256 * 1024 * 1024,
  documentDepth: 512,
  documentNodes: 2_000_000,
  expressionLength: 64 * 1024,
  expressionDepth: 256,
  substitutionRounds: 64,
  substitutionLength: 8 * 1024 * 1024,
  contextBytes: 2 * 1024 * 1024,
  foreachElements: 100_000,
  factRounds: 32,
}
