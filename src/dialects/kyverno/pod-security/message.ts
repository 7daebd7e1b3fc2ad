import type { Json, JsonPath } from '../../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { FieldFault } from '../../../standards/pod-security/pod-security.ts'
import { controlOfCheck } from './controls.ts'
import type { CheckResult } from './evaluate.ts'

/** `spec.containers[0].ports[1].hostPort`, `metadata.annotations[key]`. */
export const printField = (path: JsonPath): string =>
  path
    .map((step, index) => {
      if (index === 0) return String(step)
      return typeof step === 'number' || path[index - 1] === 'annotations' ? `[${step}]` : `.${step}`
    })
    .join('')

/** `(Forbidden reason: privileged, field error list: [spec.containers[0]… is forbidden, forbidden values found: true])` for each check. */
export function faultsText(results: readonly CheckResult[], template: JsonPath): string {
  return results
    .map(({ reason, faults }) => {
      const list = faults.map((fault) => faultText(fault, fieldInside(fault.path, template)))
      return `(Forbidden reason: ${reason}, field error list: [${list.join(', ')}])`
    })
    .join('')
}

function faultText({ fault, value }: FieldFault, field: string): string {
  if (fault === 'required') return `${field}: Required value`
  return value === '' || isJsonObject(value) ? `${field}: Forbidden` : `${field} is forbidden, forbidden values found: ${goText(value)}`
}

/** As Go prints values. */
function goText(value: Json | undefined): string {
  if (value === undefined) return 'nil'
  if (isJsonArray(value)) return `[${value.map(goText).join(' ')}]`
  return String(value)
}

/** Kyverno puts the words in front of the fields of a template wherever they stand in the text of a path. */
function fieldInside(path: JsonPath, template: JsonPath): string {
  const field = printField(path)
  if (template.length === 0) return field
  const prefix = template.join('.')
  return field.replaceAll('spec', `${prefix}.spec`).replaceAll('metadata', `${prefix}.metadata`)
}

/** The properties of a report's result that say which controls failed, and with which images. */
export function reportedControls(
  results: readonly CheckResult[],
  imageOf: (container: string) => string,
): Readonly<Record<'controls' | 'controlsJSON', string>> {
  const shown = results.map(({ id, containers }) => ({
    ID: id,
    Name: controlOfCheck(id),
    Images: containers.length === 0 ? null : [...new Set(containers.map(imageOf))],
  }))
  return { controls: results.map(({ id }) => id).join(','), controlsJSON: JSON.stringify(shown) }
}
