import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { applyKustomizeMerge } from './kustomize-merge.ts'

const podKind = { group: '', version: 'v1', kind: 'Pod' }

const patchPod = (spec: JsonObject, patch: JsonObject): Json => {
  const before = JSON.stringify([spec, patch])
  const result = applyKustomizeMerge({ spec }, { spec: patch }, podKind)
  expect(JSON.stringify([spec, patch])).toBe(before)
  return result.ok ? ((result.value as JsonObject)['spec'] ?? null) : `! ${result.error}`
}
const named = (...names: string[]): Json => names.map((name) => ({ name }))
const ports = (...list: JsonObject[]): JsonObject => ({ containers: [{ name: 'a', ports: list }] })
const [tcp, udp] = [{ protocol: 'TCP' }, { protocol: 'UDP' }]

test.each<readonly [law: string, spec: JsonObject, patch: JsonObject, expected: Json]>([
  ['maps merge', { a: { x: 1, y: 1 } }, { a: { y: 2 } }, { a: { x: 1, y: 2 } }],
  ['null deletes', { a: [1], b: { x: 1 }, c: 's' }, { a: null, b: null, c: null, d: null }, {}],
  ['nulls are not added', {}, { nodeSelector: { a: null } }, { nodeSelector: {} }],
  ['nulls of the document stay', { a: null, b: { c: null } }, { b: { d: 1 } }, { a: null, b: { c: null, d: 1 } }],
  ['an emptied map stays', { b: { x: 1 } }, { b: { x: null } }, { b: {} }],
  ['what replaces a string becomes one', { a: 's', b: 's', c: 1 }, { a: 1, b: true, c: '1' }, { a: '1', b: 'true', c: '1' }],
  ['lists without a key are replaced', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, { tolerations: [] }],
  ['fields newer than the schema too', { schedulingGates: named('a') }, { schedulingGates: named('b') }, { schedulingGates: named('b') }],
  [
    'lists with a key merge, the patch first',
    {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
    },
    { containers: [{ name: 'c' }, { name: 'b', image: '2' }] },
    { containers: [{ name: 'c' }, { name: 'b', image: '2' }, { name: 'a', image: '1' }] },
  ],
  [
    'ports have two keys',
    ports({ containerPort: 80, ...tcp }),
    ports({ containerPort: 80, ...udp }),
    ports({ containerPort: 80, ...udp }, { containerPort: 80, ...tcp }),
  ],
  [
    'with two keys the document keeps its order',
    ports({ containerPort: 80, ...tcp }, { containerPort: 80, ...udp }),
    ports({ containerPort: 80, ...udp, name: 'u' }, { containerPort: 80, ...tcp, name: 't' }),
    ports({ containerPort: 80, ...tcp, name: 't' }, { containerPort: 80, ...udp, name: 'u' }),
  ],
  [
    'one key is enough where no element has the other',
    ports({ containerPort: 80 }, { containerPort: 81 }),
    ports({ containerPort: 81, name: 'x' }, { containerPort: 83 }),
    ports({ containerPort: 81, name: 'x' }, { containerPort: 83 }, { containerPort: 80 }),
  ],
  [
    'a port without protocol does not meet one with',
    ports({ containerPort: 80, ...tcp }),
    ports({ containerPort: 80, name: 'x' }),
    ports({ containerPort: 80, ...tcp }),
  ],
  ['$patch: replace of a map', { a: { b: 1 } }, { a: { $patch: 'replace', c: 1 } }, { a: { c: 1 } }],
  ['$patch: delete of a map', { a: { b: 1 } }, { a: { $patch: 'delete' } }, {}],
  ['$patch: merge of a map', { a: { b: 1 } }, { a: { $patch: 'merge', c: 1 } }, { a: { b: 1, c: 1 } }],
  ['directives in what is added', {}, { a: { x: { $patch: 'replace', c: 1 }, y: { $patch: 'delete' } } }, { a: { x: { c: 1 } } }],
  [
    '$patch: delete of an element',
    { containers: named('a', 'b') },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: named('b') },
  ],
  ['$patch: delete of the last element', { containers: named('a') }, { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [] }],
  [
    '$patch: replace of a list',
    { containers: named('a') },
    { containers: [{ $patch: 'replace' }, { name: 'b' }] },
    { containers: named('b') },
  ],
  ['$patch: delete of a list', { containers: named('a') }, { containers: [{ $patch: 'delete' }] }, {}],
  [
    '$patch: replace of an element does nothing',
    { containers: [{ name: 'a', image: '1' }] },
    { containers: [{ name: 'a', $patch: 'replace' }] },
    { containers: [{ name: 'a', image: '1' }] },
  ],
  ['directives in lists without a key are data', {}, { tolerations: [{ $patch: 'replace' }] }, { tolerations: [{ $patch: 'replace' }] }],
  [
    'of elements with one key the last stays',
    {
      containers: [
        { name: 'a', image: '1' },
        { name: 'a', image: '2' },
      ],
    },
    {},
    { containers: [{ name: 'a', image: '2' }] },
  ],
  [
    'an element without key drops those before it',
    { containers: [{ image: '1' }, { name: 'a' }] },
    { containers: named('b') },
    { containers: [{ image: '1' }] },
  ],
])('%s', (_, spec, patch, expected) => {
  expect(patchPod(spec, patch)).toEqual(expected)
})

