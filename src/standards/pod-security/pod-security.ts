/** The Pod Security Standards of Kubernetes: levels, their checks in every version, and what a Pod violates. */
export type { Check, Demand, FieldFault, Revision, Violation } from './check.ts'
export { checks } from './checks.ts'
export type { CheckViolation, EvaluationMode, ExplainedViolation } from './evaluate.ts'
export { detailsText, evaluatePod, evaluateView, evaluationModes, explainView, newestMinor, reasonsText } from './evaluate.ts'
export type { Level, LevelVersion, Version } from './level.ts'
export {
  cappedVersion,
  compareLevels,
  equivalentLevelVersion,
  latest,
  levels,
  minorVersion,
  parseLevel,
  parseVersion,
  printLevelVersion,
  sameLevelVersion,
} from './level.ts'
export type { ContainerView, PodView } from './pod-view.ts'
export { podView } from './pod-view.ts'
export type { Addition, Decision, Fixes } from './fix.ts'
export { planFixes } from './fix.ts'
