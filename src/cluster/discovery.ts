import type { JsonObject } from '../core/json.ts'
import { isJsonArray, isJsonObject } from '../core/json.ts'
import type { ServedResource } from '../policy/admission.ts'
import type { KubeClient } from './kube-client.ts'

const objects = (value: JsonObject[string] | undefined): readonly JsonObject[] => (isJsonArray(value) ? value.filter(isJsonObject) : [])
const text = (value: JsonObject[string] | undefined): string => (typeof value === 'string' ? value : '')

/** Everything an API server serves, by its resource lists; undefined where it cannot be asked. Groups that cannot be read are left out. */
export async function discover(client: KubeClient): Promise<readonly ServedResource[] | undefined> {
  const groups = await client.call({ method: 'GET', path: '/apis' })
  if (!groups.ok) return undefined
  const versions = objects(groups.value['groups']).flatMap((group) =>
    objects(group['versions']).map((version) => text(version['groupVersion'])),
  )
  const lists = await Promise.all(
    ['v1', ...versions].map(async (groupVersion) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`
      const list = await client.call({ method: 'GET', path })
      return list.ok ? readList(groupVersion, list.value) : []
    }),
  )
  return lists.flat()
}

function readList(groupVersion: string, list: JsonObject): readonly ServedResource[] {
  const slash = groupVersion.indexOf('/')
  const [group, version] = slash < 0 ? ['', groupVersion] : [groupVersion.slice(0, slash), groupVersion.slice(slash + 1)]
  const entries = objects(list['resources'])
  const subresources = Object.groupBy(
    entries.filter((entry) => text(entry['name']).includes('/')),
    (entry) => text(entry['name']).split('/', 1)[0] ?? '',
  )
  return entries
    .filter((entry) => !text(entry['name']).includes('/'))
    .map((entry) => {
      const resource = text(entry['name'])
      return {
        group,
        version,
        resource,
        kind: text(entry['kind']),
        namespaced: entry['namespaced'] === true,
        subresources: (subresources[resource] ?? []).map((other) => ({
          name: text(other['name']).slice(resource.length + 1),
          kind: text(other['kind']),
        })),
      }
    })
}

/** The path of a collection, for all namespaces or of one. */
export function collectionPath(
  { group, version, resource }: Pick<ServedResource, 'group' | 'version' | 'resource'>,
  namespace = '',
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespace === '' ? `${root}/${resource}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`
}
