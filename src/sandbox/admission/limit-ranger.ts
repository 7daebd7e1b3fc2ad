import type { Json, JsonObject } from '../../core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../core/json.ts'
import { err, ok } from '../../core/result.ts'
import { nameOf } from '../../kube/object.ts'
import type { Quantity } from '../../kube/quantity.ts'
import { compareQuantities, parseQuantity } from '../../kube/quantity.ts'
import { forbiddenStatus } from '../../kube/status.ts'
import { fieldOf, withFields } from '../registry/metadata.ts'
import type { BuiltIn } from './built-in.ts'

const listOf = (object: JsonObject, key: string): readonly JsonObject[] => {
  const value = ownValue(object, key)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

/** Fills in the requests and limits that a LimitRange of the namespace prescribes, and holds containers to its bounds. */
export const limitRanges: BuiltIn = ({ type, operation, subresource, namespace, object }, { store }) => {
  const applies = type.group === '' && type.resource === 'pods' && operation === 'CREATE' && subresource === ''
  if (object === undefined || !applies) return ok(object)
  const ranges = store.list({ group: '', resource: 'limitranges' }, namespace)
  const limits = ranges.flatMap((range) => listOf(fieldOf(range, 'spec'), 'limits')).filter((limit) => limit['type'] === 'Container')
  if (limits.length === 0) return ok(object)
  const spec = fieldOf(object, 'spec')
  const filled = (list: string): { readonly [key: string]: Json } =>
    ownValue(spec, list) === undefined ? {} : { [list]: listOf(spec, list).map((container) => limits.reduce(fill, container)) }
  const next: JsonObject = { ...spec, ...filled('initContainers'), ...filled('containers') }
  const broken = [...listOf(next, 'initContainers'), ...listOf(next, 'containers')].flatMap((container) =>
    limits.flatMap((limit) => whyBroken(container, limit)),
  )
  if (broken.length > 0) {
    const detail = broken.length === 1 ? (broken[0] ?? '') : `[${broken.join(', ')}]`
    return err(forbiddenStatus({ group: '', resource: 'pods' }, nameOf(object), detail))
  }
  return ok(withFields(object, { spec: next }))
}

function fill(container: JsonObject, limit: JsonObject): JsonObject {
  const resources = fieldOf(container, 'resources')
  const limits = { ...fieldOf(limit, 'default'), ...fieldOf(resources, 'limits') }
  const requests = { ...fieldOf(limit, 'defaultRequest'), ...fieldOf(resources, 'requests') }
  return {
    ...container,
    resources: {
      ...resources,
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(Object.keys(requests).length === 0 ? {} : { requests }),
    },
  }
}

const amountOf = (value: Json | undefined): Quantity | undefined => (value === undefined ? undefined : parseQuantity(String(value)))

function whyBroken(container: JsonObject, limit: JsonObject): readonly string[] {
  const resources = fieldOf(container, 'resources')
  const said: string[] = []
  const check = (bound: 'max' | 'min', of: 'limits' | 'requests'): void => {
    for (const [name, most] of Object.entries(fieldOf(limit, bound))) {
      const [bounded, actual] = [amountOf(most), amountOf(ownValue(fieldOf(resources, of), name))]
      const word = of === 'limits' ? 'limit' : 'request'
      const head = `${bound === 'max' ? 'maximum' : 'minimum'} ${name} usage per Container is ${String(most)}`
      if (actual === undefined) said.push(`${head}.  No ${word} is specified`)
      else if (bounded !== undefined && compareQuantities(actual, bounded) === (bound === 'max' ? 1 : -1))
        said.push(`${head}, but ${word} is ${String(ownValue(fieldOf(resources, of), name))}`)
    }
  }
  check('min', 'requests')
  check('max', 'limits')
  return said
}
