import { quoteGo } from '../../../core/go-quote.ts'
import type { JsonObject } from '../../../core/json.ts'
import { ownValue } from '../../../core/json.ts'
import type { Check, FieldFault, Violation } from '../check.ts'
import { forbidden } from '../check.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { asObject, asText, contextPath, holders, namesWhere } from '../pod-view.ts'
import { plural, quoted, settersText, sortedDistinct } from '../text.ts'

const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/'

/** Where hosts have AppArmor, the profile of the runtime applies: it must not be turned off. A profile of the host may take its place. */
export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  restrictedFields: [
    'spec.securityContext.appArmorProfile.type',
    'spec.containers[*].securityContext.appArmorProfile.type',
    'spec.initContainers[*].securityContext.appArmorProfile.type',
    'spec.ephemeralContainers[*].securityContext.appArmorProfile.type',
    `metadata.annotations["${annotationPrefix}*"]`,
  ],
  allowedValues: 'types undefined, RuntimeDefault, Localhost; annotations undefined, runtime/default, localhost/*',
  revisions: [{ since: 0, test: allowOnlyProfiles, faults: otherProfiles }],
}

/** The type that is not allowed; an empty one is none. */
function forbiddenType(securityContext: JsonObject): string | undefined {
  const profile = asObject(securityContext['appArmorProfile'])
  if (profile === undefined) return undefined
  const type = asText(profile['type']) ?? ''
  return type === 'RuntimeDefault' || type === 'Localhost' ? undefined : type
}

const hasForbiddenType = ({ securityContext }: ContainerView): boolean => forbiddenType(securityContext) !== undefined

const isForbiddenAnnotation = (key: string, annotations: JsonObject): boolean => {
  if (!key.startsWith(annotationPrefix)) return false
  const value = ownValue(annotations, key)
  return typeof value === 'string' && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/')
}

function hasForbiddenAnnotation(annotations: JsonObject): boolean {
  for (const key in annotations) if (isForbiddenAnnotation(key, annotations)) return true
  return false
}

function allowOnlyProfiles({ annotations, securityContext, containers }: PodView): Violation | undefined {
  const ofPod = forbiddenType(securityContext)
  const bad = namesWhere(containers, hasForbiddenType)
  const isAnnotated = hasForbiddenAnnotation(annotations)
  if (ofPod === undefined && bad.length === 0 && !isAnnotated) return undefined
  const types = [ofPod, ...containers.map((container) => forbiddenType(container.securityContext))]
  const written = Object.keys(annotations)
    .filter((key) => isForbiddenAnnotation(key, annotations))
    .map((key) => `${key}=${quoteGo(asText(ownValue(annotations, key)) ?? '')}`)
  const values = [...sortedDistinct(types.filter((type) => type !== undefined)), ...sortedDistinct(written)]
  const setters = [
    ...(ofPod !== undefined || bad.length > 0 ? [settersText(ofPod !== undefined, bad)] : []),
    ...(isAnnotated ? [plural(written.length, 'annotation', 'annotations')] : []),
  ]
  return {
    reason: plural(values.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  }
}

function otherProfiles(pod: PodView): readonly FieldFault[] {
  const types = holders(pod).flatMap((holder) => {
    const type = forbiddenType(holder.securityContext)
    return type === undefined ? [] : [forbidden(contextPath(holder, 'appArmorProfile', 'type'), type)]
  })
  const { annotations } = pod
  const keys = Object.keys(annotations).filter((key) => isForbiddenAnnotation(key, annotations))
  return [...types, ...sortedDistinct(keys).map((key) => forbidden(['metadata', 'annotations', key], ownValue(annotations, key)))]
}
