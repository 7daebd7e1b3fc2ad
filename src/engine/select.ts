import { hasWildcard } from '../core/wildcard.ts'
import type { CompiledPolicy } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'

/** Finds the policies that may concern a request without asking each of them. */
export interface PolicyIndex {
  readonly select: (request: PolicyRequest) => readonly CompiledPolicy[]
}

/** By kind, the part of a selector that is nearly always literal. Policies whose kind is a wildcard are candidates for every kind. */
export function indexPolicies(policies: readonly CompiledPolicy[]): PolicyIndex {
  const kinds = new Set(policies.flatMap((policy) => policy.selectors.map(({ kind }) => kind)).filter((kind) => !hasWildcard(kind)))
  const anyKind = policies.filter((policy) => policy.selectors.some(({ kind }) => hasWildcard(kind)))
  const byKind = new Map<string, readonly CompiledPolicy[]>()
  for (const kind of kinds) {
    byKind.set(
      kind,
      policies.filter((policy) => policy.selectors.some((selector) => selector.kind === kind || hasWildcard(selector.kind))),
    )
  }
  const ofKind = (kind: string): readonly CompiledPolicy[] => byKind.get(kind) ?? anyKind
  return {
    select: ({ kind, objectKind }) => {
      const candidates = ofKind(kind.kind)
      // A subresource may show an object of another kind, which policies may be for as well.
      if (objectKind === undefined || !kinds.has(objectKind.kind)) return candidates
      const both = new Set([...candidates, ...ofKind(objectKind.kind)])
      return policies.filter((policy) => both.has(policy))
    },
  }
}
