import { compareText } from '../../core/go-format.ts'
import type { Status } from '../status.ts'
import { failure } from '../status.ts'
import type { Entry } from './entries.ts'
import type { FieldSet } from './field-set.ts'
import { pathsOf, printPath } from './field-set.ts'

/** What another manager owns and an apply would change. */
export interface Conflict {
  readonly owner: Entry
  readonly fields: FieldSet
}

function ownerText({ manager, operation, apiVersion, subresource }: Entry): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`
  return `${JSON.stringify(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}

/** The answer to an apply that others stand against. */
export function conflictStatus(conflicts: readonly Conflict[]): Status {
  const byOwner = conflicts
    .map(({ owner, fields }) => ({ owner: ownerText(owner), paths: pathsOf(fields).map(printPath) }))
    .toSorted((a, b) => compareText(a.owner, b.owner))
  const all = byOwner.flatMap(({ owner, paths }) => paths.map((path) => ({ owner, path })))
  const [first, second] = all
  const message =
    first !== undefined && second === undefined
      ? `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.path}`
      : `Apply failed with ${all.length} conflicts: ${byOwner.map(paragraph).join('\n')}`
  const causes = all.map(({ owner, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field: path }))
  return failure({ code: 409, reason: 'Conflict', message, details: { causes } })
}

const paragraph = ({ owner, paths }: { readonly owner: string; readonly paths: readonly string[] }): string =>
  [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)].join('\n')
