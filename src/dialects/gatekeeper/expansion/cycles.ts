import { kindsOf } from '../mutation/apply-to.ts'
import type { ExpansionTemplate } from './template.ts'
import { kindKey } from './template.ts'

/** The templates through which a kind would make itself: upstream uses none of them. */
export function findCycles(templates: readonly ExpansionTemplate[]): ReadonlySet<ExpansionTemplate> {
  const makers = new Map<string, ExpansionTemplate[]>()
  for (const template of templates) {
    for (const kind of kindsOf(template.applyTo)) makers.set(kindKey(kind), [...(makers.get(kindKey(kind)) ?? []), template])
  }
  const next = (template: ExpansionTemplate): readonly ExpansionTemplate[] => makers.get(kindKey(template.generated)) ?? []
  return new Set(templates.filter((template) => reaches(template, next)))
}

/** Whether a template comes back to itself. */
function reaches(template: ExpansionTemplate, next: (from: ExpansionTemplate) => readonly ExpansionTemplate[]): boolean {
  const seen = new Set<ExpansionTemplate>()
  const pending = [...next(template)]
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (current === template) return true
    if (seen.has(current)) continue
    seen.add(current)
    pending.push(...next(current))
  }
  return false
}
