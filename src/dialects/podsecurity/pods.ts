import type { FieldError } from '../../kube/field-error.ts'
import { printFieldError } from '../../kube/field-error.ts'
import { labelsOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { badRequest, forbiddenStatus, internalError } from '../../kube/status.ts'
import type { ClusterView } from '../../policy/admission-plugin.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { CheckViolation, LevelVersion } from '../../standards/pod-security/pod-security.ts'
import { detailsText, printLevelVersion, sameLevelVersion } from '../../standards/pod-security/pod-security.ts'
import type { Answer } from './answer.ts'
import { allow, deny } from './answer.ts'
import type { Context } from './context.ts'
import { hasExemptRuntimeClass } from './context.ts'
import type { PodParts } from './pod-template.ts'
import { podParts, podTemplateOf } from './pod-template.ts'
import type { LabelledPolicy } from './policy.ts'
import { isPrivileged } from './policy.ts'
import { isSignificantUpdate } from './significant-update.ts'

/** Requests to these change nothing that a check looks at. */
const ignoredSubresources: ReadonlySet<string> = new Set(['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'status'])

/** Creation or update of a Pod: enforced, audited, warned about. */
export function validatePod(context: Context, request: PolicyRequest, cluster: ClusterView): Answer {
  if (ignoredSubresources.has(request.subresource)) return allow()
  const exempt = exemption(context, request)
  if (exempt !== undefined) return exempt
  const namespace = cluster.namespace(request.namespace)
  if (namespace === undefined) return failed(internalError(`failed to lookup namespace "${request.namespace}"`), notFound(request))
  const labelled = context.policyOf(labelsOf(namespace))
  if (labelled.errors.length === 0 && isPrivileged(labelled.policy)) return allow({ 'enforce-policy': 'privileged:latest' })
  if (request.object === undefined) return failed(badRequest('failed to decode object'), 'there is none')
  const pod = podParts(request.object)
  if (request.operation === 'UPDATE') {
    if (request.oldObject === undefined) return failed(badRequest('failed to decode old object'), 'there is none')
    if (!isSignificantUpdate(pod.spec, podParts(request.oldObject).spec)) return allow()
  }
  return evaluate(context, pod, labelled, deniedIn(request))
}

/** Creation or update of what makes Pods: never denied, so that nothing that runs is broken by it; its Pods will be. */
export function validateWorkload(context: Context, request: PolicyRequest, cluster: ClusterView): Answer {
  if (request.subresource !== '') return allow()
  const exempt = exemption(context, request)
  if (exempt !== undefined) return exempt
  const namespace = cluster.namespace(request.namespace)
  if (namespace === undefined) return allow({ error: `failed to lookup namespace "${request.namespace}": ${notFound(request)}` })
  const labelled = context.policyOf(labelsOf(namespace))
  const { audit, warn } = labelled.policy
  if (labelled.errors.length === 0 && audit.level === 'privileged' && warn.level === 'privileged') return allow()
  if (request.object === undefined) return allow({ error: 'failed to decode object: there is none' })
  const template = podTemplateOf({ group: request.kind.group, resource: request.resource }, request.object)
  return template === undefined ? allow() : evaluate(context, template, labelled, undefined)
}

function exemption({ exemptNamespaces, exemptUsers }: Context, { namespace, requester }: PolicyRequest): Answer | undefined {
  if (exemptNamespaces.has(namespace)) return allow({ exempt: 'namespace' })
  return exemptUsers.has(requester?.userInfo.username ?? '') ? allow({ exempt: 'user' }) : undefined
}

const notFound = ({ namespace }: PolicyRequest): string => `namespaces "${namespace}" not found`

const failed = (status: Status, cause: string): Answer => deny(status, { error: `${status.message ?? ''}: ${cause}` })

type Denial = (violations: string) => Status

const deniedIn =
  ({ name, kind, resource }: PolicyRequest): Denial =>
  (violations) =>
    forbiddenStatus({ group: kind.group, resource }, name, violations)

/** Without `denied` nothing is enforced. */
function evaluate(context: Context, pod: PodParts, { policy, errors }: LabelledPolicy, denied: Denial | undefined): Answer {
  if (hasExemptRuntimeClass(context, pod)) return allow({ exempt: 'runtimeClass' })
  const judge = remembering(context.judge(pod))
  const enforced = denied === undefined ? [] : judge(policy.enforce)
  const audited = judge(policy.audit)
  const annotations = {
    ...(errors.length === 0 ? {} : { error: `Failed to parse policy: ${aggregate(errors)}` }),
    ...(denied === undefined ? {} : { 'enforce-policy': printLevelVersion(policy.enforce) }),
    ...(audited.length === 0 ? {} : { 'audit-violations': `would violate ${described(policy.audit, audited)}` }),
  }
  if (denied !== undefined && enforced.length > 0) return deny(denied(`violates ${described(policy.enforce, enforced)}`), annotations)
  const warned = judge(policy.warn)
  return allow(annotations, warned.length === 0 ? [] : [`would violate ${described(policy.warn, warned)}`])
}

/** `PodSecurity "baseline:latest": host namespaces (…)` */
export const described = (levelVersion: LevelVersion, violations: readonly CheckViolation[]): string =>
  `PodSecurity "${printLevelVersion(levelVersion)}": ${detailsText(violations)}`

/** Often two modes, or all three, ask for the same. */
function remembering(judge: (levelVersion: LevelVersion) => readonly CheckViolation[]): typeof judge {
  const known: { readonly levelVersion: LevelVersion; readonly violations: readonly CheckViolation[] }[] = []
  return (levelVersion) => {
    const same = known.find((one) => sameLevelVersion(one.levelVersion, levelVersion))
    if (same !== undefined) return same.violations
    const violations = judge(levelVersion)
    known.push({ levelVersion, violations })
    return violations
  }
}

/** Several errors stand in brackets, equal ones once. */
function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(printFieldError))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}
