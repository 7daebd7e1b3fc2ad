import type { Edit } from './yaml-edit.ts'
import { inOrder } from './yaml-edit.ts'

const around = 3
const noBreak = '\\ No newline at end of file'

/** One line of the old text and what it became. */
interface ChangedLine {
  readonly number: number
  readonly before: string
  readonly after: readonly string[]
}

/** Edits as a unified diff that `patch` takes; '' where there are none. Each edit is on one line, before and after the name of the file. */
export function unifiedDiff(name: string, text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return ''
  const lines = text.split('\n')
  const changed = changedLines(lines, edits)
  const hunks: string[] = []
  let added = 0
  for (const group of groupsOf(changed, lines.length)) {
    const hunk = printHunk(group, added, lines, changed)
    hunks.push(hunk.text)
    added += hunk.added
  }
  return `--- ${name}\n+++ ${name}\n${hunks.join('')}`
}

function changedLines(lines: readonly string[], edits: readonly Edit[]): ReadonlyMap<number, ChangedLine> {
  const changed = new Map<number, ChangedLine>()
  const byLine = new Map<number, { readonly start: number; readonly edits: Edit[] }>()
  let number = 0
  let start = 0
  for (const edit of inOrder(edits)) {
    for (
      let end = start + (lines[number]?.length ?? 0);
      end < edit.start && number < lines.length - 1;
      end = start + (lines[number]?.length ?? 0)
    ) {
      start = end + 1
      number += 1
    }
    const known = byLine.get(number)
    if (known === undefined) byLine.set(number, { start, edits: [edit] })
    else known.edits.push(edit)
  }
  for (const [line, at] of byLine) {
    const before = lines[line] ?? ''
    let after = ''
    let from = 0
    for (const edit of at.edits) {
      after += before.slice(from, edit.start - at.start) + edit.text
      from = edit.end - at.start
    }
    changed.set(line, { number: line, before, after: (after + before.slice(from)).split('\n') })
  }
  return changed
}

/** Ranges of lines that are shown together. */
function groupsOf(changed: ReadonlyMap<number, ChangedLine>, count: number): readonly (readonly [from: number, to: number])[] {
  const groups: [number, number][] = []
  for (const { number, before, after } of [...changed.values()].sort((a, b) => a.number - b.number)) {
    // A line that stays before new ones is one of those around.
    const from = Math.max(0, number - around + (after[0] === before ? 1 : 0))
    const to = Math.min(count, number + around + 1)
    const last = groups.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else groups.push([from, to])
  }
  return groups
}

function printHunk(
  [from, wantedTo]: readonly [number, number],
  addedBefore: number,
  lines: readonly string[],
  changed: ReadonlyMap<number, ChangedLine>,
): { readonly text: string; readonly added: number } {
  // After the last line break there is no line.
  const endsInBreak = lines.at(-1) === ''
  const to = wantedTo === lines.length && endsInBreak && !changed.has(lines.length - 1) ? wantedTo - 1 : wantedTo
  const unended = (number: number): string => (number === lines.length - 1 && !endsInBreak ? `\n${noBreak}` : '')
  const shown: string[] = []
  let added = 0
  for (let number = from; number < to; number += 1) {
    const change = changed.get(number)
    const before = lines[number] ?? ''
    if (change === undefined) {
      shown.push(` ${before}${unended(number)}`)
      continue
    }
    const [first = '', ...rest] = change.after
    const isKept = first === before && unended(number) === ''
    shown.push(...(isKept ? [` ${before}`] : [`-${before}${unended(number)}`, `+${first}`]), ...rest.map((line) => `+${line}`))
    if (unended(number) !== '') shown.push(noBreak)
    added += rest.length
  }
  const head = `@@ -${from + 1},${to - from} +${from + 1 + addedBefore},${to - from + added} @@`
  return { text: `${head}\n${shown.map((line) => `${line}\n`).join('')}`, added }
}
