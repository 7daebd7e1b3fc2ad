import { flagAt, has, objectField, textAt, textsAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, required } from '../field-error.ts'
import { resolveFieldPath } from './rule-path.ts'
import { ruleReasons, selfOf } from './rules.ts'
import { soundSchema } from './sound.ts'
import { invalidValue, unsupportedValue } from './texts.ts'
import type { Placed } from './walk.ts'
import { everySchema, isUsed, partOf, unsupportedKeywords } from './walk.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const
const listType = 'x-kubernetes-list-type'
const mapKeys = 'x-kubernetes-list-map-keys'
const mapType = 'x-kubernetes-map-type'
const preserve = 'x-kubernetes-preserve-unknown-fields'

/** What is wrong with single keywords, wherever a schema stands. */
export function checkConstraints(schema: JsonObject, path: string): readonly FieldError[] {
  return [...everySchema({ schema, path })].flatMap((placed) => [
    ...keywordErrors(placed),
    ...mapTypeErrors(placed),
    ...listTypeErrors(placed),
    ...ruleFormErrors(placed),
  ])
}

function* keywordErrors({ schema, path }: Placed): Generator<FieldError> {
  const type = textAt(schema, 'type')
  if (type !== '' && !types.some((one) => one === type)) yield unsupportedValue(`${path}.type`, type, types)
  if (type === 'null') yield forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')
  for (const key of unsupportedKeywords) if (isUsed(schema, key)) yield forbidden(`${path}.${key}`, `${key} is not supported`)
  if (isJsonArray(ownValue(schema, 'items'))) yield forbidden(`${path}.items`, 'items must be a schema object and not an array')
  if (flagAt(schema, 'uniqueItems'))
    yield forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')
  const hasProperties = Object.keys(objectField(schema, 'properties') ?? {}).length > 0
  if (hasProperties && has(schema, 'additionalProperties') && !flagAt(schema, 'additionalProperties'))
    yield forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  if (ownValue(schema, preserve) === false) yield invalidValue(`${path}.${preserve}`, false, 'must be true or undefined')
}

function* needsType({ schema, path }: Placed, keyword: string, wanted: string): Generator<FieldError> {
  const type = textAt(schema, 'type')
  if (type === '') yield required(`${path}.type`, `must be ${wanted} if ${keyword} is specified`)
  else if (type !== wanted) yield invalidValue(`${path}.type`, type, `must be ${wanted} if ${keyword} is specified`)
}

function* mapTypeErrors(placed: Placed): Generator<FieldError> {
  const type = textAt(placed.schema, mapType)
  if (type === '') return
  yield* needsType(placed, mapType, 'object')
  if (type !== 'atomic' && type !== 'granular') yield unsupportedValue(`${placed.path}.${mapType}`, type, ['atomic', 'granular'])
}

function* listTypeErrors(placed: Placed): Generator<FieldError> {
  const { schema, path } = placed
  const type = textAt(schema, listType)
  const keys = textsAt(schema, mapKeys)
  if (type !== '') {
    yield* needsType(placed, listType, 'array')
    if (!['atomic', 'set', 'map'].includes(type)) yield unsupportedValue(`${path}.${listType}`, type, ['atomic', 'set', 'map'])
  }
  if (type === 'set') yield* setErrors(placed)
  if (type === 'map') yield* keyErrors(placed, keys)
  if (type === 'map' || keys.length === 0) return
  const detail = `must be map if ${mapKeys} is non-empty`
  yield type === '' ? required(`${path}.${listType}`, detail) : invalidValue(`${path}.${listType}`, type, detail)
}

function* setErrors(placed: Placed): Generator<FieldError> {
  const items = partOf(placed, 'items')
  if (items === undefined) return
  const { schema, path } = items
  const detail = `must be atomic as item of a list with ${listType}=set`
  if (flagAt(schema, 'nullable')) yield forbidden(`${path}.nullable`, `cannot be nullable when ${listType} is set`)
  const [type, inner] = [textAt(schema, 'type'), textAt(schema, listType)]
  if (type === 'object' && textAt(schema, mapType) !== 'atomic') yield invalidValue(`${path}.${mapType}`, null, detail)
  if (type === 'array' && inner !== '' && inner !== 'atomic') yield invalidValue(`${path}.${listType}`, inner, detail)
}

