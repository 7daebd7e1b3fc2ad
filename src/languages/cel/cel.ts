export type { Node as CelNode } from './ast.ts'
export type { AdmissionVariableOptions } from './admission-variables.ts'
export { admissionVariables, namespaceType, requestType } from './admission-variables.ts'
export { formatCelDiagnostics } from './error-text.ts'
export { escapeField } from './escape.ts'
export type { CelBinding, CelBindings } from './frame.ts'
export { perCallLimit } from './frame.ts'
export type { CelCost, CelFunction, CelFunctions, CelImplementation, CelLibrary } from './function.ts'
export { celFunctions, globalFunction, memberFunction } from './function.ts'
export { celDoubles, fromJson, toJson } from './json-values.ts'
export { kubernetesFunctions } from './kubernetes.ts'
export type { SchemaTypeOptions } from './schema-type.ts'
export { schemaType } from './schema-type.ts'
export type { CelField, CelObjectType, CelType } from './types.ts'
export { celType, formatRuntimeType, formatType, objectType } from './types.ts'
export type { AccessDecision, AccessQuery, Authorize } from './libraries/authorizer.ts'
export { authorizerType, authorizerValue, requestResourceValue, resourceCheckType } from './libraries/authorizer.ts'
export { mutationTypeMismatch } from './libraries/json-patch.ts'
export type { CelLazyLayout, CelOutcome, CelValue, OpaqueKind } from './values.ts'
export {
  CelBytes,
  CelDouble,
  CelDuration,
  CelError,
  CelLazyMap,
  celLazyLayout,
  CelMap,
  CelOpaque,
  CelOptional,
  CelStruct,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  opaqueKind,
} from './values.ts'
export type { CelBackEnd, CelBudget, CelEnvironment, CelProgram } from './compile-cel.ts'
export { celBudget, compileCel, costLimitExceeded } from './compile-cel.ts'
export { crdRuleCompiler } from './crd-rules.ts'
export type { CompiledConditions, ConditionInput, MatchCondition } from './match-conditions.ts'
export { compileMatchConditions } from './match-conditions.ts'
