import { duplicate, forbidden, invalid, required } from '../field-error.ts'
import { compareQuantities } from '../quantity.ts'
import type { Errors, Field } from './field.ts'
import { at, entriesOf, hasItems, isSet, itemsOf, shownOf, textOf, textsOf } from './field.ts'
import { validateImmutable } from './metadata.ts'
import { qualifiedName } from './names.ts'
import {
  quantityOf,
  shownQuantity,
  validateContainerResourceName,
  validateQuantityValue,
  validateQuotaResourceName,
  validateResourceName,
} from './pod/resources.ts'

const scopes = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
] as const
const exclusive = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const
const podOnly: ReadonlySet<string> = new Set(['BestEffort'])

export function* validateResourceQuota(object: Field): Errors {
  const spec = at(object, 'spec')
  for (const [name, amount] of entriesOf(at(spec, 'hard'))) {
    yield* validateQuotaResourceName(name, amount.path)
    yield* validateQuantityValue(name, amount)
  }
  yield* validateScopes(spec)
  yield* validateScopeSelector(spec)
}

function* validateScopes(spec: Field): Errors {
  const field = at(spec, 'scopes')
  const given = textsOf(field)
  if (given.length === 0) return
  const hard = entriesOf(at(spec, 'hard')).map(([name]) => name)
  for (const scope of given) {
    if (!(scopes as readonly string[]).includes(scope)) yield invalid(field.path, shownOf(field), 'unsupported scope')
    for (const name of hard)
      if (podOnly.has(scope) && name !== 'pods') yield invalid(field.path, shownOf(field), 'unsupported scope applied to resource')
  }
  if (exclusive.some((pair) => pair.every((scope) => given.includes(scope))))
    yield invalid(field.path, shownOf(field), 'conflicting scopes')
}

