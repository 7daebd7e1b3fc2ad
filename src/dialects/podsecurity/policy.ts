import type { Result } from '../../core/result.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { invalid } from '../../kube/field-error.ts'
import type { Level, LevelVersion, Version } from '../../standards/pod-security/pod-security.ts'
import {
  compareLevels,
  equivalentLevelVersion,
  latest,
  parseLevel,
  parseVersion,
  printLevelVersion,
} from '../../standards/pod-security/pod-security.ts'

/** What happens to a Pod that violates the level of each: it is denied, the audit log says so, the user is told. */
export const modes = ['enforce', 'audit', 'warn'] as const
export type Mode = (typeof modes)[number]

/** What a namespace demands of its Pods. */
export type Policy = Readonly<Record<Mode, LevelVersion>>

const privilegedLatest: LevelVersion = { level: 'privileged', version: latest }
export const privilegedPolicy: Policy = { enforce: privilegedLatest, audit: privilegedLatest, warn: privilegedLatest }

export type Labels = Readonly<Record<string, string>>

const prefix = 'pod-security.kubernetes.io/'
const levelLabel = (mode: Mode): string => prefix + mode
const versionLabel = (mode: Mode): string => `${prefix}${mode}-version`

export interface LabelledPolicy {
  readonly policy: Policy
  /** Of labels that are no levels or versions, in the order of modes. */
  readonly errors: readonly FieldError[]
}

/** Where a level cannot be read, enforcement fails closed, and what only talks fails open. */
const fallbackLevel: Readonly<Record<Mode, Level>> = { enforce: 'restricted', audit: 'privileged', warn: 'privileged' }

/** The policy of a namespace with these labels; what they do not say is `defaults`. */
export function policyOfLabels(labels: Labels, defaults: Policy): LabelledPolicy {
  const errors: FieldError[] = []
  const read = (mode: Mode): LevelVersion => ({
    level: valueOf(labels, levelLabel(mode), parseLevel, errors, [defaults[mode].level, fallbackLevel[mode]]),
    version: valueOf(labels, versionLabel(mode), parseVersion, errors, [defaults[mode].version, latest]),
  })
  // In this order: errors are told in it.
  const enforce = read('enforce')
  const audit = read('audit')
  const warn = read('warn')
  return { policy: { enforce, audit, warn: inheritedWarn(labels, enforce, warn) }, errors }
}

/** The label's value; the first of `otherwise` where there is no label, the second where it has no meaning. */
function valueOf<T>(
  labels: Labels,
  label: string,
  parse: (text: string) => Result<T, string>,
  errors: FieldError[],
  otherwise: readonly [absent: T, wrong: T],
): T {
  const text = Object.hasOwn(labels, label) ? labels[label] : undefined
  if (text === undefined) return otherwise[0]
  const parsed = parse(text)
  if (parsed.ok) return parsed.value
  errors.push(invalid(`metadata.labels[${label}]`, text, parsed.error))
  return otherwise[1]
}

/** A namespace that enforces more than it warns of warns of what it enforces: workloads are never denied, their users learn of it that way. */
function inheritedWarn(labels: Labels, enforce: LevelVersion, warn: LevelVersion): LevelVersion {
  if (Object.hasOwn(labels, levelLabel('warn'))) return warn
  const text = Object.hasOwn(labels, levelLabel('enforce')) ? labels[levelLabel('enforce')] : undefined
  if (text === undefined || !parseLevel(text).ok || compareLevels(enforce.level, warn.level) <= 0) return warn
  const version: Version = Object.hasOwn(labels, versionLabel('warn')) ? warn.version : enforce.version
  return { level: enforce.level, version }
}

export const isLabelled = (labels: Labels, mode: Mode): boolean =>
  Object.hasOwn(labels, levelLabel(mode)) || Object.hasOwn(labels, versionLabel(mode))

export const isPrivileged = (policy: Policy): boolean => modes.every((mode) => policy[mode].level === 'privileged')

export const equivalentPolicies = (a: Policy, b: Policy): boolean => modes.every((mode) => equivalentLevelVersion(a[mode], b[mode]))

/** `enforce=baseline:latest, warn=restricted:v1.24`, of the given modes. */
export const printPolicy = (policy: Policy, shown: readonly Mode[] = modes): string =>
  shown.map((mode) => `${mode}=${printLevelVersion(policy[mode])}`).join(', ')
