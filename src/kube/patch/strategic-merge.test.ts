import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { applyStrategicMerge } from './strategic-merge.ts'

const podKind = { group: '', version: 'v1', kind: 'Pod' }

const patchPod = (spec: JsonObject, patch: JsonObject): Json => {
  const before = JSON.stringify([spec, patch])
  const result = applyStrategicMerge({ spec }, { spec: patch }, podKind)
  expect(JSON.stringify([spec, patch])).toBe(before)
  return result.ok ? ((result.value as JsonObject)['spec'] ?? null) : `! ${result.error}`
}
const named = (...names: string[]): Json => names.map((name) => ({ name }))

test.each<readonly [law: string, spec: JsonObject, patch: JsonObject, expected: Json]>([
  ['maps merge, scalars are replaced', { a: { x: 1, y: 1 }, b: 1 }, { a: { y: 2 }, b: 2 }, { a: { x: 1, y: 2 }, b: 2 }],
  [
    'null deletes',
    { hostNetwork: true, nodeSelector: { a: '1', b: '2' } },
    { hostNetwork: null, nodeSelector: { a: null } },
    { nodeSelector: { b: '2' } },
  ],
  ['nulls are not added', {}, { nodeSelector: { a: null } }, { nodeSelector: {} }],
  ['another type replaces', { containers: [] }, { containers: 'x' }, { containers: 'x' }],
  ['lists without a key are replaced', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, { tolerations: [] }],
  [
    'lists with a key merge',
    { containers: [{ name: 'a', image: '1', args: ['x'] }, { name: 'b' }] },
    { containers: [{ name: 'a', image: '2', args: ['y'] }] },
    { containers: [{ name: 'a', image: '2', args: ['y'] }, { name: 'b' }] },
  ],
  ['an empty patch list changes nothing', { containers: named('a') }, { containers: [] }, { containers: named('a') }],
  ['new elements come first', { containers: named('a', 'b') }, { containers: named('n') }, { containers: named('n', 'a', 'b') }],
  [
    'the order of the patch is kept, others come before what they were before',
    { containers: named('a', 'b', 'c', 'd', 'e') },
    { containers: named('d', 'n', 'b') },
    { containers: named('a', 'c', 'd', 'n', 'b', 'e') },
  ],
  [
    'ports have one key here',
    { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'UDP' }] }] },
    { containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'UDP' }] }] },
  ],
  [
    '$patch: replace of a map',
    { securityContext: { a: 1 } },
    { securityContext: { $patch: 'replace', b: 1 } },
    { securityContext: { b: 1 } },
  ],
  ['$patch: delete of a map empties it', { securityContext: { a: 1 } }, { securityContext: { $patch: 'delete' } }, { securityContext: {} }],
  ['a map of directives is not added', {}, { securityContext: { $patch: 'replace', b: 1 } }, {}],
  [
    '$patch: delete of an element',
    { containers: named('a', 'b') },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: named('b') },
  ],
  [
    '$patch: replace of a list',
    { containers: named('a') },
    { containers: [{ $patch: 'replace' }, { name: 'b' }] },
    { containers: named('b') },
  ],
  ['directives are not added', {}, { containers: [{ $patch: 'delete', name: 'b' }, { name: 'c' }] }, { containers: named('c') }],
  [
    '$retainKeys',
    { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }] },
    { volumes: [{ name: 'v', emptyDir: {} }] },
  ],
  [
    '$setElementOrder',
    { containers: named('a', 'b', 'c') },
    { '$setElementOrder/containers': named('c', 'a') },
    { containers: named('b', 'c', 'a') },
  ],
  [
    '$setElementOrder with a new element',
    { containers: named('a', 'b', 'c') },
    { '$setElementOrder/containers': named('c', 'n', 'a'), containers: named('n') },
    { containers: named('b', 'c', 'n', 'a') },
  ],
  [
    '$setElementOrder of what is not there',
    {},
    { '$setElementOrder/containers': named('c'), containers: named('c') },
    { containers: named('c') },
  ],
  ['a field nobody knows', { foo: { a: [1] } }, { foo: { a: [2], b: 1 } }, { foo: { a: [2], b: 1 } }],
])('%s', (_, spec, patch, expected) => {
  expect(patchPod(spec, patch)).toEqual(expected)
})

