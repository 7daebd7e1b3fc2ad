import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import { nearest } from '../../core/nearest.ts'
import type { AppArmorProfile } from '../../kube/app-armor.ts'
import { parseAppArmorReference } from '../../kube/app-armor.ts'
import type { LabelPredicate } from '../../kube/label-selector.ts'
import { compileLabelSelector } from '../../kube/label-selector.ts'
import type { KubeObject } from '../../kube/object.ts'
import { annotationsOf, nameOf } from '../../kube/object.ts'

/** What happens to a Pod that a policy is against. */
export const actions = ['Deny', 'Warn', 'Audit'] as const
export type Action = (typeof actions)[number]

/** A policy as it is meant. */
export interface Settings {
  /** Patterns of names; [] is every namespace. */
  readonly namespaces: readonly string[]
  readonly excludeNamespaces: readonly string[]
  readonly namespaceSelector: LabelPredicate | undefined
  /** False: Pods that choose a profile are refused. */
  readonly enabled: boolean
  readonly defaultProfile: AppArmorProfile | undefined
  /** References; undefined allows all. */
  readonly allowedProfiles: readonly string[] | undefined
  /** What happens to Pods that choose a profile that no node has loaded; undefined asks no node. */
  readonly whereNotLoaded: Action | undefined
  readonly action: Action
}

/** What is wrong with a manifest, and where. */
export interface Problem {
  readonly code: string
  readonly path: JsonPath
  readonly message: string
  readonly help?: string
}

/** The names that PodSecurityPolicy had for the same, as annotations. */
const defaultAnnotation = 'apparmor.security.beta.kubernetes.io/defaultProfileName'
const allowedAnnotation = 'apparmor.security.beta.kubernetes.io/allowedProfileNames'

const fields = [
  'namespaces',
  'excludeNamespaces',
  'namespaceSelector',
  'appArmor',
  'defaultProfileName',
  'allowedProfileNames',
  'whereNotLoaded',
  'action',
] as const
type FieldName = (typeof fields)[number]

/** What a manifest means, as far as it can be read, and everything that is wrong with it. */
export function readSettings(object: KubeObject): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const given = ownValue(object, 'spec') ?? {}
  if (!isJsonObject(given)) problems.push({ code: 'wrong-type', path: ['spec'], message: 'expected a map at `spec`' })
  const spec = isJsonObject(given) ? given : {}
  const read = readerOf(spec, problems)
  checkFieldNames(spec, problems)
  const annotations = annotationsOf(object)
  const settings: Settings = {
    namespaces: read.texts('namespaces') ?? [],
    excludeNamespaces: read.texts('excludeNamespaces') ?? [],
    namespaceSelector: selectorOf(ownValue(spec, 'namespaceSelector'), problems),
    enabled: read.choice('appArmor', ['Enabled', 'Disabled']) !== 'Disabled',
    defaultProfile: defaultProfileOf(read.text('defaultProfileName'), annotations, problems),
    allowedProfiles: allowedProfilesOf(read.texts('allowedProfileNames'), annotations, problems),
    whereNotLoaded: read.choice('whereNotLoaded', actions),
    action: read.choice('action', actions) ?? 'Deny',
  }
  if (nameOf(object) === '') problems.push({ code: 'missing-field', path: ['metadata'], message: 'expected a string at `metadata.name`' })
  return { settings, problems: problems.length > 0 ? problems : contradictions(settings, object) }
}

function checkFieldNames(spec: JsonObject, problems: Problem[]): void {
  for (const key of Object.keys(spec)) {
    if (fields.some((known) => known === key)) continue
    const close = nearest(key, fields)
    const help = close === undefined ? `known fields: ${fields.map((name) => `\`${name}\``).join(', ')}` : `did you mean \`${close}\`?`
    problems.push({ code: 'unknown-field', path: ['spec', key], message: `unknown field \`spec.${key}\``, help })
  }
}

interface Reader {
  text(name: FieldName): string | undefined
  texts(name: FieldName): readonly string[] | undefined
  choice<T extends string>(name: FieldName, values: readonly T[]): T | undefined
}

