import { anyField, booleanField, objectField, stringField } from '../../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { nearest } from '../../../core/nearest.ts'
import { loadValue } from '../../../kube/yaml/yaml.ts'
import { checkConditions } from './conditions.ts'
import { checkContext } from './context-entries.ts'
import type { Report } from './report.ts'
import { hasTargets, itemsAt, present } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

const patches = ['patchStrategicMerge', 'patchesJson6902'] as const

export function checkMutate(view: RuleView, report: Report): void {
  const mutate = objectField(view.rule, 'mutate')
  if (mutate === undefined) return
  const path = [...view.path, 'mutate']
  const given = present(mutate, [...patches, 'foreach'])
  if (given.length === 0)
    report.error('mutate-form', { path, part: 'key' }, 'expected one of `patchStrategicMerge`, `patchesJson6902`, `foreach` in `mutate`')
  if (given.includes('foreach') && given.length > 1) {
    report.error(
      'mutate-form',
      { path: [...path, given[0] ?? ''], part: 'key' },
      'only one of `foreach`, `patchStrategicMerge`, or `patchesJson6902` is allowed',
    )
  } else if (given.length > 1) {
    report.warning(
      'mutate-form',
      { path: [...path, 'patchesJson6902'], part: 'key' },
      '`patchesJson6902` is not used where `patchStrategicMerge` is given',
    )
  }
  checkJsonPatch(mutate, path, 'outside foreach', { view, report })
  checkForeach(mutate, path, view, report)
  checkTargets(mutate, path, view, report)
}

function checkTargets(mutate: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  if (booleanField(mutate, 'mutateExistingOnPolicyUpdate') === true && !hasTargets(view.rule)) {
    report.error(
      'targets-required',
      { path: [...path, 'mutateExistingOnPolicyUpdate'], part: 'key' },
      'expected `targets` beside `mutateExistingOnPolicyUpdate`',
    )
  }
  for (const { item, path: at } of itemsAt(mutate, 'targets', path)) {
    checkContext(item, at, view.policyNamespace, report)
    checkConditions(anyField(item, 'preconditions'), [...at, 'preconditions'], report)
    for (const field of ['apiVersion', 'kind']) {
      if ((stringField(item, field) ?? '') === '') report.error('missing-field', { path: at }, `expected field \`${field}\` in the target`)
    }
    const namespace = stringField(item, 'namespace') ?? ''
    if (view.policyNamespace !== '' && namespace !== '' && !namespace.includes('{{') && namespace !== view.policyNamespace) {
      report.error(
        'other-namespace',
        { path: [...at, 'namespace'] },
        `a Policy cannot mutate resources of another namespace, expected ${view.policyNamespace}, found ${namespace}`,
      )
    }
  }
}

function checkForeach(holder: JsonObject, path: JsonPath, view: RuleView, report: Report): void {
  for (const { item, path: at } of itemsAt(holder, 'foreach', path)) {
    if ((stringField(item, 'list') ?? '') === '') report.error('foreach-list', { path: at }, 'expected `list` in the foreach')
    const given = present(item, [...patches, 'foreach'])
    if (given.length !== 1)
      report.error(
        'mutate-form',
        { path: at },
        'expected exactly one of `patchStrategicMerge`, `patchesJson6902`, `foreach` in the foreach',
      )
    checkContext(item, at, view.policyNamespace, report)
    checkConditions(anyField(item, 'preconditions'), [...at, 'preconditions'], report)
    checkJsonPatch(item, at, 'in foreach', { view, report })
    checkForeach(item, at, view, report)
  }
}

const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test']

/** The patch is text that holds a list. Text that only becomes YAML when its variables are replaced is left to evaluation. */
function checkJsonPatch(
  holder: JsonObject,
  path: JsonPath,
  place: 'in foreach' | 'outside foreach',
  { view, report }: { view: RuleView; report: Report },
): void {
  const text = stringField(holder, 'patchesJson6902')
  if (text === undefined) return
  const at = [...path, 'patchesJson6902']
  const loaded = loadValue(text)
  if (!loaded.ok || !isJsonArray(loaded.value)) {
    if (!text.includes('{{'))
      report.error('invalid-json-patch', { path: at }, loaded.ok ? 'expected a list of operations in `patchesJson6902`' : loaded.error)
    return
  }
  let from = 0
  for (const operation of loaded.value) {
    if (!isJsonObject(operation)) continue
    const target = stringField(operation, 'path') ?? ''
    const start = target === '' ? -1 : text.indexOf(target, from)
    const where = start < 0 ? { path: at } : { path: at, inside: { text, span: { start, end: start + target.length } } }
    if (start >= 0) from = start + target.length
    if (!target.startsWith('/')) report.error('json-patch-path', where, 'path must begin with a forward slash', `found \`${target}\``)
    if (place === 'outside foreach' && target.includes('{{')) {
      report.error('variable-not-allowed', where, `rule "${view.name}" should not have variables in patchesJSON6902 path section`)
    }
    checkOperation(stringField(operation, 'op') ?? '', where, report)
  }
}

function checkOperation(op: string, where: Parameters<Report['error']>[1], report: Report): void {
  if (operations.includes(op) || op.includes('{{')) return
  const close = nearest(op, operations)
  report.error(
    'json-patch-operation',
    where,
    `unknown operation \`${op}\``,
    close === undefined ? `known operations: ${operations.join(', ')}` : `did you mean \`${close}\`?`,
  )
}
