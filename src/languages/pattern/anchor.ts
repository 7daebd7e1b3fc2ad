import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject, setOwn } from '../../core/json.ts'

/** `(k)`, `<(k)`, `=(k)`, `X(k)`, `^(k)`, `+(k)`. */
export type AnchorKind = 'condition' | 'global' | 'equality' | 'negation' | 'existence' | 'add'

export interface Anchor {
  readonly kind: AnchorKind
  /** The key between the parentheses. */
  readonly key: string
}

const kinds: Readonly<Record<string, AnchorKind>> = {
  '': 'condition',
  '<': 'global',
  '=': 'equality',
  X: 'negation',
  '^': 'existence',
  '+': 'add',
}
/** The anchor that a key of a pattern is, or undefined for a plain key. */
export function parseAnchor(written: string): Anchor | undefined {
  if (!written.includes(')')) return undefined
  const text = written.trim()
  const open = text.startsWith('(') ? 0 : 1
  const kind = kinds[text.slice(0, open)]
  if (kind === undefined || text[open] !== '(' || !text.endsWith(')')) return undefined
  const key = text.slice(open + 1, -1)
  return key === '' || key.includes('\n') ? undefined : { kind, key }
}

/** The key without its anchor. */
export const plainKey = (key: string): string => parseAnchor(key)?.key ?? key

const everyKind: readonly AnchorKind[] = Object.values(kinds)

/** True when a key of the pattern, at any depth, is an anchor of one of the kinds. */
export function hasAnchors(pattern: Json, wanted: readonly AnchorKind[] = everyKind): boolean {
  if (isJsonArray(pattern)) return pattern.some((item) => hasAnchors(item, wanted))
  if (!isJsonObject(pattern)) return false
  return Object.entries(pattern).some(([key, value]) => {
    const anchor = parseAnchor(key)
    return (anchor !== undefined && wanted.includes(anchor.kind)) || hasAnchors(value, wanted)
  })
}

/** The pattern with every anchored key written plainly; nothing is removed. */
export function stripAnchors(pattern: Json): Json {
  if (isJsonArray(pattern)) return pattern.map(stripAnchors)
  if (!isJsonObject(pattern)) return pattern
  const plain: { [key: string]: Json } = {}
  for (const [key, value] of Object.entries(pattern)) setOwn(plain, plainKey(key), stripAnchors(value))
  return plain
}
