import type { KubeObject } from '../../kube/object.ts'
import { nameOf } from '../../kube/object.ts'
import type { Status } from '../../kube/status.ts'
import { failure, methodNotAllowed } from '../../kube/status.ts'
import type { Clock } from '../client.ts'
import type { ApiRequest, ApiResponse } from '../http/exchange.ts'
import { jsonResponse, statusResponse } from '../http/exchange.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { ServedType } from '../served-type.ts'
import { representation } from './represent.ts'

/** What a cluster consists of beside its API server. All of it is this program. */
const components = ['scheduler', 'controller-manager', 'etcd-0'].map((name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}))

export const isComponentStatus = ({ group, resource }: ServedType): boolean => group === '' && resource === 'componentstatuses'

const noSuchComponent = (name: string): Status =>
  failure({
    code: 404,
    reason: 'NotFound',
    message: `componentstatus ${JSON.stringify(name)} not found`,
    details: { name, kind: 'componentstatus' },
  })

/** Component statuses are not stored: each is made when it is asked for. */
export function componentStatusResponse(request: ApiRequest, info: RequestInfo, type: ServedType, clock: Clock): ApiResponse {
  const shown = representation(request, type, clock)
  if (info.verb === 'list') return jsonResponse(200, shown.list(components, {}))
  if (info.verb !== 'get') return statusResponse(methodNotAllowed())
  const found = components.find((component) => nameOf(component) === info.name)
  return found === undefined ? statusResponse(noSuchComponent(info.name)) : jsonResponse(200, shown.one(found))
}
