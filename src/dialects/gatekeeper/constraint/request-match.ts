import { isJsonObject } from '../../../core/json.ts'
import type { Labels } from '../../../kube/label-selector.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import type { Match, MatchResult, MatchTarget, ObjectSource } from './match.ts'

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
  const { object, oldObject } = request
  const first = object === undefined ? undefined : match(new RequestTarget(object, request, facts, source, hasUnnamedNamespace))
  if (oldObject === undefined || (first?.ok === true && first.value)) return first ?? { ok: true, value: false }
  return match(new RequestTarget(oldObject, request, facts, source, hasUnnamedNamespace))
}

/** One object of a request. Made for each constraint: a class is cheaper than an object with a function of its own. */
class RequestTarget implements MatchTarget {
  readonly object: KubeObject
  readonly namespace: string
  readonly source: ObjectSource
  readonly hasUnnamedNamespace: boolean
  readonly #facts: Facts

  constructor(object: KubeObject, request: PolicyRequest, facts: Facts, source: ObjectSource, hasUnnamedNamespace: boolean) {
    this.object = object
    this.namespace = namespaceOfRequest(request)
    this.source = source
    this.hasUnnamedNamespace = hasUnnamedNamespace
    this.#facts = facts
  }

  namespaceLabels(): Labels | undefined {
    return labelsOfNamespace(this.namespace, this.#facts)
  }
}

/** The labels of a namespace; undefined where it is not known. */
export function labelsOfNamespace(name: string, facts: Facts): Labels | undefined {
  const answer = facts.read({ ask: 'namespaceLabels', name })
  if (answer === undefined || !answer.known || !isJsonObject(answer.value)) return undefined
  return Object.fromEntries(Object.entries(answer.value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
