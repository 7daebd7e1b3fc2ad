import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { validateSchedule, validateTimeZone } from './cron.ts'
import type { Errors, Field } from './field.ts'
import { at, countOf, exactlyOneOf, invalidAll, isSet, isTrue, itemsOf, nonNegative, numberOf, oneOf, shownOf, textOf } from './field.ts'
import { goPodTemplate, goValue } from './go-view.ts'
import { immutableField, sameValue, validateImmutable } from './metadata.ts'
import { dns1123Label, domainPrefixedPath, qualifiedName } from './names.ts'
import { validatePodTemplate } from './pod/pod.ts'
import { selects, validateLabelSelector } from './selectors.ts'
import { validateSuccessPolicy } from './success-policy.ts'

export function* validateJob(object: Field): Errors {
  const spec = at(object, 'spec')
  const selector = at(spec, 'selector')
  yield* validateIndexedName(object)
  yield* validateGeneratedSelector(object)
  if (!isSet(selector)) yield required(selector.path)
  else yield* validateLabelSelector(selector)
  const labels = at(spec, 'template', 'metadata', 'labels')
  if (selects(selector, labels) === false) yield invalid(labels.path, shownOf(labels), '`selector` does not match template `labels`')
  yield* validateJobSpec(spec)
}

/** The pods of an indexed Job have the index in their hostname. */
function* validateIndexedName(object: Field): Errors {
  const spec = at(object, 'spec')
  const [name, completions] = [at(object, 'metadata', 'name'), numberOf(at(spec, 'completions')) ?? 0]
  if (textOf(at(spec, 'completionMode')) !== 'Indexed' || completions <= 0) return
  const last = `${textOf(name)}-${completions - 1}`
  if (dns1123Label(last).length > 0) yield invalid(name.path, textOf(name), `will not able to create pod with invalid DNS label: ${last}`)
}

const isManual = (spec: Field): boolean => isTrue(at(spec, 'manualSelector'))

/** A Job that does not choose its pods by hand has labels and a selector made of its uid. */
function* validateGeneratedSelector(object: Field): Errors {
  const spec = at(object, 'spec')
  if (isManual(spec)) return
  const [uid, name] = [textOf(at(object, 'metadata', 'uid')), textOf(at(object, 'metadata', 'name'))]
  const labels = at(spec, 'template', 'metadata', 'labels')
  const selector = at(spec, 'selector')
  if (uid === '' && !isSet(selector)) return
  const expected = [
    ['controller-uid', uid],
    ['job-name', name],
    ['batch.kubernetes.io/controller-uid', uid],
    ['batch.kubernetes.io/job-name', name],
  ] as const
  for (const [key, value] of expected) {
    const path = `${labels.path}[${key}]`
    const given = at(labels, key)
    if (!isSet(given)) yield required(path, `must be '${value}'`)
    else if (textOf(given) !== value) yield invalid(path, shownOf(labels), `must be '${value}'`)
  }
  const generated: Field = { path: '', value: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } } }
  const older: Field = { path: '', value: { matchLabels: { 'controller-uid': uid } } }
  if (!sameValue(selector, generated) && !sameValue(selector, older))
    yield invalid(selector.path, shownOf(selector), '`selector` not auto-generated')
}

const modes = ['NonIndexed', 'Indexed'] as const
const mostIndexes = 100_000

function* validateJobSpec(spec: Field): Errors {
  for (const key of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ])
    yield* nonNegative(at(spec, key))
  const managedBy = at(spec, 'managedBy')
  if (isSet(managedBy)) yield* invalidAll(managedBy, domainPrefixedPath(textOf(managedBy)))
  const perIndex = at(spec, 'backoffLimitPerIndex')
  if (isSet(at(spec, 'maxFailedIndexes')) && !isSet(perIndex)) yield required(perIndex.path, 'when maxFailedIndexes is specified')
  yield* validateMode(spec)
  yield* validatePodFailurePolicy(spec)
  yield* validateSuccessPolicy(spec)
  yield* validateReplacement(spec)
  yield* validatePodTemplate(at(spec, 'template'))
  yield* validateRestartPolicy(spec)
}

