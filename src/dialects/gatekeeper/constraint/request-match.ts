import { isJsonObject } from '../../../core/json.ts'
import type { Labels } from '../../../kube/label-selector.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { Match, MatchResult, ObjectSource } from './match.ts'

/** The namespace an object of the request is in; a Namespace is in itself. */
export const namespaceOfRequest = ({ namespace, object, oldObject }: PolicyRequest): string => {
  const either = object ?? oldObject
  return namespace !== '' || either === undefined ? namespace : namespaceOf(either)
}

/** The criteria may hold for the object or for the one it replaces: nothing escapes by changing its labels. */
export function matchesRequest(
  match: Match,
  request: PolicyRequest,
  facts: Facts,
  source: ObjectSource = 'Original',
  hasUnnamedNamespace = false,
): MatchResult {
  const namespaceLabels = (): Labels | undefined => labelsOfNamespace(namespaceOfRequest(request), facts)
  const holds = (object: KubeObject): MatchResult =>
    match({ object, namespace: namespaceOfRequest(request), namespaceLabels, source, hasUnnamedNamespace })
  let result: MatchResult = { ok: true, value: false }
  for (const object of [request.object, request.oldObject]) {
    if (object === undefined) continue
    result = holds(object)
    if (result.ok && result.value) return result
  }
  return result
}

/** The labels of a namespace; undefined where it is not known. */
export function labelsOfNamespace(name: string, facts: Facts): Labels | undefined {
  const answer = facts.read({ ask: 'namespaceLabels', name })
  if (answer === undefined || !answer.known || !isJsonObject(answer.value)) return undefined
  return Object.fromEntries(Object.entries(answer.value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
