import { objectAt } from '../../core/fields.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, valueAt } from '../../core/json.ts'
import { err, ok } from '../../core/result.ts'
import { invalid } from '../../kube/field-error.ts'
import type { KubeObject } from '../../kube/object.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import { invalidStatus } from '../../kube/status.ts'
import { metadataText, resourceVersionOf, uidOf, withFields, withMetadata } from '../registry/metadata.ts'
import type { View } from '../registry/registry.ts'
import type { ServedType } from '../served-type.ts'

const steps = (path: string): readonly string[] => path.split('.').filter((step) => step !== '')

function setAt(object: JsonObject, path: readonly string[], value: number): JsonObject {
  const [step, ...rest] = path
  if (step === undefined) return object
  return { ...object, [step]: rest.length === 0 ? value : setAt(objectAt(object, step), rest, value) }
}

/** `a=b,c in (d)` of a LabelSelector; controllers of other kinds have plain labels. */
function selectorText(selector: JsonObject): string {
  const labels = isJsonObject(selector['matchLabels']) ? selector['matchLabels'] : isJsonArray(selector['matchExpressions']) ? {} : selector
  const expressions = isJsonArray(selector['matchExpressions']) ? selector['matchExpressions'].filter(isJsonObject) : []
  const said = expressions.map((expression) => {
    const values = isJsonArray(expression['values']) ? expression['values'].map(String).join(',') : ''
    switch (expression['operator']) {
      case 'In':
        return `${expression['key']} in (${values})`
      case 'NotIn':
        return `${expression['key']} notin (${values})`
      case 'Exists':
        return `${expression['key']}`
      default:
        return `!${expression['key']}`
    }
  })
  return [
    ...Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`),
    ...said,
  ].join(',')
}

/** The form that a subresource shows, where it has one of its own. */
export function viewOf(type: ServedType, subresource: string): View | undefined {
  if (subresource !== 'scale') return undefined
  const specPath = steps(type.scale?.specReplicasPath ?? '.spec.replicas')
  const statusPath = steps(type.scale?.statusReplicasPath ?? '.status.replicas')
  const selectorPath = type.scale === undefined ? undefined : type.scale.labelSelectorPath
  return {
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    show: (object) => {
      const replicas = valueAt(object, specPath)
      const current = valueAt(object, statusPath)
      const custom = selectorPath === undefined ? undefined : valueAt(object, steps(selectorPath))
      const selector =
        type.scale === undefined ? selectorText(objectAt(objectAt(object, 'spec'), 'selector')) : typeof custom === 'string' ? custom : ''
      return {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: {
          name: nameOf(object),
          ...(namespaceOf(object) === '' ? {} : { namespace: namespaceOf(object) }),
          uid: uidOf(object),
          resourceVersion: resourceVersionOf(object),
          creationTimestamp: metadataText(object, 'creationTimestamp'),
        },
        spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
        status: { replicas: typeof current === 'number' ? current : 0, ...(selector === '' ? {} : { selector }) },
      } satisfies KubeObject
    },
    put: (view, object) => {
      const asked = valueAt(view, ['spec', 'replicas']) ?? 0
      if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0) {
        return err(
          invalidStatus({ group: 'autoscaling', kind: 'Scale' }, nameOf(object), [
            invalid('spec.replicas', asked, 'must be greater than or equal to 0'),
          ]),
        )
      }
      const next = setAt(object, specPath, asked) as KubeObject
      const version = resourceVersionOf(view)
      return ok(version === '' ? withFields(next, {}) : withMetadata(next, { resourceVersion: version }))
    },
  }
}
