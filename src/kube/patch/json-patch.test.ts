import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { diffJson } from './json-diff.ts'
import { applyJsonPatch, parseJsonPatch } from './json-patch.ts'
import type { JsonPatchOperation, JsonPatchOptions } from './json-patch.ts'

const run = (document: Json, patch: Json, options?: JsonPatchOptions): Json => {
  const before = JSON.stringify(document)
  const operations = parseJsonPatch(patch)
  const result = operations.ok ? applyJsonPatch(document, operations.value, options) : operations
  expect(JSON.stringify(document)).toBe(before)
  return result.ok ? result.value : `! ${result.error}`
}

// Appendix A of RFC 6902, and corners.
test.each<readonly [document: Json, patch: Json, expected: Json]>([
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
  [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  [{ baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
  [
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [{ foo: ['all', 'grass', 'cows', 'eat'] }, [{ op: 'move', from: '/foo/1', path: '/foo/3' }], { foo: ['all', 'cows', 'eat', 'grass'] }],
  [{ baz: 'qux', foo: ['a', 2, 'c'] }, [{ op: 'test', path: '/foo/1', value: 2 }], { baz: 'qux', foo: ['a', 2, 'c'] }],
  [{ foo: 'bar' }, [{ op: 'add', path: '/child', value: { grandchild: {} } }], { foo: 'bar', child: { grandchild: {} } }],
  [{ '/': 9, '~1': 10 }, [{ op: 'replace', path: '/~01', value: 11 }], { '/': 9, '~1': 11 }],
  [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], { foo: ['bar', ['abc', 'def']] }],
  [{ a: 1 }, [{ op: 'add', path: '', value: { b: 2 } }], { b: 2 }],
  [{ a: 1 }, [{ op: 'test', path: '', value: { a: 1 } }], { a: 1 }],
  [{ a: null }, [{ op: 'test', path: '/b', value: null }], { a: null }],
  [
    { a: [1] },
    [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/-', value: 2 },
    ],
    { a: [1], b: [1, 2] },
  ],
  [
    {},
    [
      { op: 'add', path: '/a', value: [] },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/a/0', value: 1 },
    ],
    { a: [1], b: [] },
  ],
  [
    { a: { b: 1 } },
    [
      { op: 'replace', path: '/a/b', value: { c: 1 } },
      { op: 'add', path: '/a/b/d', value: 2 },
    ],
    { a: { b: { c: 1, d: 2 } } },
  ],
  [{}, [{ op: 'add', path: '/constructor', value: 1 }], { constructor: 1 }],
])('%j and %j make %j', (document, patch, expected) => {
  expect(run(document, patch)).toEqual(expected)
})

const missing = 'missing value'

test.each<readonly [document: Json, operation: Json, error: string]>([
  [{}, { op: 'add', path: '/a/b', value: 1 }, `add operation does not apply: doc is missing path: "/a/b": ${missing}`],
  [{ a: 1 }, { op: 'add', path: '/a/b', value: 1 }, `add operation does not apply: doc is missing path: "/a/b": ${missing}`],
  [
    { a: [] },
    { op: 'add', path: '/a/5', value: 1 },
    "error in add for path: '/a/5': Unable to access invalid index: 5: invalid index referenced",
  ],
  [
    { a: [] },
    { op: 'add', path: '/a/-1', value: 1 },
    "error in add for path: '/a/-1': Unable to access invalid index: -1: invalid index referenced",
  ],
  [
    { a: [] },
    { op: 'add', path: '/a/x', value: 1 },
    "error in add for path: '/a/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
  ],
  [{}, { op: 'remove', path: '/a/b' }, `remove operation does not apply: doc is missing path: "/a/b": ${missing}`],
  [{}, { op: 'remove', path: '/a' }, `error in remove for path: '/a': unable to remove nonexistent key: a: ${missing}`],
  [
    { a: [1] },
    { op: 'remove', path: '/a/1' },
    "error in remove for path: '/a/1': Unable to access invalid index: 1: invalid index referenced",
  ],
  [{}, { op: 'replace', path: '/a/b', value: 1 }, `replace operation does not apply: doc is missing path: /a/b: ${missing}`],
  [{}, { op: 'replace', path: '/a', value: 1 }, `replace operation does not apply: doc is missing key: /a: ${missing}`],
  [{ a: 1 }, { op: 'test', path: '/a', value: 2 }, 'testing path /a failed: test failed'],
  [{ a: 1 }, { op: 'test', path: '/b', value: 2 }, 'testing path /b failed: test failed'],
  [{ a: 1 }, { op: 'test', path: '', value: {} }, 'testing path  failed: test failed'],
  [{}, { op: 'test', path: '/a/b', value: 2 }, `test operation does not apply: is missing path: /a/b: ${missing}`],
  [{}, { op: 'move', from: '', path: '/b' }, 'unable to move entire document to another path: invalid state detected'],
  [{}, { op: 'move', from: '/a', path: '/b' }, `error in move for path: 'a': unable to get nonexistent key: a: ${missing}`],
  [
    { a: { b: 1 } },
    { op: 'move', from: '/a', path: '/a/b' },
    `move operation does not apply: doc is missing destination path: /a/b: ${missing}`,
  ],
  [{}, { op: 'copy', from: '/a/b', path: '/b' }, `copy operation does not apply: doc is missing from path: "/a/b": ${missing}`],
  [{ a: 1 }, { op: 'copy', from: '/a', path: '/b/c' }, `copy operation does not apply: doc is missing destination path: /b/c: ${missing}`],
  [{}, { op: 'jump', path: '/a' }, 'invalid operation {"op":"jump","path":"/a"}: unsupported operation'],
  [
    {},
    { op: 'add', path: '/a' },
    `invalid operation {"op":"add","path":"/a"}: failed to decode 'value': operation, missing value field: ${missing}`,
  ],
  [{}, { op: 'remove' }, `invalid operation {"op":"remove"}: failed to decode 'path': operation, missing path field: ${missing}`],
])('%j refuses %j: %s', (document, operation, error) => {
  expect(run(document, [operation])).toBe(`! ${error}`)
})

const lenient: JsonPatchOptions = { negativeIndices: true, allowMissingPathOnRemove: true, ensurePathExistsOnAdd: true }

test.each<readonly [document: Json, operation: Json, expected: Json]>([
  [{ a: [1, 2] }, { op: 'add', path: '/a/-1', value: 3 }, { a: [1, 2, 3] }],
  [{ a: [1, 2] }, { op: 'remove', path: '/a/-1' }, { a: [1] }],
  [{ a: [1, 2] }, { op: 'replace', path: '/a/-2', value: 3 }, { a: [3, 2] }],
  [{ a: [1, 2] }, { op: 'remove', path: '/a/2' }, { a: [1, 2] }],
  [{ a: [1, 2] }, { op: 'remove', path: '/a/-3' }, { a: [1, 2] }],
  [{}, { op: 'remove', path: '/a/b/c' }, {}],
  [{}, { op: 'remove', path: '/a' }, {}],
  [{}, { op: 'add', path: '/a/b/c', value: 1 }, { a: { b: { c: 1 } } }],
  [{ a: null }, { op: 'add', path: '/a/b', value: 1 }, { a: { b: 1 } }],
  [{}, { op: 'add', path: '/a/-', value: 1 }, { a: [1] }],
  [{}, { op: 'add', path: '/a/0/b', value: 1 }, { a: [{ b: 1 }] }],
  [{}, { op: 'add', path: '/a/2/b', value: 1 }, { a: [null, null, { b: 1 }] }],
  [{}, { op: 'add', path: '/x~1y/b', value: 1 }, { 'x/y': { b: 1 } }],
  [{ a: 'x' }, { op: 'add', path: '/a/b', value: 1 }, `! add operation does not apply: doc is missing path: "/a/b": ${missing}`],
  [{ a: ['x'] }, { op: 'remove', path: '/a/b' }, '! error in remove for path: \'/a/b\': strconv.Atoi: parsing "b": invalid syntax'],
  [{}, { op: 'add', path: '/a/99999999/b', value: 1 }, '! Unable to access invalid index: 99999999: invalid index referenced'],
])('leniently, %j and %j make %j', (document, operation, expected) => {
  expect(run(document, [operation], lenient)).toEqual(expected)
})

test('keys named __proto__ are data', () => {
  const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__/x', value: 1 }], lenient)
  expect(JSON.stringify(result)).toBe('{"ok":true,"value":{"__proto__":{"x":1}}}')
  expect(({} as { x?: number }).x).toBeUndefined()
})

test('a document that is not changed stays the same object', () => {
  const document = { a: [1] }
  const operations: readonly JsonPatchOperation[] = [
    { op: 'test', path: '/a/0', value: 1 },
    { op: 'remove', path: '/b' },
  ]
  const result = applyJsonPatch(document, operations, lenient)
  expect(result.ok && result.value).toBe(document)
})

test('what is not on the way of a patch is shared', () => {
  const document = { a: { deep: [1] }, b: {} }
  const result = applyJsonPatch(document, [{ op: 'add', path: '/b/c', value: 1 }])
  expect(result.ok && (result.value as typeof document).a).toBe(document.a)
})

test('copies that multiply are stopped', () => {
  const doubling: readonly JsonPatchOperation[] = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/k${i}` }))
  expect(applyJsonPatch({ a: { x: 1 } }, doubling)).toMatchObject({ ok: false })
})

test('paths deeper than any document are not followed', () => {
  const result = applyJsonPatch({}, [{ op: 'add', path: '/a'.repeat(100_000), value: 1 }], lenient)
  expect(result.ok).toBe(false)
})

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, 1, '', 'a'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'name', '~/', '__proto__', ''), tie('value'), { maxKeys: 4 }),
  ),
})).value

test('the difference of two documents makes one into the other', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const before = JSON.stringify(a)
      const result = applyJsonPatch(a, diffJson(a, b))
      expect(result.ok && JSON.stringify(sorted(result.value))).toBe(JSON.stringify(sorted(b)))
      expect(JSON.stringify(a)).toBe(before)
    }),
    { numRuns: 1500 },
  )
})

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => [k, sorted(v)])
}

test('no patch makes it throw', () => {
  const path = fc
    .array(fc.constantFrom('', '/', 'a', '0', '-', '-1', '~', '~1', '1e9', '__proto__'), { maxLength: 6 })
    .map((p) => p.join('/'))
  const operation = fc.record({ op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), path, from: path, value: json })
  fc.assert(
    fc.property(json, fc.array(operation, { maxLength: 6 }), fc.boolean(), (document, patch, strict) => {
      const operations = parseJsonPatch(patch)
      const before = JSON.stringify(document)
      if (operations.ok) applyJsonPatch(document, operations.value, strict ? {} : lenient)
      expect(JSON.stringify(document)).toBe(before)
    }),
    { numRuns: 1500 },
  )
  fc.assert(fc.property(json, (patch) => void parseJsonPatch(patch)))
})
