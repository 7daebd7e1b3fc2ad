import { divide } from '../../values/arithmetic.ts'
import { marshalValue } from '../../values/json.ts'
import type { AnyNumber } from '../../values/number.ts'
import { compareNumbers, isWhole, numberText, toSafeInteger } from '../../values/number.ts'
import type { RegoArray, RegoRecord, RegoValue } from '../../values/value.ts'
import { equalValues, isArray, isNumber, isRecord, typeName, ValueMap } from '../../values/value.ts'
import { sortedKeys } from '../../values/record.ts'
import { characterCount } from '../text.ts'
import type { SchemaContext } from './compile.ts'
import { own, resolveReference } from './compile.ts'
import { hasFormat } from './formats.ts'

/** One violation of a schema. */
export interface SchemaError {
  /** `required`, `invalid_type`, … */
  readonly type: string
  readonly field: string
  readonly description: string
}

/** Violations, and how much held: of several failing alternatives the one where most held is reported. */
interface Outcome {
  readonly errors: SchemaError[]
  score: number
}

interface Visit {
  readonly context: SchemaContext
  readonly field: string
  readonly depth: number
}

const rootField = '(Root)'
const maximumDepth = 128

export function validate(document: RegoValue, schema: RegoValue, context: SchemaContext): readonly SchemaError[] {
  return visit(document, schema, { context, field: rootField, depth: 0 }).errors
}

function visit(value: RegoValue, schema: RegoValue, at: Visit): Outcome {
  const out: Outcome = { errors: [], score: 0 }
  if (at.depth > maximumDepth) return fail(out, at, 'internal', 'nested too deeply')
  if (schema === false) return fail(out, at, 'false', 'False always fails validation')
  if (!isRecord(schema)) return out
  const reference = own(schema, '$ref')
  if (typeof reference === 'string') {
    const target = resolveReference(at.context.root, reference)
    return target.ok ? visit(value, target.value, { ...at, depth: at.depth + 1 }) : out
  }
  if (!checkType(value, schema, at, out)) return out
  checkAlternatives(value, schema, at, out)
  checkCommon(value, schema, at, out)
  if (isArray(value)) checkArray(value, schema, at, out)
  else if (isRecord(value)) checkObject(value, schema, at, out)
  else if (typeof value === 'string') checkString(value, schema, at, out)
  else if (isNumber(value)) checkNumber(value, schema, at, out)
  return out
}

function fail(out: Outcome, { field }: Visit, type: string, description: string): Outcome {
  out.errors.push({ type, field, description })
  out.score -= 2
  return out
}

function merge(out: Outcome, other: Outcome): void {
  out.errors.push(...other.errors)
  out.score += other.score
}

const child = (at: Visit, step: string | number): Visit => ({
  ...at,
  field: at.field === rootField ? String(step) : `${at.field}.${step}`,
  depth: at.depth + 1,
})
const same = (at: Visit): Visit => ({ ...at, depth: at.depth + 1 })

function kindOf(value: RegoValue): string {
  return isNumber(value) ? (isWhole(value) ? 'integer' : 'number') : typeName(value)
}

function checkType(value: RegoValue, schema: RegoRecord, at: Visit, out: Outcome): boolean {
  const wanted = own(schema, 'type')
  if (wanted === undefined) return true
  const kind = kindOf(value)
  const names = isArray(wanted) ? wanted : [wanted]
  if (names.length === 0) return true
  if (names.includes(kind) || (kind === 'integer' && names.includes('number'))) return true
  const expected = isArray(wanted) && wanted.length > 1 ? `[${wanted.join(',')}]` : String(names[0])
  fail(out, at, 'invalid_type', `Invalid type. Expected: ${expected}, given: ${kind}`)
  return false
}

function listAt(schema: RegoRecord, key: string): RegoArray {
  const value = own(schema, key)
  return value !== undefined && isArray(value) ? value : []
}

function checkAlternatives(value: RegoValue, schema: RegoRecord, at: Visit, out: Outcome): void {
  const any = listAt(schema, 'anyOf').map((each) => visit(value, each, same(at)))
  if (any.length > 0 && any.every(({ errors }) => errors.length > 0)) {
    fail(out, at, 'number_any_of', 'Must validate at least one schema (anyOf)')
    merge(out, best(any))
  }
  const one = listAt(schema, 'oneOf').map((each) => visit(value, each, same(at)))
  const held = one.filter(({ errors }) => errors.length === 0).length
  if (one.length > 0 && held !== 1) {
    fail(out, at, 'number_one_of', 'Must validate one and only one schema (oneOf)')
    if (held === 0) merge(out, best(one))
  }
  const all = listAt(schema, 'allOf').map((each) => visit(value, each, same(at)))
  for (const outcome of all) merge(out, outcome)
  if (all.some(({ errors }) => errors.length > 0)) fail(out, at, 'number_all_of', 'Must validate all the schemas (allOf)')
  const not = own(schema, 'not')
  if (not !== undefined && visit(value, not, same(at)).errors.length === 0)
    fail(out, at, 'number_not', 'Must not validate the schema (not)')
  if (isRecord(value)) checkDependencies(value, schema, at, out)
  checkCondition(value, schema, at, out)
  out.score += 1
}

