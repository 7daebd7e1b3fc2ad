import { stringField } from '../../../core/fields.ts'
import { compareText } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { ExternalItem, Facts } from '../../../policy/facts.ts'
import type { Providers } from '../external-data.ts'
import { askProvider, unknownProvider } from '../external-data.ts'
import type { Mutator, MutatorProblem } from './mutator.ts'

const failurePolicies = ['Fail', 'Ignore', 'UseDefault'] as const
type FailurePolicy = (typeof failurePolicies)[number]

/** A value that a provider is still to be asked for. */
export interface Placeholder {
  readonly provider: string
  /** The key to ask for. */
  readonly key: string
  /** What was at the location before. */
  readonly old: Json | undefined
  readonly failurePolicy: FailurePolicy
  readonly default: string
}

/** Placeholders of one run, by the object that stands for each until the object converges. */
export interface ExternalValues {
  readonly add: (placeholder: Placeholder) => Json
  readonly has: (value: Json | undefined) => boolean
}

type Placeholders = Map<JsonObject, Placeholder>

/** What a provider says of each key. */
type Items = Result<ReadonlyMap<string, Result<Json, string>>, string>

/** Whom to ask, and how. */
export interface Ports {
  /** Null: there is no certificate to ask anybody with. */
  readonly providers: Providers | null
  readonly facts: Facts
}

export function externalValues(placeholders: Placeholders): ExternalValues {
  return {
    add: (placeholder) => {
      const stand: JsonObject = { provider: placeholder.provider, key: placeholder.key }
      placeholders.set(stand, placeholder)
      return stand
    },
    has: (value) => isJsonObject(value) && placeholders.has(value),
  }
}

/** `assign.externalData`. */
export function compileExternalData(external: JsonObject): Result<Mutator['setter'], MutatorProblem> {
  const problem = (message: string, field: string): Result<never, MutatorProblem> =>
    err({ path: ['spec', 'parameters', 'assign', 'externalData', field], message })
  const provider = stringField(external, 'provider') ?? ''
  const dataSource = stringField(external, 'dataSource') ?? 'ValueAtLocation'
  const failurePolicy = failurePolicies.find((known) => known === (external['failurePolicy'] ?? 'Fail'))
  if (dataSource !== 'ValueAtLocation' && dataSource !== 'Username') return problem(`unsupported data source ${dataSource}`, 'dataSource')
  if (failurePolicy === undefined) return problem(`unsupported failure policy ${String(external['failurePolicy'])}`, 'failurePolicy')
  const fallback = stringField(external, 'default') ?? ''
  if (failurePolicy === 'UseDefault' && fallback === '')
    return problem('`default` must not be empty when `failurePolicy` is set to `UseDefault`', 'default')
  return ok((target, values) => (existing) => {
    if (values.has(existing)) return ok({ value: existing })
    const key = dataSource === 'Username' ? target.username : (existing ?? '')
    if (typeof key !== 'string') return err('value assigned to external data placeholder is not a string')
    return ok({ value: values.add({ provider, key, old: existing, failurePolicy, default: fallback }) })
  })
}

const noCertificate = 'failed to get client TLS certificate: external data client certificate watcher is not initialized'

/** Puts the answers of the providers in place of the placeholders. A question that is not answered yet leaves `facts.missing` non-empty. */
export function resolvePlaceholders(root: JsonObject, placeholders: Placeholders, ports: Ports): Result<JsonObject, string> {
  if (placeholders.size === 0) return ok(root)
  const { providers, facts } = ports
  if (providers === null) return err(`failed to resolve external data placeholders: ${noCertificate}`)
  const answers = new Map<Placeholder, Result<Json, string>>()
  for (const [provider, group] of byProvider(placeholders)) {
    const items = itemsOf(provider, [...new Set(group.map(({ key }) => key))].sort(compareText), { providers, facts })
    for (const placeholder of group) answers.set(placeholder, valueFor(placeholder, items))
  }
  let failed: string | undefined
  const resolve = (value: Json): Json => {
    if (isJsonArray(value)) return value.map(resolve)
    if (!isJsonObject(value)) return value
    const placeholder = placeholders.get(value)
    if (placeholder === undefined) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]))
    const answer = answers.get(placeholder) ?? err('not asked')
    if (answer.ok) return answer.value
    failed ??= answer.error
    return null
  }
  const resolved = resolve(root)
  if (failed !== undefined) return err(`failed to resolve external data placeholders: ${failed}`)
  return isJsonObject(resolved) ? ok(resolved) : err('the object is external data')
}

function byProvider(placeholders: Placeholders): ReadonlyMap<string, readonly Placeholder[]> {
  const groups = new Map<string, Placeholder[]>()
  for (const placeholder of placeholders.values()) {
    const group = groups.get(placeholder.provider) ?? []
    groups.set(placeholder.provider, [...group, placeholder])
  }
  return groups
}

function valueFor(placeholder: Placeholder, items: Items): Result<Json, string> {
  const item = items.ok
    ? (items.value.get(placeholder.key) ?? err(`failed to retrieve external data item from provider ${placeholder.provider}`))
    : items
  if (item.ok) return item
  switch (placeholder.failurePolicy) {
    case 'Ignore':
      return ok(placeholder.old ?? '')
    case 'UseDefault':
      return ok(placeholder.default)
    case 'Fail':
      return item
  }
}

/** One request for all keys; a mutation needs an idempotent answer, because webhooks may be called again, and one of this moment. */
function itemsOf(
  name: string,
  keys: readonly string[],
  { providers, facts }: { readonly providers: Providers; readonly facts: Facts },
): Items {
  const provider = providers.get(name)
  if (provider === undefined) return err(`failed to retrieve external data provider ${name}: ${unknownProvider(name)}`)
  const said = askProvider(provider, keys, { facts, mayBeKept: false })
  if (said === undefined) return err('not known yet')
  if ('failure' in said) return err(`failed to send external data request to provider ${name}: ${said.failure}`)
  const systemError = said.systemError.trim()
  if (systemError !== '') return err(`non-empty system error: ${systemError}`)
  if (!said.idempotent) return err('non-idempotent response')
  return ok(new Map(said.items.map((item) => [item.key, item.error === '' ? textOf(item) : err(item.error)])))
}

const textOf = ({ key, value }: ExternalItem): Result<Json, string> =>
  typeof value === 'string' ? ok(value) : err(`the value for ${key} is not a string`)
