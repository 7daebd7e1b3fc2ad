import { isJsonObject } from '../../core/json.ts'
import type { JsonPath } from '../../core/json.ts'
import { applyDefaults } from '../../kube/defaults/defaults.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import { labelsOf, nameOf } from '../../kube/object.ts'
import { templateKinds } from '../../kube/pod-template.ts'
import type { ClusterView } from '../../policy/admission-plugin.ts'
import type { Facts } from '../../policy/facts.ts'
import type { CompiledPolicy, Effect, Enforcement, PolicyOutcome, ResourceSelector, RuleOutcome, RuleResult } from '../../policy/policy.ts'
import { ruleOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { LevelVersion } from '../../standards/pod-security/pod-security.ts'
import { newestMinor } from '../../standards/pod-security/pod-security.ts'
import type { Answer } from './answer.ts'
import type { PodSecurityConfiguration } from './configuration.ts'
import type { Context } from './context.ts'
import { contextOf } from './context.ts'
import { objectMistake } from './object-mistake.ts'
import { validateNamespace } from './namespaces.ts'
import { podPath, podTemplateOf } from './pod-template.ts'
import { described, validatePod, validateWorkload } from './pods.ts'
import type { Mode } from './policy.ts'
import { modes } from './policy.ts'

/** What the configuration of an API server means to objects that are in files: the same as to requests, without a server. */
export function compilePodSecurity(manifest: Manifest, configuration: PodSecurityConfiguration): CompiledPolicy {
  const context = contextOf({ configuration, newestMinor, results: 'overrides', clock: () => 0 })
  const policy: CompiledPolicy = {
    apiVersion: manifest.object.apiVersion,
    kind: manifest.object.kind,
    name: nameOf(manifest.object) || 'PodSecurity',
    namespace: '',
    manifest,
    rules: modes.map((name) => ({ name, effect: 'validate', derived: false })),
    effects: new Set<Effect>(['validate']),
    selectors: [selector('', 'Namespace'), selector('', 'Pod'), ...templateKinds.map(({ group, kind }) => selector(group, kind))],
    failurePolicy: 'Fail',
    admission: true,
    background: true,
    enforces: true,
    scored: true,
    severity: '',
    category: 'Pod Security Standards',
    reportSource: 'PodSecurity',
    evaluate: (phase, request, facts) => ({ policy, rules: phase === 'validate' ? outcomesOf(context, request, facts) : [] }),
  }
  return policy
}

const selector = (group: string, kind: string): ResourceSelector => ({
  group,
  version: '*',
  kind,
  subresource: '',
  operations: ['CREATE', 'UPDATE'],
})

type Outcomes = PolicyOutcome['rules']

function outcomesOf(context: Context, request: PolicyRequest, facts: Facts): Outcomes {
  const { object, operation, kind, resource } = request
  const of = { group: kind.group, resource }
  const isNamespace = kind.group === '' && kind.kind === 'Namespace'
  const path = podPath(of)
  if ((operation !== 'CREATE' && operation !== 'UPDATE') || object === undefined || (path === undefined && !isNamespace)) return []
  const mistake = objectMistake(object)
  if (mistake !== undefined) return [outcome('enforce', 'error', mistake)]
  // Without what was before, an update is judged like a creation.
  const asked: PolicyRequest = {
    ...request,
    object: applyDefaults(object),
    operation: request.oldObject === undefined ? 'CREATE' : operation,
  }
  if (path === undefined) return ofNamespace(validateNamespace(context, asked, viewOf(undefined)))
  const namespace = namespaceOf(request.namespace, facts)
  if (namespace === undefined) return []
  if (typeof namespace === 'string') return [outcome('enforce', 'error', namespace)]
  return path.length === 0 ? ofPod(context, asked, namespace) : ofWorkload(context, asked, namespace, path)
}

/** The namespace with its labels, why they are not known, or undefined until somebody fetches them. */
function namespaceOf(name: string, facts: Facts): KubeObject | string | undefined {
  const answer = facts.read({ ask: 'namespaceLabels', name })
  if (answer === undefined) return undefined
  if (!answer.known) return answer.reason
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: isJsonObject(answer.value) ? answer.value : {} } }
}

const viewOf = (namespace: KubeObject | undefined): ClusterView => ({ namespace: () => namespace, list: () => [] })

