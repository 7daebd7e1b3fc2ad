import { appArmorPrefix, appArmorTypes } from '../../app-armor.ts'
import { forbidden, invalid } from '../../field-error.ts'
import type { Errors, Field } from '../field.ts'
import { at, entriesOf, isSet, itemsOf, textOf } from '../field.ts'

export const seccompPodKey = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const mirrorKey = 'kubernetes.io/config.mirror'
const deletionCostKey = 'controller.kubernetes.io/pod-deletion-cost'
const tolerationsKey = 'scheduler.alpha.kubernetes.io/tolerations'

/** Annotations of a pod that mean something to the API server. */
export function* validatePodAnnotations(annotations: Field, spec: Field): Errors {
  const mirror = at(annotations, mirrorKey)
  if (isSet(mirror) && textOf(at(spec, 'nodeName')) === '')
    yield invalid(`${annotations.path}[${mirrorKey}]`, textOf(mirror), 'must set spec.nodeName if mirror pod annotation is set')
  yield* validateOldTolerations(annotations)
  yield* validateDeletionCost(annotations)
  yield* validateSeccompAnnotations(annotations)
  yield* validateAppArmorAnnotations(annotations, spec)
}

function* validateOldTolerations(annotations: Field): Errors {
  const text = textOf(at(annotations, tolerationsKey))
  if (text === '') return
  const [first = ''] = text.trimStart()
  if (!/[[{n]/.test(first)) yield invalid(annotations.path, tolerationsKey, `invalid character '${first}' looking for beginning of value`)
}

function* validateDeletionCost(annotations: Field): Errors {
  const cost = at(annotations, deletionCostKey)
  if (!isSet(cost)) return
  const text = textOf(cost)
  const isWritten = /^(0|[1-9]\d{0,9}|-[1-9]\d{0,9})$/.test(text)
  if (!isWritten || Number(text) > 0x7fff_ffff || Number(text) < -0x8000_0000)
    yield invalid(`${annotations.path}[${deletionCostKey}]`, text, 'must be a 32bit integer')
}

function* validateSeccompAnnotations(annotations: Field): Errors {
  for (const [key, value] of entriesOf(annotations)) {
    if (key !== seccompPodKey && !key.startsWith(seccompPrefix)) continue
    const path = `${annotations.path}.${key}`
    const text = textOf(value)
    if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') continue
    if (!text.startsWith('localhost/')) yield invalid(path, text, 'must be a valid seccomp profile')
    else if (text.slice('localhost/'.length).startsWith('/'))
      yield invalid(path, text.slice('localhost/'.length), 'must be a relative path')
  }
}

/** Containers and init containers: only they have AppArmor annotations. */
const containersOf = (spec: Field): readonly Field[] =>
  ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => itemsOf(at(spec, list)))

export function* validateAppArmorAnnotations(annotations: Field, spec: Field): Errors {
  const names = new Set(containersOf(spec).map((container) => textOf(at(container, 'name'))))
  for (const [key, value] of entriesOf(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue
    const name = key.slice(appArmorPrefix.length)
    const profile = textOf(value)
    if (!names.has(name)) yield invalid(value.path, name, 'container not found')
    if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith('localhost/'))
      yield invalid(value.path, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)
  }
}

/** The annotation of a container says the same as its field, or as that of the Pod where it has none. */
export function* validateAppArmorAgreement(annotations: Field, spec: Field): Errors {
  for (const container of containersOf(spec)) {
    const annotation = at(annotations, `${appArmorPrefix}${textOf(at(container, 'name'))}`)
    const own = at(container, 'securityContext', 'appArmorProfile')
    const effective = isSet(own) ? own : at(spec, 'securityContext', 'appArmorProfile')
    if (isSet(annotation) && isSet(effective)) yield* validateSameProfile(textOf(annotation), { ...effective, path: own.path })
  }
}

function* validateSameProfile(annotation: string, profile: Field): Errors {
  const type = at(profile, 'type')
  const written = annotation.startsWith('localhost/') ? 'Localhost' : annotatedTypes[annotation]
  // A type that there is not has been complained about.
  if (!appArmorTypes.some((known) => known === textOf(type))) return
  if (written !== textOf(type)) yield forbidden(type.path, 'apparmor type in annotation and field must match')
  else if (written === 'Localhost' && annotation.slice('localhost/'.length) !== textOf(at(profile, 'localhostProfile')))
    yield forbidden(at(profile, 'localhostProfile').path, 'apparmor profile in annotation and field must match')
}

const annotatedTypes: Readonly<Record<string, string>> = { unconfined: 'Unconfined', 'runtime/default': 'RuntimeDefault' }

const seccompTypes: Readonly<Record<string, string>> = {
  unconfined: 'Unconfined',
  'runtime/default': 'RuntimeDefault',
  'docker/default': 'RuntimeDefault',
}

/** Both ways to choose a seccomp profile must choose the same. */
export function* validateSeccompAgreement(annotations: Field, spec: Field): Errors {
  yield* validateOneSeccomp(at(annotations, seccompPodKey), at(spec, 'securityContext', 'seccompProfile'))
  for (const container of containersOf(spec))
    yield* validateOneSeccomp(
      at(annotations, `${seccompPrefix}${textOf(at(container, 'name'))}`),
      at(container, 'securityContext', 'seccompProfile'),
    )
}

function* validateOneSeccomp(annotation: Field, profile: Field): Errors {
  if (!isSet(annotation) || !isSet(profile)) return
  const text = textOf(annotation)
  const type = text.startsWith('localhost/') ? 'Localhost' : seccompTypes[text]
  if (type !== textOf(at(profile, 'type'))) yield forbidden(at(profile, 'type').path, 'seccomp type in annotation and field must match')
  else if (type === 'Localhost' && text.slice('localhost/'.length) !== textOf(at(profile, 'localhostProfile')))
    yield forbidden(at(profile, 'localhostProfile').path, 'seccomp profile in annotation and field must match')
}
