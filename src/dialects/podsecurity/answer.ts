import type { Status } from '../../kube/status.ts'
import type { AdmissionAnswer } from '../../policy/admission-plugin.ts'

/** Keys of the audit annotations, without the prefix. */
type Annotation = 'enforce-policy' | 'audit-violations' | 'exempt' | 'error'
type Annotations = Readonly<Partial<Record<Annotation, string>>>

/** With everything it may have. */
export type Answer = AdmissionAnswer & Required<Pick<AdmissionAnswer, 'warnings' | 'auditAnnotations'>>

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