interface Detail {
  readonly enforcement?: Enforcement
  readonly at?: readonly JsonPath[]
}

function outcome(rule: Mode | 'labels', result: RuleResult, message: string, { enforcement = 'deny', at = [] }: Detail = {}): RuleOutcome {
  return ruleOutcome({ rule, effect: 'validate', result, message, enforcement, emitWarning: rule === 'warn', at })
}

const labelsPath: JsonPath = ['metadata', 'labels']

/** `metadata.labels[a/b]` as a path. */
const labelPath = (field: string): JsonPath => [...labelsPath, field.slice(field.indexOf('[') + 1, -1)]

function ofNamespace(answer: Answer): Outcomes {
  if (!answer.allowed) {
    const fields = answer.status.details?.causes?.map(({ field = '' }) => field) ?? []
    return [outcome('enforce', 'fail', answer.status.message ?? '', { at: fields.map(labelPath) })]
  }
  if (answer.warnings.length === 0) return [outcome('enforce', 'pass', 'the labels of Pod Security are valid')]
  return answer.warnings.map((text) => outcome('warn', 'warn', text, { enforcement: 'warn', at: [labelsPath] }))
}

function ofPod(context: Context, request: PolicyRequest, namespace: KubeObject): Outcomes {
  const answer = validatePod(context, request, viewOf(namespace))
  const { policy } = context.policyOf(labelsOf(namespace))
  const blame = blaming(context, request, [])
  if (!answer.allowed)
    return [...labelErrors(answer), outcome('enforce', 'fail', answer.status.message ?? '', { at: blame(policy.enforce) })]
  return exempt(answer) ?? [...labelErrors(answer), passed(policy.enforce), ...told(answer, policy, blame)]
}

/** A workload is let in whatever it is; here its Pods are judged too, because nobody else will before they are refused. */
function ofWorkload(context: Context, request: PolicyRequest, namespace: KubeObject, path: readonly string[]): Outcomes {
  const answer = validateWorkload(context, request, viewOf(namespace))
  const skipped = exempt(answer)
  const template = podTemplateOf({ group: request.kind.group, resource: request.resource }, request.object ?? {})
  if (skipped !== undefined || template === undefined) return skipped ?? []
  const { policy } = context.policyOf(labelsOf(namespace))
  const blame = blaming(context, request, path)
  const violations = context.judge(template)(policy.enforce)
  const enforced =
    violations.length === 0
      ? passed(policy.enforce)
      : outcome('enforce', 'fail', `would violate ${described(policy.enforce, violations)}`, {
          enforcement: 'audit',
          at: blame(policy.enforce),
        })
  return [...labelErrors(answer), enforced, ...told(answer, policy, blame).filter(({ message }) => message !== enforced.message)]
}

const annotation = (answer: Answer, key: string): string | undefined => answer.auditAnnotations[`pod-security.kubernetes.io/${key}`]

const passed = ({ level, version }: LevelVersion): RuleOutcome => outcome('enforce', 'pass', `meets PodSecurity "${level}:${version.text}"`)

function exempt(answer: Answer): Outcomes | undefined {
  const why = annotation(answer, 'exempt')
  return why === undefined ? undefined : [outcome('enforce', 'skip', `exempt by its ${why}`)]
}

function labelErrors(answer: Answer): Outcomes {
  const error = annotation(answer, 'error')
  return error === undefined || !answer.allowed ? [] : [outcome('labels', 'error', error)]
}

type Blame = (levelVersion: LevelVersion) => readonly JsonPath[]

function told(answer: Answer, policy: Readonly<Record<Mode, LevelVersion>>, blame: Blame): Outcomes {
  const audited = annotation(answer, 'audit-violations')
  return [
    ...(audited === undefined ? [] : [outcome('audit', 'fail', audited, { enforcement: 'audit', at: blame(policy.audit) })]),
    ...answer.warnings.map((text) => outcome('warn', 'warn', text, { enforcement: 'warn', at: blame(policy.warn) })),
  ]
}

const blaming =
  (context: Context, { object = { apiVersion: '', kind: '' }, kind, resource }: PolicyRequest, path: readonly string[]): Blame =>
  (levelVersion) => {
    const parts = podTemplateOf({ group: kind.group, resource }, object)
    return parts === undefined
      ? []
      : context.explain(parts, levelVersion).flatMap(({ faults }) => faults.map((fault) => [...path, ...fault.path]))
  }
