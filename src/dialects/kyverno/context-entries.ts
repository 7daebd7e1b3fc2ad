import { anyField, objectField, objectsField, stringField } from '../../core/fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { JmesProgram } from '../../languages/jmespath/jmespath.ts'
import { JmesFailure } from '../../languages/jmespath/jmespath.ts'
import type { Answer, Question } from '../../policy/facts.ts'
import type { RuleContext } from './context.ts'
import { substitute, substituteString } from './variables.ts'

type Loaded = Result<Json | undefined, string>

/**
 * One entry of `context`: variable, configMap, apiCall, imageRegistry or globalReference. `mocked`: values come from a person, so what
 * cannot be had is left unset instead of failing the rule.
 */
export function contextEntryLoader(entry: JsonObject, mocked: boolean): (context: RuleContext) => Loaded {
  const name = stringField(entry, 'name') ?? ''
  const variable = objectField(entry, 'variable')
  if (variable !== undefined) return (context) => loadVariable(name, variable, context)
  const configMap = objectField(entry, 'configMap')
  if (configMap !== undefined) return (context) => unlessMocked(mocked, loadConfigMap(name, configMap, context))
  const apiCall = objectField(entry, 'apiCall')
  if (apiCall !== undefined) return (context) => unlessMocked(mocked, loadApiCall(name, apiCall, context))
  const imageRegistry = objectField(entry, 'imageRegistry')
  if (imageRegistry !== undefined) return (context) => unlessMocked(mocked, loadImage(name, imageRegistry, context))
  const globalReference = objectField(entry, 'globalReference')
  if (globalReference !== undefined) return (context) => unlessMocked(mocked, loadGlobal(name, globalReference, context))
  return () => err(`context entry ${name} has no source: expected one of variable, configMap, apiCall, imageRegistry, globalReference`)
}

/** A value of `undefined` stands for "cannot be had"; it is an error except where a person plays the cluster. */
type Fetched = Result<Json | undefined, string> | { readonly unavailable: string }

function unlessMocked(mocked: boolean, fetched: Fetched): Loaded {
  if (!('unavailable' in fetched)) return fetched
  return mocked ? ok(undefined) : err(fetched.unavailable)
}

function ask(context: RuleContext, question: Question): Answer {
  return context.settings.facts.read(question) ?? { known: false, reason: 'not known yet' }
}

function loadVariable(name: string, variable: JsonObject, context: RuleContext): Loaded {
  const value = anyField(variable, 'value')
  const fallback = anyField(variable, 'default')
  const substitutedDefault = fallback === undefined ? ok(undefined) : substitute(fallback, context)
  if (!substitutedDefault.ok) return err(`failed to substitute variables in context entry ${name} default: ${substitutedDefault.error}`)
  const orDefault = substitutedDefault.value
  const jmesPath = stringField(variable, 'jmesPath')
  const result = variableValue(name, value, jmesPath, context)
  if (result.ok && result.value !== null) return result
  if (orDefault !== undefined) return ok(orDefault)
  return result.ok ? err(`failed to add context entry for variable ${name} since it evaluated to nil`) : result
}

function variableValue(name: string, value: Json | undefined, jmesPath: string | undefined, context: RuleContext): Result<Json, string> {
  const path = jmesPath === undefined ? ok(undefined) : substituteString(jmesPath, context)
  if (!path.ok) return err(`failed to substitute variables in context entry ${name} jmespath: ${path.error}`)
  if (value === undefined) {
    if (path.value === undefined) return ok(null)
    const found = context.query(path.value)
    return found.ok ? found : err(`failed to apply JMESPath for variable ${name}: ${found.error}`)
  }
  const substituted = substitute(value, context)
  if (!substituted.ok) return err(`failed to substitute variables in context entry ${name} value: ${substituted.error}`)
  return path.value === undefined ? substituted : applyJmesPath(name, path.value, substituted.value, context)
}

function applyJmesPath(name: string, text: string, value: Json, context: RuleContext): Result<Json, string> {
  const program: Result<JmesProgram, string> = context.settings.expressions.compile(text)
  if (!program.ok) return err(`failed to apply JMESPath ${text} to context entry ${name}: ${program.error}`)
  const found = program.value.evaluate(value, context.environment)
  return found instanceof JmesFailure ? err(`failed to apply JMESPath ${text} to context entry ${name}: ${found.message}`) : ok(found)
}

