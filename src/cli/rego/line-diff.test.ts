import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDiff } from './line-diff.ts'

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
