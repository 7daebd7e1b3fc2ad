import { anyField, listField, objectField, stringField } from '../../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { checkConditions } from './conditions.ts'
import { checkContext } from './context-entries.ts'
import { podSecurityControls } from './match-shape.ts'
import type { Report } from './report.ts'
import { printPath } from './report.ts'
import { isEmpty, itemsAt, matchedKinds, present } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

const forms = ['pattern', 'anyPattern', 'deny', 'foreach', 'podSecurity', 'cel', 'manifests', 'assert'] as const

export function checkValidate(view: RuleView, report: Report): void {
  const validate = objectField(view.rule, 'validate')
  if (validate === undefined) return
  const path = [...view.path, 'validate']
  checkOneForm(validate, path, forms, report)
  checkPatterns(validate, path, report)
  checkConditions(
    objectField(validate, 'deny') === undefined ? undefined : anyField(objectField(validate, 'deny'), 'conditions'),
    [...path, 'deny', 'conditions'],
    report,
  )
  checkForeach(validate, path, view, report)
  checkPodSecurity(objectField(validate, 'podSecurity'), [...path, 'podSecurity'], report)
  if (anyField(validate, 'cel') !== undefined) checkCel(view, report)
  const action = stringField(validate, 'failureAction')
  if (action === 'audit' || action === 'enforce') {
    report.warning(
      'deprecated-value',
      { path: [...path, 'failureAction'] },
      'Validation failure actions enforce/audit are deprecated, use Enforce/Audit instead.',
    )
  }
  checkWildcard(view, validate, report)
}

function checkOneForm(holder: JsonObject, path: JsonPath, names: readonly string[], report: Report): void {
  const [first, second] = present(holder, names)
  const all = names.map((name) => `\`${name}\``).join(', ')
  if (first === undefined) report.error('validate-form', { path, part: 'key' }, `expected one of ${all} in \`${path.at(-1)}\``)
  else if (second !== undefined) {
    report.error(
      'validate-form',
      { path: [...path, second], part: 'key' },
      `expected only one of ${all}, found \`${first}\` and \`${second}\``,
    )
  }
}

function checkPatterns(holder: JsonObject, path: JsonPath, report: Report): void {
  const anyPattern = anyField(holder, 'anyPattern')
  // A list may also come from a variable.
  if (anyPattern !== undefined && !isJsonArray(anyPattern) && typeof anyPattern !== 'string') {
    report.error('wrong-type', { path: [...path, 'anyPattern'] }, 'expected a list of patterns in `anyPattern`')
  }
  for (const key of ['pattern', 'anyPattern']) checkAnchors(anyField(holder, key) ?? null, [...path, key], report)
}

const anchor = /^([+<=X^]?)\(.*\)$/

function checkAnchors(pattern: Json, path: JsonPath, report: Report): void {
  if (isJsonArray(pattern)) return pattern.forEach((item, index) => checkAnchors(item, [...path, index], report))
  if (!isJsonObject(pattern)) return
  for (const [key, value] of Object.entries(pattern)) {
    const at = [...path, key]
    const modifier = anchor.exec(key)?.[1]
    if (modifier === '^' && !isJsonArray(value)) {
      report.error(
        'invalid-anchor',
        { path: at, part: 'key' },
        `existence anchor \`${key}\` should have a list value`,
        'write the pattern of one item as a list: `- …`',
      )
    } else if (modifier === '+') {
      report.error(
        'invalid-anchor',
        { path: at, part: 'key' },
        `add anchor \`${key}\` is not supported in a validate pattern`,
        'it belongs to `patchStrategicMerge`',
      )
    }
    checkAnchors(value, at, report)
  }
}

function checkForeach(holder: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  for (const { item, path: at } of itemsAt(holder, 'foreach', path)) {
    if ((stringField(item, 'list') ?? '') === '') report.error('foreach-list', { path: at }, 'expected `list` in the foreach')
    checkOneForm(item, at, ['pattern', 'anyPattern', 'deny', 'foreach'], report)
    checkPatterns(item, at, report)
    checkContext(item, at, view.policyNamespace, report)
    checkConditions(anyField(item, 'preconditions'), [...at, 'preconditions'], report)
    checkConditions(anyField(objectField(item, 'deny'), 'conditions'), [...at, 'deny', 'conditions'], report)
    checkForeach(item, at, view, report)
  }
}

