import { RE2JS } from 're2js'
import type { Result } from './result.ts'
import { err, ok } from './result.ts'

/** A user's regular expression with RE2 semantics: linear in the text, whatever the pattern. */
export interface Regex {
  readonly source: string
  /** Whether the pattern matches anywhere in the text. */
  readonly test: (text: string) => boolean
  /** Replaces every match; `$1`, `${1}` and `${name}` in the replacement stand for groups, `$$` for a dollar, as in Go. */
  readonly replaceAll: (text: string, replacement: string) => string
  /** Replaces every match by the replacement as it is. */
  readonly replaceAllLiteral: (text: string, replacement: string) => string
}

/** Compiles a pattern; the error is Go's: `error parsing regexp: …`. */
export function compileRegex(source: string): Result<Regex, string> {
  try {
    const compiled = RE2JS.compile(source)
    return ok({
      source,
      test: (text) => compiled.test(text),
      replaceAll: (text, replacement) => replace(compiled, text, (matcher) => expand(replacement, matcher)),
      replaceAllLiteral: (text, replacement) => replace(compiled, text, () => replacement),
    })
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

type Matcher = ReturnType<RE2JS['matcher']>

function replace(compiled: RE2JS, text: string, replacementOf: (matcher: Matcher) => string): string {
  const matcher = compiled.matcher(text)
  let out = ''
  let at = 0
  while (matcher.find()) {
    out += text.slice(at, matcher.start()) + replacementOf(matcher)
    at = matcher.end()
  }
  return out + text.slice(at)
}

/** Go's Regexp.Expand: a name is as long as possible; an unknown group is empty. */
function expand(template: string, matcher: Matcher): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, bare: string | undefined) => {
    if (whole === '$$') return '$'
    return groupOf(matcher, braced ?? bare ?? '')
  })
}

function groupOf(matcher: Matcher, name: string): string {
  try {
    return (/^\d+$/.test(name) ? matcher.group(Number(name)) : matcher.group(name)) ?? ''
  } catch {
    return ''
  }
}
