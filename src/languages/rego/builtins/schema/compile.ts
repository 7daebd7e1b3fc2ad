import { unescapeToken } from '../../../../core/json-pointer.ts'
import type { Regex } from '../../../../core/regex.ts'
import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import { compareNumbers, isWhole } from '../../values/number.ts'
import type { RegoArray, RegoRecord, RegoValue } from '../../values/value.ts'
import { equalValues, isArray, isNumber, isRecord } from '../../values/value.ts'

/** Checks that a JSON schema (drafts 4, 6 and 7) is one, with upstream's messages. */

const types = ['array', 'boolean', 'integer', 'number', 'null', 'object', 'string']
const typeList = '[array boolean integer number null object string]'
const maximumDepth = 128

export interface SchemaContext {
  readonly root: RegoValue
  readonly regexes: (pattern: string) => Result<Regex, string>
}

type Check = Result<true, string>
const fine: Check = ok(true)

/** The first thing wrong in a schema and in all that it refers to. */
export function checkSchema(schema: RegoValue, context: SchemaContext): Check {
  return checkNode(schema, context, new Set(), 0)
}

function checkNode(schema: RegoValue, context: SchemaContext, seen: Set<RegoValue>, depth: number): Check {
  if (typeof schema === 'boolean' || seen.has(schema)) return fine
  if (!isRecord(schema)) return err('schema is invalid')
  if (depth > maximumDepth) return err('schema is nested too deeply')
  seen.add(schema)
  const reference = own(schema, '$ref')
  if (reference !== undefined && typeof reference !== 'string') return wrongType('string', '$ref')
  if (reference !== undefined) {
    const target = resolveReference(context.root, reference)
    return target.ok ? checkNode(target.value, context, seen, depth + 1) : target
  }
  for (const check of checks) {
    const checked = check(schema, context)
    if (!checked.ok) return checked
  }
  for (const child of subschemas(schema)) {
    const checked = checkNode(child, context, seen, depth + 1)
    if (!checked.ok) return checked
  }
  return fine
}

export const own = (record: RegoRecord, key: string): RegoValue | undefined => (Object.hasOwn(record, key) ? record[key] : undefined)

/** References inside the document only: nothing is fetched. */
export function resolveReference(root: RegoValue, reference: string): Result<RegoValue, string> {
  const hash = reference.indexOf('#')
  const base = hash < 0 ? reference : reference.slice(0, hash)
  const id = isRecord(root) ? (own(root, '$id') ?? own(root, 'id')) : undefined
  if (base !== '' && base !== id && `${base}#` !== id) return err(`remote reference loading disabled: ${reference}`)
  let found = root
  for (const step of hash < 0
    ? []
    : reference
        .slice(hash + 1)
        .split('/')
        .slice(1)) {
    const key = decodeStep(step)
    const next: RegoValue | undefined = isArray(found) ? found[Number(key)] : isRecord(found) ? own(found, key) : undefined
    if (next === undefined) return err(`Object has no key '${key}'`)
    found = next
  }
  return ok(found)
}

function decodeStep(step: string): string {
  try {
    return unescapeToken(decodeURIComponent(step))
  } catch {
    return step
  }
}

/** Keywords whose values are schemas, lists of schemas, or schemas by name. */
function subschemas(schema: RegoRecord): RegoArray {
  const single = ['additionalProperties', 'additionalItems', 'contains', 'propertyNames', 'not', 'if', 'then', 'else']
  const named = ['properties', 'patternProperties', 'definitions']
  const list = ['allOf', 'anyOf', 'oneOf']
  const items = own(schema, 'items')
  return [
    ...named.flatMap((key) => valuesOf(own(schema, key))),
    ...valuesOf(own(schema, 'dependencies')).filter((value) => !isArray(value)),
    ...(items === undefined ? [] : isArray(items) ? items : [items]),
    ...single.flatMap((key) => own(schema, key) ?? []),
    ...list.flatMap((key) => itemsOf(own(schema, key))),
  ]
}

const valuesOf = (value: RegoValue | undefined): RegoArray => (value !== undefined && isRecord(value) ? Object.values(value) : [])
const itemsOf = (value: RegoValue | undefined): RegoArray => (value !== undefined && isArray(value) ? value : [])

type Checker = (schema: RegoRecord, context: SchemaContext) => Check

const wrongType = (expected: string, given: string): Check => err(`Invalid type. Expected: ${expected}, given: ${given}`)

function checkType(schema: RegoRecord): Check {
  const value = own(schema, 'type')
  if (value === undefined) return fine
  if (typeof value !== 'string' && !isArray(value)) return wrongType('type', 'string/Array Of Strings')
  for (const [at, name] of (isArray(value) ? value : [value]).entries()) {
    if (typeof name !== 'string') return wrongType('type', 'string/Array Of Strings')
    if (isArray(value) && value.indexOf(name) < at) return err(`${name} type is duplicated`)
    if (!types.includes(name))
      return err(`has a primitive type that is NOT VALID -- given: /${name}/ Expected valid values are:${typeList}`)
  }
  return fine
}

function checkObjects(schema: RegoRecord, { regexes }: SchemaContext): Check {
  const properties = own(schema, 'properties')
  if (properties !== undefined && !isRecord(properties)) return err('Properties must be of type object')
  for (const key of ['patternProperties', 'dependencies', 'definitions']) {
    const value = own(schema, key)
    if (value !== undefined && !isRecord(value)) return wrongType(key === 'definitions' ? 'Array Of Schemas' : 'valid schema', key)
  }
  for (const value of valuesOf(own(schema, 'dependencies')))
    if (!isSchema(value) && !isArray(value)) return err('Dependency must be of type Schema Or Array Of Strings')
  const patterns = own(schema, 'patternProperties')
  for (const pattern of patterns !== undefined && isRecord(patterns) ? Object.keys(patterns) : [])
    if (!regexes(pattern).ok) return err(`Invalid regex pattern '${pattern}'`)
  return fine
}

