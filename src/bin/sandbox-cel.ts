import type { JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'
import { ok } from '../core/result.ts'
import type { RuleCompiler } from '../kube/structural-schema/structural-schema.ts'
import type { AccessQuery, CompiledConditions, MatchCondition } from '../languages/cel/cel.ts'
import { compileMatchConditions, crdRuleCompiler, kubernetesFunctions } from '../languages/cel/cel.ts'
import type { UserInfo } from '../policy/request.ts'
import type { MatchConditions } from '../sandbox/admission/webhooks.ts'
import type { AuthorizationRequest } from '../sandbox/authorizer.ts'

export interface SandboxExpressions {
  readonly compileRule: RuleCompiler
  readonly matchConditions: MatchConditions
}

/** The expressions of the sandbox: rules of custom resources and conditions of webhooks. */
export function sandboxExpressions(kubernetesVersion: string): SandboxExpressions {
  const functions = kubernetesFunctions(kubernetesVersion)
  const known = new WeakMap<readonly unknown[], CompiledConditions>()
  return {
    compileRule: crdRuleCompiler(functions),
    matchConditions: (webhook, request, authorizer) => {
      const conditions = webhook['matchConditions']
      if (!isJsonArray(conditions) || conditions.length === 0) return ok(true)
      const compiled = known.get(conditions) ?? compileMatchConditions(conditions.filter(isCondition), functions)
      known.set(conditions, compiled)
      const user = userOf(request)
      return compiled({ request, authorize: (query) => authorizer.authorize(authorizationOf(query, user)) })
    },
  }
}

const isCondition = (value: unknown): value is JsonObject & MatchCondition =>
  isJsonObject(value) && typeof value['name'] === 'string' && typeof value['expression'] === 'string'

const noUser: UserInfo = { username: '', uid: '', groups: [], extra: {} }

/** The user of a review, which the sandbox wrote itself. */
function userOf(request: JsonObject): UserInfo {
  const info = request['userInfo']
  return isJsonObject(info) ? { ...noUser, ...(info as JsonObject & Partial<UserInfo>) } : noUser
}

function authorizationOf(query: AccessQuery, user: UserInfo): AuthorizationRequest {
  const { verb, group, resource, subresource, namespace, name, path } = query
  return {
    user: query.serviceAccount === undefined ? user : serviceAccount(query.serviceAccount),
    verb,
    apiGroup: group,
    resource,
    subresource,
    namespace,
    name,
    path,
  }
}

const serviceAccount = ({ namespace, name }: { readonly namespace: string; readonly name: string }): UserInfo => ({
  ...noUser,
  username: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
})
