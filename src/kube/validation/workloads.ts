import { isJsonObject } from '../../core/json.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, hasItems, invalidAll, isSet, itemsOf, nonNegative, numberOf, oneOf, shownOf, textOf } from './field.ts'
import { goValue } from './go-view.ts'
import { sameValue, validateImmutable } from './metadata.ts'
import { dns1123Label, isPercent, percentText } from './names.ts'
import { validatePodTemplate } from './pod/pod.ts'
import { isEmptySelector, validateLabelSelector, validateTemplateLabels } from './selectors.ts'
import { validateClaimSpec } from './storage/claim.ts'

const forTemplates = 'is not Supported'

/** What a controller that keeps pods running asks of their template. */
function* validateRunningTemplate(spec: Field, kind: string): Errors {
  const template = at(spec, 'template')
  const [policy, deadline] = [at(template, 'spec', 'restartPolicy'), at(template, 'spec', 'activeDeadlineSeconds')]
  yield* validatePodTemplate(template)
  if (textOf(policy) !== '' && textOf(policy) !== 'Always') yield notSupported(policy.path, textOf(policy), ['Always'])
  if (isSet(deadline)) yield forbidden(deadline.path, `activeDeadlineSeconds in ${kind} ${forTemplates}`)
}

const labelsOf = (spec: Field): Field => at(spec, 'template', 'metadata', 'labels')

/** The selector, and the template that it has to select. A selector that is none says all that can be said. */
function* validateSelection(spec: Field, kind: 'deployment' | 'statefulset', owner: string): Errors {
  const selector = at(spec, 'selector')
  const errors = isSet(selector) ? [...validateLabelSelector(selector)] : []
  if (!isSet(selector)) yield required(selector.path)
  yield* errors
  const isEmpty = isSet(selector) && isEmptySelector(selector)
  if (isEmpty) yield invalid(selector.path, shownOf(selector), `empty selector is invalid for ${kind}`)
  if (errors.length > 0) {
    yield invalid(selector.path, shownOf(selector), kind === 'deployment' ? 'invalid label selector' : '')
    return
  }
  if (!isEmpty) yield* validateTemplateLabels(selector, labelsOf(spec))
  yield* validateRunningTemplate(spec, owner)
}

export function* validateDeployment(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* nonNegative(at(spec, 'replicas'))
  yield* validateSelection(spec, 'deployment', 'ReplicaSet')
  yield* validateStrategy(at(spec, 'strategy'))
  yield* nonNegative(at(spec, 'minReadySeconds'))
  yield* nonNegative(at(spec, 'revisionHistoryLimit'))
  yield* nonNegative(at(spec, 'progressDeadlineSeconds'))
  const deadline = at(spec, 'progressDeadlineSeconds')
  const seconds = numberOf(deadline)
  if (seconds !== undefined && seconds <= (numberOf(at(spec, 'minReadySeconds')) ?? 0))
    yield invalid(deadline.path, seconds, 'must be greater than minReadySeconds')
}

function* validateStrategy(strategy: Field): Errors {
  const [type, update] = [textOf(at(strategy, 'type')), at(strategy, 'rollingUpdate')]
  switch (type) {
    case 'Recreate':
      if (isSet(update)) yield forbidden(update.path, "may not be specified when strategy `type` is 'Recreate'")
      return
    case 'RollingUpdate':
      if (isSet(update)) yield* validateRollingUpdate(update)
      else yield required(update.path, 'this should be defaulted and never be nil')
      return
    default:
      yield notSupported(strategy.path, goValue('DeploymentStrategy', strategy.value), ['Recreate', 'RollingUpdate'])
  }
}

function* validateRollingUpdate(update: Field): Errors {
  const [unavailable, surge] = [at(update, 'maxUnavailable'), at(update, 'maxSurge')]
  yield* validatePercentOrCount(unavailable)
  yield* validatePercentOrCount(surge)
  if (isNone(unavailable) && isNone(surge)) yield invalid(unavailable.path, shownOf(unavailable), 'may not be 0 when `maxSurge` is 0')
  yield* validateAtMostAll(unavailable)
}

