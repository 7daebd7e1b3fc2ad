import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import type { FieldError } from '../../kube/field-error.ts'
import { invalid, required } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { groupVersionKind, nameOf } from '../../kube/object.ts'
import { resourceOf } from '../../kube/resources.ts'
import { invalidStatus } from '../../kube/status.ts'
import { fieldOf } from '../../kube/validation/field.ts'
import { dns1123Label, dns1123Subdomain } from '../../kube/validation/names.ts'
import { validateAppArmorAgreement, validateAppArmorAnnotations } from '../../kube/validation/pod/annotations.ts'
import { podPath, podTemplateOf } from './pod-template.ts'
import { typeMistake } from './pod-types.ts'

const lists = [
  ['volumes', false],
  ['containers', true],
  ['initContainers', false],
  ['ephemeralContainers', false],
] as const

/**
 * Why an API server would have refused an object before Pod Security sees it, in its words; undefined where it would not. Of all that it looks at these
 * are the types of what is judged, the names of what messages name, which nothing in them sets apart, and AppArmor profiles that contradict each other.
 */
export function objectMistake(object: KubeObject): string | undefined {
  const mistake = typeMistake(object)
  if (mistake !== undefined) return mistake
  const { group, kind, version } = groupVersionKind(object)
  const of = { group, resource: resourceOf({ group, kind, version }).plural }
  const path = podPath(of)
  const pod = path === undefined ? undefined : podTemplateOf(of, object)
  if (path === undefined || pod === undefined) return undefined
  const name = nameOf(object)
  const nameErrors = name === '' ? [] : dns1123Subdomain(name).map((message) => invalid('metadata.name', name, message))
  const template = path.join('.')
  const spec = fieldOf(path.length === 0 ? 'spec' : `${template}.spec`, pod.spec)
  // The metadata of a template has no part in the paths of errors.
  const annotations = fieldOf(path.length === 0 ? 'metadata.annotations' : `${template}.annotations`, ownValue(pod.metadata, 'annotations'))
  const errors = [
    ...nameErrors,
    ...validateAppArmorAnnotations(annotations, spec),
    ...podErrors(pod.spec, spec.path),
    ...validateAppArmorAgreement(annotations, spec),
  ]
  return errors.length === 0 ? undefined : invalidStatus({ group, kind }, name, errors).message
}

function podErrors(spec: JsonObject, at: string): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const [list, isNeeded] of lists) {
    const value = ownValue(spec, list)
    const items = value !== undefined && isJsonArray(value) ? value : []
    if (isNeeded && items.length === 0) errors.push(required(`${at}.${list}`))
    items.forEach((item, index) => {
      const name = isJsonObject(item) ? ownValue(item, 'name') : undefined
      const field = `${at}.${list}[${index}].name`
      if (typeof name !== 'string' || name === '') errors.push(required(field))
      else errors.push(...dns1123Label(name).map((message) => invalid(field, name, message)))
    })
  }
  return errors
}
