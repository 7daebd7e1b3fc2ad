import { goJsonError } from '../core/go-json.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { ExternalItem } from '../policy/facts.ts'

/** A ProviderResponse: what is not there is empty. */
export interface ProviderResponse {
  readonly idempotent: boolean
  readonly items: readonly ExternalItem[]
  readonly systemError: string
}

const goNames = { string: 'string', number: 'number', boolean: 'bool', object: 'object' } as const

/** As encoding/json would read it into its structs; the error is its text. Neither apiVersion nor kind is looked at. */
export function readProviderResponse(text: string): Result<ProviderResponse, string> {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return err(goJsonError(text) ?? (error instanceof Error ? error.message : String(error)))
  }
  const problems: string[] = []
  const mismatch = (wrong: Json, where: string): void => {
    const name = isJsonArray(wrong) ? 'array' : goNames[typeof wrong as keyof typeof goNames]
    problems.push(`json: cannot unmarshal ${name} into Go ${where}`)
  }
  /** A field of a struct; null and what is absent are its zero value. */
  const field = <T extends Json>(of: JsonObject, key: string, is: (item: Json) => item is T, where: string): T | undefined => {
    const found = ownValue(of, key) ?? null
    if (found === null || is(found)) return found ?? undefined
    mismatch(found, `struct field ${where}`)
    return undefined
  }
  const itemOf = (item: Json): ExternalItem => {
    if (!isJsonObject(item)) {
      if (item !== null) mismatch(item, 'struct field Response.response.items of type externaldata.Item')
      return { key: '', value: null, error: '' }
    }
    return {
      key: field(item, 'key', isString, 'Item.response.items.key of type string') ?? '',
      value: ownValue(item, 'value') ?? null,
      error: field(item, 'error', isString, 'Item.response.items.error of type string') ?? '',
    }
  }
  if (value !== null && !isJsonObject(value)) mismatch(value, 'value of type externaldata.ProviderResponse')
  const whole = value !== null && isJsonObject(value) ? value : {}
  field(whole, 'apiVersion', isString, 'ProviderResponse.apiVersion of type string')
  field(whole, 'kind', isString, 'ProviderResponse.kind of type string')
  const response = field(whole, 'response', isJsonObject, 'ProviderResponse.response of type externaldata.Response') ?? {}
  const read: ProviderResponse = {
    idempotent: field(response, 'idempotent', isBoolean, 'Response.response.idempotent of type bool') ?? false,
    items: (field(response, 'items', isJsonArray, 'Response.response.items of type []externaldata.Item') ?? []).map(itemOf),
    systemError: field(response, 'systemError', isString, 'Response.response.systemError of type string') ?? '',
  }
  const [problem] = problems
  return problem === undefined ? ok(read) : err(problem)
}

const isString = (value: Json): value is string => typeof value === 'string'
const isBoolean = (value: Json): value is boolean => typeof value === 'boolean'
