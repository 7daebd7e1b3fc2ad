import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestInfo } from './request-info.ts'

const read = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  const { verb, group, version, namespace, resource, subresource, name, rest } = requestInfo(method, path, new URLSearchParams(query))
  return [verb, group, version, namespace, resource, subresource, name, rest].join(' ')
}

test.each([
  ['GET', '/api/v1/pods', 'list  v1  pods   '],
  ['GET', '/api/v1/namespaces/x/pods', 'list  v1 x pods   '],
  ['GET', '/api/v1/namespaces/x/pods/y', 'get  v1 x pods  y '],
  ['HEAD', '/api/v1/namespaces/x/pods/y', 'get  v1 x pods  y '],
  ['POST', '/api/v1/namespaces/x/pods', 'create  v1 x pods   '],
  ['PUT', '/api/v1/namespaces/x/pods/y/status', 'update  v1 x pods status y '],
  ['PATCH', '/apis/apps/v1/namespaces/x/deployments/y/scale', 'patch apps v1 x deployments scale y '],
  ['DELETE', '/api/v1/namespaces/x/pods/y', 'delete  v1 x pods  y '],
  ['DELETE', '/api/v1/namespaces/x/pods', 'deletecollection  v1 x pods   '],
  ['GET', '/api/v1/namespaces', 'list  v1  namespaces   '],
  ['GET', '/api/v1/namespaces/x', 'get  v1 x namespaces  x '],
  ['PUT', '/api/v1/namespaces/x/finalize', 'update  v1 x namespaces finalize x '],
  ['PUT', '/api/v1/namespaces/x/status', 'update  v1 x namespaces status x '],
  ['GET', '/api/v1/nodes/y/proxy/a/b', 'get  v1  nodes proxy y a/b'],
  ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/y', 'get rbac.authorization.k8s.io v1  clusterroles  y '],
  ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode', 'get rbac.authorization.k8s.io v1  clusterroles  system:node '],
  ['GET', '/api/v1/pods?watch=true', 'watch  v1  pods   '],
  ['GET', '/api/v1/pods?watch=1', 'watch  v1  pods   '],
  ['GET', '/api/v1/pods?watch=false', 'list  v1  pods   '],
  ['GET', '/api/v1/watch/namespaces/x/pods', 'watch  v1 x pods   '],
  ['GET', '/api/v1/watch/namespaces/x/pods/y', 'watch  v1 x pods  y '],
  ['GET', '/api/v1//namespaces//x/pods/', 'list  v1 x pods   '],
])('%s %s is %j', (method, url, expected) => {
  expect(read(method, url)).toBe(expected)
})

test.each(['/', '/healthz', '/version', '/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/openapi/v3/apis/apps/v1'])(
  '%s is no resource: its verb is the method',
  (path) => {
    expect(requestInfo('GET', path, new URLSearchParams())).toMatchObject({ isResource: false, verb: 'get', path, resource: '' })
  },
)

test('an unknown method is no verb that a role could allow', () => {
  expect(requestInfo('TRACE', '/api/v1/pods', new URLSearchParams()).verb).toBe('')
})

test('no path makes it throw', () => {
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'X'), fc.string(), fc.string(), (method, path, query) => {
      const info = requestInfo(method, `/api/${path}`, new URLSearchParams(query))
      expect(typeof info.verb).toBe('string')
    }),
  )
})