/** What is no percentage counts as nothing. */
const isNone = ({ value }: Field): boolean =>
  value === undefined || value === 0 || (typeof value === 'string' && (/^0+%$/.test(value) || !isPercent(value)))

export function* validatePercentOrCount(field: Field): Errors {
  if (typeof field.value === 'number') yield* nonNegative(field)
  else if (isSet(field) && !isPercent(textOf(field))) yield invalid(field.path, shownOf(field), percentText)
}

export function* validateAtMostAll(field: Field): Errors {
  const text = textOf(field)
  if (isPercent(text) && Number(text.slice(0, -1)) > 100) yield invalid(field.path, text, 'must not be greater than 100%')
}

export function* validateDeploymentUpdate(object: Field, old: Field): Errors {
  yield* validateDeployment(object)
  yield* validateImmutable(at(object, 'spec', 'selector'), at(old, 'spec', 'selector'))
}

export function* validateReplicaSet(object: Field): Errors {
  const spec = at(object, 'spec')
  yield* nonNegative(at(spec, 'replicas'))
  yield* nonNegative(at(spec, 'minReadySeconds'))
  yield* validateSelection(spec, 'deployment', 'ReplicaSet')
}

export function* validateReplicaSetUpdate(object: Field, old: Field): Errors {
  yield* validateReplicaSet(object)
  yield* validateImmutable(at(object, 'spec', 'selector'), at(old, 'spec', 'selector'))
}

export function* validateReplicationController(object: Field): Errors {
  const spec = at(object, 'spec')
  const [selector, template] = [at(spec, 'selector'), at(spec, 'template')]
  yield* nonNegative(at(spec, 'minReadySeconds'))
  if (!hasItems(selector)) yield required(selector.path)
  yield* nonNegative(at(spec, 'replicas'))
  if (!isSet(template)) {
    yield required(template.path)
    return
  }
  const asSelector: Field = { path: selector.path, value: { matchLabels: shownOf(selector) } }
  const labels = labelsOf(spec)
  const selected = [...validateTemplateLabels(asSelector, labels)]
  // A selector with a bad key selects no pod.
  if (selected.length > 0 || [...validateLabelSelector(asSelector)].length > 0)
    yield invalid(labels.path, shownOf(labels), '`selector` does not match template `labels`')
  yield* validateRunningTemplate(spec, 'ReplicationController')
}

export function* validateDaemonSet(object: Field): Errors {
  const spec = at(object, 'spec')
  const selector = at(spec, 'selector')
  yield* validateLabelSelector(selector)
  yield* validateTemplateLabels(selector, labelsOf(spec))
  if (isSet(selector) && isEmptySelector(selector))
    yield invalid(selector.path, shownOf(selector), 'empty selector is invalid for daemonset')
  yield* validateRunningTemplate(spec, 'DaemonSet')
  yield* nonNegative(at(spec, 'minReadySeconds'))
  yield* validateDaemonStrategy(at(spec, 'updateStrategy'))
  yield* nonNegative(at(spec, 'revisionHistoryLimit'))
}

function* validateDaemonStrategy(strategy: Field): Errors {
  const [type, update] = [textOf(at(strategy, 'type')), at(strategy, 'rollingUpdate')]
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    yield notSupported(strategy.path, goValue('StatefulSetUpdateStrategy', strategy.value), ['RollingUpdate', 'OnDelete'])
    return
  }
  if (!isSet(update)) {
    yield required(update.path)
    return
  }
  const [unavailable, surge] = [at(update, 'maxUnavailable'), at(update, 'maxSurge')]
  for (const field of [unavailable, surge]) {
    yield* validatePercentOrCount(field)
    yield* validateAtMostAll(field)
  }
  if (isNone(unavailable) && isNone(surge)) yield required(unavailable.path, 'cannot be 0 when maxSurge is 0')
  else if (!isNone(unavailable) && !isNone(surge))
    yield invalid(surge.path, shownOf(surge), 'may not be set when maxUnavailable is non-zero')
}

