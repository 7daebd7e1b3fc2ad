import { anyField, listField, objectField, stringField } from '../../../core/fields.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { parseKindPattern } from '../../../kube/kind-pattern.ts'
import { checkConditions } from './conditions.ts'
import { checkContext } from './context-entries.ts'
import type { Report } from './report.ts'
import { itemsAt, matchedKinds, present } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

export function checkGenerate(view: RuleView, report: Report): void {
  const generate = objectField(view.rule, 'generate')
  if (generate === undefined) return
  const path = [...view.path, 'generate']
  checkSource(generate, path, ['data', 'clone', 'cloneList', 'foreach'], report)
  if (anyField(generate, 'foreach') === undefined) checkGenerated(generate, path, view, report)
  for (const { item, path: at } of itemsAt(generate, 'foreach', path)) {
    if ((stringField(item, 'list') ?? '') === '') report.error('foreach-list', { path: at }, 'expected `list` in the foreach')
    checkSource(item, at, ['data', 'clone', 'cloneList'], report)
    checkContext(item, at, view.policyNamespace, report)
    checkConditions(anyField(item, 'preconditions'), [...at, 'preconditions'], report)
    checkGenerated(item, at, view, report)
  }
}

function checkSource(holder: JsonObject, path: JsonPath, names: readonly string[], report: Report): void {
  const [first, second] = present(holder, names)
  const all = names.map((name) => `\`${name}\``).join(', ')
  if (first === undefined) report.error('generate-form', { path, part: 'key' }, `expected one of ${all} in \`generate\``)
  else if (second !== undefined) {
    report.error(
      'generate-form',
      { path: [...path, second], part: 'key' },
      `only one of ${all} is allowed, found \`${first}\` and \`${second}\``,
    )
  }
}

function checkGenerated(holder: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  const cloneList = objectField(holder, 'cloneList')
  if (cloneList !== undefined) {
    const kinds = listField(cloneList, 'kinds') ?? []
    if (kinds.length === 0) report.error('clone-kinds', { path: [...path, 'cloneList'], part: 'key' }, 'expected `kinds` in `cloneList`')
    const [field] = present(holder, ['kind', 'name'])
    if (field !== undefined)
      report.error(
        'generate-form',
        { path: [...path, field], part: 'key' },
        `\`${field}\` cannot be used with \`cloneList\``,
        'the kinds and names are those of the sources',
      )
  } else {
    for (const field of ['kind', 'name', 'apiVersion']) {
      if ((stringField(holder, field) ?? '') !== '') continue
      const add = field === 'apiVersion' ? report.warning : report.error
      add('missing-field', { path, part: 'key' }, `expected field \`${field}\` in \`generate\``)
    }
    checkSameKind(holder, path, view, report)
  }
  checkNamespaces(holder, path, view, report)
}

/** A rule that is triggered by what it makes would never end. */
function checkSameKind(holder: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  const kind = stringField(holder, 'kind') ?? ''
  const clones = objectField(holder, 'clone') !== undefined
  const matched = matchedKinds(objectField(view.rule, 'match'), [...view.path, 'match'])
  const same = matched.some((match) => parseKindPattern(match.kind)?.kind === kind && parseKindPattern(match.kind)?.subresource === '')
  if (kind !== '' && same && !clones) {
    report.error('generate-same-kind', { path: [...path, 'kind'] }, 'generation kind and match resource kind should not be the same')
  }
}

/** A Policy generates and clones within its own namespace. */
function checkNamespaces(holder: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  if (view.policyNamespace === '') return
  const places: readonly (readonly [JsonObject | undefined, JsonPath])[] = [
    [holder, [...path, 'namespace']],
    [objectField(holder, 'clone'), [...path, 'clone', 'namespace']],
    [objectField(holder, 'cloneList'), [...path, 'cloneList', 'namespace']],
  ]
  for (const [object, at] of places) {
    const namespace = stringField(object, 'namespace')
    if (namespace === undefined || namespace === '' || namespace.includes('{{') || namespace === view.policyNamespace) continue
    report.error(
      'other-namespace',
      { path: at },
      `a namespaced policy cannot generate resources in other namespaces, expected: ${view.policyNamespace}, received: ${namespace}`,
    )
  }
}
