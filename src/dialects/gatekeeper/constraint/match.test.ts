import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { compileGenerateNameGlob, compileGlob } from './glob.ts'
import { compileMatch } from './match.ts'
import type { MatchTarget } from './match.ts'

test.each([
  ['kube-*', 'kube-system', true],
  ['kube-*', 'my-kube-system', false],
  ['*-system', 'kube-system', true],
  ['*-system', 'kube-systems', false],
  ['*kube*', 'my-kube-system', true],
  ['*', 'anything', true],
  ['default', 'default', true],
  ['default', 'default2', false],
  ['a*b', 'axb', false],
  ['a*b', 'a*b', true],
  ['', '', true],
])('the pattern %j of %j: %j', (pattern, text, expected) => {
  expect(compileGlob(pattern)(text)).toBe(expected)
})

test.each([
  ['web-*', 'web-', true],
  ['*eb*', 'web-', true],
  ['web-', 'web-', false],
  ['*-', 'web-', false],
])('the pattern %j of a name that will begin with %j: %j', (pattern, prefix, expected) => {
  expect(compileGenerateNameGlob(pattern)(prefix)).toBe(expected)
})

const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop', labels: { app: 'web' } } }
const deployment: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'shop' } }
const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } }

function target(object: KubeObject, more: Partial<MatchTarget> = {}): MatchTarget {
  return { object, namespace: '', namespaceLabels: () => ({ team: 'a' }), source: 'Original', ...more }
}

const matches = (match: JsonObject | undefined, of: MatchTarget): boolean | string => {
  const compiled = compileMatch(match)
  if (!compiled.ok) return compiled.error
  const result = compiled.value(of)
  return result.ok ? result.value : result.error
}

const kinds = (apiGroups: readonly string[], ...words: readonly string[]): JsonObject => ({ kinds: [{ apiGroups, kinds: words }] })

test.each<[string, JsonObject | undefined, KubeObject, boolean]>([
  ['nothing is written', undefined, pod, true],
  ['nothing is said', {}, pod, true],
  ['the kind and group are those', kinds([''], 'Pod'), pod, true],
  ['the group is another', kinds(['apps'], 'Pod'), pod, false],
  ['the group is any', kinds(['*'], 'Deployment'), deployment, true],
  ['the kind is any', kinds(['apps'], '*'), deployment, true],
  ['an empty list of kinds is all', { kinds: [{ apiGroups: [''], kinds: [] }] }, node, true],
  ['words are no patterns', kinds(['*'], 'Po*'), pod, false],
  ['one of several entries is enough', { kinds: [{ apiGroups: ['apps'] }, { kinds: ['Pod'] }] }, pod, true],
  ['scope Namespaced of a Pod', { scope: 'Namespaced' }, pod, true],
  ['scope Namespaced of a Node', { scope: 'Namespaced' }, node, false],
  ['scope Cluster of a Node', { scope: 'Cluster' }, node, true],
  ['scope Cluster of a Namespace', { scope: 'Cluster' }, namespace, true],
  ['scope Cluster of a Pod', { scope: 'Cluster' }, pod, false],
  ['a scope that is no word', { scope: '*' }, pod, true],
  ['the namespace is listed', { namespaces: ['sh*'] }, pod, true],
  ['the namespace is not listed', { namespaces: ['other'] }, pod, false],
  ['a Namespace is in itself', { namespaces: ['shop'] }, namespace, true],
  ['another Namespace is in itself', { namespaces: ['other'] }, namespace, false],
  ['objects of the cluster are in all namespaces', { namespaces: ['other'] }, node, true],
  ['the namespace is excluded', { excludedNamespaces: ['*op'] }, pod, false],
  ['a Namespace is excluded', { excludedNamespaces: ['shop'] }, namespace, false],
  ['objects of the cluster are not excluded', { excludedNamespaces: ['*'] }, node, true],
  ['the labels are those', { labelSelector: { matchLabels: { app: 'web' } } }, pod, true],
  ['the labels are others', { labelSelector: { matchLabels: { app: 'db' } } }, pod, false],
  ['the labels of the namespace are those', { namespaceSelector: { matchLabels: { team: 'a' } } }, pod, true],
  ['the labels of the namespace are others', { namespaceSelector: { matchLabels: { team: 'b' } } }, pod, false],
  ['a Namespace has its own labels', { namespaceSelector: { matchLabels: { team: 'b' } } }, namespace, false],
  ['objects of the cluster have no namespace to select', { namespaceSelector: { matchLabels: { team: 'b' } } }, node, true],
  ['the name is that', { name: 'p*' }, pod, true],
  ['the name is another', { name: 'q' }, pod, false],
  ['what was written is original', { source: 'Original' }, pod, true],
  ['what was written is not generated', { source: 'Generated' }, pod, false],
  ['all criteria have to hold', { ...kinds([''], 'Pod'), namespaces: ['other'] }, pod, false],
])('%s', (_, match, object, expected) => {
  expect(matches(match, target(object))).toBe(expected)
})

test('a name that is still to be made is matched by what it begins with', () => {
  const made: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-' } }
  expect(matches({ name: 'we*' }, target(made))).toBe(true)
  expect(matches({ name: 'web-x' }, target(made))).toBe(false)
})

test('the namespace of a request is that of an object which does not say it', () => {
  const bare: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }
  expect(matches({ namespaces: ['shop'] }, target(bare, { namespace: 'shop' }))).toBe(true)
  expect(matches({ namespaces: ['shop'] }, target(bare, { namespace: 'other' }))).toBe(false)
})

test('a namespace that nobody knows cannot be selected', () => {
  const unknown = target(pod, { namespaceLabels: () => undefined })
  expect(matches({ namespaceSelector: { matchLabels: { a: 'b' } } }, unknown)).toBe(
    'namespace selector for namespace-scoped object but missing Namespace',
  )
})

test.each<[JsonObject, string]>([
  [{ labelSelector: { matchExpressions: [{ key: 'a', operator: 'Foo' }] } }, '"Foo" is not a valid label selector operator'],
  [{ source: 'Somewhere' }, 'invalid source field "Somewhere"'],
])('%j cannot be used: %s', (match, error) => {
  expect(compileMatch(match)).toEqual({ ok: false, error })
})

test('no criteria make it throw', () => {
  const keys = fc.constantFrom('kinds', 'scope', 'namespaces', 'excludedNamespaces', 'labelSelector', 'namespaceSelector', 'name', 'source')
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue()), (match) => {
      const compiled = compileMatch(match as JsonObject)
      if (compiled.ok) for (const object of [pod, node, namespace]) compiled.value(target(object))
    }),
  )
})
