import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { GroupVersionKind } from '../../../kube/object.ts'
import { groupVersionKind, isKubeObject, nameOf } from '../../../kube/object.ts'
import type { GatorEngine, GatorInput } from '../../../policy/gator.ts'
import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import { constraintGroup } from '../template/definition.ts'

/** Kind and group of a map that may lack either. */
export const kindIn = (value: JsonObject): GroupVersionKind =>
  groupVersionKind({ apiVersion: stringField(value, 'apiVersion') ?? '', kind: stringField(value, 'kind') ?? '' })

export const isTemplateObject = (value: JsonObject): boolean => {
  const { group, kind } = kindIn(value)
  return group === 'templates.gatekeeper.sh' && kind === 'ConstraintTemplate'
}
export const isConstraintObject = (value: JsonObject): boolean => kindIn(value).group === constraintGroup

/** How Go prints a GroupVersionKind. */
export const printKind = ({ group, version, kind }: GroupVersionKind): string => `${group}/${version}, Kind=${kind}`

/** What goes on when an object is taken in. */
export const addingData = (kind: GroupVersionKind): string => `adding data of GVK "${printKind(kind)}"`

/** The manifest in an input. The error says what it lacks. */
export function manifestOf({ value, ...document }: GatorInput): Result<Manifest, string> {
  const kind = kindIn(value)
  const lack = kind.version === '' ? 'version' : kind.kind === '' ? 'kind' : undefined
  if (lack === undefined && isKubeObject(value)) return ok({ object: value, document: { ...document, value } })
  return err(
    `${addingData(kind)}: admission.k8s.gatekeeper.sh: invalid request object: resource ${nameOf(value)} has no ${lack ?? 'kind'}\n`,
  )
}

const engineOf = (entry: JsonObject): GatorEngine | undefined => {
  const name = stringField(entry, 'engine')
  return name === 'Rego' ? 'rego' : name === 'K8sNativeValidation' ? 'cel' : undefined
}

/** The engines that a template has code for. */
export function enginesOf(template: JsonObject): ReadonlySet<GatorEngine> {
  const engines = new Set<GatorEngine>()
  for (const target of objectsField(objectField(template, 'spec'), 'targets') ?? []) {
    if ((stringField(target, 'rego') ?? '') !== '') engines.add('rego')
    for (const entry of objectsField(target, 'code') ?? []) {
      const engine = engineOf(entry)
      if (engine !== undefined) engines.add(engine)
    }
  }
  return engines
}
