import { flagAt, has, objectField, textAt } from '../../core/fields.ts'
import { compareText } from '../../core/go-format.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, printFieldError, required } from '../field-error.ts'
import { compilePattern } from './patterns.ts'
import { invalidValue } from './texts.ts'
import type { Placed } from './walk.ts'
import { junctionsOf, partOf, propertiesOf } from './walk.ts'

const preserve = 'x-kubernetes-preserve-unknown-fields'
const embedded = 'x-kubernetes-embedded-resource'
const either = 'x-kubernetes-int-or-string'

/** Whether a schema is structural: every value has one type, which no junction changes. Sorted as kube-apiserver does. */
export function checkForm(schema: JsonObject, path: string): readonly FieldError[] {
  const root: Placed = { schema, path }
  const errors = [...node(root, 'root'), ...junctionsOf(root).flatMap((junction) => [...unspecified(junction, root)])]
  return errors
    .map((error) => ({ error, text: printFieldError(error) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ error }) => error)
}

/** What stands at a place, and what it is called where its type is missing. */
type Level = 'root' | 'field' | 'item'

const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  field: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
}

function* node(placed: Placed, level: Level): Generator<FieldError> {
  const { schema, path } = placed
  yield* typeErrors(placed, level)
  if (flagAt(schema, preserve) && flagAt(schema, either))
    yield invalidValue(`${path}.${preserve}`, true, `must be false if ${either} is true`)
  if (flagAt(schema, embedded)) yield* embeddedErrors(placed)
  const isResource = level === 'root' || flagAt(schema, embedded)
  if (isResource) yield* headerErrors(placed, level)
  yield* patternErrors(placed)
  for (const junction of junctionsOf(placed)) yield* junctionErrors(junction, placed, isResource)
  for (const [, inner] of propertiesOf(placed)) yield* node(inner, 'field')
  const [rest, items] = [partOf(placed, 'additionalProperties'), partOf(placed, 'items')]
  if (rest !== undefined) yield* node(rest, 'field')
  if (items !== undefined) yield* node(items, 'item')
}

function* typeErrors({ schema, path }: Placed, level: Level): Generator<FieldError> {
  const type = textAt(schema, 'type')
  const mayBeEmpty = level !== 'root' && (flagAt(schema, preserve) || flagAt(schema, either))
  if (type === '' && !mayBeEmpty) yield required(`${path}.type`, missingType[level])
  if (level === 'root' && type !== '' && type !== 'object') yield invalidValue(`${path}.type`, type, 'must be object at the root')
  if (type === 'array' && !has(schema, 'items')) yield required(`${path}.items`, 'must be specified')
}

function* embeddedErrors({ schema, path }: Placed): Generator<FieldError> {
  const type = textAt(schema, 'type')
  if (type === '') yield required(`${path}.type`, `must be object if ${embedded} is true`)
  else if (type !== 'object') yield invalidValue(`${path}.type`, type, `must be object if ${embedded} is true`)
  const isEmpty = Object.keys(objectField(schema, 'properties') ?? {}).length === 0
  if (isEmpty && !flagAt(schema, preserve))
    yield required(`${path}.properties`, `must not be empty if ${embedded} is true without ${preserve}`)
}

/** apiVersion, kind and metadata have their types; of the metadata of the object only names can be restricted. */
function* headerErrors(placed: Placed, level: Level): Generator<FieldError> {
  for (const [key, inner] of propertiesOf(placed)) {
    const wanted = key === 'metadata' ? 'object' : key === 'apiVersion' || key === 'kind' ? 'string' : undefined
    if (wanted === undefined) continue
    const type = textAt(inner.schema, 'type')
    if (type !== '' && type !== wanted) yield invalidValue(`${inner.path}.type`, type, `must be ${wanted}`)
    if (key === 'metadata' && level === 'root' && type === 'object' && !hasOnlyNames(inner.schema))
      yield forbidden(inner.path, 'must not specify anything other than name and generateName, but metadata is implicitly specified')
  }
}

