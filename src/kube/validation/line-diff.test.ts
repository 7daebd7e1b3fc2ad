import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.ts'

test.each([
  ['equal texts have no difference', 'a\nb', 'a\nb', ''],
  ['a changed line', 'a\nb\nc', 'a\nx\nc', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
  ['a line more', 'a', 'a\nb', '@@ -1 +1,2 @@\n a\n+b\n'],
  [
    'changes that are far apart',
    '1\n2\n3\n4\n5\n6\n7\n8\n9\n10',
    'x\n2\n3\n4\n5\n6\n7\n8\n9\ny',
    '@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -7,4 +7,4 @@\n 7\n 8\n 9\n-10\n+y\n',
  ],
])('%s', (_, a, b, expected) => {
  expect(lineDiff(a, b)).toBe(expected)
})

/** The lines of one side that the difference shows. */
const side = (diff: string, mark: '-' | '+'): readonly string[] =>
  diff
    .split('\n')
    .filter((line) => line.startsWith(mark) || line.startsWith(' '))
    .map((line) => line.slice(1))

test('both sides of a difference are parts of the texts, in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const diff = lineDiff(a.join('\n'), b.join('\n'))
      expect(diff === '').toBe(a.join() === b.join())
      for (const [mark, lines] of [
        ['-', a],
        ['+', b],
      ] as const) {
        let rest: readonly string[] = lines
        for (const line of side(diff, mark)) {
          expect(rest).toContain(line)
          rest = rest.slice(rest.indexOf(line) + 1)
        }
      }
    }),
  )
})
