import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { GroupVersionKind, KubeObject } from '../../../kube/object.ts'
import { generateNameOf, groupVersionKind, nameOf, namespaceOf } from '../../../kube/object.ts'
import { resourceOf } from '../../../kube/resources.ts'
import type { CompiledPolicy } from '../../../policy/policy.ts'
import type { GivenValues, Operation, PolicyRequest, Requester } from '../../../policy/request.ts'
import { creationOf } from '../../../policy/request.ts'

/** `subresources` of a values file: which kinds are sent to a subresource of another. */
export interface Subresource {
  readonly kind: GroupVersionKind
  readonly parent: GroupVersionKind
  /** `scale` of `deployments/scale`. */
  readonly name: string
}

export function subresourcesOf(values: JsonObject | undefined): readonly Subresource[] {
  return (objectsField(values, 'subresources') ?? []).map((entry) => {
    const subresource = objectField(entry, 'subresource')
    const name = stringField(subresource, 'name') ?? ''
    return { kind: kindIn(subresource), parent: kindIn(objectField(entry, 'parentResource')), name: name.slice(name.indexOf('/') + 1) }
  })
}

function kindIn(object: JsonObject | undefined): GroupVersionKind {
  return {
    group: stringField(object, 'group') ?? '',
    version: stringField(object, 'version') ?? '',
    kind: stringField(object, 'kind') ?? '',
  }
}

export interface RequestSettings {
  readonly operation: Operation
  readonly given: GivenValues
  readonly requester: Requester | undefined
  readonly subresources: readonly Subresource[]
  readonly now: Date
}

/** The request of a test: an update changes nothing, for a test has one version of the object. */
export function testRequest(object: KubeObject, settings: RequestSettings): PolicyRequest {
  const own = groupVersionKind(object)
  const subresource = settings.subresources.find(
    ({ kind }) => kind.kind === own.kind && kind.group === own.group && kind.version === own.version,
  )
  const kind = subresource?.parent ?? own
  return creationOf(object, {
    operation: settings.operation,
    kind,
    resource: resourceOf(kind).plural,
    subresource: subresource?.name ?? '',
    namespace: own.kind === 'Namespace' && own.group === '' ? nameOf(object) : namespaceOf(object),
    name: nameOf(object) || generateNameOf(object),
    object: settings.operation === 'DELETE' ? undefined : object,
    oldObject: settings.operation === 'CREATE' ? undefined : object,
    requester: settings.requester,
    given: settings.given,
    now: settings.now,
  })
}

/** The policies by the operation that the values give each of them for one object; most are never asked about anything but CREATE. */
export function byOperation(policies: readonly CompiledPolicy[], given: GivenValues): ReadonlyMap<Operation, readonly CompiledPolicy[]> {
  const groups = new Map<Operation, CompiledPolicy[]>()
  for (const policy of policies) {
    const operation = operationFor(policy, given)
    const group = groups.get(operation)
    if (group === undefined) groups.set(operation, [policy])
    else group.push(policy)
  }
  return groups
}

/** Values of rules are variables only: upstream takes the operation from those of the resource, or of all. */
function operationFor(policy: CompiledPolicy, given: GivenValues): Operation {
  return operationIn(ownValue(given.variables(policy.name, ''), 'request.operation')) ?? 'CREATE'
}

function operationIn(value: Json | undefined): Operation | undefined {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' || value === 'CONNECT' ? value : undefined
}

/** The same values, with the operation that an expectation asks for above all others. */
export function withOperation(given: GivenValues, operation: Operation): GivenValues {
  return {
    ...given,
    variables: (policy, rule) => ({ ...given.variables(policy, rule), 'request.operation': operation }),
  }
}