const hasOnlyNames = (metadata: JsonObject): boolean =>
  Object.entries(metadata).every(([key, value]) => {
    if (key === 'properties') return isJsonObject(value) && Object.keys(value).every((name) => name === 'name' || name === 'generateName')
    return key === 'type' || isUnset(value)
  })

const isUnset = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0)

function* patternErrors({ schema, path }: Placed): Generator<FieldError> {
  const pattern = textAt(schema, 'pattern')
  if (pattern === '') return
  const compiled = compilePattern(pattern)
  if (!compiled.ok) yield invalidValue(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${compiled.error}`)
}

/** What a junction may not have, and how it is called to have none. */
const onlyStructural: readonly (readonly [string, 'empty' | 'false' | 'undefined'])[] = [
  ['type', 'empty'],
  ['description', 'empty'],
  ['title', 'empty'],
  ['nullable', 'false'],
  ['default', 'undefined'],
  ['additionalProperties', 'undefined'],
  [preserve, 'false'],
  [embedded, 'false'],
  [either, 'false'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
]

/** `within` is the schema, or the junction, that the junction stands in; `isResource` whether metadata there would be that of an object. */
function* junctionErrors(junction: Placed, within: Placed, isResource: boolean): Generator<FieldError> {
  yield* bareErrors(junction, mayHaveType(junction, within))
  yield* patternErrors(junction)
  const fields = propertiesOf(junction)
  for (const [key, inner] of fields) {
    if (key === 'metadata' && isResource) yield forbidden(inner.path, 'must not be specified in a nested context')
    yield* junctionErrors(inner, junction, false)
  }
  const items = partOf(junction, 'items')
  if (items !== undefined) yield* junctionErrors(items, junction, false)
  for (const inner of junctionsOf(junction)) yield* junctionErrors(inner, junction, isResource)
}

function* bareErrors({ schema, path }: Placed, mayHaveType: boolean): Generator<FieldError> {
  for (const [key, none] of onlyStructural) {
    const value = ownValue(schema, key)
    if (isUnset(value) && !(key === 'default' && value !== undefined && value !== null)) continue
    if (key === 'type' && mayHaveType) continue
    yield forbidden(`${path}.${key}`, `must be ${none} to be structural`)
  }
}

/** Integers or strings may be told by `anyOf: [{type: integer}, {type: string}]`, alone or as the first of allOf. */
function mayHaveType(junction: Placed, within: Placed): boolean {
  const list = ownValue(within.schema, 'anyOf')
  if (!/\.anyOf\[[01]\]$/.test(junction.path) || !isJsonArray(list) || list.length !== 2) return false
  const isPlain = ['integer', 'string'].every((type, i) => {
    const one = list[i]
    return isJsonObject(one) && one['type'] === type && Object.keys(one).length === 1
  })
  return isPlain && (!/\.(?:allOf|anyOf|oneOf)\[\d+\]$|\.not$/.test(within.path) || within.path.endsWith('.allOf[0]'))
}

/** What a junction of the root restricts, the schema itself must have. */
function* unspecified(junction: Placed, structural: Placed): Generator<FieldError> {
  const fields = new Map(propertiesOf(structural))
  for (const [key, inner] of propertiesOf(junction)) {
    const own = fields.get(key)
    if (own === undefined) yield required(`${structural.path}.properties[${key}]`, `because it is defined in ${inner.path}`)
    else yield* unspecified(inner, own)
  }
  const [items, ownItems] = [partOf(junction, 'items'), partOf(structural, 'items')]
  if (items !== undefined && ownItems === undefined) yield required(`${structural.path}.items`, `because it is defined in ${items.path}`)
  else if (items !== undefined && ownItems !== undefined) yield* unspecified(items, ownItems)
  for (const inner of junctionsOf(junction)) yield* unspecified(inner, structural)
}