/** Exclusions of the Pod Security Standards, in policies and in exceptions. */
export function checkPodSecurityExclusions(holder: JsonObject | undefined, key: string, path: JsonPath, report: Report): void {
  for (const { item, path: at } of itemsAt(holder, key, path)) {
    const control = stringField(item, 'controlName') ?? ''
    const level = Object.entries(podSecurityControls).find(([name]) => name === control)?.[1]
    const images = (listField(item, 'images') ?? []).length > 0
    const restricted = stringField(item, 'restrictedField') ?? ''
    const isPodField = restricted.startsWith('spec.securityContext') || /^spec\.(?:host|volumes)/.test(restricted)
    if (level === 'container' && !images) {
      report.error(
        'pod-security-images',
        { path: [...at, 'controlName'] },
        `exclude.images must be specified for the container level control ${control}`,
      )
    } else if (level === 'pod' && images) {
      report.error(
        'pod-security-images',
        { path: [...at, 'images'], part: 'key' },
        `exclude.images must not be specified for the pod level control ${control}`,
      )
    } else if (level === 'either' && restricted !== '' && isPodField === images) {
      const word = isPodField ? 'must not' : 'must'
      report.error(
        'pod-security-images',
        { path: [...at, 'restrictedField'] },
        `exclude.images ${word} be specified for the restricted field ${restricted}`,
      )
    }
    const hasValues = (listField(item, 'values') ?? []).length > 0
    if ((restricted !== '') !== hasValues) {
      const [given, missing] = hasValues ? ['values', 'restrictedField'] : ['restrictedField', 'values']
      const field = printPath([...at, missing].filter((step) => step !== 'validate'))
      report.error('pod-security-values', { path: [...at, given], part: 'key' }, `${field}: Forbidden: ${missing} is required`)
    }
  }
}

function checkPodSecurity(podSecurity: JsonObject | undefined, path: JsonPath, report: Report): void {
  if (podSecurity === undefined) return
  if (stringField(podSecurity, 'level') === undefined)
    report.error('missing-field', { path, part: 'key' }, 'expected field `level` in `podSecurity`')
  checkPodSecurityExclusions(podSecurity, 'exclude', path, report)
}

/** CEL rules know only CEL: variables are written in `cel.variables`. */
function checkCel(view: RuleView, report: Report): void {
  if (anyField(view.rule, 'context') !== undefined) {
    report.error(
      'cel-context',
      { path: [...view.path, 'context'], part: 'key' },
      'context is not allowed in `validate.cel` rules',
      'use `validate.cel.variables`',
    )
  }
  if (anyField(view.rule, 'preconditions') !== undefined) {
    report.error(
      'cel-preconditions',
      { path: [...view.path, 'preconditions'], part: 'key' },
      'preconditions are not allowed in `validate.cel` rules',
      'use `celPreconditions`',
    )
  }
}

const metadataOnly = 'policy can only deal with the metadata field of the resource if the rule does not match any kind'

/** A rule for every kind can rely on metadata alone. */
function checkWildcard(view: RuleView, validate: JsonObject, report: Report): void {
  if (!matchesEveryKind(view)) return
  const patterns: readonly (readonly [Json, JsonPath])[] = [
    ...(anyField(validate, 'pattern') === undefined
      ? []
      : [[anyField(validate, 'pattern') ?? null, [...view.path, 'validate', 'pattern']] as const]),
    ...(listField(validate, 'anyPattern') ?? []).map(
      (pattern, index) => [pattern, [...view.path, 'validate', 'anyPattern', index]] as const,
    ),
  ]
  for (const [pattern, path] of patterns) {
    if (!isJsonObject(pattern)) continue
    const other = Object.keys(pattern).find((key) => key !== 'metadata' && key !== '=(metadata)' && key !== '(metadata)')
    if (other !== undefined) report.error('wildcard-policy', { path: [...path, other], part: 'key' }, metadataOnly)
  }
}

export function matchesEveryKind(view: RuleView): boolean {
  return matchedKinds(objectField(view.rule, 'match'), [...view.path, 'match']).some(({ kind }) => kind === '*')
}

/** What only admission knows, and rules that need to know the kind. */
export function checkWildcardRule(view: RuleView, report: Report): void {
  const kinds = matchedKinds(objectField(view.rule, 'match'), [...view.path, 'match'])
  const wildcard = kinds.find(({ kind }) => kind === '*')
  if (wildcard === undefined) return
  const at = { path: wildcard.path }
  if (view.background) {
    report.error(
      'wildcard-policy',
      at,
      'wildcard policy not allowed in background mode. Set spec.background=false to disable background mode for this policy rule',
      'set `spec.background: false`',
    )
  }
  const siblings = kinds.filter(({ path }) => path.slice(0, -1).join('/') === wildcard.path.slice(0, -1).join('/'))
  if (siblings.length > 1) report.error('wildcard-policy', at, 'wildcard policy can not deal with more than one kind')
  const needsKind = ['generate', 'verifyImages'].some((type) => !isEmpty(anyField(view.rule, type)))
  const foreach = anyField(objectField(view.rule, 'validate'), 'foreach') !== undefined
  if (needsKind || foreach) report.error('wildcard-policy', at, 'wildcard policy does not support rule type')
}
