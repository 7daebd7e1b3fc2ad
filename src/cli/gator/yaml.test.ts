import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonEqual } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { loadValue } from '../../kube/yaml/yaml.ts'
import { fields, flow, json, list, printBlock } from './yaml.ts'

test.each<readonly [Json, string, string]>([
  [{ a: [1, { b: 'x' }] }, 'a:\n    - 1\n    - b: x\n', '{a: [1, {b: x}]}'],
  [[[1, 2], [{ a: 1 }]], '- - 1\n  - 2\n- - a: 1\n', '[[1, 2], [{a: 1}]]'],
  [[{ k: { v: [{ w: ['*'] }] } }], "- k:\n    v:\n        - w:\n            - '*'\n", "[{k: {v: [{w: ['*']}]}}]"],
  [{ e: [], o: {}, n: null, t: true }, 'e: []\n"n": null\no: {}\nt: true\n', '{e: [], "n": null, o: {}, t: true}'],
  [
    { a: 'x\ny\n', b: 'x\ny', c: '\n', d: 'x\n\n' },
    'a: |\n    x\n    y\nb: |-\n    x\n    y\nc: |4+\n\nd: |+\n    x\n\n',
    '{a: "x\\ny\\n", b: "x\\ny", c: "\\n", d: "x\\n\\n"}',
  ],
  [{ a: 'c:1', b: 'a,b', c: 'a}' }, 'a: c:1\nb: a,b\nc: a}\n', "{a: 'c:1', b: 'a,b', c: 'a}'}"],
  [{ a: 'a\tb', b: "it's", c: '<<', d: '12' }, 'a: "a\\tb"\nb: it\'s\nc: <<\nd: "12"\n', '{a: "a\\tb", b: it\'s, c: <<, d: "12"}'],
])('%j', (value, block, line) => {
  expect(printBlock(json(value, 'integers'))).toBe(block)
  expect(flow(json(value, 'integers'))).toBe(line)
})

test.each([
  [1_000_000, '1000000', '1e+06'],
  [1_234_567.5, '1.2345675e+06', '1.2345675e+06'],
  [0.000_01, '1e-05', '1e-05'],
  [-5, '-5', '-5'],
  [0, '0', '0'],
])('%j is an integer or a float', (value, integer, float) => {
  expect([flow(json(value, 'integers')), flow(json(value, 'floats'))]).toEqual([integer, float])
})

test('fields keep their order, keys of maps are sorted', () => {
  const tree = list([fields(['z', json(1, 'floats')], ['a', json({ b: 1, a: 2 }, 'floats')])])
  expect(printBlock(tree)).toBe('- z: 1\n  a:\n    a: 2\n    b: 1\n')
})

test('what is printed is read back', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a: b', ' x', 'x\ny', 'yes', '1_0', '- a', 'a #b', "'", '[', '?', ':'))
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[a-m]{1,4}$/), tie('tree'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      const line = loadValue(flow(json(value, 'integers')))
      expect(line.ok && jsonEqual(line.value, value)).toBe(true)
      const block = loadValue(printBlock(json(value, 'integers')))
      expect(block.ok && jsonEqual(block.value, value)).toBe(true)
    }),
  )
})
