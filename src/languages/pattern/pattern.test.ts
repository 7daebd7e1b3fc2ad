import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { PatternResult } from './pattern.ts'
import { compilePattern } from './pattern.ts'

const match = (pattern: Json, resource: Json | undefined): PatternResult => compilePattern(pattern).match(resource)

/** `pass`, or the kind with the path of a failure, or the text of what is not one. */
function verdict(result: PatternResult): string {
  switch (result.kind) {
    case 'pass':
      return 'pass'
    case 'fail':
      return `fail ${result.path}`
    case 'skip':
      return `skip ${result.message}`
    case 'error':
      return `error ${result.message}`
  }
}

type Row = readonly [about: string, pattern: Json, resource: Json | undefined, expected: string]
const rows = (table: readonly Row[]): void => {
  test.each(table)('%s', (_, pattern, resource, expected) => {
    expect(verdict(match(pattern, resource))).toBe(expected)
  })
}

const missingCondition = "conditional anchor mismatch: conditional anchor key doesn't exist in the resource"

describe('maps', () => {
  rows([
    ['a map matches what it mentions', { a: 1 }, { a: 1, b: 2 }, 'pass'],
    ['an empty map matches any map', {}, { a: 1 }, 'pass'],
    ['a scalar that differs fails at its path', { spec: { a: 1 } }, { spec: { a: 2 } }, 'fail /spec/a/'],
    ['a missing key is no value', { spec: { a: 'x' } }, { spec: {} }, 'fail /spec/a/'],
    ['a missing key may count as 0', { spec: { a: '<5' } }, { spec: {} }, 'pass'],
    ['a map needs a map', { spec: { a: 1 } }, { spec: 5 }, 'fail /spec/'],
    ['a map is not missing', { spec: { a: null } }, {}, 'fail /spec/'],
    ['null matches a missing key', { spec: null }, {}, 'pass'],
    ['a resource that is not there', { spec: 1 }, undefined, 'fail /'],
    ['* is anything', { a: '*' }, { a: { b: 1 } }, 'pass'],
    ['* is anything, even false', { a: '*' }, { a: false }, 'pass'],
    ['* is not null, and fails at the parent', { s: { a: '*' } }, { s: { a: null } }, 'fail /s/'],
    ['* is not missing', { s: { a: '*' } }, { s: {} }, 'fail /s/'],
    ['keys of a prototype are no keys', { constructor: '*' }, {}, 'fail /'],
    ['keys go in byte order', { b: 1, a: 1, B: 1 }, { a: 2, b: 2, B: 2 }, 'fail /B/'],
    ['what holds anchors goes first', { a: 1, z: { '=(b)': 1 } }, { a: 2, z: { b: 2 } }, 'fail /z/b/'],
    ['what holds anchors goes in reverse order', { y: { '=(b)': 1 }, z: { '=(b)': 1 } }, { y: { b: 2 }, z: { b: 2 } }, 'fail /z/b/'],
    ['anchors go before everything', { a: { '=(b)': 1 }, '=(z)': 1 }, { a: { b: 2 }, z: 2 }, 'fail /z/'],
    ['+(k) is a key like any other', { '+(a)': 1 }, { a: 1 }, 'fail /+(a)/'],
  ])
})