const existsOnly =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function* validateScopeSelector(spec: Field): Errors {
  const list = at(spec, 'scopeSelector', 'matchExpressions')
  for (const item of itemsOf(list)) {
    const requirement: Field = { ...item, path: list.path }
    const [name, operator, values] = [at(requirement, 'scopeName'), at(requirement, 'operator'), at(requirement, 'values')]
    const isKnown = (scopes as readonly string[]).includes(textOf(name))
    if (!isKnown) yield invalid(name.path, textOf(name), 'unsupported scope')
    const byValue = textOf(name) === 'PriorityClass' || textOf(name) === 'VolumeAttributesClass'
    if (isKnown && !byValue && textOf(operator) !== 'Exists') yield invalid(operator.path, textOf(operator), existsOnly)
    switch (textOf(operator)) {
      case 'In':
      case 'NotIn':
        if (!hasItems(values))
          yield required(values.path, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
        break
      case 'Exists':
      case 'DoesNotExist':
        if (hasItems(values))
          yield invalid(values.path, shownOf(values), "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector")
        break
      default:
        yield invalid(operator.path, textOf(operator), 'not a valid selector operator')
    }
  }
}

export function* validateResourceQuotaUpdate(object: Field, old: Field): Errors {
  yield* validateResourceQuota(object)
  yield* validateImmutable(at(object, 'spec', 'scopes'), at(old, 'spec', 'scopes'))
}

const limitTypes = ['Pod', 'Container', 'PersistentVolumeClaim'] as const
const maps = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

export function* validateLimitRange(object: Field): Errors {
  const types = new Set<string>()
  for (const limit of itemsOf(at(object, 'spec', 'limits'))) {
    const type = at(limit, 'type')
    yield* validateLimitType(type)
    if (types.has(textOf(type))) yield duplicate(type.path, textOf(type))
    types.add(textOf(type))
    yield* validateLimitNames(limit)
    if (textOf(type) === 'Pod')
      for (const key of ['default', 'defaultRequest'])
        if (hasItems(at(limit, key))) yield forbidden(at(limit, key).path, "may not be specified when `type` is 'Pod'")
    if (textOf(type) === 'PersistentVolumeClaim' && !isSet(at(limit, 'min', 'storage')) && !isSet(at(limit, 'max', 'storage')))
      yield required(at(limit, 'limits').path, 'either minimum or maximum storage value is required, but neither was provided')
    const names = new Set(maps.flatMap((key) => entriesOf(at(limit, key)).map(([name]) => name)))
    for (const name of names) yield* validateLimitAmounts(limit, name)
  }
}

function* validateLimitType(type: Field): Errors {
  const wrong = qualifiedName(textOf(type))
  for (const message of wrong) yield invalid(type.path, textOf(type), message)
  if (wrong.length === 0 && !textOf(type).includes('/') && !(limitTypes as readonly string[]).includes(textOf(type)))
    yield invalid(type.path, textOf(type), 'must be a standard limit type or fully qualified')
}

function* validateLimitNames(limit: Field): Errors {
  const isContainer = textOf(at(limit, 'type')) === 'Container'
  for (const key of maps)
    for (const [name, amount] of entriesOf(at(limit, key)))
      yield* isContainer ? validateContainerResourceName(name, amount.path) : validateResourceName(name, amount.path)
}

function* validateLimitAmounts(limit: Field, name: string): Errors {
  const entry = (key: (typeof maps)[number]): Field => ({ ...at(limit, key, name), path: `${at(limit, key).path}[${name}]` })
  const [max, min, ceiling, request, ratio] = [
    entry('max'),
    entry('min'),
    entry('default'),
    entry('defaultRequest'),
    entry('maxLimitRequestRatio'),
  ]
  const show = shownQuantity
  if (exceeds(min, max)) yield invalid(min.path, show(min), `min value ${show(min)} is greater than max value ${show(max)}`)
  if (exceeds(min, request))
    yield invalid(request.path, show(request), `min value ${show(min)} is greater than default request value ${show(request)}`)
  if (exceeds(request, max))
    yield invalid(request.path, show(request), `default request value ${show(request)} is greater than max value ${show(max)}`)
  if (exceeds(request, ceiling))
    yield invalid(
      request.path,
      show(request),
      `default request value ${show(request)} is greater than default limit value ${show(ceiling)}`,
    )
  // The value shown of a wrong default is what it was compared with.
  if (exceeds(min, ceiling)) yield invalid(ceiling.path, show(min), `min value ${show(min)} is greater than default value ${show(ceiling)}`)
  if (exceeds(ceiling, max)) yield invalid(ceiling.path, show(max), `default value ${show(ceiling)} is greater than max value ${show(max)}`)
  yield* validateRatio(ratio, min, max)
  const isExtended = name.includes('/') && !name.includes('kubernetes.io/')
  if (isExtended && isSet(ceiling) && isSet(request) && (exceeds(ceiling, request) || exceeds(request, ceiling)))
    yield invalid(
      request.path,
      show(request),
      `default value ${show(ceiling)} must equal to defaultRequest value ${show(request)} in ${name}`,
    )
}

function exceeds(a: Field, b: Field): boolean {
  const [x, y] = [quantityOf(a), quantityOf(b)]
  return isSet(a) && isSet(b) && x !== undefined && y !== undefined && compareQuantities(x, y) > 0
}

function* validateRatio(ratio: Field, min: Field, max: Field): Errors {
  const value = quantityOf(ratio)
  if (!isSet(ratio) || value === undefined) return
  const shown = shownQuantity(ratio)
  if (value.nanos < 1_000_000_000n) yield invalid(ratio.path, shown, `ratio ${shown} is less than 1`)
  const [low, high] = [quantityOf(min)?.nanos ?? 0n, quantityOf(max)?.nanos ?? 0n]
  if (!isSet(min) || !isSet(max) || low === 0n) return
  const most = Number(high) / Number(low)
  if (Number(value.nanos) / 1e9 > most) yield invalid(ratio.path, shown, `ratio ${shown} is greater than max/min = ${most.toFixed(6)}`)
}
