import { jsonEqual } from '../../core/json.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { labelsOf } from '../../kube/object.ts'
import { badRequest, invalidStatus } from '../../kube/status.ts'
import type { ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { compareLevels, sameLevelVersion } from '../../standards/pod-security/pod-security.ts'
import type { Answer } from './answer.ts'
import { allow, deny } from './answer.ts'
import type { Context } from './context.ts'
import { existingPodWarnings } from './existing-pods.ts'
import type { Labels, Policy } from './policy.ts'
import { equivalentPolicies, isLabelled, isPrivileged, modes, printPolicy } from './policy.ts'

/** Creation or update of a namespace: its labels must mean something, and the user learns what a new level does to the Pods in it. */
export function validateNamespace(context: Context, request: PolicyRequest, cluster: ClusterView): Answer {
  if (request.subresource !== '') return allow()
  const { object, oldObject, name, operation } = request
  if (object === undefined) return failed('failed to decode object')
  const labels = labelsOf(object)
  const { policy, errors } = context.policyOf(labels)
  if (operation === 'CREATE')
    return errors.length > 0 ? invalidLabels(name, errors) : allowWith(exemptWarnings(context, name, policy, labels))
  // Two spaces, as Kubernetes has it.
  if (oldObject === undefined) return failed('failed to decode  old object')
  const old = context.policyOf(labelsOf(oldObject))
  // What was wrong before does not get in the way of other changes.
  if (errors.length > 0 && !sameErrors(errors, old.errors)) return invalidLabels(name, errors)
  if (demandsNoMore(policy, old.policy)) return allow()
  if (context.exemptNamespaces.has(name)) return allowWith(exemptWarnings(context, name, policy, labels))
  return allowWith(existingPodWarnings(context, name, policy.enforce, cluster.list({ group: '', resource: 'pods' }, name)))
}

const allowWith = (warnings: readonly string[]): Answer => allow({}, warnings)
const failed = (message: string): Answer => deny(badRequest(message), { error: `${message}: there is none` })

function invalidLabels(name: string, errors: readonly FieldError[]): Answer {
  const status = invalidStatus({ group: '', kind: 'Namespace' }, name, errors)
  return deny(status, { error: status.message ?? '' })
}

const sameErrors = (errors: readonly FieldError[], others: readonly FieldError[]): boolean =>
  errors.length === others.length && errors.every((error, index) => jsonEqual({ ...error }, { ...others[index] }))

/** Pods that met the old level meet the new one: nothing is checked. */
function demandsNoMore({ enforce }: Policy, { enforce: old }: Policy): boolean {
  if (sameLevelVersion(enforce, old) || enforce.level === 'privileged') return true
  return enforce.version.text === old.version.text && compareLevels(enforce.level, old.level) <= 0
}

/** Labels on an exempt namespace look as if they did something. */
function exemptWarnings({ exemptNamespaces, defaults }: Context, name: string, policy: Policy, labels: Labels): readonly string[] {
  if (!exemptNamespaces.has(name) || isPrivileged(policy) || equivalentPolicies(policy, defaults)) return []
  const shown = modes.filter((mode) => isLabelled(labels, mode) && policy[mode].level !== 'privileged')
  if (shown.length === 0) return []
  return [`namespace "${name}" is exempt from Pod Security, and the policy (${printPolicy(policy, shown)}) will be ignored`]
}
