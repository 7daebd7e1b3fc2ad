import { Buffer } from 'node:buffer'
import { quoteGo } from '../../../core/go-quote.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'

/** Go's url.QueryEscape: letters, digits, `-`, `_`, `.` and `~` stay, a space becomes `+`. */
export const escapeQuery = (value: string): string =>
  encodeURIComponent(value.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** Go's url.QueryUnescape. Bytes that are no UTF-8 become U+FFFD. */
export function unescapeQuery(value: string): Result<string, string> {
  if (!/[%+]/.test(value)) return ok(value)
  const bad = /%(?![\da-fA-F]{2})/.exec(value)
  if (bad !== null) return err(`invalid URL escape ${quoteGo(value.slice(bad.index, bad.index + 3))}`)
  const spaced = value.replaceAll('+', ' ')
  return ok(spaced.replaceAll(/(?:%[\da-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8')))
}

/** Go's url.ParseQuery: the values of each key, in order. */
export function parseQuery(query: string): Result<ReadonlyMap<string, readonly string[]>, string> {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair.includes(';')) return err('invalid semicolon separator in query')
    if (pair === '') continue
    const at = pair.indexOf('=')
    const key = unescapeQuery(at === -1 ? pair : pair.slice(0, at))
    if (!key.ok) return key
    const value = unescapeQuery(at === -1 ? '' : pair.slice(at + 1))
    if (!value.ok) return value
    const known = values.get(key.value)
    if (known === undefined) values.set(key.value, [value.value])
    else known.push(value.value)
  }
  return ok(values)
}
