import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each<[string, readonly string[], string | undefined]>([
  ['resource', ['resources', 'subjects', 'roles'], 'resources'],
  ['Resources', ['resources'], 'resources'],
  ['patern', ['pattern', 'anyPattern'], 'pattern'],
  ['lenght', ['length', 'keys'], 'length'],
  ['zebra', ['pattern', 'deny'], undefined],
  ['x'.repeat(1000), ['x'.repeat(999)], undefined],
  ['a', [], undefined],
])('%s among %j', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected)
})
