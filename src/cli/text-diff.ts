import type { Edit } from './yaml-edit.ts'
import { applyEdits, inOrder } from './yaml-edit.ts'

const around = 3
/** Lines of what differs that are still compared with each other; more are shown as replaced. */
const mostCompared = 4000

type Change = { readonly sign: ' ' | '-' | '+'; readonly line: string }

/** The lines that two texts differ in, as a unified diff that `patch` takes; '' where there are none. */
export function lineDiff(name: string, before: string, after: string): string {
  return before === after ? '' : unifiedDiff(name, compare(linesOf(before), linesOf(after)))
}

/** Edits as such a diff, line by line: a line that anything is put before or into is replaced. Each edit is on one line. */
export function editDiff(name: string, text: string, edits: readonly Edit[]): string {
  return edits.length === 0 ? '' : unifiedDiff(name, changesOf(text, edits))
}

const unifiedDiff = (name: string, changes: readonly Change[]): string => `--- ${name}\n+++ ${name}\n${hunksOf(changes).join('')}`

function changesOf(text: string, edits: readonly Edit[]): readonly Change[] {
  const ordered = inOrder(edits)
  const changes: Change[] = []
  let start = 0
  let next = 0
  // Behind the last line break there is no line, but something may be put there.
  for (const line of [...linesOf(text), '']) {
    const end = start + line.length
    const mine: Edit[] = []
    for (let edit = ordered[next]; edit !== undefined && (edit.start < end || !line.endsWith('\n')); edit = ordered[next]) {
      mine.push({ ...edit, start: edit.start - start, end: edit.end - start })
      next += 1
    }
    changes.push(...lineChanges(line, linesOf(applyEdits(line, mine))))
    start = end
  }
  return changes
}

function lineChanges(before: string, after: readonly string[]): readonly Change[] {
  const added = after.map((line): Change => ({ sign: '+', line }))
  if (before === '') return added
  return after[0] === before ? [{ sign: ' ', line: before }, ...added.slice(1)] : [{ sign: '-', line: before }, ...added]
}

/** With their line breaks. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

function compare(a: readonly string[], b: readonly string[]): readonly Change[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const same = (lines: readonly string[]): readonly Change[] => lines.map((line) => ({ sign: ' ', line }))
  const middle = compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]
}

/** By the longest common subsequence. */
function compareMiddle(a: readonly string[], b: readonly string[]): readonly Change[] {
  if (a.length > mostCompared || b.length > mostCompared) {
    return [...a.map((line): Change => ({ sign: '-', line })), ...b.map((line): Change => ({ sign: '+', line }))]
  }
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const changes: Change[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      changes.push({ sign: ' ', line: a[i] ?? '' })
      i += 1
      j += 1
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      changes.push({ sign: '-', line: a[i] ?? '' })
      i += 1
    } else {
      changes.push({ sign: '+', line: b[j] ?? '' })
      j += 1
    }
  }
  return changes
}

function hunksOf(changes: readonly Change[]): readonly string[] {
  const hunks: string[] = []
  let at = 0
  let before = 0
  let after = 0
  while (at < changes.length) {
    const first = changes.findIndex(({ sign }, index) => index >= at && sign !== ' ')
    if (first < 0) break
    const from = Math.max(at, first - around)
    let to = first + 1
    // Changes whose surroundings touch are shown together.
    for (let index = first; index < changes.length && index <= to + 2 * around; index += 1) if (changes[index]?.sign !== ' ') to = index + 1
    to = Math.min(changes.length, to + around)
    before += from - at
    after += from - at
    const shown = changes.slice(from, to)
    const removed = shown.filter(({ sign }) => sign !== '+').length
    const added = shown.filter(({ sign }) => sign !== '-').length
    hunks.push(`@@ -${range(before, removed)} +${range(after, added)} @@\n${shown.map(printChange).join('')}`)
    before += removed
    after += added
    at = to
  }
  return hunks
}

/** Of nothing, the line before. */
const range = (before: number, count: number): string => `${count === 0 ? before : before + 1},${count}`

const printChange = ({ sign, line }: Change): string =>
  line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`
