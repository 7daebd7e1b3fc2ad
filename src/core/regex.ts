import { RE2JS } from 're2js'
import type { Result } from './result.ts'
import { err, ok } from './result.ts'

/** A user's regular expression with RE2 semantics: linear in the text, whatever the pattern. */
export interface Regex {
  readonly source: string
  /** Whether the pattern matches anywhere in the text. */
  readonly test: (text: string) => boolean
  /** The first `limit` matches that do not overlap, as Go's FindAll gives them; all of them where the limit is negative. */
  readonly findAll: (text: string, limit: number) => readonly RegexMatch[]
  /** Replaces every match; `$1`, `${1}` and `${name}` in the replacement stand for groups, `$$` for a dollar, as in Go. */
  readonly replaceAll: (text: string, replacement: string) => string
  /** Replaces every match by the replacement as it is. */
  readonly replaceAllLiteral: (text: string, replacement: string) => string
}

/** Offsets in the text; group 0 is the match itself, a group that took no part is undefined. */
export interface RegexMatch {
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

/** Compiles a pattern; the error is Go's: `error parsing regexp: …`. */
export function compileRegex(source: string): Result<Regex, string> {
  try {
    const compiled = RE2JS.compile(source)
    return ok({
      source,
      test: (text) => compiled.test(text),
      findAll: (text, limit) => findAll(compiled, text, limit),
      replaceAll: (text, replacement) => replace(compiled, text, (matcher) => expand(replacement, matcher)),
      replaceAllLiteral: (text, replacement) => replace(compiled, text, () => replacement),
    })
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

/** Compiled patterns by text, at most `size` of them: for patterns that are known only when they are used. */
export function regexCache(size: number): (source: string) => Result<Regex, string> {
  let recent = new Map<string, Result<Regex, string>>()
  let older: typeof recent = new Map()
  return (source) => {
    const known = recent.get(source)
    if (known !== undefined) return known
    const compiled = older.get(source) ?? compileRegex(source)
    // Two generations: what was not used for half a cache is forgotten.
    if (recent.size >= Math.max(1, Math.floor(size / 2))) {
      older = recent
      recent = new Map()
    }
    recent.set(source, compiled)
    return compiled
  }
}

type Matcher = ReturnType<RE2JS['matcher']>

function findAll(compiled: RE2JS, text: string, limit: number): readonly RegexMatch[] {
  const found: RegexMatch[] = []
  if (limit === 0 || !compiled.test(text)) return found
  const matcher = compiled.matcher(text)
  let previousEnd = -1
  while (found.length !== limit && matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    // An empty match right after a match does not count, nor does one between the halves of a code point.
    if (start === end && (start === previousEnd || isInsideCodePoint(text, start))) continue
    found.push({ start, end, groups: Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined) })
    previousEnd = end
  }
  return found
}

const isInsideCodePoint = (text: string, at: number): boolean => at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff

function replace(compiled: RE2JS, text: string, replacementOf: (matcher: Matcher) => string): string {
  // A test is much cheaper than a search for groups.
  if (!compiled.test(text)) return text
  const matcher = compiled.matcher(text)
  let out = ''
  let at = 0
  while (matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    // An empty match right after a match does not count.
    if (start === end && start === at && at > 0) continue
    out += text.slice(at, start) + replacementOf(matcher)
    at = end
  }
  return out + text.slice(at)
}

/** Go's Regexp.Expand: a name is as long as possible; an unknown group is empty, a dollar without a name stays. */
function expand(template: string, matcher: Matcher): string {
  if (!template.includes('$')) return template
  return template.replaceAll(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (whole, braced: string | undefined, bare: string | undefined) => {
      if (whole === '$$') return '$'
      return groupOf(matcher, braced ?? bare ?? '')
    },
  )
}

function groupOf(matcher: Matcher, name: string): string {
  try {
    return (/^(?:0|[1-9]\d{0,7})$/.test(name) ? matcher.group(Number(name)) : matcher.group(name)) ?? ''
  } catch {
    return ''
  }
}
