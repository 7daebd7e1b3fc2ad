import { isJsonArray, isJsonObject, ownValue } from '../core/json.ts'
import type { Json } from '../core/json.ts'
import { err, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'

export type Labels = Readonly<Record<string, string>>
export type LabelPredicate = (labels: Labels) => boolean

const selectsAll: LabelPredicate = () => true

/**
 * Compiles a `LabelSelector` (`matchLabels`, `matchExpressions`); errors are those of the API server.
 * An empty selector and null select everything: fields where an absent selector means "nothing" check for null themselves.
 */
export function compileLabelSelector(selector: Json): Result<LabelPredicate, string> {
  if (selector === null) return ok(selectsAll)
  if (!isJsonObject(selector)) return err('label selector must be an object')
  const predicates: LabelPredicate[] = []
  for (const compiled of [compileMatchLabels(selector), compileMatchExpressions(selector)]) {
    if (!compiled.ok) return compiled
    predicates.push(...compiled.value)
  }
  return ok(allOf(predicates))
}

function allOf(predicates: readonly LabelPredicate[]): LabelPredicate {
  const [first, second] = predicates
  if (first === undefined) return selectsAll
  if (second === undefined) return first
  return (labels) => predicates.every((predicate) => predicate(labels))
}

type Compiled = Result<readonly LabelPredicate[], string>

function compileMatchLabels(selector: { readonly [key: string]: Json }): Compiled {
  const matchLabels = ownValue(selector, 'matchLabels') ?? null
  if (matchLabels === null) return ok([])
  if (!isJsonObject(matchLabels)) return err('matchLabels must be an object')
  const predicates: LabelPredicate[] = []
  for (const [key, value] of Object.entries(matchLabels)) {
    // A null in a map of strings is decoded as ''.
    const text = value ?? ''
    if (typeof text !== 'string') return err(`matchLabels: the value of "${key}" must be a string`)
    const invalid = whyInvalidRequirement(key, [text])
    if (invalid !== undefined) return err(invalid)
    predicates.push((labels) => Object.hasOwn(labels, key) && labels[key] === text)
  }
  return ok(predicates)
}

function compileMatchExpressions(selector: { readonly [key: string]: Json }): Compiled {
  const expressions = ownValue(selector, 'matchExpressions') ?? null
  if (expressions === null) return ok([])
  if (!isJsonArray(expressions)) return err('matchExpressions must be a list')
  const predicates: LabelPredicate[] = []
  for (const expression of expressions) {
    const compiled = compileExpression(expression)
    if (!compiled.ok) return compiled
    predicates.push(compiled.value)
  }
  return ok(predicates)
}

function compileExpression(expression: Json): Result<LabelPredicate, string> {
  if (!isJsonObject(expression)) return err('matchExpressions must hold objects')
  const key = ownValue(expression, 'key') ?? ''
  const operator = ownValue(expression, 'operator') ?? ''
  const values = ownValue(expression, 'values') ?? []
  if (typeof key !== 'string') return err('matchExpressions: key must be a string')
  if (typeof operator !== 'string') return err('matchExpressions: operator must be a string')
  if (!isStrings(values)) return err('matchExpressions: values must be a list of strings')
  const invalid = whyInvalidExpression(key, operator, values)
  return invalid === undefined ? ok(expressionPredicate(key, operator, values)) : err(invalid)
}

function isStrings(value: Json): value is readonly string[] {
  return isJsonArray(value) && value.every((item) => typeof item === 'string')
}

function expressionPredicate(key: string, operator: string, values: readonly string[]): LabelPredicate {
  const set = new Set(values)
  switch (operator) {
    case 'In':
      return (labels) => Object.hasOwn(labels, key) && set.has(labels[key] ?? '')
    case 'NotIn':
      return (labels) => !Object.hasOwn(labels, key) || !set.has(labels[key] ?? '')
    case 'Exists':
      return (labels) => Object.hasOwn(labels, key)
    default:
      return (labels) => !Object.hasOwn(labels, key)
  }
}

function whyInvalidExpression(key: string, operator: string, values: readonly string[]): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return whyInvalidRequirement(key, values)
      return aggregate([...keyErrors(key), "values: Invalid value: []string(nil): for 'in', 'notin' operators, values set can't be empty"])
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length === 0) return whyInvalidRequirement(key, [])
      const shown = `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`
      const wrong = `values: Invalid value: ${shown}: values set must be empty for exists and does not exist`
      return aggregate([...keyErrors(key), wrong, ...valueErrors(key, values)])
    }
    default:
      return `${JSON.stringify(operator)} is not a valid label selector operator`
  }
}

function whyInvalidRequirement(key: string, values: readonly string[]): string | undefined {
  return aggregate([...keyErrors(key), ...valueErrors(key, values)])
}

function keyErrors(key: string): readonly string[] {
  const errors = qualifiedNameErrors(key)
  return errors.length === 0 ? [] : [`key: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`]
}

function valueErrors(key: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value, index) => {
    const errors = labelValueErrors(value)
    return errors.length === 0 ? [] : [`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`]
  })
}

/** Several errors are shown as one, each distinct text once. */
function aggregate(errors: readonly string[]): string | undefined {
  const [first, ...others] = new Set(errors)
  return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`
}

const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const nameCharacters = "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

/** What the API server says of a label or annotation key (`[prefix/]name`) that is not one; [] for a good one. */
export function qualifiedNameErrors(text: string): readonly string[] {
  const parts = text.split('/')
  const [first = '', second] = parts
  const notName = `must consist of ${nameCharacters} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`
  if (parts.length > 2) return [`a qualified name ${notName} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  const errors = second === undefined ? [] : prefixErrors(first)
  const name = second ?? first
  if (name === '') errors.push('name part must be non-empty')
  else if (byteLength(name) > 63) errors.push('name part must be no more than 63 characters')
  if (!qualifiedName.test(name)) errors.push(`name part ${notName}`)
  return errors
}

function prefixErrors(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty']
  const errors: string[] = []
  if (byteLength(prefix) > 253) errors.push('prefix part must be no more than 253 characters')
  if (!subdomain.test(prefix)) {
    errors.push(
      "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    )
  }
  return errors
}

/** What the API server says of a label value that is not one; [] for a good one. */
export function labelValueErrors(text: string): readonly string[] {
  const errors: string[] = []
  if (byteLength(text) > 63) errors.push('must be no more than 63 characters')
  if (!labelValue.test(text)) {
    errors.push(
      `a valid label must be an empty string or consist of ${nameCharacters} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    )
  }
  return errors
}