function* validateMode(spec: Field): Errors {
  const [mode, completions, parallelism] = [at(spec, 'completionMode'), at(spec, 'completions'), at(spec, 'parallelism')]
  yield* oneOf(mode, modes)
  if (textOf(mode) === 'Indexed') {
    if (!isSet(completions)) yield required(completions.path, `when completion mode is Indexed`)
    if ((numberOf(parallelism) ?? 0) > mostIndexes)
      yield invalid(
        parallelism.path,
        numberOf(parallelism) ?? 0,
        `must be less than or equal to ${mostIndexes} when completion mode is Indexed`,
      )
    return
  }
  for (const key of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
    const field = at(spec, key)
    if (isSet(field) && textOf(mode) === 'NonIndexed') yield invalid(field.path, shownOf(field), 'requires indexed completion mode')
  }
}

function* validateReplacement(spec: Field): Errors {
  const policy = at(spec, 'podReplacementPolicy')
  yield* oneOf(policy, isSet(at(spec, 'podFailurePolicy')) ? ['Failed'] : ['Failed', 'TerminatingOrFailed'])
}

function* validateRestartPolicy(spec: Field): Errors {
  const policy = at(spec, 'template', 'spec', 'restartPolicy')
  const text = textOf(policy)
  if (text === '' || text === 'Always') yield required(policy.path, 'valid values: "OnFailure", "Never"')
  else if (text !== 'OnFailure' && text !== 'Never') yield notSupported(policy.path, text, ['OnFailure', 'Never'])
  else if (isSet(at(spec, 'podFailurePolicy')) && text !== 'Never')
    yield invalid(policy.path, text, 'only "Never" is supported when podFailurePolicy is specified')
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'] as const

function* validatePodFailurePolicy(spec: Field): Errors {
  const rules = at(spec, 'podFailurePolicy', 'rules')
  if (countOf(rules) > 20)
    yield { reason: 'FieldValueTooMany', field: rules.path, message: `Too many: ${countOf(rules)}: must have at most 20 items` }
  const names = ['containers', 'initContainers'].flatMap((list) =>
    itemsOf(at(spec, 'template', 'spec', list)).map((item) => textOf(at(item, 'name'))),
  )
  for (const rule of itemsOf(rules)) {
    yield* validateAction(at(rule, 'action'), spec)
    if (isSet(at(rule, 'onExitCodes'))) yield* validateExitCodes(at(rule, 'onExitCodes'), new Set(names))
    yield* validatePodConditions(at(rule, 'onPodConditions'))
    const [codes, conditions] = [isSet(at(rule, 'onExitCodes')), countOf(at(rule, 'onPodConditions')) > 0]
    if (codes && conditions) yield invalid(rule.path, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported')
    if (!codes && !conditions) yield invalid(rule.path, undefined, 'specifying one of OnExitCodes and OnPodConditions is required')
  }
}

function* validateAction(action: Field, spec: Field): Errors {
  if (textOf(action) === '') yield required(action.path, `valid values: [${actions.map((text) => JSON.stringify(text)).join(' ')}]`)
  else if (textOf(action) === 'FailIndex' && !isSet(at(spec, 'backoffLimitPerIndex')))
    yield invalid(action.path, 'FailIndex', 'requires the backoffLimitPerIndex to be set')
  else yield* exactlyOneOf(action, actions)
}

function* validateExitCodes(codes: Field, names: ReadonlySet<string>): Errors {
  const [operator, values, container] = [at(codes, 'operator'), at(codes, 'values'), at(codes, 'containerName')]
  if (textOf(operator) === '') yield required(operator.path, 'valid values: ["In" "NotIn"]')
  else yield* exactlyOneOf(operator, ['In', 'NotIn'])
  if (isSet(container) && !names.has(textOf(container)))
    yield invalid(container.path, textOf(container), 'must be one of the container or initContainer names in the pod template')
  const numbers = itemsOf(values).map((value) => numberOf(value) ?? 0)
  if (numbers.length === 0) yield invalid(values.path, shownOf(values), 'at least one value is required')
  const seen = new Set<number>()
  for (const [index, value] of numbers.entries()) {
    const path = `${values.path}[${index}]`
    if (textOf(operator) === 'In' && value === 0) yield invalid(path, 0, 'must not be 0 for the In operator')
    if (seen.has(value)) yield duplicate(path, value)
    seen.add(value)
  }
  if (numbers.some((value, index) => index > 0 && value < (numbers[index - 1] ?? value)))
    yield invalid(values.path, numbers, 'must be ordered')
}

function* validatePodConditions(conditions: Field): Errors {
  for (const condition of itemsOf(conditions)) {
    const [type, status] = [at(condition, 'type'), at(condition, 'status')]
    yield* invalidAll({ ...type, value: textOf(type) }, qualifiedName(textOf(type)))
    if (textOf(status) === '') yield required(status.path, 'valid values: ["False" "True" "Unknown"]')
    else yield* exactlyOneOf(status, ['False', 'True', 'Unknown'])
  }
}

export function* validateJobUpdate(object: Field, old: Field): Errors {
  const [spec, before] = [at(object, 'spec'), at(old, 'spec')]
  yield* validateJob(object)
  const isElastic = textOf(at(spec, 'completionMode')) === 'Indexed' && isSet(at(spec, 'completions')) && isSet(at(before, 'completions'))
  const isScaled = isElastic && sameValue(at(spec, 'completions'), at(spec, 'parallelism'))
  if (!isScaled) yield* validateImmutable(at(spec, 'completions'), at(before, 'completions'))
  yield* validateImmutable(at(spec, 'selector'), at(before, 'selector'))
  yield* validateTemplateUpdate(spec, before)
  yield* validateImmutable(at(spec, 'completionMode'), at(before, 'completionMode'))
  const policy = at(spec, 'podFailurePolicy')
  if (!sameValue(policy, at(before, 'podFailurePolicy')) || isSet(policy) !== isSet(at(before, 'podFailurePolicy')))
    yield immutableField(policy.path, isSet(policy) ? goValue('PodFailurePolicy', policy.value) : null)
  for (const key of ['backoffLimitPerIndex', 'managedBy']) yield* validateImmutable(at(spec, key), at(before, key))
  const success = at(spec, 'successPolicy')
  if (!sameValue(success, at(before, 'successPolicy')))
    yield immutableField(success.path, isSet(success) ? goValue('SuccessPolicy', success.value) : null)
}

/** Where the pods may run can change as long as none was started. */
function* validateTemplateUpdate(spec: Field, before: Field): Errors {
  const [template, old] = [at(spec, 'template'), at(before, 'template')]
  if (JSON.stringify(goPodTemplate(template.value)) !== JSON.stringify(goPodTemplate(old.value)))
    yield immutableField(template.path, goPodTemplate(template.value))
}

export function* validateCronJob(object: Field): Errors {
  const spec = at(object, 'spec')
  const schedule = at(spec, 'schedule')
  if (textOf(schedule) === '') yield required(schedule.path)
  else yield* validateSchedule(schedule, isSet(at(spec, 'timeZone')))
  yield* nonNegative(at(spec, 'startingDeadlineSeconds'))
  if (isSet(at(spec, 'timeZone'))) yield* validateTimeZone(at(spec, 'timeZone'))
  yield* validateConcurrency(at(spec, 'concurrencyPolicy'))
  yield* validateJobTemplate(at(spec, 'jobTemplate', 'spec'))
  yield* nonNegative(at(spec, 'successfulJobsHistoryLimit'))
  yield* nonNegative(at(spec, 'failedJobsHistoryLimit'))
}

function* validateConcurrency(policy: Field): Errors {
  if (textOf(policy) === '') yield required(policy.path)
  else yield* exactlyOneOf(policy, ['Allow', 'Forbid', 'Replace'])
}

function* validateJobTemplate(spec: Field): Errors {
  yield* validateJobSpec(spec)
  const [selector, manual] = [at(spec, 'selector'), at(spec, 'manualSelector')]
  if (isSet(selector)) yield invalid(selector.path, shownOf(selector), '`selector` will be auto-generated')
  if (isTrue(manual)) yield notSupported(manual.path, true, ['nil', 'false'])
}
