import { isJsonArray, isJsonObject, ownValue, valueAt } from '../core/json.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import type { KubeClient } from './kube-client.ts'

const pageSize = 500
/** Pages of one list. */
const mostPages = 10_000

/** All objects of a kind, of all namespaces, in pages. `apiVersion` and `kind`, which items of lists do not have, are given to each. */
export async function listObjects(
  client: KubeClient,
  { apiVersion, kind, plural }: { readonly apiVersion: string; readonly kind: string; readonly plural: string },
): Promise<Result<readonly KubeObject[], Status>> {
  const path = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${plural}?limit=${pageSize}`
  const objects: KubeObject[] = []
  let next = ''
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.call({ method: 'GET', path: next === '' ? path : `${path}&continue=${encodeURIComponent(next)}` })
    if (!answer.ok) return err(answer.error)
    const items = ownValue(answer.value, 'items')
    for (const item of items !== undefined && isJsonArray(items) ? items : []) {
      if (isJsonObject(item)) objects.push({ ...item, apiVersion, kind })
    }
    const token = valueAt(answer.value, ['metadata', 'continue'])
    if (typeof token !== 'string' || token === '') break
    next = token
  }
  return ok(objects)
}
