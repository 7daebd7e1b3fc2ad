import type { JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonObject, valueAt } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { printFieldError } from '../../kube/field-error.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { nameOf } from '../../kube/object.ts'
import type { Facts } from '../../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, ResourceSelector, RuleOutcome, RuleSummary } from '../../policy/policy.ts'
import { ruleOutcome } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import type { Complaint } from '../../standards/apparmor/apparmor.ts'
import { fillDefault, forbidAll, forbidOthers, isWindows, localhostNames, profilesOf } from '../../standards/apparmor/apparmor.ts'
import { findPlacement } from './nodes.ts'
import type { Action, Settings } from './settings.ts'
import type { Subject } from './subject.ts'
import { subjectOf, withParts } from './subject.ts'

export const ruleNames = {
  default: 'default-profile',
  allowed: 'allowed-profiles',
  disabled: 'disabled',
  loaded: 'loaded-profiles',
} as const

const workloads: readonly (readonly [group: string, kind: string])[] = [
  ['', 'ReplicationController'],
  ['apps', 'DaemonSet'],
  ['apps', 'Deployment'],
  ['apps', 'ReplicaSet'],
  ['apps', 'StatefulSet'],
  ['batch', 'CronJob'],
  ['batch', 'Job'],
]

const selector = (group: string, kind: string, subresource = ''): ResourceSelector => ({
  group,
  version: 'v1',
  kind,
  subresource,
  operations: ['CREATE', 'UPDATE'],
})

const selectors: readonly ResourceSelector[] = [
  selector('', 'Pod'),
  selector('', 'Pod', 'ephemeralcontainers'),
  ...workloads.map(([group, kind]) => selector(group, kind)),
]

/** A rule and what it says; undefined where it has nothing to say. */
interface Rule {
  readonly summary: RuleSummary
  readonly run: (subject: Subject, facts: Facts) => Finding
}

type Finding = Pick<RuleOutcome, 'result' | 'message'> & Partial<Pick<RuleOutcome, 'at' | 'patched' | 'enforcement'>>

export function compilePolicy(manifest: Manifest, settings: Settings): CompiledPolicy {
  const { object } = manifest
  const rules = rulesOf(settings)
  const policy: CompiledPolicy = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: nameOf(object),
    namespace: '',
    manifest,
    rules: rules.map(({ summary }) => summary),
    effects: new Set(rules.map(({ summary }) => summary.effect)),
    selectors,
    failurePolicy: 'Fail',
    admission: true,
    background: true,
    enforces: settings.action === 'Deny' || settings.whereNotLoaded === 'Deny',
    scored: true,
    severity: '',
    category: '',
    reportSource: 'kanon',
    evaluate: (phase, request, facts) => evaluate({ policy, settings, rules }, phase, request, facts),
  }
  return policy
}

interface Compiled {
  readonly policy: CompiledPolicy
  readonly settings: Settings
  readonly rules: readonly Rule[]
}

function evaluate({ policy, settings, rules }: Compiled, phase: Effect, request: PolicyRequest, facts: Facts): PolicyOutcome {
  const mine = rules.filter(({ summary }) => summary.effect === phase)
  const subject = mine.length === 0 ? undefined : subjectOf(request)
  if (subject === undefined || isWindows(subject.pod) || !isMeant(settings, request, facts)) return { policy, rules: [] }
  const outcomes = mine.flatMap(({ summary, run }): readonly RuleOutcome[] => {
    // Pods are what is confined: what makes them is only talked about, and never changed.
    if (phase === 'mutate' && subject.template.length > 0) return []
    const { at = [], enforcement = enforcementOf(settings.action, subject), ...finding } = run(subject, facts)
    const places = at.map((path) => nearestExisting(subject.object, [...subject.template, ...path]))
    return [ruleOutcome({ rule: summary.name, effect: summary.effect, enforcement, at: places, ...finding })]
  })
  const patched = outcomes.at(-1)?.patched
  return patched === undefined ? { policy, rules: outcomes } : { policy, rules: outcomes, object: patched }
}

function isMeant({ namespaces, excludeNamespaces, namespaceSelector }: Settings, { namespace }: PolicyRequest, facts: Facts): boolean {
  const isOneOf = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesWildcard(pattern, namespace))
  if (isOneOf(excludeNamespaces) || (namespaces.length > 0 && !isOneOf(namespaces))) return false
  if (namespaceSelector === undefined) return true
  const answer = facts.read({ ask: 'namespaceLabels', name: namespace })
  // A namespace of which nothing is known is meant: the rules of a policy must not be got rid of by not being able to ask.
  if (answer === undefined || !answer.known || !isJsonObject(answer.value)) return true
  return namespaceSelector(textsOf(answer.value))
}

