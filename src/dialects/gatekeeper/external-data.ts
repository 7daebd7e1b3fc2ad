import { numberField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { nameOf } from '../../kube/object.ts'
import type { Facts } from '../../policy/facts.ts'

/** A service that says values to keys. */
export interface Provider {
  readonly url: string
  readonly caBundle: string
}

const apiVersion = 'externaldata.gatekeeper.sh/v1beta1'

export function readProviders(manifests: readonly Manifest[]): ReadonlyMap<string, Provider> {
  return new Map(
    manifests
      .filter(({ object }) => object.kind === 'Provider')
      .map(({ object }) => {
        const spec = objectField(object, 'spec')
        return [nameOf(object), { url: stringField(spec, 'url') ?? '', caBundle: stringField(spec, 'caBundle') ?? '' }]
      }),
  )
}

/** What `external_data` gives: a failure of the whole call is its `system_error`. */
export function externalData(
  providers: ReadonlyMap<string, Provider>,
  facts: Facts,
): (name: string, keys: readonly string[]) => JsonObject {
  return (name, keys) => {
    const provider = providers.get(name)
    if (provider === undefined) return failure(`key is not found in provider cache: ${name}`)
    const answer = facts.read({
      ask: 'service',
      method: 'POST',
      url: provider.url,
      headers: { 'Content-Type': 'application/json' },
      body: { apiVersion, kind: 'ProviderRequest', request: { keys: [...keys] } },
      caBundle: provider.caBundle,
    })
    if (answer === undefined) return failure('')
    return answer.known ? responseOf(answer.value) : failure(answer.reason)
  }
}

const failure = (reason: string): JsonObject => ({ responses: [], errors: [], status_code: 500, system_error: reason })

function responseOf(body: Json): JsonObject {
  const response = isJsonObject(body) ? objectField(body, 'response') : undefined
  const items = objectsField(response, 'items') ?? []
  const pairs = (field: 'value' | 'error'): readonly Json[] =>
    items
      .filter((item) => isError(item) === (field === 'error'))
      .map((item) => [stringField(item, 'key') ?? '', ownValue(item, field) ?? null])
  return {
    responses: pairs('value'),
    errors: pairs('error'),
    status_code: numberField(isJsonObject(body) ? body : undefined, 'statusCode') ?? 200,
    system_error: stringField(response, 'systemError') ?? '',
  }
}

const isError = (item: JsonObject): boolean => (stringField(item, 'error') ?? '') !== ''
