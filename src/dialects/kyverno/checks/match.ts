import { anyField, listField, objectField, stringField } from '../../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { JsonObject, JsonPath } from '../../../core/json.ts'
import { parseKindPattern } from '../../../kube/kind-pattern.ts'
import { builtInResources } from '../../../kube/resources.ts'
import type { Report } from './report.ts'
import { filterAttributes, filtersOf, isEmpty, itemsAt, matchedKinds, present } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

/** `match` and `exclude`: their form, and what may not be asked in a background scan. */
export function checkMatch(view: RuleView, report: Report): void {
  const match = objectField(view.rule, 'match')
  const path = [...view.path, 'match']
  if (match !== undefined) {
    if (isEmpty(match)) report.error('empty-match', { path, part: 'key' }, 'match cannot be empty')
    checkForm(match, path, report)
    for (const filter of filtersOf(match, path)) checkFilter(filter, 'match', report)
    checkKinds(view, report)
  }
  const exclude = objectField(view.rule, 'exclude')
  const excludePath = [...view.path, 'exclude']
  if (exclude !== undefined) {
    checkForm(exclude, excludePath, report)
    for (const filter of filtersOf(exclude, excludePath)) checkFilter(filter, 'exclude', report)
  }
  if (view.background) checkBackgroundUsers(view.rule, view.path, report)
}

function checkForm(block: JsonObject, path: JsonPath, report: Report): void {
  const lists = present(block, ['any', 'all'])
  const section = path.at(-1)
  if (lists.length === 2)
    report.error('match-form', { path: [...path, 'all'], part: 'key' }, `only one of \`any\` and \`all\` is allowed in \`${section}\``)
  const [direct] = present(block, filterAttributes)
  if (lists.length > 0 && direct !== undefined) {
    report.error(
      'match-form',
      { path: [...path, direct], part: 'key' },
      `\`${direct}\` cannot stand beside \`${lists[0]}\` in \`${section}\``,
      `move it into an item of \`${lists[0]}\``,
    )
  }
  for (const name of lists) {
    const filters = anyField(block, name)
    if (!isJsonArray(filters)) continue
    filters.forEach((filter, index) => {
      if (isJsonObject(filter) && isEmpty(filter) && section === 'match')
        report.error('empty-match', { path: [...path, name, index] }, 'match cannot be empty')
    })
  }
}

const resourceAttributes = ['kinds', 'name', 'names', 'namespaces', 'annotations', 'selector', 'namespaceSelector', 'operations']

function checkFilter({ filter, path }: { filter: JsonObject; path: JsonPath }, section: 'match' | 'exclude', report: Report): void {
  checkSubjects(filter, path, report)
  const resources = objectField(filter, 'resources')
  if (resources === undefined) return
  const at = [...path, 'resources']
  const some = present(resources, resourceAttributes).length > 0
  if (section === 'match' && some && (listField(resources, 'kinds') ?? []).length === 0) {
    report.error('kinds-required', { path: at, part: 'key' }, 'expected `kinds` in `resources`', 'use `kinds: ["*"]` to match every kind')
  }
  if (present(resources, ['name', 'names']).length === 2) {
    report.error('name-and-names', { path: [...at, 'name'], part: 'key' }, 'both name and names can not be specified together')
  }
}

const subjectKinds = ['User', 'Group', 'ServiceAccount']

/** Also of the filters of exceptions. */
export function checkSubjects(filter: JsonObject, path: JsonPath, report: Report): void {
  for (const { item, path: at } of itemsAt(filter, 'subjects', path)) {
    const kind = stringField(item, 'kind') ?? ''
    if (!subjectKinds.includes(kind))
      report.error(
        'subject-kind',
        { path: [...at, 'kind'] },
        `expected the kind of a subject to be User, Group or ServiceAccount, found \`${kind}\``,
      )
    if (kind === 'ServiceAccount' && (stringField(item, 'namespace') ?? '') === '') {
      report.error('subject-namespace', { path: [...at, 'name'] }, 'expected field `namespace` in a subject of kind ServiceAccount')
    }
  }
}

/** Kinds that exist only as subresources of others. */
const onlySubresources = new Set([
  'Scale',
  'Eviction',
  'TokenRequest',
  'PodExecOptions',
  'PodAttachOptions',
  'PodPortForwardOptions',
  'PodProxyOptions',
  'ServiceProxyOptions',
  'NodeProxyOptions',
])

/** Kinds that can be none, subresources in background scans, kinds that a Policy cannot reach. */
function checkKinds(view: RuleView, report: Report): void {
  const kinds = matchedKinds(objectField(view.rule, 'match'), [...view.path, 'match'])
  for (const { kind, path } of kinds) {
    const pattern = parseKindPattern(kind)
    if (pattern === undefined) {
      report.error(
        'invalid-kind',
        { path },
        `invalid kind \`${kind}\``,
        'write `kind`, `version/kind`, `group/version/kind` or `group/version/kind/subresource`',
      )
    } else if (pattern.subresource === '' && onlySubresources.has(pattern.kind)) {
      report.error(
        'unknown-kind',
        { path },
        `unable to convert GVK to GVR for kinds ${kind}`,
        `name the resource it belongs to, such as \`Deployment/scale\``,
      )
    } else if (pattern.subresource !== '' && view.background && anyField(view.rule, 'validate') !== undefined) {
      report.error('background-subresource', { path }, `background scan enabled with subresource ${kind}`, 'set `spec.background: false`')
    } else if (view.namespaced && isClusterScoped(pattern.kind)) {
      report.error(
        'cluster-scoped-kind',
        { path },
        `a Policy cannot match kind \`${pattern.kind}\`, which has no namespace`,
        'use a ClusterPolicy',
      )
    }
  }
}

/** Of the built-in kinds of that name none has a namespace. Custom kinds are not known here. */
function isClusterScoped(kind: string): boolean {
  const named = builtInResources.filter((resource) => resource.kind === kind)
  return named.length > 0 && named.every((resource) => !resource.namespaced)
}

/** A background scan knows no user. */
export function checkBackgroundUsers(holder: JsonObject, path: JsonPath, report: Report): void {
  for (const section of ['match', 'exclude'] as const) {
    for (const { filter, path: filterPath } of filtersOf(objectField(holder, section), [...path, section])) {
      for (const attribute of ['subjects', 'roles', 'clusterRoles'] as const) {
        if ((listField(filter, attribute) ?? []).length === 0) continue
        const at = [...filterPath, attribute]
        report.error(
          'background-variable',
          { path: at, part: 'key' },
          backgroundText(`invalid variable used at path: ${at.join('/')}`),
          'set `spec.background: false`',
        )
      }
    }
  }
}

/** Upstream's words for everything a background scan cannot know. */
export const backgroundText = (reason: string): string =>
  `only select variables are allowed in background mode. Set spec.background=false to disable background mode for this policy rule: ${reason}`
