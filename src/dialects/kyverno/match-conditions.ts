import { stringField } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CompiledConditions, MatchCondition } from '../../languages/cel/cel.ts'
import {
  admissionVariables,
  compileCel,
  compileMatchConditions,
  formatCelDiagnostics,
  kubernetesFunctions,
} from '../../languages/cel/cel.ts'
import type { PolicyRequest } from '../../policy/request.ts'

/** True: all conditions hold. False: one does not. A text: why they cannot be decided. */
export type PolicyConditions = (request: PolicyRequest) => boolean | string

const always: PolicyConditions = () => true

/**
 * Compiles the CEL `matchConditions` of a policy's webhook, which Kyverno asks again after the API server, or in its place.
 * Here nobody knows what a user may do, so there is no `authorizer`.
 */
export function compilePolicyConditions(written: readonly JsonObject[]): PolicyConditions {
  const conditions = written.map(conditionOf)
  if (conditions.length === 0) return always
  const functions = kubernetesFunctions()
  const compile = (some: readonly MatchCondition[]): CompiledConditions => compileMatchConditions(some, functions, { authorizer: false })
  const environment = { variables: admissionVariables({ namespace: true, authorizer: false }), functions }
  const everywhere = compile(conditions)
  // The API server has settled what only it can decide before it asks a webhook.
  const again = compile(conditions.filter(({ expression }) => compileCel(expression, environment).ok))
  return (request) => {
    const held = (wasAsked(request) ? again : everywhere)({ request: reviewOf(request) })
    return held.ok ? held.value : held.error
  }
}

/** Why an API server would take no webhook with this condition; there an `authorizer` is known. */
export function conditionMistake(expression: string): string | undefined {
  const program = compileCel(expression, { variables: admissionVariables({ namespace: true }), functions: kubernetesFunctions() })
  if (!program.ok) return `compilation failed: ${formatCelDiagnostics(program.error)}`
  return program.value.type.kind === 'bool' ? undefined : 'must evaluate to bool'
}

const conditionOf = (condition: JsonObject): MatchCondition => ({
  name: stringField(condition, 'name') ?? '',
  expression: stringField(condition, 'expression') ?? '',
})

/** Whether an API server sent the request. */
const wasAsked = ({ given, background, requester }: PolicyRequest): boolean => given === undefined && !background && requester !== undefined

/** The AdmissionRequest of a request. Without a requester it is nobody's, so that conditions may ask for groups. */
function reviewOf(request: PolicyRequest): JsonObject {
  const { uid, operation, resource, subresource, namespace, name, object, oldObject, dryRun, requester } = request
  const { group, version } = request.kind
  const shown = request.objectKind ?? request.kind
  const user = requester?.userInfo
  const about = {
    kind: { group: shown.group, version: shown.version, kind: shown.kind },
    resource: { group, version, resource },
    ...(subresource === '' ? {} : { subResource: subresource }),
  }
  const { kind: requestKind, resource: requestResource } = about
  return {
    uid,
    ...about,
    requestKind,
    requestResource,
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user?.username ?? '',
      uid: user?.uid ?? '',
      groups: user?.groups ?? [],
      extra: user?.extra ?? {},
    },
    object: object ?? null,
    oldObject: oldObject ?? null,
    dryRun,
  }
}