function loadConfigMap(name: string, configMap: JsonObject, context: RuleContext): Fetched {
  const mapName = substituteString(stringField(configMap, 'name') ?? '', context)
  if (!mapName.ok) return err(`failed to substitute variables in context ${name} configMap.name: ${mapName.error}`)
  const namespace = substituteString(stringField(configMap, 'namespace') ?? '', context)
  if (!namespace.ok) return err(`failed to substitute variables in context ${name} configMap.namespace: ${namespace.error}`)
  const where =
    namespace.value !== '' ? namespace.value : context.settings.policyNamespace !== '' ? context.settings.policyNamespace : 'default'
  const answer = ask(context, { ask: 'object', apiVersion: 'v1', kind: 'ConfigMap', namespace: where, name: mapName.value })
  if (!answer.known) return { unavailable: `failed to get configmap ${where}/${mapName.value} : ${answer.reason}` }
  if (!isJsonObject(answer.value))
    return { unavailable: `failed to get configmap ${where}/${mapName.value} : configmaps "${mapName.value}" not found` }
  return ok({ data: ownValue(answer.value, 'data') ?? {}, metadata: ownValue(answer.value, 'metadata') ?? {} })
}

function loadApiCall(name: string, raw: JsonObject, context: RuleContext): Fetched {
  const substituted = substitute(raw, context)
  if (!substituted.ok) return err(`failed to substitute variables in context entry ${name}: ${substituted.error}`)
  const apiCall = isJsonObject(substituted.value) ? substituted.value : {}
  const answer = ask(context, apiCallQuestion(apiCall))
  if (!answer.known) {
    const fallback = anyField(apiCall, 'default')
    return fallback === undefined ? { unavailable: `failed to fetch data for APICall ${name}: ${answer.reason}` } : ok(fallback)
  }
  return throughJmesPath(name, apiCall, answer.value, context)
}

function apiCallQuestion(apiCall: JsonObject): Question {
  const method = stringField(apiCall, 'method') ?? 'GET'
  const body = requestBody(apiCall)
  const service = objectField(apiCall, 'service')
  if (service === undefined) return { ask: 'apiCall', method, urlPath: stringField(apiCall, 'urlPath') ?? '', body }
  const headers = Object.fromEntries(
    (objectsField(service, 'headers') ?? []).map((header) => [stringField(header, 'key') ?? '', stringField(header, 'value') ?? '']),
  )
  return { ask: 'service', method, url: stringField(service, 'url') ?? '', headers, body, caBundle: stringField(service, 'caBundle') ?? '' }
}

/** `data` pairs become one JSON object; calls without data have no body. */
function requestBody(apiCall: JsonObject): Json {
  const data = objectsField(apiCall, 'data')
  return data === undefined
    ? null
    : Object.fromEntries(data.map((pair) => [stringField(pair, 'key') ?? '', ownValue(pair, 'value') ?? null]))
}

function throughJmesPath(name: string, entry: JsonObject, value: Json, context: RuleContext): Result<Json, string> {
  const jmesPath = stringField(entry, 'jmesPath')
  if (jmesPath === undefined || jmesPath === '') return ok(value)
  const text = substituteString(jmesPath, context)
  return text.ok
    ? applyJmesPath(name, text.value, value, context)
    : err(`failed to substitute variables in context entry ${name} JMESPath: ${text.error}`)
}

function loadImage(name: string, imageRegistry: JsonObject, context: RuleContext): Fetched {
  const reference = substitute(stringField(imageRegistry, 'reference') ?? '', context)
  if (!reference.ok) return err(`failed to substitute variables in context entry ${name} imageRegistry.reference: ${reference.error}`)
  if (typeof reference.value !== 'string')
    return err(`invalid image reference ${JSON.stringify(reference.value)}, image reference must be a string`)
  const answer = ask(context, { ask: 'image', reference: reference.value })
  if (!answer.known) return { unavailable: `failed to fetch image data for ${reference.value}: ${answer.reason}` }
  return throughJmesPath(name, imageRegistry, answer.value, context)
}

function loadGlobal(name: string, globalReference: JsonObject, context: RuleContext): Fetched {
  const reference = substituteString(stringField(globalReference, 'name') ?? '', context)
  if (!reference.ok) return err(`failed to substitute variables in context entry ${name} globalReference.name: ${reference.error}`)
  const answer = ask(context, { ask: 'globalContext', name: reference.value })
  if (!answer.known) return { unavailable: `failed to fetch global context entry ${reference.value}: ${answer.reason}` }
  return throughJmesPath(name, globalReference, answer.value, context)
}
