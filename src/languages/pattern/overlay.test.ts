import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { hasAnchors } from './anchor.ts'
import { resolveAnchors } from './overlay.ts'

type Row = readonly [about: string, patch: Json, resource: Json, expected: Json]
const rows = (table: readonly Row[]): void => {
  test.each(table)('%s', (_, patch, resource, expected) => {
    expect(resolveAnchors(patch, resource)).toEqual({ ok: true, value: { patch: expected } })
  })
}

describe('add if not present', () => {
  rows([
    ['adds what is missing', { spec: { '+(a)': 1, '+(b)': 2 } }, { spec: { b: 3 } }, { spec: { a: 1 } }],
    ['null is present', { '+(a)': 1, b: 2 }, { a: null }, { b: 2 }],
    ['adds below what is missing', { spec: { x: { '+(a)': { b: 1 } } } }, {}, { spec: { x: { a: { b: 1 } } } }],
    [
      'a map with nothing left is removed',
      { metadata: { labels: { '+(a)': 'x' } }, spec: { a: 1 } },
      { metadata: { labels: { a: 'y' } } },
      { spec: { a: 1 } },
    ],
    ['nothing left at all', { metadata: { labels: { '+(a)': 'x' } } }, { metadata: { labels: { a: 'y' } } }, {}],
    ['an empty map that was written stays', { spec: { emptyDir: {}, '+(a)': 1 } }, {}, { spec: { emptyDir: {}, a: 1 } }],
  ])
})

describe('conditions outside of lists', () => {
  rows([
    ['holds and goes', { '(kind)': 'Pod', a: 1 }, { kind: 'Pod' }, { a: 1 }],
    ['does not hold: nothing is patched', { '(kind)': 'Pod', a: 1 }, { kind: 'Job' }, {}],
    ['a missing key does not hold', { '(kind)': '*', a: 1 }, {}, {}],
    ['deep down it still blanks all', { a: 1, b: { c: { '(d)': 1 }, e: 1 } }, { b: { c: { d: 2 } } }, {}],
    [
      'global holds',
      { metadata: { '<(name)': '!kube-system', labels: { a: 'b' } } },
      { metadata: { name: 'x' } },
      { metadata: { labels: { a: 'b' } } },
    ],
    ['global does not hold', { metadata: { '<(name)': '!kube-system' }, a: 1 }, { metadata: { name: 'kube-system' } }, {}],
    ['a missing global key does not hold', { '<(name)': 'x', a: 1 }, {}, {}],
    ['scalars are compared as text', { '(a)': true, '(b)': 5, '(c)': '<10', d: 1 }, { a: 'true', b: 5, c: 5 }, { d: 1 }],
    ['text does not match a map', { '(a)': '*', d: 1 }, { a: { b: 1 } }, {}],
    [
      'a list of conditions',
      { a: 1, spec: { '(containers)': [{ '(image)': '*cassandra* | *mongo*' }] } },
      { spec: { containers: [{ image: 'x/cassandra:1' }] } },
      { a: 1 },
    ],
    [
      'a list of conditions that does not hold',
      { a: 1, spec: { '(containers)': [{ '(image)': '*mongo*' }] } },
      { spec: { containers: [{ image: 'x' }] } },
      {},
    ],
    ['a condition that adds asks for presence only', { '(a)': { '+(b)': 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 2 } }],
    ['a condition that adds what is there', { '(a)': { '+(b)': 1 }, d: 1 }, { a: { b: 2 } }, { d: 1 }],
    ['a condition that adds to nothing', { '(a)': { '+(b)': 1 }, d: 1 }, {}, {}],
    ['additions are decided before conditions', { '+(a)': 1, '(b)': 1 }, { b: 1 }, { a: 1 }],
  ])
})

