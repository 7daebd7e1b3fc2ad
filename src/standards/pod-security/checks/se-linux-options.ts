import type { JsonObject } from '../../../core/json.ts'
import type { Check, Demand, FieldFault } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, Holder } from '../pod-view.ts'
import { asObject, asText, contextPath, holders, namesWhere } from '../pod-view.ts'
import { plural, quoted, settersText, sortedDistinct } from '../text.ts'

const typesOf10: ReadonlySet<string> = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t'])
const typesOf131: ReadonlySet<string> = new Set([...typesOf10, 'container_engine_t'])

/** Only the types made for containers; no user and no role. The level is free. */
export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  restrictedFields: ['type', 'user', 'role'].flatMap((field) => [
    `spec.securityContext.seLinuxOptions.${field}`,
    `spec.containers[*].securityContext.seLinuxOptions.${field}`,
    `spec.initContainers[*].securityContext.seLinuxOptions.${field}`,
    `spec.ephemeralContainers[*].securityContext.seLinuxOptions.${field}`,
  ]),
  allowedValues: 'type: undefined, "", container_t, container_init_t, container_kvm_t, container_engine_t; user, role: undefined, ""',
  revisions: [
    { since: 0, ...allowOnlyTypes(typesOf10) },
    { since: 31, ...allowOnlyTypes(typesOf131) },
  ],
}

const optionsOf = (securityContext: JsonObject): JsonObject | undefined => asObject(securityContext['seLinuxOptions'])
const isSet = (options: JsonObject, field: 'user' | 'role'): boolean => (asText(options[field]) ?? '') !== ''

function allowOnlyTypes(types: ReadonlySet<string>): Demand {
  const isForbidden = ({ securityContext }: Pick<ContainerView, 'securityContext'>): boolean => {
    const options = optionsOf(securityContext)
    if (options === undefined) return false
    return !types.has(asText(options['type']) ?? '') || isSet(options, 'user') || isSet(options, 'role')
  }
  return {
    test: (pod) => {
      const bad = namesWhere(pod.containers, isForbidden)
      const isPodBad = isForbidden(pod)
      if (!isPodBad && bad.length === 0) return undefined
      const all = [pod, ...pod.containers]
        .map(({ securityContext }) => optionsOf(securityContext))
        .filter((options) => options !== undefined)
      return {
        reason: 'seLinuxOptions',
        detail: `${settersText(isPodBad, bad)} set forbidden securityContext.seLinuxOptions: ${clauses(all, types).join('; ')}`,
      }
    },
    faults: (pod) => holders(pod).flatMap((holder) => faultsOf(holder, types)),
  }
}

function faultsOf(holder: Holder, types: ReadonlySet<string>): readonly FieldFault[] {
  const options = optionsOf(holder.securityContext)
  if (options === undefined) return []
  const faulty = [
    ...(types.has(asText(options['type']) ?? '') ? [] : ['type']),
    ...(['user', 'role'] as const).filter((field) => isSet(options, field)),
  ]
  return faulty.map((field) => forbidden(contextPath(holder, 'seLinuxOptions', field), asText(options[field])))
}

function clauses(all: readonly JsonObject[], types: ReadonlySet<string>): readonly string[] {
  const bad = sortedDistinct(all.map((options) => asText(options['type']) ?? '').filter((type) => !types.has(type)))
  return [
    ...(bad.length > 0 ? [`${plural(bad.length, 'type', 'types')} ${quoted(bad)}`] : []),
    ...(all.some((options) => isSet(options, 'user')) ? ['user may not be set'] : []),
    ...(all.some((options) => isSet(options, 'role')) ? ['role may not be set'] : []),
  ]
}
