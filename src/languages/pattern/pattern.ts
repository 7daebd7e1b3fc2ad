/** Kyverno's pattern language: YAML that an object must look like, with anchors, wildcards and comparisons. */
export type { Anchor, AnchorKind } from './anchor.ts'
export { hasAnchors, parseAnchor, stripAnchors } from './anchor.ts'
export type { CompiledPattern, PatternResult } from './compiled-pattern.ts'
export { compilePattern } from './compiled-pattern.ts'
export { resolveAnchors } from './overlay.ts'
export type { ScalarMatcher } from './scalar.ts'
export { compileScalar, isRange, matchScalar } from './scalar.ts'