function* keyErrors(placed: Placed, keys: readonly string[]): Generator<FieldError> {
  const place = `${placed.path}.${mapKeys}`
  if (keys.length === 0) yield required(place, `must not be empty if ${listType} is map`)
  const items = partOf(placed, 'items')
  if (items === undefined) return
  const type = textAt(items.schema, 'type')
  if (type !== 'object') {
    if (type !== '') yield invalidValue(`${items.path}.type`, type, `must be object if parent array's ${listType} is map`)
    return
  }
  if (new Set(keys).size < keys.length) yield invalidValue(place, keys, 'must not contain duplicate entries')
  if (flagAt(items.schema, 'nullable')) yield forbidden(`${items.path}.nullable`, `cannot be nullable when ${listType} is map`)
  const properties = objectField(items.schema, 'properties') ?? {}
  for (const key of new Set(keys)) {
    const property = ownValue(properties, key)
    if (!isJsonObject(property)) yield invalidValue(place, keys, 'entries must all be names of item properties')
    else yield* keyPropertyErrors(key, { schema: property, path: `${items.path}.properties[${key}]` }, items)
  }
}

function* keyPropertyErrors(key: string, { schema, path }: Placed, items: Placed): Generator<FieldError> {
  const why = `this property is in ${mapKeys}, so it`
  const type = textAt(schema, 'type')
  if (type === 'object' || type === 'array')
    yield invalidValue(`${path}.type`, 'object', `must be a scalar type if parent array's ${listType} is map`)
  if (!textsAt(items.schema, 'required').includes(key) && !has(schema, 'default'))
    yield required(`${path}.default`, `${why} must have a default or be a required property`)
  if (flagAt(schema, 'nullable')) yield forbidden(`${path}.nullable`, `${why} cannot be nullable`)
}

const hasLineBreak = (text: string): boolean => /[\r\n]/.test(text)

/** What is wrong with rules before they are compiled. */
export function* ruleFormErrors({ schema, path }: Placed): Generator<FieldError> {
  const rules = ownValue(schema, 'x-kubernetes-validations')
  if (!isJsonArray(rules)) return
  for (const [i, rule] of rules.entries()) {
    if (isJsonObject(rule)) yield* oneRuleErrors(rule, `${path}.x-kubernetes-validations[${i}]`, schema)
  }
}

function* oneRuleErrors(rule: JsonObject, path: string, schema: JsonObject): Generator<FieldError> {
  const [text, message, computed] = [textAt(rule, 'rule'), textAt(rule, 'message'), textAt(rule, 'messageExpression')]
  if (text.trim() === '') yield required(`${path}.rule`, 'rule is not specified')
  if (message !== '' && message.trim() === '') yield invalidValue(`${path}.message`, message, 'must be non-empty if specified')
  else if (hasLineBreak(message.trim())) yield invalidValue(`${path}.message`, message, 'must not contain line breaks')
  else if (message === '' && hasLineBreak(text.trim()))
    yield required(`${path}.message`, 'message must be specified if rule contains line breaks')
  if (computed !== '' && computed.trim() === '')
    yield required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified')
  const reason = textAt(rule, 'reason')
  if (reason !== '' && !ruleReasons.some((one) => one === reason)) yield unsupportedValue(`${path}.reason`, reason, ruleReasons)
  const fieldPath = textAt(rule, 'fieldPath')
  if (fieldPath !== '' && fieldPath.trim() === '') yield invalidValue(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified')
  if (fieldPath.trim() !== '' && hasLineBreak(fieldPath)) yield invalidValue(`${path}.fieldPath`, fieldPath, 'must not contain line breaks')
  if (fieldPath !== '' && resolveFieldPath(fieldPath, selfOf(soundSchema(schema) ?? {})) === undefined)
    yield invalidValue(`${path}.fieldPath`, fieldPath, 'must be a valid path')
}
