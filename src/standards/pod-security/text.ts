import { compareText } from '../../core/go-format.ts'

/** `"a", "b"`: nothing in the texts is escaped. */
export function quoted(texts: readonly string[]): string {
  let text = ''
  for (const one of texts) text += text === '' ? `"${one}"` : `, "${one}"`
  return text
}

export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)

export const sortedDistinct = (texts: readonly string[]): readonly string[] =>
  texts.length < 2 ? texts : [...new Set(texts)].sort(compareText)

/** `container "a"`, `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string => `${plural(names.length, 'container', 'containers')} ${quoted(names)}`

/** Who set something bad: `pod`, `container "a"`, `pod and containers "a", "b"`. */
export function settersText(isPodOne: boolean, names: readonly string[]): string {
  if (names.length === 0) return 'pod'
  return isPodOne ? `pod and ${containersText(names)}` : containersText(names)
}
