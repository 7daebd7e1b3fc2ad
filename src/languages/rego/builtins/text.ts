/** Rego's strings are sequences of code points; JavaScript's, of UTF-16 units. They differ only where there are surrogates. */
const surrogate = /[\ud800-\udfff]/

export const hasSurrogates = (value: string): boolean => surrogate.test(value)

/** The number of code points. */
export function characterCount(value: string): number {
  if (!surrogate.test(value)) return value.length
  let count = 0
  for (const _ of value) count += 1
  return count
}

/** The code points as strings. */
export const charactersOf = (value: string): readonly string[] => (surrogate.test(value) ? Array.from(value) : value.split(''))

/** The index in code points of an index in units. */
export const characterIndex = (value: string, unitIndex: number): number =>
  surrogate.test(value) ? characterCount(value.slice(0, unitIndex)) : unitIndex

const nonAscii = /[^\0-\u007f]/

/** Go's strings.ToUpper: one code point becomes one code point, `ß` stays. */
export const toUpper = (value: string): string => (nonAscii.test(value) ? Array.from(value, upperOf).join('') : value.toUpperCase())

/** Go's strings.ToLower. */
export const toLower = (value: string): string => (nonAscii.test(value) ? Array.from(value, lowerOf).join('') : value.toLowerCase())

function upperOf(character: string): string {
  const upper = character.toUpperCase()
  if (upper.length === character.length) return upper
  // Where the full mapping has several letters, the simple one is the letter with prosgegrammeni, or none.
  const code = character.codePointAt(0) ?? 0
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCodePoint(code + 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9)
  return character
}

function lowerOf(character: string): string {
  const lower = character.toLowerCase()
  return lower.length === character.length ? lower : lower.slice(0, 1)
}

/** unicode.IsSpace of a unit: no space is beyond the basic plane. */
export function isSpace(unit: number): boolean {
  if (unit <= 0xff) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0x85 || unit === 0xa0
  return (
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}

export function trimSpace(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isSpace(value.charCodeAt(start))) start += 1
  while (end > start && isSpace(value.charCodeAt(end - 1))) end -= 1
  return value.slice(start, end)
}

export type Side = 'left' | 'right' | 'both'

/** Removes the characters of the cut set from the ends. */
export function trimCharacters(value: string, cutSet: string, side: Side): string {
  if (cutSet === '') return value
  const characters = charactersOf(value)
  const cut = cutSet.length === 1 ? undefined : new Set(charactersOf(cutSet))
  const isCut = (character: string | undefined): boolean =>
    character !== undefined && (cut === undefined ? character === cutSet : cut.has(character))
  let start = 0
  let end = characters.length
  if (side !== 'right') while (start < end && isCut(characters[start])) start += 1
  if (side !== 'left') while (end > start && isCut(characters[end - 1])) end -= 1
  return start === 0 && end === characters.length ? value : characters.slice(start, end).join('')
}

/** The offsets, in units, at which `part` occurs, none overlapping. `part` is not empty. */
export function occurrences(value: string, part: string): readonly number[] {
  const found: number[] = []
  for (let at = value.indexOf(part); at !== -1; at = value.indexOf(part, at + part.length)) found.push(at)
  return found
}
