import { anyField, listField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf } from '../../kube/object.ts'

/**
 * Rules for Pods also hold for what makes Pods. For a policy whose rules are about Pods alone, each rule gets a twin for the controllers with a Pod template and
 * one for CronJobs, made by wrapping patterns and by rewriting `request.object.spec` and `.metadata` in the rule's JSON text, message included.
 */
export interface ExpandedRule {
  readonly raw: JsonObject
  /** The name of the rule it was made from. */
  readonly derivedFrom: string | undefined
  /** Where the rule as written stands in the manifest. */
  readonly path: JsonPath
  readonly kinds: 'as-written' | 'controllers' | 'cronjob'
}

const annotation = 'pod-policies.kyverno.io/autogen-controllers'
const cronJob = 'CronJob'
const controllers = ['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'] as const
const groupOf: Readonly<Record<string, string>> = {
  DaemonSet: 'apps/v1/DaemonSet',
  Deployment: 'apps/v1/Deployment',
  Job: 'batch/v1/Job',
  StatefulSet: 'apps/v1/StatefulSet',
  ReplicaSet: 'apps/v1/ReplicaSet',
  ReplicationController: 'v1/ReplicationController',
  CronJob: 'batch/v1/CronJob',
}
const longestName = 63

/** The rules of a policy with those made from them, in the order in which they run. */
export function expandRules(policy: KubeObject): readonly ExpandedRule[] {
  const raw = listField(objectField(policy, 'spec'), 'rules') ?? []
  const written = raw.flatMap((rule, index): readonly ExpandedRule[] =>
    isJsonObject(rule) ? [{ raw: rule, derivedFrom: undefined, path: ['spec', 'rules', index], kinds: 'as-written' }] : [],
  )
  const wanted = wantedControllers(
    policy,
    written.map((rule) => rule.raw),
  )
  if (wanted.length === 0) return written
  const plain = wanted.filter((kind) => kind !== cronJob)
  const derived = written.flatMap((rule) => [
    ...(plain.length > 0 ? deriveRule(rule, plain, 'controllers') : []),
    ...(wanted.includes(cronJob) ? deriveRule(rule, [cronJob], 'cronjob') : []),
  ])
  return [...written, ...derived]
}

function wantedControllers(policy: KubeObject, rules: readonly JsonObject[]): readonly string[] {
  if (!rules.every(mayDerive) || !rules.some(mentionsPods)) return []
  const asked = annotationsOf(policy)[annotation]
  if (asked === undefined || asked === '') return [...controllers, cronJob]
  if (asked === 'none') return []
  const known: readonly string[] = [...controllers, cronJob]
  return asked
    .split(',')
    .filter((kind) => known.includes(kind.trim()))
    .map((kind) => kind.trim())
}

/** One rule that cannot be carried over switches it off for the whole policy. */
function mayDerive(rule: JsonObject): boolean {
  if (anyField(rule, 'generate') !== undefined) return false
  const mutate = objectField(rule, 'mutate')
  if (mutate !== undefined && usesJsonPatch(mutate)) return false
  return [...filtersOf(objectField(rule, 'match')), ...filtersOf(objectField(rule, 'exclude'))].every((filter) => {
    const resources = objectField(filter, 'resources') ?? {}
    if (['name', 'names', 'selector', 'annotations'].some((key) => isGiven(ownValue(resources, key)))) return false
    const kinds = kindsOf(filter)
    return kinds.length <= 1 || !kinds.some(isPod)
  })
}

const isGiven = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && value !== '' && !(isJsonArray(value) && value.length === 0)

const usesJsonPatch = (mutate: JsonObject): boolean =>
  isGiven(ownValue(mutate, 'patchesJson6902')) ||
  (objectsField(mutate, 'foreach') ?? []).some((loop) => isGiven(ownValue(loop, 'patchesJson6902')))

function filtersOf(match: JsonObject | undefined): readonly JsonObject[] {
  if (match === undefined) return []
  const lists = [...(objectsField(match, 'any') ?? []), ...(objectsField(match, 'all') ?? [])]
  return objectField(match, 'resources') === undefined ? lists : [...lists, match]
}

const kindsOf = (filter: JsonObject): readonly string[] =>
  (listField(objectField(filter, 'resources'), 'kinds') ?? []).filter((kind): kind is string => typeof kind === 'string')

const kindName = (kind: string): string => kind.split('/').at(-1) ?? kind
const isPod = (kind: string): boolean => kindName(kind) === 'Pod'

const mentionsPods = (rule: JsonObject): boolean => {
  const kinds = [...filtersOf(objectField(rule, 'match')), ...filtersOf(objectField(rule, 'exclude'))].flatMap(kindsOf)
  return kinds.some((kind) => isPod(kind) || Object.hasOwn(groupOf, kindName(kind)))
}

