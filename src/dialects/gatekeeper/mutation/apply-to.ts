import { objectsField, stringsField } from '../../../core/fields.ts'
import { quoteGo } from '../../../core/go-quote.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { GroupVersionKind } from '../../../kube/object.ts'

/** One entry of `applyTo`: literal words, every combination of which is meant. */
export interface ApplyTo {
  readonly groups: readonly string[]
  readonly versions: readonly string[]
  readonly kinds: readonly string[]
  /** [] is every operation. */
  readonly operations: readonly string[]
}

export function readApplyTo(spec: JsonObject | undefined): readonly ApplyTo[] {
  return (objectsField(spec, 'applyTo') ?? []).map((entry) => ({
    groups: stringsField(entry, 'groups') ?? [],
    versions: stringsField(entry, 'versions') ?? [],
    kinds: stringsField(entry, 'kinds') ?? [],
    operations: stringsField(entry, 'operations') ?? [],
  }))
}

export const appliesTo = (entries: readonly ApplyTo[], { group, version, kind }: GroupVersionKind, operation: string): boolean =>
  entries.some(
    (entry) =>
      entry.groups.includes(group) && entry.versions.includes(version) && entry.kinds.includes(kind) && allowsOperation(entry, operation),
  )

/** Why a list of entries cannot be used; `owner` is the mutator in messages: `Assign mutator a`. */
export function checkApplyTo(entries: readonly ApplyTo[], owner: string): string | undefined {
  if (entries.length === 0) return `applyTo required for ${owner}`
  for (const [index, { groups, versions, kinds, operations }] of entries.entries()) {
    if (groups.length === 0 || versions.length === 0 || kinds.length === 0)
      return `invalid applyTo for ${owner}, all of group, version and kind must be specified`
    const unknown = operations.find((operation) => !known.includes(operation))
    if (unknown !== undefined)
      return `invalid applyTo for ${owner}: invalid operation ${quoteGo(unknown)} in applyTo[${index}].operations: must be one of ${known.join(', ')}`
  }
  return undefined
}

const known: readonly string[] = ['CREATE', 'UPDATE', '*']

/** Without an operation (an expansion, a file) only entries for all operations take part. */
const allowsOperation = ({ operations }: ApplyTo, operation: string): boolean =>
  operations.length === 0 ||
  operations.includes('*') ||
  operations.includes(operation) ||
  (operations.includes('CREATE') && operations.includes('UPDATE'))

/** No more kinds than this of one manifest: the lists multiply. */
const mostKinds = 10_000

export function kindsOf(entries: readonly ApplyTo[]): readonly GroupVersionKind[] {
  const kinds = entries.flatMap(({ groups, versions, kinds: names }) =>
    groups
      .slice(0, 100)
      .flatMap((group) => versions.slice(0, 100).flatMap((version) => names.slice(0, 100).map((kind) => ({ group, version, kind })))),
  )
  return kinds.slice(0, mostKinds)
}
