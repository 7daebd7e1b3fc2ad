/** What a request asks of which resource, as kube-apiserver reads it from the path and the method. */
export interface RequestInfo {
  readonly isResource: boolean
  readonly path: string
  readonly verb: string
  readonly group: string
  readonly version: string
  /** '' for a cluster-scoped request. */
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** After the subresource: `proxy/…`. */
  readonly rest: string
}

const methodVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Parts of `/api/v1/namespaces/x/pods/y/log`. Paths that are no resource's keep the lower-case method as verb. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const nonResource: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: '',
  }
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  const core = parts[0] === 'api'
  if (!core && parts[0] !== 'apis') return nonResource
  const [group = '', version = ''] = core ? ['', parts[1]] : [parts[1], parts[2]]
  let remaining = parts.slice(core ? 2 : 3)
  if (remaining.length === 0) return nonResource
  let watches = query.get('watch') === 'true' || query.get('watch') === '1'
  if (remaining[0] === 'watch' && remaining.length > 1) {
    watches = true
    remaining = remaining.slice(1)
  }
  let namespace = ''
  if (remaining[0] === 'namespaces') {
    const [, own = '', resource = ''] = remaining
    // `namespaces/x`, `namespaces/x/status` and `namespaces/x/finalize` are about the Namespace itself.
    const inside = remaining.length > 2 && resource !== 'status' && resource !== 'finalize'
    if (own !== '') namespace = own
    if (inside) remaining = remaining.slice(2)
  }
  const [resource = '', name = '', subresource = '', ...rest] = remaining
  let verb = methodVerbs[method] ?? ''
  if (verb === 'get' && name === '') verb = watches ? 'watch' : 'list'
  else if (verb === 'get' && watches) verb = 'watch'
  if (verb === 'delete' && name === '') verb = 'deletecollection'
  return { isResource: true, path, verb, group, version, namespace, resource, subresource, name, rest: rest.join('/') }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
