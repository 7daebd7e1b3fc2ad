import { anyField, listField, objectField, stringField } from '../../../core/fields.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Json, JsonObject, JsonPath } from '../../../core/json.ts'

/** A rule with what every check of it needs. */
export interface RuleView {
  readonly rule: JsonObject
  readonly name: string
  readonly path: JsonPath
  readonly background: boolean
  /** The rule is one of a Policy. */
  readonly namespaced: boolean
  /** '' for a ClusterPolicy, and where a Policy does not say. */
  readonly policyNamespace: string
  /** Names of the context entries of all rules: upstream knows them everywhere in a policy. */
  readonly contextNames: readonly string[]
}

export const ruleTypes = ['mutate', 'validate', 'generate', 'verifyImages'] as const
export type RuleType = (typeof ruleTypes)[number]

/** The operations a rule defines. An empty one defines nothing, as in upstream. */
export function typesOf(rule: JsonObject): readonly RuleType[] {
  return ruleTypes.filter((type) => !isEmpty(anyField(rule, type)))
}

export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object') return false
  return Object.keys(value).length === 0
}

export function present(object: JsonObject | undefined, names: readonly string[]): readonly string[] {
  return names.filter((name) => anyField(object, name) !== undefined)
}

/** Items of a list that are maps, each with its path. */
export function itemsAt(
  object: JsonObject | undefined,
  key: string,
  path: JsonPath,
): readonly { readonly item: JsonObject; readonly path: JsonPath }[] {
  return (listField(object, key) ?? []).flatMap((item, index) => (isJsonObject(item) ? [{ item, path: [...path, key, index] }] : []))
}

/** The kinds a rule matches, in every form of `match`, each with its path. */
export function matchedKinds(block: JsonObject | undefined, path: JsonPath): readonly { readonly kind: string; readonly path: JsonPath }[] {
  return filtersOf(block, path).flatMap(({ filter, path: at }) =>
    (listField(objectField(filter, 'resources'), 'kinds') ?? []).flatMap((kind, index) =>
      typeof kind === 'string' ? [{ kind, path: [...at, 'resources', 'kinds', index] }] : [],
    ),
  )
}

/** The filters of a `match` or `exclude`: those under `any` and `all`, or the block itself in its older form. */
export function filtersOf(
  block: JsonObject | undefined,
  path: JsonPath,
): readonly { readonly filter: JsonObject; readonly path: JsonPath }[] {
  if (block === undefined) return []
  const listed = (['any', 'all'] as const).flatMap((key) =>
    itemsAt(block, key, path).map(({ item, path: at }) => ({ filter: item, path: at })),
  )
  const direct = present(block, filterAttributes).length > 0 ? [{ filter: block, path }] : []
  return [...direct, ...listed]
}

export const filterAttributes = ['resources', 'subjects', 'roles', 'clusterRoles'] as const

export function hasTargets(rule: JsonObject): boolean {
  return (listField(objectField(rule, 'mutate'), 'targets') ?? []).length > 0
}

/** The names that `context` blocks declare anywhere in a value: in rules, targets and foreach items. */
export function contextNamesIn(value: Json, depth = deepestContext): readonly string[] {
  if (depth <= 0 || typeof value !== 'object' || value === null) return []
  if (isJsonArray(value)) return value.flatMap((item) => contextNamesIn(item, depth - 1))
  if (!isJsonObject(value)) return []
  const own = itemsAt(value, 'context', []).flatMap(({ item }) => stringField(item, 'name')?.split('.')[0] ?? [])
  const inner = ['rules', 'mutate', 'targets', 'validate', 'generate', 'foreach'].flatMap((key) =>
    contextNamesIn(anyField(value, key) ?? null, depth - 1),
  )
  return [...own, ...inner]
}
const deepestContext = 32

export const nameOfRule = (rule: JsonObject): string => stringField(rule, 'name') ?? ''