const textsOf = (map: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

/** A template is never denied: its Pods will be. */
function enforcementOf(action: Action, { template }: Subject): RuleOutcome['enforcement'] {
  if (action === 'Audit') return 'audit'
  return action === 'Warn' || template.length > 0 ? 'warn' : 'deny'
}

function rulesOf(settings: Settings): readonly Rule[] {
  const { enabled, defaultProfile, allowedProfiles, whereNotLoaded } = settings
  const validate = (name: string, run: Rule['run']): Rule => ({ summary: { name, effect: 'validate', derived: false }, run })
  return [
    ...(defaultProfile === undefined
      ? []
      : [
          {
            summary: { name: ruleNames.default, effect: 'mutate', derived: false },
            run: (subject: Subject): Finding => setDefault(subject, defaultProfile),
          } as const,
        ]),
    ...(enabled ? [] : [validate(ruleNames.disabled, ({ pod, template }) => complaintsOf(forbidAll(pod), template))]),
    ...(allowedProfiles === undefined
      ? []
      : [
          validate(ruleNames.allowed, (subject) =>
            complaintsOf(
              forbidOthers(profilesOf(completed(subject, settings)).filter(subject.isChosenHere), allowedProfiles),
              subject.template,
            ),
          ),
        ]),
    ...(whereNotLoaded === undefined
      ? []
      : [validate(ruleNames.loaded, (subject, facts) => checkLoaded(subject, settings, whereNotLoaded, facts))]),
  ]
}

function setDefault({ object, pod, isChosenHere }: Subject, profile: NonNullable<Settings['defaultProfile']>): Finding {
  const patched = withParts(object, pod, fillDefault(pod, profile, isChosenHere))
  return patched === object
    ? { result: 'skip', message: 'every container has an AppArmor profile' }
    : { result: 'pass', message: 'set the default AppArmor profile', patched }
}

/** What a Pod of a template will be: it gets the default when it is made. */
const completed = ({ pod, template }: Subject, { defaultProfile }: Settings): Subject['pod'] =>
  template.length === 0 || defaultProfile === undefined ? pod : fillDefault(pod, defaultProfile)

function complaintsOf(complaints: readonly Complaint[], template: JsonPath): Finding {
  const texts = complaints.map((complaint) => printFieldError({ ...complaint, field: [...template, complaint.field].join('.') }))
  const [only] = texts
  if (only === undefined) return { result: 'pass', message: 'rule passed' }
  return { result: 'fail', message: texts.length === 1 ? only : `[${texts.join(', ')}]`, at: complaints.map(({ path }) => path) }
}

function checkLoaded(subject: Subject, settings: Settings, action: Action, facts: Facts): Finding {
  const pod = completed(subject, settings)
  const profiles = profilesOf(pod).filter(subject.isChosenHere)
  if (localhostNames(profiles).length === 0) return { result: 'pass', message: 'rule passed' }
  const placement = findPlacement(pod, profiles, facts)
  if (typeof placement === 'string') return { result: 'skip', message: `cannot tell whether profiles are loaded: ${placement}` }
  const { notLoaded, unknown, silent } = placement
  if (unknown.length > 0) {
    const nodes = `${silent.slice(0, 3).join(', ')}${silent.length > 3 ? ` and ${silent.length - 3} others` : ''}`
    return { result: 'skip', message: `cannot tell whether ${unknown.join(', ')} is loaded: ${nodes} did not say` }
  }
  if (notLoaded.length === 0) return { result: 'pass', message: 'rule passed' }
  const message = notLoaded.map((reference) => `${reference} is not loaded on any schedulable node`).join(', ')
  const at = profiles.filter(({ reference }) => notLoaded.includes(reference)).map(({ chosenAt }) => chosenAt)
  return { result: 'fail', message, at, enforcement: enforcementOf(action, subject) }
}

/** The last place on the way that there is. */
function nearestExisting(root: JsonObject, path: JsonPath): JsonPath {
  for (let length = path.length; length > 0; length -= 1) {
    if (valueAt(root, path.slice(0, length)) !== undefined) return path.slice(0, length)
  }
  return []
}
