import { firstFound } from '../../../core/first.ts'
import { formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../../core/json.ts'
import { jsonTypeOf } from '../../../kube/decode/go-types.ts'
import { fieldErrorsText } from '../../../kube/field-error.ts'
import { fieldOf } from '../../../kube/validation/field.ts'
import { validateLabelSelector } from '../../../kube/validation/selectors.ts'
import { goType } from '../mutation/walk.ts'

/** What upstream says of the selectors of a constraint before it looks at anything else; undefined where they are in order. */
export function checkSelectors(constraint: JsonObject): string | undefined {
  const spec = ownValue(constraint, 'spec') ?? null
  if (spec !== null && !isJsonObject(spec)) return notMap('', spec)
  return checkSelector(constraint, 'labelSelector') ?? checkSelector(constraint, 'namespaceSelector')
}

function checkSelector(constraint: JsonObject, name: string): string | undefined {
  let selector: Json = constraint
  for (const key of ['spec', 'match', name]) {
    // Nothing is in a null, and nothing but maps can be looked into.
    if (selector === null) return undefined
    if (!isJsonObject(selector)) return notMap(name, selector)
    const inner: Json | undefined = ownValue(selector, key)
    if (inner === undefined) return undefined
    selector = inner
  }
  if (!isJsonObject(selector)) return notMap(name, selector)
  const mismatch = mismatchIn(selector)
  if (mismatch !== undefined) return `Could not convert JSON to LabelSelector: json: cannot unmarshal ${mismatch}`
  // Either selector is told of under the name of the first.
  const wrong = [...validateLabelSelector(fieldOf('spec.labelSelector', selector))]
  return wrong.length === 0 ? undefined : fieldErrorsText(wrong)
}

function notMap(name: string, value: Json): string {
  return `.spec.match${name === '' ? '' : `.${name}`} accessor error: ${Number.isInteger(value) ? String(value) : formatValue(value)} is of the type ${goType(value)}, expected map[string]interface{}`
}

/** The first value of a type that Go does not read as this field of a LabelSelector; null is read as any. */
function mismatchIn(selector: JsonObject): string | undefined {
  return expressionMismatch(ownValue(selector, 'matchExpressions') ?? null) ?? labelMismatch(ownValue(selector, 'matchLabels') ?? null)
}

const labels = 'LabelSelector.matchLabels'
const expressions = 'LabelSelector.matchExpressions'
const requirement = 'LabelSelectorRequirement.matchExpressions'

function labelMismatch(map: Json): string | undefined {
  if (map === null) return undefined
  if (!isJsonObject(map)) return unread(map, labels, 'map[string]string')
  return firstFound(Object.values(map), (value) => textMismatch(value, labels, 'string'))
}

function expressionMismatch(list: Json): string | undefined {
  if (list === null) return undefined
  if (!isJsonArray(list)) return unread(list, expressions, '[]v1.LabelSelectorRequirement')
  return firstFound(list, (item) => {
    if (item === null) return undefined
    if (!isJsonObject(item)) return unread(item, expressions, 'v1.LabelSelectorRequirement')
    return (
      textMismatch(ownValue(item, 'key') ?? null, `${requirement}.key`, 'string') ??
      textMismatch(ownValue(item, 'operator') ?? null, `${requirement}.operator`, 'v1.LabelSelectorOperator') ??
      valuesMismatch(ownValue(item, 'values') ?? null)
    )
  })
}

function valuesMismatch(values: Json): string | undefined {
  if (values === null) return undefined
  if (!isJsonArray(values)) return unread(values, `${requirement}.values`, '[]string')
  return firstFound(values, (value) => textMismatch(value, `${requirement}.values`, 'string'))
}

const textMismatch = (value: Json, field: string, type: string): string | undefined =>
  value === null || typeof value === 'string' ? undefined : unread(value, field, type)

const unread = (value: Json, field: string, type: string): string => `${jsonTypeOf(value)} into Go struct field ${field} of type ${type}`
