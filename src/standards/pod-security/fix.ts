import type { Json, JsonObject, JsonPath } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { withAdditionsAt } from '../../core/json-additions.ts'
import type { EvaluationMode } from './evaluate.ts'
import { detailsText, explainView } from './evaluate.ts'
import type { LevelVersion } from './level.ts'
import type { ContainerView, Holder, PodView } from './pod-view.ts'
import { asList, asObject, isWindows, podView } from './pod-view.ts'

/** Fields to add to the map at `path`, deeply; none of them is there. Items of lists are added to those that are. */
export interface Addition {
  readonly path: JsonPath
  readonly add: JsonObject
}

/** A violation that only somebody can end who knows what the Pod is for. */
export interface Decision {
  readonly check: string
  readonly message: string
  readonly at: readonly JsonPath[]
}

export interface Fixes {
  readonly additions: readonly Addition[]
  readonly decisions: readonly Decision[]
}

/**
 * What a Pod needs to meet a level. Only what nobody has said anything about is filled in: who wrote `allowPrivilegeEscalation: true` had a
 * reason.
 */
export function planFixes(levelVersion: LevelVersion, metadata: JsonObject, spec: JsonObject, mode: EvaluationMode = 'overrides'): Fixes {
  const pod = podView(metadata, spec)
  const violated = explainView(levelVersion, pod, mode)
  const additions = joined(isWindows(pod) ? [] : violated.flatMap(({ check }) => fixers[check]?.(pod) ?? []))
  const fixed = additions.reduce((root, { path, add }) => withAdditionsAt(root, path, add), { spec } as Json)
  const remaining = explainView(levelVersion, podView(metadata, isJsonObject(fixed) ? (asObject(fixed['spec']) ?? {}) : {}), mode)
  return {
    additions,
    decisions: remaining.map((violation) => ({
      check: violation.check,
      message: detailsText([violation]),
      at: violation.faults.map(({ path }) => path),
    })),
  }
}

type Fixer = (pod: PodView) => readonly Addition[]

const isUnset = ({ securityContext }: Holder, field: string): boolean => (securityContext[field] ?? null) === null
const inContext = ({ path }: Holder, add: JsonObject): Addition => ({ path, add: { securityContext: add } })

function capabilities({ securityContext }: Holder, field: 'add' | 'drop'): readonly Json[] {
  return asList(asObject(securityContext['capabilities'])?.[field])
}

/** The API server refuses these together with `allowPrivilegeEscalation: false`. */
const needsEscalation = (container: ContainerView): boolean =>
  container.securityContext['privileged'] === true ||
  capabilities(container, 'add').some((name) => name === 'SYS_ADMIN' || name === 'CAP_SYS_ADMIN')

/** By the id of the check. */
const fixers: Readonly<Record<string, Fixer>> = {
  allowPrivilegeEscalation: ({ containers }) =>
    containers
      .filter((container) => isUnset(container, 'allowPrivilegeEscalation') && !needsEscalation(container))
      .map((container) => inContext(container, { allowPrivilegeEscalation: false })),
  capabilities_restricted: ({ containers }) =>
    containers
      .filter((container) => !capabilities(container, 'drop').includes('ALL'))
      .map((container) => inContext(container, { capabilities: { drop: ['ALL'] } })),
  runAsNonRoot: (pod) => {
    const all: readonly Holder[] = [pod, ...pod.containers]
    const isSaid = !isUnset(pod, 'runAsNonRoot') || pod.containers.some(({ securityContext }) => securityContext['runAsNonRoot'] === false)
    // A kubelet does not start as another user what is told to be root.
    const isRoot = all.some(({ securityContext }) => securityContext['runAsUser'] === 0)
    return isSaid || isRoot ? [] : [inContext(pod, { runAsNonRoot: true })]
  },
  seccompProfile_restricted: (pod) =>
    isUnset(pod, 'seccompProfile') && pod.containers.some((container) => isUnset(container, 'seccompProfile'))
      ? [inContext(pod, { seccompProfile: { type: 'RuntimeDefault' } })]
      : [],
}

/** Additions to the same map are one. */
function joined(additions: readonly Addition[]): readonly Addition[] {
  const byPath = new Map<string, Addition>()
  for (const { path, add } of additions) {
    const key = JSON.stringify(path)
    const both = withAdditionsAt(byPath.get(key)?.add ?? {}, [], add)
    byPath.set(key, { path, add: isJsonObject(both) ? both : add })
  }
  return [...byPath.values()]
}
