import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonObject, jsonEqual, ownValue } from '../../core/json.ts'
import type { FieldError } from '../field-error.ts'
import { forbidden, invalid, required, tooLong } from '../field-error.ts'
import type { Errors, Field } from './field.ts'
import { at, entriesOf, fieldOf, invalidAll, isSet, itemsOf, nonNegative, shownOf, textOf, textsOf } from './field.ts'
import type { NameCheck } from './names.ts'
import { dns1123Label, qualifiedName } from './names.ts'
import { validateLabels } from './selectors.ts'

export interface MetadataRules {
  readonly name: NameCheck
  /** Undefined where it is not known: either is accepted then. */
  readonly namespaced: boolean | undefined
}

/** `metadata` of a new object. */
export function* validateMetadata(metadata: Field, { name: check, namespaced }: MetadataRules): Errors {
  const [name, generateName, namespace] = [at(metadata, 'name'), at(metadata, 'generateName'), at(metadata, 'namespace')]
  if (textOf(generateName) !== '') yield* invalidAll(generateName, check(maskTrailingDash(textOf(generateName))))
  if (textOf(name) !== '') yield* invalidAll(name, check(textOf(name)))
  else if (textOf(generateName) === '') yield required(name.path, 'name or generateName is required')
  if (namespaced === false && textOf(namespace) !== '') yield forbidden(namespace.path, 'not allowed on this type')
  if (namespaced !== false && textOf(namespace) !== '') yield* invalidAll(namespace, dns1123Label(textOf(namespace)))
  if (namespaced === true && textOf(namespace) === '') yield required(namespace.path)
  yield* nonNegative(at(metadata, 'generation'))
  yield* validateLabels(at(metadata, 'labels'))
  yield* validateAnnotations(at(metadata, 'annotations'))
  yield* validateOwners(at(metadata, 'ownerReferences'))
  yield* validateFinalizers(at(metadata, 'finalizers'))
}

/** A name that will be made longer may end with what a whole name may not. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

const annotationLimit = 256 * 1024

export function* validateAnnotations(annotations: Field): Errors {
  let size = 0
  for (const [key, value] of entriesOf(annotations)) {
    for (const message of qualifiedName(key.toLowerCase())) yield invalid(annotations.path, key, message)
    size += Buffer.byteLength(key) + Buffer.byteLength(textOf(value))
  }
  if (size > annotationLimit) yield tooLong(annotations.path, annotationLimit)
}

function* validateOwners(owners: Field): Errors {
  let controller: Field | undefined
  for (const item of itemsOf(owners)) {
    const owner: Field = { path: owners.path, value: item.value }
    yield* validateOwner(owner)
    if (at(owner, 'controller').value !== true) continue
    if (controller === undefined) controller = owner
    else yield invalid(owners.path, shownOf(owners), twoControllers(controller, owner))
  }
}

const ownerName = (owner: Field): string => `${textOf(at(owner, 'kind'))}/${textOf(at(owner, 'name'))}`
const twoControllers = (first: Field, second: Field): string =>
  `Only one reference can have Controller set to true. Found "true" in references for ${ownerName(first)} and ${ownerName(second)}`

function* validateOwner(owner: Field): Errors {
  const apiVersion = textOf(at(owner, 'apiVersion'))
  const kind = textOf(at(owner, 'kind'))
  const { group, version } = groupVersionOf(apiVersion)
  if (version === '') yield invalid(at(owner, 'apiVersion').path, apiVersion, 'version must not be empty')
  for (const key of ['kind', 'name', 'uid']) if (textOf(at(owner, key)) === '') yield invalid(at(owner, key).path, '', 'must not be empty')
  if (kind === 'Event' && group === '' && version === 'v1')
    yield invalid(owner.path, shownOf(owner), `${group}/${version}, Kind=${kind} is disallowed from being an owner`)
}

/** An apiVersion with more than one slash is nothing. */
function groupVersionOf(apiVersion: string): { readonly group: string; readonly version: string } {
  const parts = apiVersion.split('/')
  const [first = '', second] = parts
  if (parts.length > 2) return { group: '', version: '' }
  return second === undefined ? { group: '', version: first } : { group: first, version: second }
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

function* validateFinalizers(finalizers: Field): Errors {
  for (const item of itemsOf(finalizers)) {
    const name = textOf(item)
    for (const message of qualifiedName(name)) yield invalid(finalizers.path, name, message)
    yield* validateFinalizerName(item)
  }
  const names = textsOf(finalizers)
  if (names.includes('orphan') && names.includes('foregroundDeletion'))
    yield invalid(finalizers.path, shownOf(finalizers), 'finalizer orphan and foregroundDeletion cannot be both set')
}

export function* validateFinalizerName(field: Field): Errors {
  const name = textOf(field)
  if (!name.includes('/') && !standardFinalizers.has(name))
    yield invalid(field.path, name, 'name is neither a standard finalizer name nor is it fully qualified')
}

/** What the server sets once; where a client leaves it out, the server has put it back before validation. */
const immutableFields = ['name', 'namespace', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const

/** `metadata` of an object that replaces another. */
export function* validateMetadataUpdate(metadata: Field, old: Field): Errors {
  if (isSet(at(old, 'deletionTimestamp'))) yield* noNewFinalizers(at(metadata, 'finalizers'), at(old, 'finalizers'))
  yield* nonNegative(at(metadata, 'generation'))
  yield* validateLabels(at(metadata, 'labels'))
  yield* validateAnnotations(at(metadata, 'annotations'))
  yield* validateOwners(at(metadata, 'ownerReferences'))
  yield* validateFinalizers(at(metadata, 'finalizers'))
  for (const key of immutableFields) {
    const field = at(metadata, key)
    const before = at(old, key)
    const isKept = !isSet(field) && !key.startsWith('deletion')
    if (!isKept && !sameValue(field, before)) yield immutableField(field.path, shownOf(field))
  }
}

function* noNewFinalizers(finalizers: Field, old: Field): Errors {
  const before = new Set(textsOf(old))
  const added = [...new Set(textsOf(finalizers))].filter((name) => !before.has(name)).sort()
  if (added.length === 0) return
  const shown = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`
  yield forbidden(finalizers.path, `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`)
}

export const immutableField = (path: string, shown: Json): FieldError => invalid(path, shown, 'field is immutable')

/** Equal as Go compares decoded values: what is absent equals an empty list or map. */
export function sameValue(a: Field, b: Field): boolean {
  return jsonEqual(withoutEmpty(a.value), withoutEmpty(b.value))
}

export function* validateImmutable(field: Field, old: Field): Errors {
  if (!sameValue(field, old)) yield immutableField(field.path, shownOf(field))
}

/** How deep objects are compared; deeper ones cannot come from a schema. */
const deepest = 64

function withoutEmpty(value: Json | undefined, depth = 0): Json {
  if (typeof value !== 'object' || value === null || depth > deepest) return value ?? null
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((item: Json) => withoutEmpty(item, depth + 1))
  if (!isJsonObject(value)) return value
  const kept = Object.keys(value).flatMap((key) => {
    const inner = withoutEmpty(ownValue(value, key), depth + 1)
    return inner === null ? [] : [[key, inner] as const]
  })
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

export const metadataOf = (object: JsonObject): Field => fieldOf('metadata', ownValue(object, 'metadata'))
