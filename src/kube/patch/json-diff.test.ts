import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { diffJson } from './json-diff.ts'

const named = (name: string, more: { [key: string]: Json } = {}): Json => ({ name, ...more })

test.each<readonly [a: Json, b: Json, operations: Json]>([
  [{ a: 1 }, { a: 1 }, []],
  [1, 2, [{ op: 'replace', path: '', value: 2 }]],
  [{}, [], [{ op: 'replace', path: '', value: [] }]],
  [{ 'a/b': 1 }, {}, [{ op: 'remove', path: '/a~1b' }]],
  [{ a: {} }, { a: { b: 1 } }, [{ op: 'add', path: '/a/b', value: 1 }]],
  [{ a: null }, {}, [{ op: 'remove', path: '/a' }]],
  [[1, 2, 3], [2, 3], [{ op: 'remove', path: '/0' }]],
  [[1, 3], [1, 2, 3], [{ op: 'add', path: '/1', value: 2 }]],
  [[1, 2, 3], [1, 4, 3], [{ op: 'replace', path: '/1', value: 4 }]],
  [
    [1, 2, 3, 4, 5],
    [2, 9, 4],
    [
      { op: 'remove', path: '/0' },
      { op: 'replace', path: '/1', value: 9 },
      { op: 'remove', path: '/3' },
    ],
  ],
  [
    [named('a'), named('b')],
    [named('new'), named('a', { image: 'x' }), named('b', { image: 'y' })],
    [
      { op: 'add', path: '/0', value: named('new') },
      { op: 'add', path: '/1/image', value: 'x' },
      { op: 'add', path: '/2/image', value: 'y' },
    ],
  ],
])('%j to %j is %j', (a, b, operations) => {
  expect(diffJson(a, b)).toEqual(operations)
})

test('long lists are still compared', () => {
  const a = Array.from({ length: 3000 }, (_, i) => i)
  const b = a.map((i) => i * 2)
  expect(diffJson(a, b)).toHaveLength(2999)
})