test.each<readonly [patch: JsonObject, error: string]>([
  [{ containers: [{ image: 'x' }] }, 'map: map[image:x] does not contain declared merge key: name'],
  [{ containers: [{ $patch: 'delete' }] }, 'map: map[$patch:delete] does not contain declared merge key: name'],
  [{ containers: [{ $patch: 'merge' }] }, 'merging lists cannot yet be specified in the patch'],
  [{ containers: [{ $patch: 'x' }] }, 'unknown patch type: x in map: map[$patch:x]'],
  [{ containers: ['a'] }, 'list element types are not identical: [[map[name:a] map[name:b]] [a]]'],
  [{ nodeSelector: { $patch: 'merge', a: 1 } }, 'unknown patch type: merge in map: map[$patch:merge a:1]'],
  [{ nodeSelector: { $retainKeys: [], a: '1' } }, 'invalid patch format of retainKeys'],
  [{ '$setElementOrder/containers': 'x' }, 'expected a []interface {}, but received a string'],
  [
    { '$setElementOrder/containers': named('a', 'b'), containers: named('b', 'a') },
    "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
  ],
])('%j is refused', (patch, error) => {
  expect(patchPod({ containers: named('a', 'b'), nodeSelector: {} }, patch)).toBe(`! ${error}`)
})

test('sets of scalars', () => {
  const metadata = { finalizers: ['a', 'b', 'c'] }
  const patch = (change: JsonObject): unknown => applyStrategicMerge({ metadata }, { metadata: change }, podKind)
  expect(patch({ finalizers: ['c', 'd', 'a'] })).toMatchObject({ value: { metadata: { finalizers: ['b', 'c', 'd', 'a'] } } })
  expect(patch({ '$deleteFromPrimitiveList/finalizers': ['a', 'z'] })).toMatchObject({ value: { metadata: { finalizers: ['b', 'c'] } } })
  expect(patch({ '$setElementOrder/finalizers': ['c', 'a'], '$deleteFromPrimitiveList/finalizers': ['b'] })).toMatchObject({
    value: { metadata: { finalizers: ['c', 'a'] } },
  })
})

test('kinds that are not built in have their lists replaced', () => {
  const foo = { group: 'example.com', version: 'v1', kind: 'Foo' }
  expect(applyStrategicMerge({ metadata: { finalizers: ['a'] } }, { metadata: { finalizers: ['b'] } }, foo)).toEqual({
    ok: true,
    value: { metadata: { finalizers: ['b'] } },
  })
})

test('the selector of a PodDisruptionBudget is replaced in policy/v1 only', () => {
  const [document, patch] = [{ spec: { selector: { a: 1 } } }, { spec: { selector: { b: 1 } } }]
  const budget = { group: 'policy', kind: 'PodDisruptionBudget' }
  expect(applyStrategicMerge(document, patch, { ...budget, version: 'v1' })).toMatchObject({ value: patch })
  expect(applyStrategicMerge(document, patch, { ...budget, version: 'v1beta1' })).toMatchObject({
    value: { spec: { selector: { a: 1, b: 1 } } },
  })
})

const names = [
  '$patch',
  '$retainKeys',
  '$setElementOrder/containers',
  '$deleteFromPrimitiveList/containers',
  'containers',
  'spec',
  'name',
  '__proto__',
]
const json = fc.letrec<{ value: Json; map: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, 1, 'a', 'replace', 'delete'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
})).map

test('no patch makes it throw or changes its inputs', () => {
  fc.assert(
    fc.property(json, json, (document, patch) => {
      const before = JSON.stringify([document, patch])
      applyStrategicMerge({ spec: document, metadata: document }, { spec: patch, metadata: patch }, podKind)
      expect(JSON.stringify([document, patch])).toBe(before)
    }),
    { numRuns: 1000 },
  )
})

test('a patch applied twice is a patch applied once', () => {
  const element = fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') })
  const spec = fc.record({
    containers: fc.uniqueArray(element, { selector: (e) => e.name }),
    nodeSelector: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', null)),
  })
  fc.assert(
    fc.property(spec, spec, (document, patch) => {
      const once = applyStrategicMerge({ spec: document }, { spec: patch }, podKind)
      if (once.ok) expect(applyStrategicMerge(once.value, { spec: patch }, podKind)).toEqual(once)
    }),
  )
})
