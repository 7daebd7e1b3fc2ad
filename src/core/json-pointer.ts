import { isJsonArray, isJsonObject, ownValue } from './json.ts'
import type { Json } from './json.ts'
import { err, ok } from './result.ts'
import type { Result } from './result.ts'

/** Reads a JSON pointer (RFC 6901) into its reference tokens. '' is the whole document. */
export function parseJsonPointer(text: string): Result<readonly string[], string> {
  if (text === '') return ok([])
  if (!text.startsWith('/')) return err(`JSON pointer must be empty or start with "/": ${JSON.stringify(text)}`)
  return ok(text.slice(1).split('/').map(unescapeToken))
}

/** Prints reference tokens as a JSON pointer. */
export function printJsonPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${escapeToken(String(token))}`).join('')
}

export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

export function unescapeToken(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token
}

/** The index of a list that a token names: digits without leading zeros. */
export function listIndex(token: string): number | undefined {
  return /^(0|[1-9]\d{0,9})$/.test(token) ? Number(token) : undefined
}

/** The value at `tokens`, or undefined where a step is missing. */
export function valueAtPointer(root: Json, tokens: readonly string[]): Json | undefined {
  let value: Json | undefined = root
  for (const token of tokens) {
    if (isJsonObject(value)) value = ownValue(value, token)
    else if (isJsonArray(value)) {
      const index = listIndex(token)
      value = index === undefined ? undefined : value[index]
    } else return undefined
  }
  return value
}
