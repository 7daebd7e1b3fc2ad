import { duplicate, invalid, notSupported, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, entriesOf, invalidAll, isSet, itemsOf, numberOf, oneOf, textOf } from '../field.ts'
import { dns1123Label, labelValue } from '../names.ts'
import { validateLabelName, validateLabelSelector, validateNodeSelector, validateNodeSelectorTerm } from '../selectors.ts'

export function* validateAffinity(affinity: Field): Errors {
  yield* validateNodeAffinity(at(affinity, 'nodeAffinity'))
  yield* validatePodAffinity(at(affinity, 'podAffinity'))
  yield* validatePodAffinity(at(affinity, 'podAntiAffinity'))
}

function* validateNodeAffinity(affinity: Field): Errors {
  const needed = at(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  if (isSet(needed)) yield* validateNodeSelector(needed)
  for (const term of itemsOf(at(affinity, 'preferredDuringSchedulingIgnoredDuringExecution'))) {
    yield* validateWeight(at(term, 'weight'))
    yield* validateNodeSelectorTerm(at(term, 'preference'))
  }
}

function* validateWeight(field: Field): Errors {
  const weight = numberOf(field) ?? 0
  if (weight < 1 || weight > 100) yield invalid(field.path, weight, 'must be in the range 1-100')
}

function* validatePodAffinity(affinity: Field): Errors {
  for (const term of itemsOf(at(affinity, 'requiredDuringSchedulingIgnoredDuringExecution'))) yield* validatePodAffinityTerm(term)
  for (const term of itemsOf(at(affinity, 'preferredDuringSchedulingIgnoredDuringExecution'))) {
    yield* validateWeight(at(term, 'weight'))
    yield* validatePodAffinityTerm(at(term, 'podAffinityTerm'))
  }
}

function* validatePodAffinityTerm(term: Field): Errors {
  yield* validateLabelSelector(at(term, 'labelSelector'))
  yield* validateLabelSelector(at(term, 'namespaceSelector'))
  for (const item of itemsOf(at(term, 'namespaces')))
    yield* invalidAll({ path: at(term, 'namespace').path, value: textOf(item) }, dns1123Label(textOf(item)))
  const [keys, others, selector] = [at(term, 'matchLabelKeys'), at(term, 'mismatchLabelKeys'), at(term, 'labelSelector')]
  yield* validateMatchKeys(keys, selector)
  yield* validateMatchKeys(others, selector)
  const excluded = new Set(itemsOf(others).map(textOf))
  for (const key of itemsOf(keys))
    if (excluded.has(textOf(key))) yield invalid(key.path, textOf(key), 'exists in both matchLabelKeys and mismatchLabelKeys')
  const topology = at(term, 'topologyKey')
  if (textOf(topology) === '') yield required(topology.path, 'can not be empty')
  yield* validateLabelName(topology)
}

function* validateMatchKeys(keys: Field, selector: Field): Errors {
  if (itemsOf(keys).length > 0 && !isSet(selector))
    for (const key of itemsOf(keys)) yield required(key.path, 'must not be specified when labelSelector is not set')
  for (const key of itemsOf(keys)) yield* validateLabelName(key)
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const
const emptyKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

export function* validateTolerations(tolerations: Field): Errors {
  for (const toleration of itemsOf(tolerations)) {
    const [key, operator, value, effect] = (['key', 'operator', 'value', 'effect'] as const).map((name) => at(toleration, name))
    if (key === undefined || operator === undefined || value === undefined || effect === undefined) continue
    if (textOf(key) !== '') yield* validateLabelName(key)
    if (textOf(key) === '' && textOf(operator) !== 'Exists') yield invalid(operator.path, textOf(operator), emptyKey)
    if (isSet(at(toleration, 'tolerationSeconds')) && textOf(effect) !== 'NoExecute')
      yield invalid(effect.path, textOf(effect), "effect must be 'NoExecute' when `tolerationSeconds` is set")
    yield* validateTolerationOperator(operator, value)
    if (textOf(effect) !== '') yield* oneOf(effect, effects)
  }
}

function* validateTolerationOperator(operator: Field, value: Field): Errors {
  switch (textOf(operator)) {
    case '':
    case 'Equal':
      for (const message of labelValue(textOf(value))) yield invalid(operator.path, textOf(value), message)
      return
    case 'Exists':
      if (textOf(value) !== '') yield invalid(operator.path, textOf(value), "value must be empty when `operator` is 'Exists'")
      return
    case 'Lt':
    case 'Gt':
      // Comparing tolerations are off, yet known.
      yield notSupported(operator.path, textOf(operator), ['Equal', 'Exists', 'Lt', 'Gt'])
      return
    default:
      yield notSupported(operator.path, textOf(operator), ['Equal', 'Exists'])
  }
}

const policies = ['Honor', 'Ignore'] as const

export function* validateTopologySpread(constraints: Field): Errors {
  const items = itemsOf(constraints)
  for (const [index, constraint] of items.entries()) {
    const [skew, topology, action] = [at(constraint, 'maxSkew'), at(constraint, 'topologyKey'), at(constraint, 'whenUnsatisfiable')]
    if ((numberOf(skew) ?? 0) <= 0) yield invalid(skew.path, numberOf(skew) ?? 0, 'must be greater than zero')
    if (textOf(topology) === '') yield required(topology.path, 'can not be empty')
    else yield* validateLabelName(topology)
    if (textOf(action) !== 'DoNotSchedule' && textOf(action) !== 'ScheduleAnyway')
      yield notSupported(action.path, textOf(action), ['DoNotSchedule', 'ScheduleAnyway'])
    const isRepeated = items
      .slice(index + 1)
      .some((other) => sameText(other, constraint, 'topologyKey') && sameText(other, constraint, 'whenUnsatisfiable'))
    if (isRepeated) yield duplicate(`${constraint.path}.{topologyKey, whenUnsatisfiable}`, `{${textOf(topology)}, ${textOf(action)}}`)
    yield* validateMinDomains(constraint)
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) yield* oneOf(at(constraint, name), policies)
    yield* validateConstraintKeys(constraint)
    yield* validateLabelSelector(at(constraint, 'labelSelector'))
  }
}

const sameText = (a: Field, b: Field, key: string): boolean => textOf(at(a, key)) === textOf(at(b, key))

function* validateMinDomains(constraint: Field): Errors {
  const field = at(constraint, 'minDomains')
  if (!isSet(field)) return
  const [value, action] = [numberOf(field) ?? 0, textOf(at(constraint, 'whenUnsatisfiable'))]
  if (value <= 0) yield invalid(field.path, value, 'must be greater than zero')
  if (action !== 'DoNotSchedule')
    yield invalid(field.path, value, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`)
}

function* validateConstraintKeys(constraint: Field): Errors {
  const [keys, selector] = [at(constraint, 'matchLabelKeys'), at(constraint, 'labelSelector')]
  if (itemsOf(keys).length > 0 && !isSet(selector)) {
    yield { reason: 'FieldValueForbidden', field: keys.path, message: 'Forbidden: must not be specified when labelSelector is not set' }
    return
  }
  const selected = new Set(entriesOf(at(selector, 'matchLabels')).map(([key]) => key))
  for (const key of itemsOf(keys)) {
    yield* validateLabelName(key)
    if (selected.has(textOf(key))) yield invalid(key.path, textOf(key), 'exists in both matchLabelKeys and labelSelector')
  }
}
