import type { ObjectEntry, Term } from './ast.ts'

/** The entries of an object as written: of equal keys the first is kept with the last value, and the values before are not there at all. */
export function distinctEntries(entries: readonly ObjectEntry[]): readonly ObjectEntry[] {
  const byKey = new Map<unknown, ObjectEntry>()
  for (const entry of entries) {
    // What has no text is only like itself.
    const text = textOf(entry.key) ?? entry
    byKey.set(text, { key: byKey.get(text)?.key ?? entry.key, value: entry.value })
  }
  return [...byKey.values()]
}

/** A text that is the same for equal scalars, variables and refs; undefined for other terms. */
function textOf(term: Term): string | undefined {
  switch (term.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(term.value)
    case 'number':
      return `n${isSmall(term.text) ? Number(term.text) : term.text}`
    case 'string':
      return JSON.stringify(term.value)
    case 'var':
      return `v${term.name}`
    case 'ref': {
      const parts = [term.head, ...term.path].map(textOf)
      return parts.includes(undefined) ? undefined : `r(${parts.join(' ')})`
    }
    default:
      return undefined
  }
}

/** Whether a double has all digits of a number. */
const isSmall = (text: string): boolean => text.length < 16
