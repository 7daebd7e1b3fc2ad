import type { JsonObject } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Check } from '../check.ts'
import { detailsText } from '../evaluate.ts'
import { parseVersion } from '../level.ts'
import { podView } from '../pod-view.ts'

/** For tests of checks: what one check of a version says about a Pod; 'pass' where it says nothing, 'absent' where the version does not have it. */
export function judged(check: Check, version: string, spec: JsonObject, annotations: JsonObject = {}): string {
  const parsed = parseVersion(version)
  const minor = parsed.ok ? parsed.value.minor : -1
  const revision = check.revisions.findLast(({ since }) => since <= minor)
  if (revision === undefined) return 'absent'
  const violation = revision.test(podView({ annotations }, spec))
  return violation === undefined ? 'pass' : detailsText([violation])
}

/** A spec with a container for each `securityContext`, named a, b, c… */
export const withContexts = (...contexts: readonly JsonObject[]): JsonObject => ({
  containers: contexts.map((securityContext, index) => ({ name: String.fromCodePoint(97 + index), securityContext })),
})

/** The same with a `securityContext` of the Pod. */
export const withPodContext = (securityContext: JsonObject, ...contexts: readonly JsonObject[]): JsonObject => ({
  securityContext,
  ...withContexts(...contexts),
})

export const windows = (spec: JsonObject): JsonObject => ({ ...spec, os: { name: 'windows' } })

/** A spec whose containers are spread over the three lists: the first is an init container, the last an ephemeral one. */
export function spread(spec: JsonObject): JsonObject {
  const { containers, ...rest } = spec
  const all = Array.isArray(containers) ? containers.filter((container) => isJsonObject(container)) : []
  return { ...rest, ephemeralContainers: all.slice(2), containers: all.slice(1, 2), initContainers: all.slice(0, 1) }
}
