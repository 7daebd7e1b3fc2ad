import type { Status } from '../../kube/status.ts'

/** Keys of the audit annotations, without the prefix. */
type Annotation = 'enforce-policy' | 'audit-violations' | 'exempt' | 'error'
type Annotations = Readonly<Partial<Record<Annotation, string>>>

/** An `AdmissionAnswer` that says what it has for the audit log also when it denies. */
export type Answer =
  | { readonly allowed: true; readonly warnings: readonly string[]; readonly auditAnnotations: Readonly<Record<string, string>> }
  | {
      readonly allowed: false
      readonly status: Status
      readonly warnings: readonly string[]
      readonly auditAnnotations: Readonly<Record<string, string>>
    }

const prefixed = (annotations: Annotations): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]))

export const allow = (annotations: Annotations = {}, warnings: readonly string[] = []): Answer => ({
  allowed: true,
  warnings,
  auditAnnotations: prefixed(annotations),
})

/** A denied request carries no warnings: its error says it all. */
export const deny = (status: Status, annotations: Annotations = {}): Answer => ({
  allowed: false,
  status,
  warnings: [],
  auditAnnotations: prefixed(annotations),
})