test.each<readonly [spec: JsonObject, patch: JsonObject, error: string]>([
  [{ a: { b: 1 } }, { a: 'x' }, 'wrong node kind: expected MappingNode but got ScalarNode: node contents:\n"x"\n'],
  [{ a: 'x' }, { a: { b: [1, null] } }, 'wrong node kind: expected ScalarNode but got MappingNode: node contents:\n{"b": [1, null]}\n'],
  [{ a: [1] }, { a: { b: 1 } }, 'wrong node kind: expected SequenceNode but got MappingNode: node contents:\n{"b": 1}\n'],
  [{ a: { b: 1 } }, { a: { $patch: 'x' } }, "unknown patch strategy 'x'"],
  [
    { containers: ['x', { name: 'a' }] },
    { containers: named('a') },
    'wrong node kind: expected MappingNode but got ScalarNode: node contents:\n"x"\n',
  ],
])('%j refuses %j', (spec, patch, error) => {
  expect(patchPod(spec, patch)).toBe(`! ${error}`)
})

test('sets of scalars', () => {
  expect(
    applyKustomizeMerge({ metadata: { finalizers: ['a', 'b', 'c'] } }, { metadata: { finalizers: ['c', 'd', 'a'] } }, podKind),
  ).toEqual({
    ok: true,
    value: { metadata: { finalizers: ['c', 'd', 'a', 'b'] } },
  })
})

const foo = { group: 'example.com', version: 'v1', kind: 'Foo' }

test('in kinds that are not built in lists are replaced, but a map that says what it is merges as that', () => {
  const document = { spec: { list: named('a'), template: { apiVersion: 'v1', kind: 'Pod', spec: { containers: named('a') } } } }
  const patch = { spec: { list: named('b'), template: { spec: { containers: named('b') } } } }
  expect(applyKustomizeMerge(document, patch, foo)).toEqual({
    ok: true,
    value: { spec: { list: named('b'), template: { apiVersion: 'v1', kind: 'Pod', spec: { containers: named('b', 'a') } } } },
  })
})

test('versions the schema does not know are not built in', () => {
  const metadata = (...finalizers: string[]): JsonObject => ({ metadata: { finalizers } })
  const autoscaler = { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' }
  expect(applyKustomizeMerge(metadata('a'), metadata('b'), { ...autoscaler, version: 'v1' })).toMatchObject({ value: metadata('b', 'a') })
  expect(applyKustomizeMerge(metadata('a'), metadata('b'), { ...autoscaler, version: 'v2' })).toMatchObject({ value: metadata('b') })
})

test('a patch that changes nothing gives the same object', () => {
  const document = { metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image: 'x' }, { name: 'b' }] } }
  const result = applyKustomizeMerge(document, { metadata: {}, spec: { containers: [{ name: 'a' }] } }, podKind)
  expect(result.ok && result.value).toBe(document)
})

const names = ['$patch', 'containers', 'ports', 'name', 'containerPort', 'protocol', 'finalizers', '__proto__', 'apiVersion', 'kind']
const json = fc.letrec<{ value: Json; map: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, 1, '', 'a', 'replace', 'delete'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
})).map

test('no patch makes it throw or changes its inputs', () => {
  fc.assert(
    fc.property(json, json, (document, patch) => {
      const before = JSON.stringify([document, patch])
      applyKustomizeMerge({ spec: document, metadata: document }, { spec: patch, metadata: patch }, podKind)
      applyKustomizeMerge({ spec: document, metadata: document }, { spec: patch, metadata: patch }, foo)
      expect(JSON.stringify([document, patch])).toBe(before)
    }),
    { numRuns: 1000 },
  )
})

test('a patch nested without end is refused', () => {
  let deep: Json = 1
  for (let i = 0; i < 5000; i += 1) deep = { a: deep }
  expect(applyKustomizeMerge({}, deep, foo)).toMatchObject({ ok: false })
})
