import { expect, test } from 'vitest'
import type { Json } from '../../../core/json.ts'
import { checkSelectors } from './check-selectors.ts'

const label = (name: string, text: string): string =>
  `spec.labelSelector.${name}: Invalid value: "${text}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`
const unread = 'Could not convert JSON to LabelSelector: json: cannot unmarshal'
const expression = (fields: Json): Json => ({ matchExpressions: [fields] })
const notMap = (name: string, value: string): string => `.spec.match.${name} accessor error: ${value}, expected map[string]interface{}`

test.each<[what: string, match: Json, expected: string | undefined]>([
  ['no match', null, undefined],
  ['no selectors', { scope: 3 }, undefined],
  ['an empty selector', { labelSelector: {} }, undefined],
  ['a list for match', [1], notMap('labelSelector', '[1] is of the type []interface {}')],
  ['a null', { namespaceSelector: null }, notMap('namespaceSelector', '<nil> is of the type <nil>')],
  ['a text', { labelSelector: 'a' }, notMap('labelSelector', 'a is of the type string')],
  [
    'labels that are numbers',
    { labelSelector: { matchLabels: { a: 1 } } },
    `${unread} number into Go struct field LabelSelector.matchLabels of type string`,
  ],
  [
    'an expression that is none',
    { labelSelector: expression(1) },
    `${unread} number into Go struct field LabelSelector.matchExpressions of type v1.LabelSelectorRequirement`,
  ],
  [
    'values that are no list',
    { labelSelector: expression({ key: 'a', operator: 'In', values: 'x' }) },
    `${unread} string into Go struct field LabelSelectorRequirement.matchExpressions.values of type []string`,
  ],
  [
    'an operator that is none',
    { labelSelector: expression({ key: 'a', operator: 'Bad' }) },
    'spec.labelSelector.matchExpressions[0].operator: Invalid value: "Bad": not a valid selector operator',
  ],
  [
    'no values for In, of namespaces',
    { namespaceSelector: expression({ key: 'a', operator: 'In', values: null }) },
    "spec.labelSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
  [
    'values that are no labels',
    { labelSelector: expression({ key: 'a', operator: 'In', values: ['a b', 'c d'] }) },
    `[${label('matchExpressions[0].values[0]', 'a b')}, ${label('matchExpressions[0].values[1]', 'c d')}]`,
  ],
  ['a label that is none', { labelSelector: { matchLabels: { a: 'c d' } } }, label('matchLabels', 'c d')],
])('%s', (_, match, expected) => {
  expect(checkSelectors({ spec: { match } })).toBe(expected)
})
