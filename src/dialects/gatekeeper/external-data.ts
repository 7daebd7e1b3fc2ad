import { booleanField, numberField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { ExternalData, ExternalItem, ExternalProvider, Facts } from '../../policy/facts.ts'

/** Providers by name. */
export type Providers = ReadonlyMap<string, ExternalProvider>

export const unknownProvider = (name: string): string => `key is not found in provider cache: ${name}`

/** What a provider says of keys; undefined where it is not known yet: `facts.missing` is then not empty. */
export function askProvider(
  provider: ExternalProvider,
  keys: readonly string[],
  { facts, mayBeKept }: { readonly facts: Facts; readonly mayBeKept: boolean },
): ExternalData | undefined {
  if (keys.length === 0) return { statusCode: 0, idempotent: true, items: [], systemError: '' }
  const answer = facts.read({ ask: 'externalData', provider, keys, mayBeKept })
  if (answer === undefined) return undefined
  return answer.known ? dataIn(answer.value) : { statusCode: 500, failure: answer.reason }
}

function dataIn(value: Json): ExternalData {
  const object = isJsonObject(value) ? value : {}
  const statusCode = numberField(object, 'statusCode') ?? 500
  const failure = stringField(object, 'failure')
  if (failure !== undefined) return { statusCode, failure }
  return {
    statusCode,
    idempotent: booleanField(object, 'idempotent') ?? false,
    items: (objectsField(object, 'items') ?? []).map(itemIn),
    systemError: stringField(object, 'systemError') ?? '',
  }
}

const itemIn = (item: JsonObject): ExternalItem => ({
  key: stringField(item, 'key') ?? '',
  value: ownValue(item, 'value') ?? null,
  error: stringField(item, 'error') ?? '',
})

/** What `external_data` gives: a failure of the whole call is its `system_error`. */
export function externalData(providers: Providers, facts: Facts): (name: string, keys: readonly string[]) => JsonObject {
  return (name, keys) => {
    const provider = providers.get(name)
    if (provider === undefined) return failed(400, unknownProvider(name))
    const said = askProvider(provider, keys, { facts, mayBeKept: true })
    if (said === undefined) return failed(500, '')
    if ('failure' in said) return failed(said.statusCode, said.failure)
    return {
      responses: said.items.filter(({ error }) => error === '').map(({ key, value }) => [key, value]),
      errors: said.items.filter(({ error }) => error !== '').map(({ key, error }) => [key, error]),
      status_code: said.statusCode,
      system_error: said.systemError,
    }
  }
}

const failed = (statusCode: number, reason: string): JsonObject => ({
  responses: [],
  errors: [],
  status_code: statusCode,
  system_error: reason,
})