type Target = 'controllers' | 'cronjob'

function deriveRule(rule: ExpandedRule, kinds: readonly string[], target: Target): readonly ExpandedRule[] {
  const { raw } = rule
  const name = stringField(raw, 'name') ?? ''
  const match = objectField(raw, 'match')
  const exclude = objectField(raw, 'exclude')
  if (name.startsWith('autogen-') || !filtersOf(match).some((filter) => kindsOf(filter).some(isPod))) return []
  const excludedKinds = filtersOf(exclude).flatMap(kindsOf)
  if (excludedKinds.length > 0 && !excludedKinds.some(isPod)) return []
  const wrapped = wrapRule(raw, target)
  if (wrapped === undefined) return []
  const full = kinds.map((kind) => groupOf[kind] ?? kind)
  const derived: JsonObject = {
    ...wrapped,
    name: `${target === 'cronjob' ? 'autogen-cronjob-' : 'autogen-'}${name}`.slice(0, longestName),
    ...(match === undefined ? {} : { match: withKinds(match, full, target) }),
    ...(exclude === undefined ? {} : { exclude: withKinds(exclude, full, target) }),
  }
  return [{ raw: rewritten(derived, target), derivedFrom: name, path: rule.path, kinds: target }]
}

/** Only filters about Pods change; for CronJobs upstream overwrites the kinds of every filter, also of those that had none. */
function withKinds(match: JsonObject, kinds: readonly string[], target: Target): JsonObject {
  const change = (filter: JsonObject): JsonObject => {
    const resources = objectField(filter, 'resources')
    if (target === 'controllers' && !kindsOf(filter).some(isPod)) return filter
    if (resources === undefined && target === 'controllers') return filter
    return { ...filter, resources: { ...resources, kinds } }
  }
  const out: { [key: string]: Json } = { ...match }
  for (const key of ['any', 'all'] as const) {
    const filters = objectsField(match, key)
    if (filters !== undefined) out[key] = filters.map(change)
  }
  return objectField(match, 'resources') === undefined ? out : change(out)
}

const wrap = (pattern: Json, target: Target): Json =>
  target === 'cronjob' ? { spec: { jobTemplate: { spec: { template: pattern } } } } : { spec: { template: pattern } }

/** Patterns describe a Pod, so they go where the Pod template is; other rule types are carried over by rewriting their text. */
function wrapRule(rule: JsonObject, target: Target): JsonObject | undefined {
  const validate = objectField(rule, 'validate')
  const mutate = objectField(rule, 'mutate')
  if (validate !== undefined) return { ...rule, validate: wrapValidate(validate, target) }
  if (mutate !== undefined) return { ...rule, mutate: wrapMutate(mutate, target) }
  return anyField(rule, 'verifyImages') === undefined ? undefined : rule
}

function wrapValidate(validate: JsonObject, target: Target): JsonObject {
  const pattern = anyField(validate, 'pattern')
  if (pattern !== undefined) return { ...validate, pattern: wrap(pattern, target) }
  const anyPattern = listField(validate, 'anyPattern')
  return anyPattern === undefined ? validate : { ...validate, anyPattern: anyPattern.map((item) => wrap(item, target)) }
}

/** `targets`, and `order` of a foreach, do not survive upstream's conversion. */
function wrapMutate(mutate: JsonObject, target: Target): JsonObject {
  const patch = anyField(mutate, 'patchStrategicMerge')
  if (patch !== undefined) return { patchStrategicMerge: wrap(patch, target) }
  const foreach = objectsField(mutate, 'foreach')
  if (foreach === undefined) return mutate
  return {
    foreach: foreach.map((loop) => {
      const inner = anyField(loop, 'patchStrategicMerge')
      const kept = Object.fromEntries(Object.entries(loop).filter(([key]) => ['list', 'context', 'preconditions'].includes(key)))
      return inner === undefined ? kept : { ...kept, patchStrategicMerge: wrap(inner, target) }
    }),
  }
}

const templatePath: Readonly<Record<Target, string>> = { controllers: 'spec.template', cronjob: 'spec.jobTemplate.spec.template' }

/** The textual part of the conversion; in `cel` rules the variables have no `request.` before them. */
function rewritten(rule: JsonObject, target: Target): JsonObject {
  const isCel = anyField(objectField(rule, 'validate'), 'cel') !== undefined
  const prefix = isCel ? '' : 'request.'
  let text = JSON.stringify(rule)
  for (const object of [`${prefix}object`, isCel ? 'oldObject' : 'request.oldObject']) {
    text = text.replaceAll(`${object}.spec`, `${object}.${templatePath[target]}.spec`)
    text = text.replaceAll(`${object}.metadata`, `${object}.${templatePath[target]}.metadata`)
  }
  const parsed = JSON.parse(text) as Json
  return isJsonObject(parsed) ? parsed : rule
}