const checkNumbers: Checker = (schema) => {
  for (const key of ['multipleOf', 'minimum', 'maximum']) {
    const value = own(schema, key)
    if (value !== undefined && !isNumber(value)) return err(`${key} must be of a Number`)
  }
  const multiple = own(schema, 'multipleOf')
  if (multiple !== undefined && isNumber(multiple) && compareNumbers(multiple, 0) <= 0)
    return err('multipleOf must be strictly greater than 0')
  for (const [exclusive, plain] of [['exclusiveMinimum', 'minimum'] as const, ['exclusiveMaximum', 'maximum'] as const]) {
    const checked = checkExclusive(schema, exclusive, plain)
    if (!checked.ok) return checked
  }
  return fine
}

/** A boolean in draft 4, a number from draft 6 on; either where the schema does not say. */
function checkExclusive(schema: RegoRecord, exclusive: string, plain: string): Check {
  const value = own(schema, exclusive)
  if (value === undefined) return fine
  const draft = own(schema, '$schema')
  const isLater = typeof draft === 'string' && !draft.includes('draft-04')
  if (typeof value === 'boolean' && !isLater)
    return own(schema, plain) === undefined ? err(`${exclusive} cannot be used without ${plain}`) : fine
  return isNumber(value) ? fine : wrongType(isLater ? 'number' : 'boolean/number', exclusive)
}

const counts = [
  ['minLength', 'maxLength'],
  ['minProperties', 'maxProperties'],
  ['minItems', 'maxItems'],
] as const

const checkCounts: Checker = (schema) => {
  for (const pair of counts) {
    const [least, most] = pair.map((key) => own(schema, key))
    for (const [at, value] of [least, most].entries()) {
      if (value === undefined) continue
      if (!isNumber(value) || !isWhole(value)) return err(`${pair[at]} must be of an integer`)
      if (compareNumbers(value, 0) < 0) return err(`${pair[at]} must be greater than or equal to 0`)
    }
    // Upstream lets crossed bounds of items pass.
    const isCompared = pair[0] !== 'minItems'
    if (isCompared && least !== undefined && most !== undefined && isNumber(least) && isNumber(most) && compareNumbers(least, most) > 0)
      return err(`${pair[0]} cannot be greater than ${pair[1]}`)
  }
  return fine
}

function checkTexts(schema: RegoRecord, { regexes }: SchemaContext): Check {
  const pattern = own(schema, 'pattern')
  if (pattern !== undefined && typeof pattern !== 'string') return err('pattern must be of a string')
  if (typeof pattern === 'string' && !regexes(pattern).ok) return err('pattern must be a valid regex')
  for (const key of ['title', 'description', 'format', '$schema', '$id', 'id']) {
    const text = own(schema, key)
    if (text !== undefined && typeof text !== 'string') return wrongType('string', key)
  }
  return fine
}

function checkLists(schema: RegoRecord): Check {
  const required = own(schema, 'required')
  if (required !== undefined && !isArray(required)) return err('required must be of an array')
  if (required !== undefined && isArray(required) && !required.every((each) => typeof each === 'string'))
    return wrongType('string', 'required')
  if (required !== undefined && isArray(required) && new Set(required).size < required.length) return err('required items must be unique')
  const allowed = own(schema, 'enum')
  if (allowed !== undefined && !isArray(allowed)) return err('enum must be of an array')
  if (
    allowed !== undefined &&
    isArray(allowed) &&
    allowed.some((each, at) => allowed.slice(0, at).some((other) => equalValues(each, other)))
  )
    return err('enum items must be unique')
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const value = own(schema, key)
    if (value !== undefined && !isArray(value)) return err(`${key} must be of an array`)
  }
  const unique = own(schema, 'uniqueItems')
  return unique === undefined || typeof unique === 'boolean' ? fine : err('uniqueItems must be of a boolean')
}

const isSchema = (value: RegoValue): boolean => typeof value === 'boolean' || isRecord(value)

/** Keywords whose value is a schema, with the error for anything else. */
const schemaKeywords: readonly (readonly [keyword: string, problem: string])[] = [
  ['additionalProperties', 'Invalid type. Expected: boolean/Valid Schema, given: additionalProperties'],
  ['additionalItems', 'Invalid type. Expected: boolean/Valid Schema, given: additionalItems'],
  // The name is upstream's mistake.
  ['propertyNames', 'Invalid type. Expected: Valid Schema, given: patternProperties'],
  ['contains', 'Invalid type. Expected: Valid Schema, given: contains'],
  ['not', 'not must be of an object'],
  ['if', 'if must be of an object'],
  ['then', 'then must be of an object'],
  ['else', 'else must be of an object'],
]

function checkSchemas(schema: RegoRecord): Check {
  for (const [keyword, problem] of schemaKeywords) {
    const value = own(schema, keyword)
    if (value !== undefined && !isSchema(value)) return err(problem)
  }
  const items = own(schema, 'items')
  const isRight = items === undefined || isSchema(items) || (isArray(items) && items.every(isSchema))
  return isRight ? fine : wrongType('Valid Schema/Array Of Schemas', 'items')
}

const checks: readonly Checker[] = [checkType, checkSchemas, checkObjects, checkNumbers, checkCounts, checkTexts, checkLists]
