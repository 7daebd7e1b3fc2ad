import { marshalJson } from '../../core/go-format.ts'
import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonArray, setOwn } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { RuleContext } from './context.ts'
import { resolveReferences } from './references.ts'

/**
 * Variables are `{{ JMESPath }}` anywhere in strings and keys. The inside may hold one level of `{…}`, so of nested variables the innermost is found first,
 * and a string is scanned again after each replacement. A string that is exactly one variable becomes the value with its type; otherwise the value is printed
 * into the text (strings as they are, the rest as JSON). Values that are maps or lists are searched for variables in turn. `{{- x }}` stops that;
 * `\{{` is a literal `{{`.
 */
interface Found {
  readonly start: number
  readonly end: number
}

/** The first variable at or after `from`: two braces not preceded by a backslash, closed by two, with at most one level of braces between. */
export function findVariable(text: string, from: number): Found | undefined {
  for (let start = text.indexOf('{{', from); start >= 0; start = text.indexOf('{{', start + 1)) {
    if (start > 0 && text[start - 1] === '\\') continue
    const end = endOfVariable(text, start + 2)
    if (end >= 0) return { start, end }
  }
  return undefined
}

function endOfVariable(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const character = text[at]
    if (character === '}') return text[at + 1] === '}' ? at + 2 : -1
    if (character !== '{') {
      at += 1
      continue
    }
    at += 1
    while (at < text.length && text[at] !== '{' && text[at] !== '}') at += 1
    if (text[at] !== '}') return -1
    at += 1
  }
  return -1
}

/** True when substitution could change anything: compiled rules skip it altogether where it cannot. */
export function hasVariables(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes('{{') || value.includes('$(')
  if (typeof value !== 'object' || value === null) return false
  if (isJsonArray(value)) return value.some(hasVariables)
  return Object.entries(value).some(([key, item]) => key.includes('{{') || key.includes('$(') || hasVariables(item))
}

/** Every expression inside the strings and keys of a value, as written. */
export function expressionsIn(text: string): readonly string[] {
  const found: string[] = []
  for (let variable = findVariable(text, 0); variable !== undefined; variable = findVariable(text, variable.end)) {
    found.push(inner(text.slice(variable.start, variable.end)))
  }
  return found
}

const inner = (variable: string): string =>
  variable
    .replace(/^\{\{-?/, '')
    .replace(/\}\}$/, '')
    .trim()

/** Resolves `$()` references within `value`, then its variables. */
export function substitute(value: Json, context: RuleContext): Result<Json, string> {
  if (!hasVariables(value)) return ok(value)
  const referenced = resolveReferences(value)
  return referenced.ok ? substituteAt(referenced.value, [], context) : referenced
}

/** A field that must end up as text. */
export function substituteString(text: string, context: RuleContext): Result<string, string> {
  const result = substitute(text, context)
  if (!result.ok) return result
  return ok(typeof result.value === 'string' ? result.value : marshalJson(result.value))
}

function substituteAt(value: Json, path: JsonPath, context: RuleContext): Result<Json, string> {
  if (path.length > defaultLimits.documentDepth) return err(`variables at path /${path.slice(0, 8).join('/')}… are nested too deeply`)
  if (typeof value === 'string') {
    const replaced = substituteText(value, path, context)
    if (!replaced.ok || typeof replaced.value.value !== 'object' || replaced.value.shallow)
      return replaced.ok ? ok(replaced.value.value) : replaced
    return substituteAt(replaced.value.value, path, context)
  }
  if (typeof value !== 'object' || value === null) return ok(value)
  return isJsonArray(value) ? substituteList(value, path, context) : substituteMap(value, path, context)
}

function substituteList(list: readonly Json[], path: JsonPath, context: RuleContext): Result<Json, string> {
  const items: Json[] = []
  for (const [index, item] of list.entries()) {
    const result = substituteAt(item, [...path, index], context)
    if (!result.ok) return result
    items.push(result.value)
  }
  return ok(items)
}

/** Keys in the order they were written: of several unresolved variables the first is reported. */
function substituteMap(map: JsonObject, path: JsonPath, context: RuleContext): Result<Json, string> {
  const copy: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(map)) {
    const newKey = key.includes('{{') ? substituteText(key, path, context) : ok({ value: key, shallow: false })
    if (!newKey.ok) return newKey
    const name = newKey.value.value
    if (typeof name !== 'string') return err(`expected the variable in key ${key} to be a string, found ${JSON.stringify(name)}`)
    const result = substituteAt(item, [...path, name], context)
    if (!result.ok) return result
    setOwn(copy, name, result.value)
  }
  return ok(copy)
}

interface Replaced {
  readonly value: Json
  /** The value is not to be searched for further variables. */
  readonly shallow: boolean
}

function substituteText(original: string, path: JsonPath, context: RuleContext): Result<Replaced, string> {
  let text = original
  for (let round = 0; round < defaultLimits.substitutionRounds; round += 1) {
    const variable = findVariable(text, 0)
    if (variable === undefined) return ok({ value: unescape(text), shallow: false })
    const result = substituteOnce(text, path, context)
    if (!result.ok) return result
    if (typeof result.value !== 'string') return ok(result.value)
    text = result.value
    if (text.length > defaultLimits.substitutionLength)
      return err(`variables at path /${path.join('/')} expand to more than ${defaultLimits.substitutionLength} characters`)
  }
  return err(`variables at path /${path.join('/')} did not settle in ${defaultLimits.substitutionRounds} rounds`)
}

const unescape = (text: string): string => (text.includes('\\') ? text.replaceAll('\\{{', '{{').replaceAll('\\$(', '$(') : text)

/** Replaces every variable of the text as it stands; a text that is nothing but one variable gives its value. */
function substituteOnce(text: string, path: JsonPath, context: RuleContext): Result<string | Replaced, string> {
  let out = ''
  let at = 0
  for (let variable = findVariable(text, 0); variable !== undefined; variable = findVariable(text, variable.end)) {
    const written = text.slice(variable.start, variable.end)
    const shallow = written.startsWith('{{-')
    const expression = expressionOf(inner(written), path, context)
    const value = context.query(expression)
    if (!value.ok) return err(`failed to resolve ${expression} at path ${printPath(path)}: ${value.error}`)
    if (written.length === text.length) return ok({ value: value.value, shallow })
    const printed = typeof value.value === 'string' ? value.value : marshalJson(value.value)
    out += text.slice(at, variable.start) + (shallow ? printed.replaceAll('{{', '\\{{') : printed)
    at = variable.end
  }
  return ok(out + text.slice(at))
}

function expressionOf(written: string, path: JsonPath, context: RuleContext): string {
  const expression = written === '@' ? sameLocation(path, context) : written
  return context.isDelete ? expression.replaceAll('request.object', 'request.oldObject') : expression
}

/** `@` alone is the value at the same place in the resource. */
function sameLocation(path: JsonPath, context: RuleContext): string {
  const prefix = context.has('target') ? 'target' : 'request.object'
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const key = step.replace(/^[+<=X^]?\((.*)\)$/, '$1')
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${text}.${key}` : `${text}.${JSON.stringify(key)}`
  }, prefix)
}

const printPath = (path: JsonPath): string => path.map((step) => `/${step}`).join('')
