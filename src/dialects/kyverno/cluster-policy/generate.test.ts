import { describe, expect, test } from 'vitest'
import type { Question } from '../../../policy/facts.ts'
import { deletionOf, factsOf, factsToCome, outcomes, podOf, requestOf, said } from '../testbed.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 's',
    namespace: 'from',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: 'x',
    ownerReferences: [{ name: 'o' }],
    managedFields: [],
    labels: { l: 'x' },
    annotations: { a: 'b' },
  },
  data: { k: 'v' },
  status: { x: 1 },
}
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'from' } }
const world = factsOf((question) => {
  if (question.ask === 'object') return question.name === 's' ? secret : null
  if (question.ask === 'objects') return question.kind === 'Secret' ? [secret] : [configMap]
  return undefined
})
const generated = (rule: string): unknown => outcomes(`generate: ${rule}`, { facts: world })[0]?.generated
const header = 'apiVersion: v1, kind: ConfigMap'
const copied = { apiVersion: 'v1', kind: 'Secret', metadata: { labels: { l: 'x' }, annotations: { a: 'b' } }, data: { k: 'v' } }
const copyAs = (name: string, namespace: string): unknown => ({ ...copied, metadata: { ...copied.metadata, name, namespace } })

describe('what a rule makes', () => {
  test.each<[string, string, unknown]>([
    [
      'data, with variables in it and in its name',
      `{${header}, name: '{{request.object.metadata.name}}-x', namespace: '{{request.namespace}}', data: {data: {of: '{{request.object.metadata.labels.app}}'}}}`,
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p-x', namespace: 'nn' }, data: { of: 'a' } }],
    ],
    [
      'metadata of the data',
      `{${header}, name: x, namespace: nn, data: {metadata: {labels: {a: b}, name: other}}}`,
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'nn', labels: { a: 'b' } } }],
    ],
    [
      'a cluster-scoped object',
      '{apiVersion: v1, kind: Namespace, name: x}',
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }],
    ],
    [
      'a clone, without what belongs to its source alone',
      '{apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: s, namespace: from}}',
      [copyAs('t', 'to')],
    ],
    [
      'clones of several kinds',
      '{namespace: to, cloneList: {namespace: from, kinds: [v1/Secret, v1/ConfigMap]}}',
      [copyAs('s', 'to'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'to' } }],
    ],
    [
      'one for each element',
      `{foreach: [{list: "['a', 'b']", ${header}, name: 'x-{{element}}-{{elementIndex}}', namespace: nn, data: {}}]}`,
      ['x-a-0', 'x-b-1'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'nn' } })),
    ],
    [
      'only those that meet preconditions, with their context',
      `{foreach: [{list: "['a', 'b']", context: [{name: v, variable: {value: '{{element}}!'}}], preconditions: {all: [{key: '{{v}}', operator: Equals, value: b!}]}, ${header}, name: '{{element}}', namespace: nn, data: {}}]}`,
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'nn' } }],
    ],
    [
      'clones for each element',
      `{foreach: [{list: "['a', 'b']", apiVersion: v1, kind: Secret, name: t, namespace: '{{element}}', clone: {name: s, namespace: from}}]}`,
      [copyAs('t', 'a'), copyAs('t', 'b')],
    ],
  ])('%s', (_, rule, expected) => {
    expect(generated(rule)).toEqual(expected)
  })

  test('what is asked of the cluster', () => {
    const asked: Question[] = []
    const facts = factsOf((question) => {
      asked.push(question)
      return null
    })
    outcomes(
      "generate: {apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: '{{request.object.metadata.name}}', namespace: from}}",
      { facts },
    )
    outcomes('generate: {namespace: to, cloneList: {namespace: from, kinds: [apps/v1/Deployment], selector: {matchLabels: {l: x}}}}', {
      facts,
    })
    expect(asked).toEqual([
      { ask: 'object', apiVersion: 'v1', kind: 'Secret', namespace: 'from', name: 'p' },
      { ask: 'objects', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'from', name: '', selector: { matchLabels: { l: 'x' } } },
    ])
  })
})

describe('the outcome', () => {
  test.each([
    ['something', `{${header}, name: x, namespace: nn, data: {}}`, 'pass: '],
    ['nothing', '{foreach: [{list: "`[]`", apiVersion: v1, kind: ConfigMap, name: x, data: {}}]}', 'skip: no resources generated'],
    [
      'a source that there is not',
      '{apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: none, namespace: from}}',
      'error: failed to generate resource: source resource v1 Secret from/none not found',
    ],
    [
      'a variable that is missing',
      `{${header}, name: '{{request.object.x}}', data: {}}`,
      'error: failed to generate resource: variable substitution failed: failed to resolve request.object.x at path /name: JMESPath query failed: Unknown key "x" in path',
    ],
    [
      'a list that is not there',
      `{foreach: [{list: request.object.none, ${header}, name: x, data: {}}]}`,
      'error: failed to generate resource: JMESPath query failed: Unknown key "none" in path',
    ],
  ])('%s', (_, rule, expected) => {
    expect(said(`generate: ${rule}`, { facts: world })).toEqual([expected])
  })

  test('a source that is to come is asked for', () => {
    const facts = factsToCome()
    said('generate: {apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: s, namespace: from}}', { facts })
    expect(facts.missing).toHaveLength(1)
  })

  test('preconditions that are not met', () => {
    expect(said(`preconditions: {any: []}, generate: {${header}, name: x, data: {}}`)).toEqual(['skip: preconditions not met'])
  })

  test('a deletion generates from the old object', () => {
    const rule = `generate: {${header}, name: '{{request.object.metadata.name}}', namespace: nn, data: {}}`
    expect(outcomes(rule, { request: deletionOf(podOf()) })[0]?.generated).toMatchObject([{ metadata: { name: 'p' } }])
    expect(outcomes(rule, { request: requestOf(podOf()) })[0]?.generated).toMatchObject([{ metadata: { name: 'p' } }])
  })
})
