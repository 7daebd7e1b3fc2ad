import type { Json } from '../../../core/json.ts'
import { isJsonArray, isJsonObject, jsonEqual, ownValue } from '../../../core/json.ts'
import { appArmorPrefix } from '../../app-armor.ts'
import { forbidden, invalid, required } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, countOf, entriesOf, isSet, itemsOf, numberOf, shownOf, textOf } from '../field.ts'
import { goPodSpec } from '../go-view.ts'
import { lineDiff } from '../line-diff.ts'
import { validateAnnotations } from '../metadata.ts'
import { validateLabels } from '../selectors.ts'
import { validateAppArmorAgreement, validatePodAnnotations, validateSeccompAgreement } from './annotations.ts'
import { validatePodSpec } from './spec.ts'

export function* validatePod(pod: Field): Errors {
  yield* validatePodAndAnnotations(pod)
  const [ephemeral, node] = [at(pod, 'spec', 'ephemeralContainers'), at(pod, 'spec', 'nodeName')]
  if (textOf(node) !== '' && countOf(at(pod, 'spec', 'schedulingGates')) > 0)
    yield forbidden(node.path, 'cannot be set until all schedulingGates have been cleared')
  if (countOf(ephemeral) > 0) yield forbidden(ephemeral.path, 'cannot be set on create')
  yield* validateSeccompAgreement(at(pod, 'metadata', 'annotations'), at(pod, 'spec'))
  yield* validateAppArmorAgreement(at(pod, 'metadata', 'annotations'), at(pod, 'spec'))
}

function* validatePodAndAnnotations(pod: Field): Errors {
  yield* validatePodAnnotations(at(pod, 'metadata', 'annotations'), at(pod, 'spec'))
  yield* validatePodSpec(at(pod, 'spec'))
}

/** A template of pods. Its metadata has no part in the paths of errors. */
export function* validatePodTemplate(template: Field): Errors {
  const spec = at(template, 'spec')
  const labels: Field = { ...at(template, 'metadata', 'labels'), path: `${template.path}.labels` }
  const annotations: Field = { ...at(template, 'metadata', 'annotations'), path: `${template.path}.annotations` }
  yield* validateLabels(labels)
  yield* validateAnnotations(annotations)
  yield* validatePodAnnotations(annotations, spec)
  yield* validatePodSpec(spec)
  yield* validateSeccompAgreement(annotations, spec)
  yield* validateAppArmorAgreement(annotations, spec)
  const ephemeral = at(spec, 'ephemeralContainers')
  if (countOf(ephemeral) > 0) yield forbidden(ephemeral.path, 'ephemeral containers not allowed in pod template')
}

export function* validatePodUpdate(pod: Field, old: Field): Errors {
  const [spec, before] = [at(pod, 'spec'), at(old, 'spec')]
  yield* validatePodAndAnnotations(pod)
  yield* validateAppArmorUpdate(at(pod, 'metadata', 'annotations'), at(old, 'metadata', 'annotations'))
  for (const list of ['containers', 'initContainers'])
    if (countOf(at(spec, list)) !== countOf(at(before, list)))
      return yield* [forbidden(at(spec, list).path, 'pod updates may not add or remove containers')]
  yield* validateImages(spec)
  yield* validateDeadline(at(spec, 'activeDeadlineSeconds'), at(before, 'activeDeadlineSeconds'))
  yield* validateTolerationsUpdate(at(spec, 'tolerations'), at(before, 'tolerations'))
  yield* validateGatesUpdate(spec, before)
  yield* validateUnchanged(spec, before)
}