/** Null is an absent field, as everywhere in Kubernetes. */
function readerOf(spec: JsonObject, problems: Problem[]): Reader {
  const wrongType = (name: FieldName, expected: string): undefined => {
    problems.push({ code: 'wrong-type', path: ['spec', name], message: `expected ${expected} at \`spec.${name}\`` })
    return undefined
  }
  const text = (name: FieldName): string | undefined => {
    const value = ownValue(spec, name) ?? undefined
    return value === undefined || typeof value === 'string' ? value : wrongType(name, 'a string')
  }
  return {
    text,
    texts: (name) => {
      const value = ownValue(spec, name) ?? undefined
      if (value === undefined) return undefined
      const isList = isJsonArray(value) && value.every((item) => typeof item === 'string')
      return isList ? value.filter((item) => typeof item === 'string') : wrongType(name, 'a list of strings')
    },
    choice: (name, values) => {
      const value = text(name)
      const chosen = values.find((one) => one === value)
      if (value === undefined || chosen !== undefined) return chosen
      const close = nearest(value, values)
      problems.push({
        code: 'invalid-value',
        path: ['spec', name],
        message: `expected \`spec.${name}\` to be one of ${values.map((one) => `\`${one}\``).join(', ')}, found \`${value}\``,
        ...(close === undefined ? {} : { help: `did you mean \`${close}\`?` }),
      })
      return undefined
    },
  }
}

function selectorOf(raw: Json | undefined, problems: Problem[]): LabelPredicate | undefined {
  if (raw === undefined || raw === null) return undefined
  const compiled = compileLabelSelector(raw)
  if (compiled.ok) return compiled.value
  problems.push({ code: 'invalid-value', path: ['spec', 'namespaceSelector'], message: compiled.error })
  return undefined
}

const forms = 'a profile is `runtime/default`, `unconfined` or `localhost/NAME`'

function parse(reference: string, path: JsonPath, problems: Problem[]): AppArmorProfile | undefined {
  const profile = parseAppArmorReference(reference)
  if (profile === undefined) {
    problems.push({ code: 'invalid-profile', path, message: `invalid AppArmor profile name: ${JSON.stringify(reference)}`, help: forms })
  }
  return profile
}

type Annotations = Readonly<Record<string, string>>

/** Fields come before annotations. */
function defaultProfileOf(field: string | undefined, annotations: Annotations, problems: Problem[]): AppArmorProfile | undefined {
  if (field !== undefined) return parse(field, ['spec', 'defaultProfileName'], problems)
  const annotation = annotations[defaultAnnotation]
  return annotation === undefined || annotation === ''
    ? undefined
    : parse(annotation, ['metadata', 'annotations', defaultAnnotation], problems)
}

/** The annotation is a list with commas: the name of a profile in it cannot hold one. */
function allowedProfilesOf(
  field: readonly string[] | undefined,
  annotations: Annotations,
  problems: Problem[],
): readonly string[] | undefined {
  if (field !== undefined) {
    field.forEach((reference, index) => parse(reference, ['spec', 'allowedProfileNames', index], problems))
    return field
  }
  const annotation = annotations[allowedAnnotation]
  if (annotation === undefined || annotation === '') return undefined
  const references = annotation.split(',')
  for (const reference of references) parse(reference, ['metadata', 'annotations', allowedAnnotation], problems)
  return references
}

/** What each field may say, but not together. Only asked where every field can be read. */
function contradictions({ enabled, defaultProfile, allowedProfiles, whereNotLoaded }: Settings, object: KubeObject): readonly Problem[] {
  const isField = isJsonObject(object['spec'] ?? null) && Object.hasOwn(object['spec'] as JsonObject, 'defaultProfileName')
  const at: JsonPath = isField ? ['spec', 'defaultProfileName'] : ['metadata', 'annotations', defaultAnnotation]
  if (!enabled && (defaultProfile !== undefined || allowedProfiles !== undefined || whereNotLoaded !== undefined)) {
    const message = 'expected no other rule beside `appArmor: Disabled`: Pods with a profile are refused, whichever it is'
    return [{ code: 'contradiction', path: ['spec', 'appArmor'], message }]
  }
  const isAllowed = (profile: AppArmorProfile): boolean =>
    (allowedProfiles ?? []).some((reference) => JSON.stringify(parseAppArmorReference(reference)) === JSON.stringify(profile))
  if (defaultProfile !== undefined && allowedProfiles !== undefined && !isAllowed(defaultProfile)) {
    return [{ code: 'default-not-allowed', path: at, message: 'expected the default profile to be one of those that are allowed' }]
  }
  if (enabled && defaultProfile === undefined && allowedProfiles === undefined && whereNotLoaded === undefined) {
    const help = 'set `defaultProfileName`, `allowedProfileNames`, `whereNotLoaded` or `appArmor: Disabled`'
    return [{ code: 'empty-policy', path: ['spec'], message: 'the policy asks nothing', help }]
  }
  return []
}