describe('lists', () => {
  rows([
    ['only the first map counts', { l: [{ a: 1 }, { a: 2 }] }, { l: [{ a: 1 }, { a: 1 }] }, 'pass'],
    ['every element must match the map', { l: [{ a: 1 }] }, { l: [{ a: 1 }, { a: 2 }] }, 'fail /l/1/a/'],
    ['an empty list passes', { l: [{ a: 1 }] }, { l: [] }, 'pass'],
    ['an element that is no map fails', { l: [{ a: 1 }] }, { l: ['x'] }, 'fail /l/0/'],
    ['a list needs a list', { l: [{ a: 1 }] }, { l: { a: 1 } }, 'fail /l/'],
    ['a list is not missing', { l: [{ a: 1 }] }, {}, 'fail /l/'],
    ['only the first scalar counts', { l: ['a*', 'b'] }, { l: ['a1', 'a2'] }, 'pass'],
    ['every element must match the scalar', { l: ['a*'] }, { l: ['a1', 'b'] }, 'fail /l/'],
    ['a scalar list on an empty list', { l: ['a'] }, { l: [] }, 'pass'],
    ['a scalar list needs a list', { l: ['a'] }, { l: 'a' }, 'fail /l/'],
    ['a scalar on a list is about every element', { l: '!x' }, { l: ['a', 'b'] }, 'pass'],
    ['a scalar on a list with one that differs', { l: '!x' }, { l: ['a', 'x'] }, 'fail /l/'],
    ['a scalar on an empty list', { l: 'a' }, { l: [] }, 'pass'],
    ['a scalar does not match maps in a list', { l: 'a' }, { l: [{}] }, 'fail /l/'],
    ['an empty pattern list fails', { l: [] }, { l: [] }, 'fail /l/'],
    ['lists of lists go index by index', { l: [['a'], ['b']] }, { l: [['a'], ['b'], ['c']] }, 'pass'],
    ['lists of lists fail in the element', { l: [['a'], ['b']] }, { l: [['a'], ['a']] }, 'fail /l/1/'],
    [
      'lists of lists need as many',
      { l: [['a'], ['b']] },
      { l: [['a']] },
      'error validate Array failed, array length mismatch, resource Array len is 1 and pattern Array len is 2',
    ],
  ])
})

describe('condition (k)', () => {
  const pattern = { containers: [{ '(image)': '*:latest', imagePullPolicy: 'Always' }] }
  rows([
    ['holds and the rest matches', pattern, { containers: [{ image: 'a:latest', imagePullPolicy: 'Always' }] }, 'pass'],
    ['holds and the rest does not match', pattern, { containers: [{ image: 'a:latest' }] }, 'fail /containers/0/imagePullPolicy/'],
    [
      'elements it leaves out do not count',
      pattern,
      { containers: [{ image: 'a:1' }, { image: 'a:latest', imagePullPolicy: 'Always' }] },
      'pass',
    ],
    [
      'an element it does not leave out fails',
      pattern,
      { containers: [{ image: 'a:1' }, { image: 'a:latest' }] },
      'fail /containers/1/imagePullPolicy/',
    ],
    [
      'all left out is a skip',
      pattern,
      { containers: [{ image: 'a:1' }, { image: 'b:1' }] },
      "skip conditional anchor mismatch: resource value 'a:1' does not match '*:latest' at path /containers/0/image/; " +
        "conditional anchor mismatch: resource value 'b:1' does not match '*:latest' at path /containers/1/image/",
    ],
    ['key missing is a skip', { '(a)': 1, b: 1 }, { b: 2 }, `skip ${missingCondition}`],
    ['null is not missing', { '(a)': null }, { a: null }, 'pass'],
    [
      '* is a text here',
      { '(a)': '*' },
      { a: {} },
      "skip conditional anchor mismatch: resource value 'map[]' does not match '*' at path /a/",
    ],
    [
      'a skip further down skips the rule',
      { spec: { '(a)': 1 } },
      { spec: { a: 2 } },
      "skip conditional anchor mismatch: resource value '2' does not match '1' at path /spec/a/",
    ],
    [
      'a condition on a map wraps what went wrong in it',
      { '(a)': { '(b)': 1 } },
      { a: {} },
      `skip conditional anchor mismatch: ${missingCondition}`,
    ],
    [
      'a negation inside a condition is a skip',
      { '(a)': { 'X(b)': null } },
      { a: { b: 1 } },
      'skip conditional anchor mismatch: negation anchor matched in resource: /a/b/ is not allowed',
    ],
    ['words of a skip in the data skip nothing', { a: 'x' }, { a: 'conditional anchor mismatch' }, 'fail /a/'],
  ])
})

describe('global <(k)', () => {
  rows([
    ['key missing is ignored', { '<(a)': 1, b: 1 }, { b: 1 }, 'pass'],
    ['holds', { '<(a)': 1, b: 1 }, { a: 1, b: 2 }, 'fail /b/'],
    [
      'does not hold: the rule skips',
      { '<(a)': 1, b: 1 },
      { a: 2, b: 2 },
      "skip global anchor mismatch: resource value '2' does not match '1' at path /a/",
    ],
    [
      'does not hold in any element: the rule skips',
      { l: [{ '<(a)': 1 }], z: 1 },
      { l: [{ a: 2 }], z: 2 },
      "skip global anchor mismatch: resource value '2' does not match '1' at path /l/0/a/",
    ],
  ])
})

