import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'
import { isJsonArray, ownValue } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { generateNameOf, groupVersionKind, labelsOf, nameOf, namespaceOf } from '../../../kube/object.ts'
import { locate } from '../../../kube/yaml/yaml.ts'
import type { ExplainedOutcome, ExplainedStep, ExplainedValue } from '../../../policy/explain.ts'
import type { MatchTarget } from '../constraint/match.ts'
import { compileMatch, kindEntries } from '../constraint/match.ts'
import { objectField, stringsField } from '../read.ts'

export const placeIn = ({ document }: Manifest, path: JsonPath): NonNullable<ExplainedStep['place']> => ({
  source: document.source,
  span: locate(document, path, 'key'),
})

/** In the order in which they are tried. */
const criteria = ['kinds', 'scope', 'namespaces', 'excludedNamespaces', 'labelSelector', 'namespaceSelector', 'name', 'source'] as const
type Criterion = (typeof criteria)[number]

/** `spec.match` of a constraint or mutator: each criterion by itself, also behind one that fails. */
export function explainMatch(manifest: Manifest, target: MatchTarget): ExplainedStep {
  const match = objectField(objectField(manifest.object, 'spec'), 'match')
  if (match === undefined || Object.keys(match).length === 0)
    return { text: 'match', outcome: 'holds', detail: 'nothing is asked for: every object', values: [], children: [] }
  const children = criteria.flatMap((key) => explainCriterion(manifest, match, key, target))
  const decisive = children.find(({ outcome }) => outcome !== 'holds')
  const place = placeIn(manifest, ['spec', 'match'])
  return { text: 'match', outcome: decisive?.outcome ?? 'holds', place, values: [], children }
}

function explainCriterion(manifest: Manifest, match: JsonObject, key: Criterion, target: MatchTarget): readonly ExplainedStep[] {
  const written = ownValue(match, key)
  if (written === undefined) return []
  const compiled = compileMatch({ [key]: written })
  const result = compiled.ok ? compiled.value(target) : compiled
  const outcome: ExplainedOutcome = !result.ok ? 'error' : result.value ? 'holds' : 'fails'
  const detail = result.ok ? detailOf(match, key, target, result.value) : result.error
  return [
    {
      text: `${key} ${textOf(match, key, written)}`,
      outcome,
      ...(detail === undefined ? {} : { detail }),
      place: placeIn(manifest, ['spec', 'match', key]),
      values: valuesOf(key, target),
      children: [],
    },
  ]
}

function textOf(match: JsonObject, key: Criterion, written: Json): string {
  if (key === 'kinds') return kindsText(match)
  if (isJsonArray(written)) return written.length === 0 ? 'any' : written.map(word).join(', ')
  return word(written)
}

const word = (value: Json): string => (typeof value === 'string' ? value || 'any' : JSON.stringify(value))

const groupWord = (group: string): string => (group === '' ? 'core' : group === '*' ? 'any group' : group)

/** `Pod (core); Deployment, StatefulSet (apps)` */
function kindsText(match: JsonObject): string {
  const all = (words: readonly string[]): readonly string[] => (words.length === 0 ? ['*'] : words)
  const entries = kindEntries(match).map(
    ({ groups, kinds }) =>
      `${all(kinds)
        .map((kind) => (kind === '*' ? 'any kind' : kind))
        .join(', ')} (${all(groups).map(groupWord).join(', ')})`,
  )
  return entries.length === 0 ? 'any' : entries.join('; ')
}

const isNamespace = ({ object }: MatchTarget): boolean => object.kind === 'Namespace' && object.apiVersion === 'v1'

/** As criteria see it: a Namespace is in itself. */
const namespaceFor = (target: MatchTarget): string =>
  isNamespace(target) ? nameOf(target.object) : target.namespace || namespaceOf(target.object)

function detailOf(match: JsonObject, key: Criterion, target: MatchTarget, holds: boolean): string | undefined {
  const namespace = namespaceFor(target)
  if (namespace === '' && ['namespaces', 'excludedNamespaces', 'namespaceSelector'].includes(key))
    return 'the object is in no namespace, and so cannot be told apart by it'
  if (holds) return undefined
  switch (key) {
    case 'kinds': {
      const { group, kind } = groupVersionKind(target.object)
      return `${kind} (${groupWord(group)}) is not among them`
    }
    case 'namespaces':
      return `namespace ${namespace} is not among them`
    case 'excludedNamespaces':
      return `namespace ${namespace} is excluded${excludedBy(match, target)}`
    case 'scope':
      return namespace === '' || isNamespace(target) ? 'the object belongs to the cluster' : `the object is in namespace ${namespace}`
    case 'labelSelector':
      return 'the labels of the object do not match'
    case 'namespaceSelector':
      return `the labels of namespace ${namespace} do not match`
    case 'name':
      return `${nameOf(target.object) || generateNameOf(target.object)} is another name`
    case 'source':
      return target.source === 'Original' ? 'the object is not made by an expansion' : 'the object is made by an expansion'
  }
}

function excludedBy(match: JsonObject, target: MatchTarget): string {
  const pattern = stringsField(match, 'excludedNamespaces')?.find((each) => {
    const compiled = compileMatch({ excludedNamespaces: [each] })
    const result = compiled.ok ? compiled.value(target) : undefined
    return result?.ok === true && !result.value
  })
  return pattern === undefined || pattern === namespaceFor(target) ? '' : ` by ${pattern}`
}

function valuesOf(key: Criterion, target: MatchTarget): readonly ExplainedValue[] {
  switch (key) {
    case 'labelSelector':
      return [{ name: 'labels', value: labelsOf(target.object) }]
    case 'namespaceSelector': {
      if (!isNamespace(target) && namespaceFor(target) === '') return []
      const labels = isNamespace(target) ? labelsOf(target.object) : target.namespaceLabels()
      return [{ name: `labels of namespace ${namespaceFor(target)}`, value: labels }]
    }
    case 'namespaces':
    case 'excludedNamespaces':
    case 'scope':
      return namespaceFor(target) === '' ? [] : [{ name: 'namespace', value: namespaceFor(target) }]
    case 'name':
      return [{ name: 'name', value: nameOf(target.object) || generateNameOf(target.object) }]
    case 'kinds':
    case 'source':
      return []
  }
}