describe('lists', () => {
  const two = {
    l: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'y' },
    ],
  }
  rows([
    [
      'an element for each that satisfies it',
      { l: [{ '(name)': '*', v: 1 }] },
      two,
      {
        l: [
          { v: 1, name: 'a' },
          { v: 1, name: 'b' },
        ],
      },
    ],
    ['not for the others', { l: [{ '(image)': 'y', v: 1 }] }, two, { l: [{ v: 1, name: 'b' }] }],
    ['none satisfies it: the rest of the patch stays', { l: [{ '(image)': 'z', v: 1 }], w: 1 }, two, { w: 1 }],
    [
      'elements without a name are left out',
      { l: [{ '(image)': '*', v: 1 }] },
      { l: [{ image: 'x' }, { name: 'b', image: 'y' }] },
      { l: [{ v: 1, name: 'b' }] },
    ],
    ['plain elements stay in front', { l: [{ '(name)': 'b', v: 1 }, { name: 'new' }] }, two, { l: [{ name: 'new' }, { v: 1, name: 'b' }] }],
    [
      'additions are decided for each',
      { l: [{ '(name)': '*', '+(image)': 'z', '+(v)': 1 }] },
      {
        l: [
          { name: 'a', image: 'x' },
          { name: 'b', v: 2 },
        ],
      },
      {
        l: [
          { v: 1, name: 'a' },
          { image: 'z', name: 'b' },
        ],
      },
    ],
    [
      'additions deeper down',
      { l: [{ '(name)': '*', r: { q: { '+(cpu)': '1', '+(mem)': '2' } } }] },
      { l: [{ name: 'a', r: { q: { cpu: '5' } } }, { name: 'b' }] },
      {
        l: [
          { r: { q: { mem: '2' } }, name: 'a' },
          { r: { q: { cpu: '1', mem: '2' } }, name: 'b' },
        ],
      },
    ],
    [
      'a condition that adds, in a list',
      { l: [{ '(emptyDir)': { '+(sizeLimit)': '20Mi' }, name: 'v' }] },
      { l: [{ name: 'v', emptyDir: {} }] },
      { l: [{ emptyDir: { sizeLimit: '20Mi' }, name: 'v' }] },
    ],
    [
      'several anchored elements',
      {
        l: [
          { '(name)': 'a', v: 1 },
          { '(name)': 'b', v: 2 },
        ],
      },
      two,
      {
        l: [
          { v: 1, name: 'a' },
          { v: 2, name: 'b' },
        ],
      },
    ],
    ['no list in the resource', { l: [{ '(name)': '*', v: 1 }], w: 1 }, {}, { w: 1 }],
    ['an addition where there is no list', { l: [{ name: 'a', '+(v)': 1 }] }, {}, { l: [{ name: 'a', v: 1 }] }],
    ['an addition is about the element of its name', { l: [{ name: 'b', '+(v)': 1, '+(image)': 'z' }] }, two, { l: [{ name: 'b', v: 1 }] }],
    ['an addition to a new element', { l: [{ name: 'c', '+(v)': 1 }] }, two, { l: [{ name: 'c', v: 1 }] }],
    [
      'an addition without a name is about all',
      { l: [{ '+(v)': 1 }] },
      two,
      {
        l: [
          { v: 1, name: 'a' },
          { v: 1, name: 'b' },
        ],
      },
    ],
    ['lists of scalars are left alone', { l: ['(a)', 'b'], '+(c)': 1 }, {}, { l: ['(a)', 'b'], c: 1 }],
  ])

  const global = { metadata: { annotations: { '+(safe)': 'true' } }, spec: { volumes: [{ '<(emptyDir)': {} }] } }
  rows([
    [
      'global: some element is enough',
      global,
      { spec: { volumes: [{ name: 'a' }, { name: 'b', emptyDir: {} }] } },
      { metadata: { annotations: { safe: 'true' } } },
    ],
    ['global: no element', global, { spec: { volumes: [{ name: 'a', hostPath: {} }] } }, {}],
    ['global: no list', global, { spec: {} }, {}],
    [
      'global below an element',
      { a: 1, volumes: [{ hostPath: { '<(path)': '*' } }] },
      { volumes: [{ name: 'a' }, { name: 'b', hostPath: { path: '/x' } }] },
      { a: 1 },
    ],
    [
      'global in lists of lists',
      { a: 1, l: [{ env: [{ f: { '<(n)': 'x' } }] }] },
      { l: [{ env: [{ f: { n: 'y' } }] }, { env: [{}, { f: { n: 'x' } }] }] },
      { a: 1 },
    ],
    ['global in lists of lists, nowhere', { a: 1, l: [{ env: [{ f: { '<(n)': 'x' } }] }] }, { l: [{ env: [{ f: { n: 'y' } }] }, {}] }, {}],
  ])
})

test.each([[{ a: [] }], ['x'], [null], [[{ a: 1 }]], [{ a: { b: null, $patch: 'delete' } }]])(
  'a patch without anchors is as it was: %j',
  (patch) => {
    expect(resolveAnchors(patch, { a: 1 })).toEqual({ ok: true, value: { patch } })
  },
)

const key = fc.constantFrom('a', 'b', 'name', '__proto__')
const patchKey = fc
  .tuple(fc.constantFrom('', '', '()', '<()', '+()'), key)
  .map(([signs, name]) => (signs === '' ? name : signs.replace('()', `(${name})`)))
const tree = (keys: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>('a', '*', 1, true, null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
    ),
  })).node

test('never throws, and leaves neither conditions nor additions outside of lists of other things', () => {
  fc.assert(
    fc.property(fc.dictionary(patchKey, fc.dictionary(patchKey, fc.constantFrom('a', '*'))), tree(key), (patch, resource) => {
      const resolved = resolveAnchors(patch, resource)
      expect(resolved.ok && hasAnchors(resolved.value.patch)).toBe(false)
    }),
  )
  fc.assert(fc.property(tree(patchKey), tree(key), (patch, resource) => resolveAnchors(patch, resource).ok))
})
