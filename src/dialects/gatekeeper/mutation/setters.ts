import { listField, objectField, stringField } from '../../../core/fields.ts'
import { formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { nameOf, namespaceOf } from '../../../kube/object.ts'
import { compileExternalData } from './external-data.ts'
import type { ImageParts } from './image.ts'
import { checkParts, replaceParts } from './image.ts'
import type { Location } from './location.ts'
import type { Mutator, MutatorProblem } from './mutator.ts'
import type { Setter } from './walk.ts'

/** A mutator that is being compiled. */
export interface Draft {
  readonly name: string
  readonly location: Location
  readonly parameters: JsonObject
}

type SetterOf = Mutator['setter']
type Compiled = Result<SetterOf, MutatorProblem>

const problem = (message: string, ...path: readonly string[]): Result<never, MutatorProblem> =>
  err({ path: ['spec', 'parameters', ...path], message })

const always =
  (setter: Setter): SetterOf =>
  () =>
    setter
const written = (value: Json): ReturnType<Setter> => ok({ value })

const sources = ['externalData', 'value', 'fromMetadata'] as const
const sourceNames = '`externalData`, `value` or `fromMetadata`: invalid assign field'

/** `parameters.assign` of an Assign. */
export function compileAssign({ location, parameters }: Draft): Compiled {
  const source = readSource(parameters)
  if (!source.ok) return source
  const { external, metadata, value } = source.value
  if (external !== undefined && location.at(-1)?.type === 'list')
    return problem('cannot assign external data response to a list', 'assign', 'externalData')
  if (external !== undefined) return compileExternalData(external)
  if (metadata === undefined) return compileValue(value, location)
  if (location.at(-1)?.type === 'list') return problem('cannot assign a metadata field to a list', 'assign', 'fromMetadata')
  return ok(assignFromMetadata(metadata))
}

interface Source {
  readonly external: JsonObject | undefined
  readonly metadata: 'name' | 'namespace' | undefined
  readonly value: Json
}

/** Exactly one source; null is as if it were not written. */
function readSource(parameters: JsonObject): Result<Source, MutatorProblem> {
  const assign = objectField(parameters, 'assign') ?? {}
  const given = sources.filter((key) => (ownValue(assign, key) ?? null) !== null)
  if (given.length === 0) return problem(`assign must set one of ${sourceNames}`, 'assign')
  if (given.length > 1) return problem(`assign must only set one of ${sourceNames}`, 'assign')
  const metadata = objectField(assign, 'fromMetadata')
  const field = stringField(metadata, 'field') ?? ''
  if (metadata !== undefined && field !== 'name' && field !== 'namespace')
    return problem(`field ${field} is not recognized: invalid fromMetadata field`, 'assign', 'fromMetadata', 'field')
  return ok({
    external: objectField(assign, 'externalData'),
    metadata: field === 'name' || field === 'namespace' ? field : undefined,
    value: ownValue(assign, 'value') ?? null,
  })
}

/** What is put into a list by its key has that key already. */
function compileValue(value: Json, location: Location): Compiled {
  const node = location.at(-1)
  if (node?.type !== 'list') return ok(always(() => written(value)))
  if (node.value === undefined) return problem("can't append to a globbed list", 'assign', 'value')
  if (!isJsonObject(value))
    return problem(`invalid value: \`${formatValue(value)}\`, only objects can be added to keyed lists`, 'assign', 'value')
  const key = ownValue(value, node.key) ?? null
  // Numbers of the value are decoded as floats, which never equal the integer of a location.
  if (typeof key === 'string' && key === node.value) return ok(always(() => written(value)))
  const keys = `list key ${String(node.value)}, object key ${formatValue(key)}`
  return problem(`adding object to list with different key ${node.key}: ${keys}`, 'assign', 'value')
}

const assignFromMetadata =
  (field: 'name' | 'namespace'): SetterOf =>
  ({ object }) =>
  () =>
    written(field === 'name' ? nameOf(object) : namespaceOf(object))

/** The same for labels and annotations, whose values are strings and do not come from what is there. */
export function compileAssignMetadata(draft: Draft): Compiled {
  const compiled = compileAssign(draft)
  if (!compiled.ok) return compiled
  const assign = objectField(draft.parameters, 'assign')
  const external = objectField(assign, 'externalData')
  if (external !== undefined && stringField(external, 'dataSource') !== 'Username')
    return problem(`only username data source is supported for assignmetadata ${draft.name}`, 'assign', 'externalData')
  const value = (assign === undefined ? undefined : ownValue(assign, 'value')) ?? ''
  if (typeof value === 'string') return compiled
  return problem(`spec.parameters.assign.value field must be a string for AssignMetadata "${draft.name}"`, 'assign', 'value')
}

/** `parameters` of an AssignImage: the parts that replace those of the image. */
export function compileAssignImage({ name, parameters }: Draft): Compiled {
  const part = (key: string): string => stringField(parameters, key) ?? ''
  const parts = checkParts({ domain: part('assignDomain'), path: part('assignPath'), tag: part('assignTag') })
  if (!parts.ok) return problem(`assignImage ${name} has invalid parameters: ${parts.error}`)
  return ok(always((existing) => assignImage(existing, parts.value)))
}

/** Upstream shows the empty string in place of what is no string. */
function assignImage(existing: Json | undefined, parts: ImageParts): ReturnType<Setter> {
  if (existing !== undefined && typeof existing !== 'string')
    return err('expected value at AssignImage location to be a string, got  of type string')
  return written(replaceParts(existing ?? '', parts))
}

/** `parameters` of a ModifySet: a list used as a set, in the order of its elements. */
export function compileModifySet({ parameters }: Draft): Compiled {
  const values = listField(objectField(parameters, 'values'), 'fromList')
  const operation = stringField(parameters, 'operation') ?? 'merge'
  return ok(always((existing) => modifySet(existing, operation, values)))
}

function modifySet(existing: Json | undefined, operation: string, values: readonly Json[] | undefined): ReturnType<Setter> {
  // What the same mutator has made of nothing is a list.
  if (existing === null && values === undefined) existing = undefined
  if (existing !== undefined && !isJsonArray(existing))
    return err(`${formatValue(existing)} is not a list of values, cannot treat it as a set`)
  switch (operation) {
    case 'merge':
      // A set of nothing that was written is null, as Go's empty list is.
      return written(existing === undefined ? (values ?? null) : mergeSets(existing, values ?? []))
    case 'prune':
      return ok({ value: existing?.filter((value) => !has(values ?? [], value)) })
    default:
      return err(`unrecognized operation for modifyset: ${operation}`)
  }
}

const has = (list: readonly Json[], value: Json): boolean => list.some((one) => jsonEqual(one, value))

function mergeSets(existing: readonly Json[], values: readonly Json[]): readonly Json[] {
  const merged = [...existing]
  for (const value of values) if (!has(merged, value)) merged.push(value)
  return merged
}
