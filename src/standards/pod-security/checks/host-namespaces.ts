import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { PodView } from '../pod-view.ts'

const fields = ['hostNetwork', 'hostPID', 'hostIPC'] as const

/** A Pod must not share the namespaces of its node. */
export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  restrictedFields: fields.map((field) => `spec.${field}`),
  allowedValues: 'undefined, false',
  revisions: [{ since: 0, test: forbidHostNamespaces, faults: sharedNamespaces }],
}

function forbidHostNamespaces({ spec }: PodView): Violation | undefined {
  if (spec['hostNetwork'] !== true && spec['hostPID'] !== true && spec['hostIPC'] !== true) return undefined
  const shared = fields.filter((field) => spec[field] === true)
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

function sharedNamespaces({ spec }: PodView): readonly FieldFault[] {
  return fields.filter((field) => spec[field] === true).map((field) => forbidden(['spec', field], true))
}
