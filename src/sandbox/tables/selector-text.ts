import { compareText, marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { at, map, objects, orNone, strings, text } from './text.ts'

const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => compareText(a, b)
const sortedPairs = (labels: JsonObject): readonly [string, string][] =>
  Object.entries(labels)
    .map(([key, value]): [string, string] => [key, typeof value === 'string' ? value : marshalJson(value)])
    .sort(byKey)

/** `a=b,c=d` in the order of the keys, or `<none>`. */
export const labelsText = (labels: JsonObject): string =>
  orNone(
    sortedPairs(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  )

/** A LabelSelector as tables show it: its requirements in the order of their keys. */
export function selectorText(selector: Json | undefined): string {
  if (!isJsonObject(selector)) return '<none>'
  const labels = sortedPairs(map(selector, 'matchLabels')).map(([key, value]): [string, string] => [key, `${key}=${value}`])
  const requirements = [...labels, ...objects(selector, 'matchExpressions').map(requirement)]
  if (requirements.some(([, shown]) => shown === '')) return '<error>'
  return orNone(
    requirements
      .sort(byKey)
      .map(([, shown]) => shown)
      .join(','),
  )
}

export const selectorAt = (object: JsonObject, path: string): string => selectorText(at(object, path))

function requirement(expression: JsonObject): [string, string] {
  const key = text(expression, 'key')
  const values = strings(expression, 'values').toSorted(compareText).join(',')
  switch (expression['operator']) {
    case 'In':
      return [key, `${key} in (${values})`]
    case 'NotIn':
      return [key, `${key} notin (${values})`]
    case 'Exists':
      return [key, key]
    case 'DoesNotExist':
      return [key, `!${key}`]
    default:
      return [key, '']
  }
}

/** A LabelSelector as Go prints the struct: what a binding by selector shows. */
export function selectorStruct(selector: JsonObject): string {
  const labels = sortedPairs(map(selector, 'matchLabels')).map(([key, value]) => `${key}: ${value},`)
  const expressions = objects(selector, 'matchExpressions').map(
    (one) =>
      `LabelSelectorRequirement{Key:${text(one, 'key')},Operator:${text(one, 'operator')},Values:[${strings(one, 'values').join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
