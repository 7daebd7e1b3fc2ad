import { expect, test } from 'vitest'
import { hasAnchors, parseAnchor, stripAnchors } from './anchor.ts'

test.each([
  ['(image)', { kind: 'condition', key: 'image' }],
  ['<(image)', { kind: 'global', key: 'image' }],
  ['=(image)', { kind: 'equality', key: 'image' }],
  ['X(image)', { kind: 'negation', key: 'image' }],
  ['^(image)', { kind: 'existence', key: 'image' }],
  ['+(image)', { kind: 'add', key: 'image' }],
  [' =(image) ', { kind: 'equality', key: 'image' }],
  ['((image))', { kind: 'condition', key: '(image)' }],
  ['=(app.kubernetes.io/*)', { kind: 'equality', key: 'app.kubernetes.io/*' }],
  ['image', undefined],
  ['()', undefined],
  ['x(image)', undefined],
  ['(image', undefined],
  ['(image)x', undefined],
  ['', undefined],
])('%j is %j', (key, anchor) => {
  expect(parseAnchor(key)).toEqual(anchor)
})

test.each([
  [{ '(a)': 1 }, true],
  [{ a: { b: [{ '=(c)': 1 }] } }, true],
  [{ a: '(b)' }, false],
  [['(a)'], false],
  ['(a)', false],
])('%j holds anchors: %s', (pattern, expected) => {
  expect(hasAnchors(pattern)).toBe(expected)
})

test('asks for anchors of one kind', () => {
  expect(hasAnchors({ '+(a)': { '=(b)': 1 } }, ['condition', 'global'])).toBe(false)
  expect(hasAnchors({ '+(a)': { '=(b)': 1 } }, ['equality'])).toBe(true)
})

test('strips anchors off keys and keeps everything else', () => {
  expect(stripAnchors({ '(a)': [{ '=(b)': '(c)' }], d: { 'X(__proto__)': 1 } })).toEqual({
    a: [{ b: '(c)' }],
    d: JSON.parse('{"__proto__":1}'),
  })
})
