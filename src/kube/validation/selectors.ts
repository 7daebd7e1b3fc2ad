import type { Json } from '../../core/json.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import { forbidden, invalid, required } from '../field-error.ts'
import { compileLabelSelector } from '../label-selector.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, entriesOf, hasItems, invalidAll, isSet, itemsOf, shownOf, textOf } from './field.ts'
import { dns1123Subdomain, labelValue, qualifiedName } from './names.ts'

/** A map of labels: keys and values, all under the path of the map. */
export function* validateLabels(labels: Field): Errors {
  for (const [key, value] of entriesOf(labels)) {
    for (const message of qualifiedName(key)) yield invalid(labels.path, key, message)
    for (const message of labelValue(textOf(value))) yield invalid(labels.path, textOf(value), message)
  }
}

/** The keys of a list of labels. */
export function* validateLabelName(field: Field): Errors {
  for (const message of qualifiedName(textOf(field))) yield invalid(field.path, textOf(field), message)
}

export function* validateLabelSelector(selector: Field): Errors {
  yield* validateLabels(at(selector, 'matchLabels'))
  for (const requirement of itemsOf(at(selector, 'matchExpressions'))) {
    const operator = at(requirement, 'operator')
    const values = at(requirement, 'values')
    switch (textOf(operator)) {
      case 'In':
      case 'NotIn':
        if (countOf(values) === 0) yield required(values.path, "must be specified when `operator` is 'In' or 'NotIn'")
        break
      case 'Exists':
      case 'DoesNotExist':
        if (countOf(values) > 0) yield forbidden(values.path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        break
      default:
        yield invalid(operator.path, textOf(operator), 'not a valid selector operator')
    }
    yield* validateLabelName(at(requirement, 'key'))
    for (const value of itemsOf(values)) yield* invalidAll(value, labelValue(textOf(value)))
  }
}

export const isEmptySelector = (selector: Field): boolean =>
  !hasItems(at(selector, 'matchLabels')) && !hasItems(at(selector, 'matchExpressions'))

/** Whether the selector is one that selects `labels`; undefined for a selector that is none. An absent one selects nothing. */
export function selects(selector: Field, labels: Field): boolean | undefined {
  if (!isSet(selector)) return false
  const compiled = compileLabelSelector(selector.value ?? null)
  if (!compiled.ok) return undefined
  return compiled.value(textMap(labels.value))
}

const textMap = (value: Json | undefined): Readonly<Record<string, string>> =>
  isJsonObject(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, textOf({ path: '', value: ownValue(value, key) })])) : {}

/** `spec.selector` of a workload and the labels of its pods. */
export function* validateTemplateLabels(selector: Field, labels: Field): Errors {
  if (selects(selector, labels) === false) yield invalid(labels.path, shownOf(labels), '`selector` does not match template `labels`')
}

export function* validateNodeSelector(selector: Field): Errors {
  const terms = at(selector, 'nodeSelectorTerms')
  if (countOf(terms) === 0) yield required(terms.path, 'must have at least one node selector term')
  for (const term of itemsOf(terms)) yield* validateNodeSelectorTerm(term)
}

export function* validateNodeSelectorTerm(term: Field): Errors {
  for (const requirement of itemsOf(at(term, 'matchExpressions'))) yield* validateNodeExpression(requirement)
  for (const requirement of itemsOf(at(term, 'matchFields'))) yield* validateNodeField(requirement)
}

function* validateNodeExpression(requirement: Field): Errors {
  const operator = at(requirement, 'operator')
  const values = at(requirement, 'values')
  const count = countOf(values)
  switch (textOf(operator)) {
    case 'In':
    case 'NotIn':
      if (count === 0) yield required(values.path, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) yield forbidden(values.path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case 'Gt':
    case 'Lt':
      if (count !== 1) yield required(values.path, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      break
    default:
      yield invalid(operator.path, textOf(operator), 'not a valid selector operator')
  }
  yield* validateLabelName(at(requirement, 'key'))
  for (const value of itemsOf(values)) yield* invalidAll(value, labelValue(textOf(value)))
}

/** Fields of nodes: only the name, and only one. */
function* validateNodeField(requirement: Field): Errors {
  const [key, operator, values] = [at(requirement, 'key'), at(requirement, 'operator'), at(requirement, 'values')]
  const isKnown = textOf(operator) === 'In' || textOf(operator) === 'NotIn'
  if (!isKnown) yield invalid(operator.path, textOf(operator), 'not a valid selector operator')
  else if (countOf(values) !== 1)
    yield required(values.path, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")
  if (textOf(key) !== 'metadata.name') {
    yield invalid(key.path, textOf(key), 'not a valid field selector key')
    return
  }
  for (const value of itemsOf(values)) yield* invalidAll(value, dns1123Subdomain(textOf(value)))
}
