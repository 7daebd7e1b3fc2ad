import { formatValue } from '../../../core/go-format.ts'
import type { Json } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import { compileWildcard, hasWildcard, matchesWildcard } from '../../../core/wildcard.ts'
import { compileScalar, isRange } from '../../../languages/pattern/pattern.ts'

/** Whether the text of a key, or of an element of it, is in the set. */
type Contains = (text: string) => boolean
type Test = (key: Json) => boolean

/** How each operator reads a list of keys; for a single key `AnyIn` and `AllIn` are the same, and so are the two Not forms. */
export type Membership = 'AnyIn' | 'AllIn' | 'AnyNotIn' | 'AllNotIn'

/** A value that cannot be read as a set makes every form false, the Not forms too. */
export function membership(form: Membership, value: Json): Test {
  const negated = form === 'AnyNotIn' || form === 'AllNotIn'
  const single = setForKey(value)
  const list = listTest(form, value)
  return (key) => {
    if (isJsonArray(key)) return list(key.map(formatValue))
    return !isJsonObject(key) && single !== undefined && single(formatValue(key)) !== negated
  }
}

/** For a single key: a list with wildcards in either direction; a text as wildcard, range or JSON list of strings. */
function setForKey(value: Json): Contains | undefined {
  if (isJsonArray(value)) return eitherWay(value.map(formatValue))
  if (typeof value !== 'string') return undefined
  const matches = compileWildcard(value)
  if (isRange(value)) {
    const inside = compileScalar(value)
    return (text) => matches(text) || inside(text)
  }
  const texts = jsonStrings(value)
  return texts === undefined ? matches : (text) => matches(text) || texts.includes(text)
}

function listTest(form: Membership, value: Json): (texts: readonly string[]) => boolean {
  const contains = setForList(form, value)
  if (contains === undefined) return () => false
  switch (form) {
    case 'AnyIn':
      return (texts) => texts.some((text) => contains(text))
    case 'AllIn':
      return (texts) => texts.every((text) => contains(text))
    case 'AnyNotIn':
      return typeof value === 'string' && isRange(value) ? someOutside(value) : (texts) => texts.some((text) => !contains(text))
    case 'AllNotIn':
      return (texts) => !texts.some((text) => contains(text))
  }
}

/** What is neither inside nor outside, such as a word, counts as inside here. */
function someOutside(range: string): (texts: readonly string[]) => boolean {
  const outside = compileScalar(range.replace('-', '!-'))
  return (texts) => !(texts.length === 1 && texts[0] === range) && texts.some((text) => outside(text))
}

/** For the elements of a list. A number or boolean is a list of one to the Any forms and no set to the others. */
function setForList(form: Membership, value: Json): Contains | undefined {
  if (isJsonArray(value)) return eitherWay(value.map(formatValue))
  if (typeof value === 'string') {
    if (!isRange(value)) return eitherWay(jsonStrings(value) ?? [value])
    const inside = compileScalar(value)
    return (text) => text === value || inside(text)
  }
  const single = typeof value === 'number' || typeof value === 'boolean'
  return single && (form === 'AnyIn' || form === 'AnyNotIn') ? eitherWay([formatValue(value)]) : undefined
}

/** Wildcards count in a key as well as in the set. */
function eitherWay(texts: readonly string[]): Contains {
  const exact = new Set(texts)
  const wildcards = texts.filter(hasWildcard).map(compileWildcard)
  return (text) =>
    exact.has(text) ||
    wildcards.some((matches) => matches(text)) ||
    (hasWildcard(text) && texts.some((candidate) => matchesWildcard(text, candidate)))
}

/** A JSON list of strings written as text, as ConfigMaps hold them. */
function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const value = JSON.parse(text) as Json
    return isJsonArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

/** `In` and `NotIn`: between lists everything must be text and there are no wildcards; `NotIn` is true when any element is missing. */
export function deprecatedMembership(form: 'In' | 'NotIn', value: Json): Test {
  const single = membership(form === 'In' ? 'AnyIn' : 'AnyNotIn', value)
  const set = isJsonArray(value) ? allStrings(value) : typeof value === 'string' ? (jsonStrings(value) ?? [value]) : undefined
  return (key) => {
    if (!isJsonArray(key)) return single(key)
    const texts = allStrings(key)
    if (set === undefined || texts === undefined) return false
    const isSubset = (texts.length === 1 && texts[0] === value) || texts.every((text) => set.includes(text))
    return isSubset === (form === 'In')
  }
}

const allStrings = (list: readonly Json[]): readonly string[] | undefined =>
  list.every((item) => typeof item === 'string') ? list : undefined