function* validateAppArmorUpdate(annotations: Field, old: Field): Errors {
  for (const [key, value] of entriesOf(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue
    if (!isSet(at(old, key))) yield forbidden(value.path, 'may not add AppArmor annotations')
    else if (textOf(at(old, key)) !== textOf(value)) yield forbidden(value.path, 'may not remove or update AppArmor annotations')
  }
  for (const [key, value] of entriesOf(old))
    if (key.startsWith(appArmorPrefix) && !isSet(at(annotations, key)))
      yield forbidden(value.path, 'may not remove or update AppArmor annotations')
}

function* validateImages(spec: Field): Errors {
  for (const container of ['containers', 'initContainers'].flatMap((list) => itemsOf(at(spec, list)))) {
    const image = at(container, 'image')
    if (textOf(image) === '') yield required(image.path)
    else if (textOf(image) !== textOf(image).trim())
      yield invalid(image.path, textOf(image), 'must not have leading or trailing whitespace')
  }
}

/** A deadline may only come closer. */
function* validateDeadline(field: Field, old: Field): Errors {
  const [now, before] = [numberOf(field), numberOf(old)]
  if (now === undefined && before !== undefined) yield invalid(field.path, null, 'must not update from a positive integer to nil value')
  if (now !== undefined && now < 0) yield invalid(field.path, now, 'must be greater than or equal to 0')
  else if (now !== undefined && before !== undefined && now > before)
    yield invalid(field.path, now, 'must be less than or equal to previous value')
}

const withoutSeconds = (toleration: Field): Json => ['key', 'operator', 'value', 'effect'].map((key) => textOf(at(toleration, key)))

function* validateTolerationsUpdate(field: Field, old: Field): Errors {
  const now = itemsOf(field).map(withoutSeconds)
  if (itemsOf(old).some((toleration) => !now.some((other) => jsonEqual(other, withoutSeconds(toleration)))))
    yield forbidden(field.path, 'existing toleration can not be modified except its tolerationSeconds')
}

const gateNames = (spec: Field): readonly string[] => itemsOf(at(spec, 'schedulingGates')).map((gate) => textOf(at(gate, 'name')))

/** Gates can be removed, and while there are some it can be narrowed where the pod may go. */
function* validateGatesUpdate(spec: Field, before: Field): Errors {
  const known = new Set(gateNames(before))
  for (const gate of itemsOf(at(spec, 'schedulingGates'))) {
    const name = at(gate, 'name')
    if (!known.has(textOf(name))) yield forbidden(name.path, `only deletion is allowed, but found new scheduling gate '${textOf(name)}'`)
  }
  if (known.size === 0) return
  const selector = at(spec, 'nodeSelector')
  const isLoosened = entriesOf(at(before, 'nodeSelector')).some(([key, value]) => textOf(at(selector, key)) !== textOf(value))
  if (isLoosened)
    yield invalid(selector.path, shownOf(selector), 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')
}

const changeable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

function* validateUnchanged(spec: Field, before: Field): Errors {
  const [now, then] = [JSON.stringify(goPodSpec(restored(spec, before)), null, 1), JSON.stringify(goPodSpec(before.value), null, 1)]
  if (now !== then) yield forbidden(spec.path, `pod updates may not change fields other than ${changeable}\n${lineDiff(then, now)}`)
}

type Draft = { [key: string]: Json }

/** The new spec with what may change as it was before. */
function restored(spec: Field, before: Field): Json {
  if (!isJsonObject(spec.value)) return spec.value ?? null
  const out: Draft = { ...spec.value }
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']) out[key] = shownOf(at(before, key))
  for (const list of ['containers', 'initContainers']) {
    const containers = ownValue(out, list)
    if (isJsonArray(containers)) out[list] = containers.map((item, index) => withImage(item, itemsOf(at(before, list))[index]))
  }
  const grace = numberOf(at(before, 'terminationGracePeriodSeconds'))
  if (grace !== undefined && grace < 0 && out['terminationGracePeriodSeconds'] === 1) out['terminationGracePeriodSeconds'] = grace
  if (gateNames(before).length > 0) restoreGated(out, before)
  return out
}

const withImage = (container: Json, before: Field | undefined): Json =>
  isJsonObject(container) && before !== undefined ? { ...container, image: shownOf(at(before, 'image')) } : container

function restoreGated(out: Draft, before: Field): void {
  out['nodeSelector'] = shownOf(at(before, 'nodeSelector'))
  const affinity = ownValue(out, 'affinity')
  const own: Draft = { ...(isJsonObject(affinity) ? affinity : {}), nodeAffinity: shownOf(at(before, 'affinity', 'nodeAffinity')) }
  const isNothing = !isSet(at(before, 'affinity')) && Object.values(own).every((value) => value === null)
  out['affinity'] = isNothing ? null : own
}