describe('equality =(k)', () => {
  rows([
    ['key missing passes', { '=(a)': 1 }, {}, 'pass'],
    ['matches', { '=(a)': 1 }, { a: 1 }, 'pass'],
    ['does not match', { '=(a)': 1 }, { a: 2 }, 'fail /a/'],
    ['null is present', { '=(a)': { b: 1 } }, { a: null }, 'fail /a/'],
    ['nested', { '=(a)': { '=(b)': false } }, { a: { b: true } }, 'fail /a/b/'],
    ['lists', { '=(a)': [{ '=(b)': 'false' }] }, { a: [{ b: false }, {}] }, 'pass'],
  ])
})

describe('negation X(k)', () => {
  rows([
    ['key missing passes', { 'X(a)': null }, {}, 'pass'],
    ['key present fails', { 'X(a)': 'x' }, { a: 'y' }, 'fail /a/'],
    ['key present as null fails', { 'X(a)': null }, { a: null }, 'fail /a/'],
    ['fails whatever key is missing elsewhere', { '^(a)': [{ b: 1 }], 'X(c)': null }, { c: 1 }, 'fail /c/'],
    ['in lists', { l: [{ 'X(a)': null }] }, { l: [{}, { a: 1 }] }, 'fail /l/1/a/'],
  ])
  test('says so', () => {
    expect(match({ 'X(a)': null }, { a: 1 })).toEqual({
      kind: 'fail',
      path: '/a/',
      at: ['a'],
      message: 'negation anchor matched in resource: /a/ is not allowed',
    })
  })
})

describe('existence ^(k)', () => {
  const pattern = { '^(l)': [{ a: 1 }, { b: 1 }] }
  rows([
    ['key missing passes', pattern, {}, 'pass'],
    ['every map is satisfied by some element', pattern, { l: [{ b: 1 }, { a: 1 }, 'x'] }, 'pass'],
    ['one element may satisfy all', pattern, { l: [{ a: 1, b: 1 }] }, 'pass'],
    ['a map satisfied by none', pattern, { l: [{ a: 1 }] }, 'fail /l/'],
    ['an empty list satisfies nothing', pattern, { l: [] }, 'fail /l/'],
    ['an empty pattern asks for nothing', { '^(l)': [] }, { l: [] }, 'pass'],
    ['a skip is an element that does not', { '^(l)': [{ '(a)': 1 }] }, { l: [{ a: 2 }] }, 'fail /l/'],
    ['only lists', pattern, { l: { a: 1 } }, 'fail /l/'],
    ['only lists of maps', { '^(l)': ['x'] }, { l: ['x'] }, 'fail /l/'],
    ['only a list as pattern', { '^(l)': 'x' }, { l: ['x'] }, 'fail /l/'],
  ])
  test.each([
    [{ '^(l)': [{ a: 1 }] }, { l: [{}] }, 'existence anchor validation failed at path /l/'],
    [
      { '^(l)': [{ a: 1 }] },
      { l: 'x' },
      'invalid resource type string: Existence ^ () anchor can be used only on list/array type resource',
    ],
    [{ '^(l)': 'x' }, { l: [] }, 'invalid pattern type string: Pattern has to be of list to compare against resource'],
    [
      { '^(l)': ['x'] },
      { l: [] },
      'invalid pattern type []interface {}: Pattern has to be of type map to compare against items in resource',
    ],
  ])('%j on %j says why', (existence, resource, message) => {
    expect(match(existence, resource)).toMatchObject({ kind: 'fail', message })
  })
})