export function* validateDaemonSetUpdate(object: Field, old: Field): Errors {
  yield* validateDaemonSet(object)
  yield* validateImmutable(at(object, 'spec', 'selector'), at(old, 'spec', 'selector'))
}

export const validateStatefulSet = (object: Field): Errors => validateStatefulSpec(at(object, 'spec'), [], [])

/** Claims and the name of the Service are checked only when they are new: old StatefulSets may hold what is refused now. */
function* validateStatefulSpec(spec: Field, claims: Errors, service: Errors): Errors {
  yield* validateManagement(spec)
  yield* claims
  yield* nonNegative(at(spec, 'replicas'))
  yield* nonNegative(at(spec, 'minReadySeconds'))
  yield* nonNegative(at(spec, 'ordinals', 'start'))
  yield* service
  yield* validateSelection(withClaimVolumes(spec), 'statefulset', 'StatefulSet')
}

/** Every pod has a volume for each claim, in place of one of the same name. */
function withClaimVolumes(spec: Field): Field {
  const claims = itemsOf(at(spec, 'volumeClaimTemplates')).map((claim) => textOf(at(claim, 'metadata', 'name')))
  const [template, podSpec] = [at(spec, 'template'), at(spec, 'template', 'spec')]
  if (claims.length === 0 || !isJsonObject(spec.value) || !isJsonObject(template.value) || !isJsonObject(podSpec.value)) return spec
  const others = itemsOf(at(podSpec, 'volumes')).filter((volume) => !claims.includes(textOf(at(volume, 'name'))))
  const volumes = [...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })), ...others.map(shownOf)]
  return { ...spec, value: { ...spec.value, template: { ...template.value, spec: { ...podSpec.value, volumes } } } }
}

const retention = ['Retain', 'Delete'] as const

function* validateManagement(spec: Field): Errors {
  const management = at(spec, 'podManagementPolicy')
  const [strategy, update] = [at(spec, 'updateStrategy'), at(spec, 'updateStrategy', 'rollingUpdate')]
  if (textOf(management) === '') yield required(management.path)
  else if (!['OrderedReady', 'Parallel'].includes(textOf(management)))
    yield invalid(management.path, textOf(management), "must be 'OrderedReady' or 'Parallel'")
  switch (textOf(at(strategy, 'type'))) {
    case '':
      yield required(strategy.path)
      break
    case 'OnDelete':
      if (isSet(update))
        yield invalid(update.path, goValue('RollingUpdateStatefulSet', update.value), "only allowed for updateStrategy 'RollingUpdate'")
      break
    case 'RollingUpdate':
      yield* nonNegative(at(update, 'partition'))
      break
    default:
      yield invalid(strategy.path, goValue('StatefulSetUpdateStrategy', strategy.value), "must be 'RollingUpdate' or 'OnDelete'")
  }
  const policy = at(spec, 'persistentVolumeClaimRetentionPolicy')
  for (const key of ['whenDeleted', 'whenScaled']) yield* oneOf(at(policy, key), retention)
}

export function validateNewStatefulSet(object: Field): Errors {
  const spec = at(object, 'spec')
  const service = at(spec, 'serviceName')
  const claims = itemsOf(at(spec, 'volumeClaimTemplates')).flatMap((claim) => [...validateClaimSpec(at(claim, 'spec'))])
  return validateStatefulSpec(spec, claims, textOf(service) === '' ? [] : invalidAll(service, dns1123Label(textOf(service))))
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const
const changeableText = `${changeable
  .slice(0, -1)
  .map((key) => `'${key}'`)
  .join(', ')} and 'minReadySeconds'`

export function* validateStatefulSetUpdate(object: Field, old: Field): Errors {
  yield* validateStatefulSet(object)
  const fixed = ['serviceName', 'selector', 'podManagementPolicy', 'volumeClaimTemplates']
  if (fixed.some((key) => !sameValue(at(object, 'spec', key), at(old, 'spec', key))))
    yield forbidden('spec', `updates to statefulset spec for fields other than ${changeableText} are forbidden`)
}

export const validatePodTemplateObject = (object: Field): Errors => validatePodTemplate(at(object, 'template'))
