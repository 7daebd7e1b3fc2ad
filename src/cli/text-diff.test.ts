import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDiff, lineDiff } from './text-diff.ts'
import { applyEdits } from './yaml-edit.ts'

/** What `patch` would make of a text. */
function patched(before: string, diff: string): string {
  const lines = before.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const out: string[] = []
  let at = 0
  const body = diff
    .replaceAll(/\n\\ No newline at end of file\n/g, '\uE000')
    .split(/\n|(?<=\uE000)/)
    .slice(2)
  for (const line of body) {
    const head = /^@@ -(\d+),(\d+) /.exec(line)
    const text = line.endsWith('\uE000') ? line.slice(1, -1) : `${line.slice(1)}\n`
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1)
      out.push(...lines.slice(at, start))
      at = start
    } else if (line.startsWith('+')) out.push(text)
    else if (line.startsWith('-')) at += 1
    else if (line.startsWith(' ')) {
      out.push(lines[at] ?? '')
      at += 1
    }
  }
  return [...out, ...lines.slice(at)].join('')
}

test('a diff makes of the first text the second', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 25 }).map((lines) => lines.join('\n'))
  fc.assert(fc.property(text, text, (a, b) => patched(a, lineDiff('f', a, b)) === b))
})

test('equal texts have none', () => expect(lineDiff('f', 'a\n', 'a\n')).toBe(''))

test('so does one of edits', () => {
  const line = fc.constantFrom('a', 'b', '')
  const edit = fc.record({ at: fc.nat(), length: fc.nat({ max: 1 }), text: fc.constantFrom('c', 'c\n', '\nc', '') })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.array(edit, { maxLength: 3 }), (lines, wanted) => {
      const text = lines.join('\n')
      const starts = [...new Set(wanted.map(({ at }) => at % (text.length + 1)))]
      const edits = starts.map((start, i) => {
        const { length = 0, text: added = '' } = wanted[i] ?? {}
        const isInside = length === 1 && /^.$/.test(text.slice(start, start + 1)) && !starts.includes(start + 1)
        return { start, end: isInside ? start + 1 : start, text: added }
      })
      expect(patched(text, editDiff('f', text, edits))).toBe(applyEdits(text, edits))
    }),
    { numRuns: 1000 },
  )
})

test.each([
  [6, 1],
  [7, 2],
])('with %d lines between them, two changes are in %d parts', (between, hunks) => {
  const lines = (changed: string): string => [changed, ...Array.from({ length: between }, (_, i) => `${i}`), changed, ''].join('\n')
  expect(lineDiff('f', lines('a'), lines('b')).match(/^@@/gm)).toHaveLength(hunks)
})
