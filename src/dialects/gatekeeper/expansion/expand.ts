import { booleanField, objectsField, stringField } from '../../../core/fields.ts'
import { formatValue } from '../../../core/go-format.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { isJsonObject, ownValue } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { groupVersionKind, isKubeObject, nameOf, namespaceOf } from '../../../kube/object.ts'
import type { Facts } from '../../../policy/facts.ts'
import { appliesTo } from '../mutation/apply-to.ts'
import type { MutationTarget } from '../mutation/mutator.ts'
import type { MutationSystem } from '../mutation/system.ts'
import { goType } from '../mutation/walk.ts'
import { findCycles } from './cycles.ts'
import type { ExpansionTemplate } from './template.ts'

/** An object that another one would make, after the mutations for generated objects. */
export interface ExpandedObject {
  readonly object: KubeObject
  /** The template that it was made by; violations are shown as `[Implied by <name>] …`. */
  readonly template: ExpansionTemplate
}

/** All templates of a cluster together. */
export interface Expander {
  /** The templates that take part. */
  readonly templates: readonly ExpansionTemplate[]
  /** Templates that are disabled because a kind would make itself. */
  readonly cyclic: ReadonlySet<ExpansionTemplate>
  /** Everything that `target.object` makes, and what that makes. The error is upstream's text. */
  expand(target: Omit<MutationTarget, 'source'>, mutations: MutationSystem, facts: Facts): Result<readonly ExpandedObject[], string>
}

/** Expansions of expansions go no further than this. */
const deepest = 30

/** No more objects than this are made of one. */
const most = 1000

export function createExpander(all: readonly ExpansionTemplate[]): Expander {
  const cyclic = findCycles(all)
  const templates = all.filter((template) => !cyclic.has(template))
  return { templates, cyclic, expand: (target, mutations, facts) => expandAll(templates, target, { mutations, facts }) }
}

interface Ports {
  readonly mutations: MutationSystem
  readonly facts: Facts
}

function expandAll(
  templates: readonly ExpansionTemplate[],
  target: Omit<MutationTarget, 'source'>,
  ports: Ports,
): Result<readonly ExpandedObject[], string> {
  const found: ExpandedObject[] = []
  let level: readonly KubeObject[] = [target.object]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= deepest) return err(`error expanding resource ${nameOf(target.object)}: maximum recursion depth of ${deepest} reached`)
    const made: ExpandedObject[] = []
    for (const object of level) {
      const expanded = expandOne(templates, { ...target, object, source: 'Generated' }, ports)
      if (!expanded.ok) return err(`error expanding resource ${nameOf(target.object)}: ${expanded.error}`)
      made.push(...expanded.value)
    }
    found.push(...made)
    if (found.length > most) return err(`more than ${most} resources are generated`)
    level = made.map(({ object }) => object)
  }
  return ok(found)
}

/** What one object makes at once. */
function expandOne(
  templates: readonly ExpansionTemplate[],
  target: MutationTarget,
  { mutations, facts }: Ports,
): Result<readonly ExpandedObject[], string> {
  const found: ExpandedObject[] = []
  for (const template of templates) {
    if (!appliesTo(template.applyTo, groupVersionKind(target.object), '')) continue
    const generated = generate(target.object, template)
    if (!generated.ok) return generated
    const mutated = mutations.mutate({ ...target, object: generated.value }, facts)
    if (!mutated.ok) return err(`failed to mutate resultant resource ${nameOf(generated.value)}: ${mutated.error}`)
    found.push({ object: mutated.value.object, template })
  }
  return ok(found)
}

/** The sub-object as an object of its own, in the namespace of its parent and owned by it. */
function generate(parent: KubeObject, { source, generated }: ExpansionTemplate): Result<KubeObject, string> {
  const found = findSource(parent, source)
  if (!found.ok) return found
  const { group, version, kind } = generated
  const object: JsonObject = { ...found.value, apiVersion: group === '' ? version : `${group}/${version}`, kind }
  const metadata = ownValue(object, 'metadata')
  // What is no map cannot be written to.
  if (metadata !== undefined && !isJsonObject(metadata)) return asObject(object)
  const namespace = namespaceOf(parent)
  const name = kind === '' ? nameOf(parent) : `${nameOf(parent)}-${kind.toLowerCase()}`
  const owned = nameOf(parent) === '' ? {} : { ownerReferences: [...ownersOf(metadata), ownerReference(parent)] }
  const { namespace: _, ...others } = metadata ?? {}
  return asObject({ ...object, metadata: { ...others, name, ...(namespace === '' ? {} : { namespace }), ...owned } })
}

const asObject = (object: JsonObject): Result<KubeObject, string> => (isKubeObject(object) ? ok(object) : err('no Kubernetes object'))

/** The words on the way to a field are separated by dots, and cannot hold any. */
function findSource(parent: KubeObject, source: readonly string[]): Result<JsonObject, string> {
  let current: Json = parent
  for (const word of source) {
    const next: Json | undefined = isJsonObject(current) ? ownValue(current, word) : undefined
    if (next === undefined && isJsonObject(current))
      return err(`could not find source field "${source.join('.')}" in resource ${nameOf(parent)}`)
    if (next === undefined) return wrongSource(source, current)
    current = next
  }
  return isJsonObject(current) ? ok(current) : wrongSource(source, current)
}

const wrongSource = (source: readonly string[], found: Json): Result<never, string> =>
  err(
    `could not extract source field from unstructured: .${source.join('.')} accessor error: ` +
      `${formatValue(found)} is of the type ${goType(found)}, expected map[string]interface{}`,
  )

/** Owners that the template names, with the fields that an owner has. */
const ownersOf = (metadata: JsonObject | undefined): readonly JsonObject[] =>
  (objectsField(metadata, 'ownerReferences') ?? []).map((owner) => {
    const [controller, blocks] = [booleanField(owner, 'controller'), booleanField(owner, 'blockOwnerDeletion')]
    return {
      apiVersion: stringField(owner, 'apiVersion') ?? '',
      kind: stringField(owner, 'kind') ?? '',
      name: stringField(owner, 'name') ?? '',
      uid: stringField(owner, 'uid') ?? '',
      ...(controller === undefined ? {} : { controller }),
      ...(blocks === undefined ? {} : { blockOwnerDeletion: blocks }),
    }
  })

const ownerReference = (parent: KubeObject): JsonObject => ({
  apiVersion: parent.apiVersion,
  kind: parent.kind,
  name: nameOf(parent),
  uid: '',
})

/** How a violation of a generated object is shown. */
export const impliedMessage = (template: ExpansionTemplate, message: string): string => `[Implied by ${template.name}] ${message}`