/** The first of those with the highest score. */
function best(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((a, b) => (b.score > a.score ? b : a))
}

function checkDependencies(value: RegoRecord, schema: RegoRecord, at: Visit, out: Outcome): void {
  const dependencies = own(schema, 'dependencies')
  if (dependencies === undefined || !isRecord(dependencies)) return
  for (const key of sortedKeys(value)) {
    const dependency = own(dependencies, key)
    if (dependency === undefined) continue
    if (!isArray(dependency)) merge(out, visit(value, dependency, same(at)))
    else
      for (const other of dependency)
        if (typeof other === 'string' && !Object.hasOwn(value, other)) fail(out, at, 'missing_dependency', `Has a dependency on ${other}`)
  }
}

function checkCondition(value: RegoValue, schema: RegoRecord, at: Visit, out: Outcome): void {
  const condition = own(schema, 'if')
  if (condition === undefined) return
  const holds = visit(value, condition, same(at)).errors.length === 0
  const branch = own(schema, holds ? 'then' : 'else')
  const outcome = branch === undefined ? undefined : visit(value, branch, same(at))
  if (outcome === undefined || outcome.errors.length === 0) return
  if (holds) fail(out, at, 'condition_then', 'Must validate "then" as "if" was valid')
  else fail(out, at, 'condition_else', 'Must validate "else" as "if" was not valid')
  merge(out, outcome)
}

function checkCommon(value: RegoValue, schema: RegoRecord, at: Visit, out: Outcome): void {
  const constant = own(schema, 'const')
  if (constant !== undefined && !equalValues(value, constant))
    fail(out, at, 'const', `${at.field} does not match: ${marshalValue(constant)}`)
  const allowed = listAt(schema, 'enum')
  if (allowed.length > 0 && !allowed.some((each) => equalValues(each, value)))
    fail(out, at, 'enum', `${at.field} must be one of the following: ${allowed.map((each) => marshalValue(each)).join(', ')}`)
  const format = own(schema, 'format')
  if (typeof format === 'string' && typeof value === 'string' && !hasFormat(format, value, at.context.regexes))
    fail(out, at, 'format', `Does not match format '${format}'`)
  out.score += 1
}

const countAt = (schema: RegoRecord, key: string): number | undefined => {
  const value = own(schema, key)
  return value !== undefined && isNumber(value) ? toSafeInteger(value) : undefined
}

function checkArray(items: RegoArray, schema: RegoRecord, at: Visit, out: Outcome): void {
  const item = own(schema, 'items')
  if (item !== undefined && !isArray(item)) for (const [index, value] of items.entries()) merge(out, visit(value, item, child(at, index)))
  else if (item !== undefined) checkTuple(items, item, own(schema, 'additionalItems'), at, out)
  const least = countAt(schema, 'minItems')
  if (least !== undefined && items.length < least) fail(out, at, 'array_min_items', `Array must have at least ${least} items`)
  const most = countAt(schema, 'maxItems')
  if (most !== undefined && items.length > most) fail(out, at, 'array_max_items', `Array must have at most ${most} items`)
  if (own(schema, 'uniqueItems') === true) checkUnique(items, at, out)
  const contained = own(schema, 'contains')
  if (contained !== undefined) checkContains(items, contained, at, out)
  out.score += 1
}

function checkTuple(items: RegoArray, schemas: RegoArray, additional: RegoValue | undefined, at: Visit, out: Outcome): void {
  for (const [index, value] of items.entries()) {
    const schema = schemas[index]
    if (schema !== undefined) merge(out, visit(value, schema, child(at, index)))
    else if (additional !== undefined && additional !== false) merge(out, visit(value, additional, child(at, index)))
  }
  if (additional === false && items.length > schemas.length)
    fail(out, at, 'array_no_additional_items', 'No additional items allowed on array')
}

function checkUnique(items: RegoArray, at: Visit, out: Outcome): void {
  const seen = new ValueMap<number>()
  for (const [index, value] of items.entries()) {
    const known = seen.get(value)
    if (known === undefined) seen.set(value, index)
    else fail(out, at, 'unique', `array items[${known},${index}] must be unique`)
  }
}

function checkContains(items: RegoArray, schema: RegoValue, at: Visit, out: Outcome): void {
  const outcomes = items.map((value, index) => visit(value, schema, child(at, index)))
  if (outcomes.some(({ errors }) => errors.length === 0)) return
  fail(out, at, 'contains', 'At least one of the items must match')
  if (outcomes.length > 0) merge(out, best(outcomes))
}