describe('several anchors in one map', () => {
  rows([
    [
      'a condition of the map itself decides',
      { '(a)': 1, '=(b)': 1 },
      { a: 2, b: 1 },
      "skip conditional anchor mismatch: resource value '2' does not match '1' at path /a/",
    ],
    [
      'after it a failure does not count',
      { '(a)': 1, '=(b)': 1 },
      { a: 2, b: 2 },
      "skip conditional anchor mismatch: resource value '2' does not match '1' at path /a/",
    ],
    // `=` comes after `(` in byte order, `X` after `=`.
    ['a failure before it does', { '(z)': 1, '=(b)': { 'X(c)': null } }, { z: 1, b: { c: 1 } }, 'fail /b/c/'],
    ['conditions that do not hold are all told', { '(a)': 1, '(b)': 1 }, {}, `skip ${missingCondition}; ${missingCondition}`],
    ['a skip from below is forgotten when something else applied', { '=(a)': { '(x)': 1 }, '=(b)': 1 }, { a: { x: 2 }, b: 1 }, 'pass'],
    ['then the rest of the map counts', { '=(a)': { '(x)': 1 }, '=(b)': 1, c: 1 }, { a: { x: 2 }, b: 1, c: 2 }, 'fail /c/'],
    [
      'a skip from below skips when nothing applied',
      { '=(a)': { '(x)': 1 }, c: 1 },
      { a: { x: 2 }, c: 2 },
      "skip conditional anchor mismatch: resource value '2' does not match '1' at path /a/x/",
    ],
    ['a failure after a skip from below counts', { '=(a)': { '(x)': 1 }, '=(b)': 1 }, { a: { x: 2 }, b: 2 }, 'fail /b/'],
    ['a key that is not there applies', { '=(a)': { '(x)': 1 }, '=(b)': 1 }, { a: { x: 2 } }, 'pass'],
  ])
})

describe('keys that are missing', () => {
  rows([
    [
      'an existence key met nowhere makes a failure an error',
      { '^(l)': [{ a: 1 }], b: 1 },
      { b: 2 },
      "error resource value '2' does not match '1' at path /b/",
    ],
    [
      'found in some element is found',
      { l: [{ '=(x)': { '^(k)': [{}] }, b: 1 }] },
      {
        l: [
          { x: { k: [{}] }, b: 1 },
          { x: {}, b: 2 },
        ],
      },
      'fail /l/1/b/',
    ],
    [
      'a conditional key met nowhere',
      { a: { '=(x)': { '(y)': 1 }, '=(z)': 1 }, b: 1 },
      { a: { x: {}, z: 1 }, b: 2 },
      "error resource value '2' does not match '1' at path /b/",
    ],
    ['a key in a map that was not visited', { '=(x)': { '^(y)': [{}] }, b: 1 }, { b: 2 }, 'fail /b/'],
    ['a negated key does not count', { 'X(x)': null, b: 1 }, { b: 2 }, 'fail /b/'],
    ['a condition that some element meets', { l: [{ '(k)': 1 }], b: 1 }, { l: [{}, { k: 1 }], b: 2 }, 'fail /b/'],
    ['passing is passing', { '^(l)': [{ a: 1 }], b: 1 }, { b: 1 }, 'pass'],
  ])
  test('one match does not remember another', () => {
    const pattern = compilePattern({ '^(l)': [{ a: 1 }], b: 1 })
    expect(pattern.match({ b: 2 }).kind).toBe('error')
    expect(pattern.match({ l: [{ a: 1 }], b: 2 }).kind).toBe('fail')
    expect(pattern.match({ b: 2 }).kind).toBe('error')
  })
})

describe('labels and annotations', () => {
  const named = (pattern: Json, labels: Json): readonly [Json, Json] => [{ metadata: { labels: pattern } }, { metadata: { labels } }]
  rows([
    ['a wildcard key is the first that matches', ...named({ 'app*': 'x' }, { app2: 'y', app1: 'x' }), 'pass'],
    ['and its path is of that key', ...named({ 'app*': 'y' }, { app2: 'y', app1: 'x' }), 'fail /metadata/labels/app1/'],
    ['a wildcard key that matches none is itself', ...named({ 'app*': '?*' }, { other: 'x' }), 'fail /metadata/labels/app*/'],
    ['under an anchor', ...named({ 'X(app*)': null, '=(app*)': 'x' }, { app1: 'y' }), 'fail /metadata/labels/app1/'],
    ['values that are no text are dropped', ...named({ a: 1, b: 'x' }, { b: 'x' }), 'pass'],
    [
      'in annotations under anchors',
      { '=(metadata)': { '=(annotations)': { '=(x/*)': 'a' } } },
      { metadata: { annotations: { 'x/1': 'b' } } },
      'fail /metadata/annotations/x/1/',
    ],
    [
      'in templates',
      { spec: { metadata: { labels: { '*': 'a' } } } },
      { spec: { metadata: { labels: { b: 'b' } } } },
      'fail /spec/metadata/labels/b/',
    ],
    ['no labels at all', { metadata: { labels: { 'a*': '*' } } }, { metadata: {} }, 'fail /metadata/labels/'],
    ['elsewhere a wildcard is a character', { spec: { 'a*': '?*' } }, { spec: { ab: 'x' } }, 'fail /spec/a*/'],
    ['labels that are not of metadata', { spec: { labels: { 'a*': '?*' } } }, { spec: { labels: { ab: 'x' } } }, 'fail /spec/labels/a*/'],
  ])
})

