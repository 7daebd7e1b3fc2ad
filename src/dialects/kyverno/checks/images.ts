import { anyField, booleanField, listField, objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { checkConditions, checkConditionsOrBlocks } from './conditions.ts'
import type { Report } from './report.ts'
import { itemsAt, present } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

/** Attestors may hold attestors; deeper ones are left to evaluation. */
const deepestAttestor = 16

export function checkVerifyImages(view: RuleView, specAction: string, report: Report): void {
  for (const { item, path } of itemsAt(view.rule, 'verifyImages', view.path)) {
    checkReferences(item, path, view, report)
    checkAttestors(item, path, deepestAttestor, report)
    for (const attestation of itemsAt(item, 'attestations', path)) {
      checkAttestors(attestation.item, attestation.path, deepestAttestor, report)
      checkConditionsOrBlocks(anyField(attestation.item, 'conditions'), [...attestation.path, 'conditions'], report)
      checkAttestation(attestation.item, attestation.path, report)
    }
    checkConditions(
      anyField(objectField(objectField(item, 'validate'), 'deny'), 'conditions'),
      [...path, 'validate', 'deny', 'conditions'],
      report,
    )
    const action = (stringField(item, 'failureAction') ?? specAction).toLowerCase()
    if (action === 'audit' && (booleanField(item, 'mutateDigest') ?? true)) {
      report.error(
        'mutate-digest',
        { path, part: 'value' },
        'mutateDigest must be set to false for ‘Audit’ failure action',
        'add `mutateDigest: false`',
      )
    }
  }
  if (anyField(view.rule, 'imageExtractors') !== undefined && anyField(view.rule, 'verifyImages') === undefined) {
    report.warning(
      'image-extractors',
      { path: [...view.path, 'imageExtractors'], part: 'key' },
      '`imageExtractors` is of use in `verifyImages` rules and for the variable `images` only',
    )
  }
}

function checkReferences(item: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  const references = listField(item, 'imageReferences') ?? []
  if (references.length === 0 && (stringField(item, 'image') ?? '') === '')
    report.error('image-references', { path }, 'expected `imageReferences`')
  references.forEach((reference, index) => {
    if (typeof reference === 'string' && reference.includes('{{')) {
      report.error(
        'variable-not-allowed',
        { path: [...path, 'imageReferences', index] },
        `rule "${view.name}" should not have variables in image reference section`,
      )
    }
  })
}

function checkAttestation(attestation: JsonObject, path: JsonPath, report: Report): void {
  if (present(attestation, ['type', 'predicateType']).length === 0)
    report.error('attestation-type', { path }, 'expected field `type` in the attestation')
  if (anyField(attestation, 'predicateType') !== undefined) {
    report.warning('deprecated-field', { path: [...path, 'predicateType'], part: 'key' }, '`predicateType` is deprecated', 'use `type`')
  }
}

function checkAttestors(holder: JsonObject, path: JsonPath, depth: number, report: Report): void {
  for (const set of itemsAt(holder, 'attestors', path)) checkAttestorSet(set.item, set.path, depth, report)
}

const attestorKinds = ['keys', 'certificates', 'keyless', 'attestor'] as const

function checkAttestorSet(set: JsonObject, path: JsonPath, depth: number, report: Report): void {
  const entries = itemsAt(set, 'entries', path)
  if (entries.length === 0) report.error('attestor-entries', { path }, 'expected at least one item in `entries`')
  const count = anyField(set, 'count')
  if (typeof count === 'number' && count > entries.length && !severalKeys(entries)) {
    report.error(
      'attestor-count',
      { path: [...path, 'count'] },
      `expected \`count\` to be at most the number of entries, ${entries.length}`,
    )
  }
  for (const entry of entries) {
    const kinds = present(entry.item, attestorKinds)
    if (kinds.length !== 1)
      report.error(
        'attestor-kind',
        { path: entry.path },
        'expected exactly one of `keys`, `certificates`, `keyless`, `attestor` in the entry',
      )
    const nested = objectField(entry.item, 'attestor')
    if (nested !== undefined && depth > 0) checkAttestorSet(nested, [...entry.path, 'attestor'], depth - 1, report)
  }
}

/** Several PEM blocks in one entry are expanded into entries of their own. */
function severalKeys(entries: readonly { readonly item: JsonObject }[]): boolean {
  return entries.some(({ item }) => (stringField(objectField(item, 'keys'), 'publicKeys') ?? '').split('-----BEGIN').length > 2)
}