function checkObject(value: RegoRecord, schema: RegoRecord, at: Visit, out: Outcome): void {
  const keys = sortedKeys(value)
  const least = countAt(schema, 'minProperties')
  if (least !== undefined && keys.length < least) fail(out, at, 'array_min_properties', `Must have at least ${least} properties`)
  const most = countAt(schema, 'maxProperties')
  if (most !== undefined && keys.length > most) fail(out, at, 'array_max_properties', `Must have at most ${most} properties`)
  for (const name of listAt(schema, 'required'))
    if (typeof name === 'string' && !Object.hasOwn(value, name)) fail(out, at, 'required', `${name} is required`)
  checkOtherProperties(value, schema, at, out)
  const names = own(schema, 'propertyNames')
  if (names !== undefined) checkNames(keys, names, at, out)
  out.score += 1
  const properties = own(schema, 'properties')
  if (properties === undefined || !isRecord(properties)) return
  for (const key of sortedKeys(properties)) {
    const held = own(value, key)
    if (held !== undefined) merge(out, visit(held, properties[key] ?? null, child(at, key)))
  }
}

/** Properties by pattern, and those that nothing names. */
function checkOtherProperties(value: RegoRecord, schema: RegoRecord, at: Visit, out: Outcome): void {
  const properties = own(schema, 'properties')
  const patterns = own(schema, 'patternProperties')
  const additional = own(schema, 'additionalProperties')
  for (const key of sortedKeys(value)) {
    const held = value[key] ?? null
    const matching =
      patterns === undefined || !isRecord(patterns) ? [] : sortedKeys(patterns).filter((pattern) => matches(pattern, key, at))
    for (const pattern of matching) {
      const byPattern = patterns !== undefined && isRecord(patterns) ? patterns[pattern] : undefined
      if (byPattern !== undefined) merge(out, visit(held, byPattern, child(at, key)))
    }
    const isNamed = matching.length > 0 || (properties !== undefined && isRecord(properties) && Object.hasOwn(properties, key))
    if (isNamed || additional === undefined) continue
    if (additional === false) fail(out, at, 'additional_property_not_allowed', `Additional property ${key} is not allowed`)
    else merge(out, visit(held, additional, child(at, key)))
  }
}

function matches(pattern: string, text: string, { context }: Visit): boolean {
  const regex = context.regexes(pattern)
  return regex.ok && regex.value.test(text)
}

function checkNames(keys: readonly string[], schema: RegoValue, at: Visit, out: Outcome): void {
  for (const key of keys) {
    const outcome = visit(key, schema, same(at))
    if (outcome.errors.length === 0) continue
    fail(out, at, 'invalid_property_name', `Property name of "${key}" does not match`)
    merge(out, outcome)
  }
}

function checkString(value: string, schema: RegoRecord, at: Visit, out: Outcome): void {
  const length = characterCount(value)
  const least = countAt(schema, 'minLength')
  if (least !== undefined && length < least) fail(out, at, 'string_gte', `String length must be greater than or equal to ${least}`)
  const most = countAt(schema, 'maxLength')
  if (most !== undefined && length > most) fail(out, at, 'string_lte', `String length must be less than or equal to ${most}`)
  const pattern = own(schema, 'pattern')
  if (typeof pattern === 'string' && !matches(pattern, value, at)) fail(out, at, 'pattern', `Does not match pattern '${pattern}'`)
  out.score += 1
}

function checkNumber(value: AnyNumber, schema: RegoRecord, at: Visit, out: Outcome): void {
  const multiple = own(schema, 'multipleOf')
  if (multiple !== undefined && isNumber(multiple) && !isMultiple(value, multiple))
    fail(out, at, 'multiple_of', `Must be a multiple of ${numberText(multiple)}`)
  checkBound({ value, schema, plain: 'maximum', exclusive: 'exclusiveMaximum', sign: 1 }, at, out)
  checkBound({ value, schema, plain: 'minimum', exclusive: 'exclusiveMinimum', sign: -1 }, at, out)
  out.score += 1
}

function isMultiple(value: AnyNumber, multiple: AnyNumber): boolean {
  const quotient = divide(value, multiple)
  return quotient.ok && isWhole(quotient.value)
}

interface Bound {
  readonly value: AnyNumber
  readonly schema: RegoRecord
  readonly plain: 'minimum' | 'maximum'
  readonly exclusive: 'exclusiveMinimum' | 'exclusiveMaximum'
  /** 1 for an upper bound. */
  readonly sign: 1 | -1
}

function checkBound({ value, schema, plain, exclusive, sign }: Bound, at: Visit, out: Outcome): void {
  const bound = own(schema, plain)
  const strict = own(schema, exclusive)
  const strictBound = strict === true ? bound : strict
  const words = sign === 1 ? 'less than' : 'greater than'
  if (bound !== undefined && isNumber(bound) && strict !== true && compareNumbers(value, bound) * sign > 0)
    fail(out, at, sign === 1 ? 'number_lte' : 'number_gte', `Must be ${words} or equal to ${numberText(bound)}`)
  if (strictBound !== undefined && isNumber(strictBound) && compareNumbers(value, strictBound) * sign >= 0)
    fail(out, at, sign === 1 ? 'number_lt' : 'number_gt', `Must be ${words} ${numberText(strictBound)}`)
}