describe('messages', () => {
  test.each([
    [{ a: 'x' }, { a: 'y' }, "resource value 'y' does not match 'x' at path /a/"],
    [{ a: 'x' }, {}, "resource value '<nil>' does not match 'x' at path /a/"],
    [{ a: 5 }, { a: [5, { b: 1000000 }] }, "resource value '[5 map[b:1000000]]' does not match '5' at path /a/"],
    [
      { a: { b: 1 } },
      { a: 1.5 },
      'pattern and resource have different structures. Path: /a/. Expected map[string]interface {}, found float64',
    ],
    [{ a: { b: 1 } }, {}, 'pattern and resource have different structures. Path: /a/. Expected map[string]interface {}, found <nil>'],
    [{ a: [{}] }, {}, 'validation rule failed at path /a/, resource does not satisfy the expected overlay pattern'],
    [{ a: [] }, { a: [] }, 'pattern Array empty'],
    [{ s: { a: '*' } }, { s: {} }, '/s//a not found'],
  ])('%j on %j: %s', (pattern, resource, message) => {
    expect(match(pattern, resource)).toMatchObject({ kind: 'fail', message })
  })

  test('a failure points at the nearest node there is', () => {
    expect(match({ spec: { containers: [{ image: '!x' }] } }, { spec: { containers: [{ image: 'y' }, { image: 'x' }] } })).toEqual({
      kind: 'fail',
      path: '/spec/containers/1/image/',
      at: ['spec', 'containers', 1, 'image'],
      message: "resource value 'x' does not match '!x' at path /spec/containers/1/image/",
      expected: '!x',
      found: 'x',
    })
    expect(match({ spec: { a: { b: 1 } } }, { spec: {} })).toMatchObject({ at: ['spec'] })
    expect(match({ spec: { a: '?*' } }, { spec: {} })).toMatchObject({ at: ['spec'], expected: '?*' })
  })
})

// --- laws

const key = fc.constantFrom('a', 'b', 'metadata', 'labels', 'constructor', '__proto__', 'toString')
const patternKey = fc
  .tuple(fc.constantFrom('', '()', '<()', '=()', 'X()', '^()', '+()'), key)
  .map(([signs, name]) => (signs === '' ? name : signs.replace('()', `(${name})`)))
const leaf = fc.constantFrom<Json>('a', '*', '?*', '!a', '>1', '1-3', 'a|b', '', 0, 1, 1.5, true, false, null)

function tree(keys: fc.Arbitrary<string>): fc.Arbitrary<Json> {
  return fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(keys, tie('node'), { maxKeys: 4 })),
  })).node
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item)]),
  )
}

describe('laws', () => {
  test('no pattern and no resource makes it throw', () => {
    fc.assert(
      fc.property(tree(patternKey), tree(key), (pattern, resource) => void match(pattern, resource)),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (pattern, resource) => void match(pattern as Json, resource as Json)))
  })

  test('the order of keys does not matter, in the resource or in the pattern', () => {
    fc.assert(
      fc.property(tree(patternKey), tree(key), (pattern, resource) => {
        const { found: _, ...expected } = { found: undefined, ...match(pattern, resource) }
        expect(match(pattern, reversed(resource))).toMatchObject(expected)
        expect(match(reversed(pattern), resource)).toMatchObject(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('a pattern gives the same answer every time', () => {
    fc.assert(
      fc.property(tree(patternKey), tree(key), tree(key), (pattern, first, second) => {
        const compiled = compilePattern(pattern)
        const before = compiled.match(first)
        compiled.match(second)
        expect(compiled.match(first)).toEqual(before)
      }),
    )
  })

  test('a nesting beyond all bounds fails', () => {
    let deep: Json = 'x'
    for (let level = 0; level < 5000; level += 1) deep = { a: deep }
    expect(match(deep, deep).kind).toBe('fail')
  })
})
