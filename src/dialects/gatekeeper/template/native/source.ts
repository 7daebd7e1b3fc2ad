import type { Json, JsonObject, JsonPath } from '../../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../../core/json.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'

/** A variable or a match condition. */
export interface NamedExpression {
  readonly name: string
  readonly expression: string
}

export interface Validation {
  readonly expression: string
  /** '' where there is none. */
  readonly message: string
  /** '' where there is none. */
  readonly messageExpression: string
}

/** The `source` of a template for the engine K8sNativeValidation: CEL, as in a ValidatingAdmissionPolicy. */
export interface NativeSource {
  readonly variables: readonly NamedExpression[]
  readonly matchConditions: readonly NamedExpression[]
  readonly validations: readonly Validation[]
  readonly failurePolicy: 'Fail' | 'Ignore'
  /** Whether the API server is to have it as a policy; undefined where the template does not say. */
  readonly generateVAP: boolean | undefined
}

export interface SourceProblem {
  readonly message: string
  /** Inside the source. */
  readonly path: JsonPath
}

/** The key is `matchCondition`, though it holds a list: `matchConditions` is not looked at. */
const matchConditionKey = 'matchCondition'

type Read<T> = Result<T, SourceProblem>

/** Reads the source as upstream does: what is not known is passed over, what has a wrong type is refused in the words of its decoder. */
export function readNativeSource(source: Json): Read<NativeSource> {
  if (!isJsonObject(source)) return wrong('could not recognize the type')
  const validations = objectsAt(source, 'validations', readValidation)
  if (!validations.ok) return validations
  const failurePolicy = textAt(source, 'failurePolicy', [])
  if (!failurePolicy.ok) return failurePolicy
  const matchConditions = objectsAt(source, matchConditionKey, readNamed)
  if (!matchConditions.ok) return matchConditions
  const variables = objectsAt(source, 'variables', readNamed)
  if (!variables.ok) return variables
  const generateVAP = ownValue(source, 'generateVAP') ?? undefined
  if (generateVAP !== undefined && typeof generateVAP !== 'boolean') return wrong('unrecognized type: bool', ['generateVAP'])
  const policy = failurePolicy.value ?? 'Fail'
  if (policy !== 'Fail' && policy !== 'Ignore')
    return wrong(`invalid failure policy: unrecognized failure policy: ${policy}`, ['failurePolicy'])
  const read: NativeSource = {
    validations: validations.value,
    failurePolicy: policy,
    matchConditions: matchConditions.value,
    variables: variables.value,
    generateVAP,
  }
  const misnamed = namesProblem(read)
  return misnamed === undefined ? ok(read) : err(misnamed)
}

const wrong = (message: string, path: JsonPath = []): Result<never, SourceProblem> => err({ message, path })

type Reader<T> = (object: JsonObject, path: JsonPath) => Read<T>

/** The objects of a list; null is an empty one, as it is of objects. */
function objectsAt<T>(source: JsonObject, key: string, read: Reader<T>): Read<readonly T[]> {
  const list = ownValue(source, key) ?? []
  if (!isJsonArray(list)) return wrong(`cannot restore slice from ${goKind(list)}`, [key])
  const items: T[] = []
  for (const [index, written] of list.entries()) {
    const item = written ?? {}
    const path = [key, index]
    if (!isJsonObject(item)) return wrong(`cannot restore struct from: ${goKind(item)}`, path)
    const one = read(item, path)
    if (!one.ok) return one
    items.push(one.value)
  }
  return ok(items)
}

function readValidation(object: JsonObject, path: JsonPath): Read<Validation> {
  const expression = textAt(object, 'expression', path)
  if (!expression.ok) return expression
  const message = textAt(object, 'message', path)
  if (!message.ok) return message
  const messageExpression = textAt(object, 'messageExpression', path)
  if (!messageExpression.ok) return messageExpression
  return ok({
    expression: expression.value ?? '',
    message: message.value ?? '',
    messageExpression: messageExpression.value ?? '',
  })
}

function readNamed(object: JsonObject, path: JsonPath): Read<NamedExpression> {
  const name = textAt(object, 'name', path)
  if (!name.ok) return name
  const expression = textAt(object, 'expression', path)
  return expression.ok ? ok({ name: name.value ?? '', expression: expression.value ?? '' }) : expression
}

function textAt(object: JsonObject, key: string, path: JsonPath): Read<string | undefined> {
  const value = ownValue(object, key) ?? undefined
  return value === undefined || typeof value === 'string' ? ok(value) : wrong('unrecognized type: string', [...path, key])
}

/** What the decoder calls the kind of a value. */
function goKind(value: Json): string {
  if (isJsonArray(value)) return 'slice'
  if (typeof value === 'number') return 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map'
}

const ownPrefix = 'gatekeeper_internal_'
/** Variables that are there in any case. */
const givenNames: readonly string[] = ['anyObject', 'params']

/** Names that are Gatekeeper's own. */
function namesProblem({ matchConditions, variables }: NativeSource): SourceProblem | undefined {
  for (const [index, { name }] of matchConditions.entries()) {
    if (!name.startsWith(ownPrefix)) continue
    const message = `invalid match condition: ${name} is not a valid match condition; cannot have "${ownPrefix}" as a prefix`
    return { message, path: [matchConditionKey, index, 'name'] }
  }
  for (const [index, { name }] of variables.entries()) {
    const path = ['variables', index, 'name']
    if (name.startsWith(ownPrefix))
      return { message: `invalid variable definition: ${name} is not a valid variable; cannot have "${ownPrefix}" as a prefix`, path }
    if (givenNames.includes(name))
      return { message: `invalid variable definition: ${name} an invalid variable name, "${name}" is a reserved keyword`, path }
  }
  return undefined
}
