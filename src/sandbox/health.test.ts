import { expect, test } from 'vitest'
import { healthPaths, healthResponse } from './health.ts'
import type { ApiRequest } from './http/exchange.ts'

const ask = (path: string, ready = true) => {
  const url = new URL(path, 'https://localhost')
  const request: ApiRequest = {
    method: 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    body: new Uint8Array(),
    certificate: undefined,
    signal: new AbortController().signal,
  }
  const response = healthResponse(request, ready)
  return response === undefined ? undefined : `${response.status} ${'body' in response ? response.body : ''}`
}

test.each(['/healthz', '/livez', '/readyz', '/livez/ping', '/readyz/etcd', '/healthz/poststarthook/rbac/bootstrap-roles'])(
  '%s is ok',
  (path) => {
    expect(ask(path)).toBe('200 ok')
  },
)

test.each(['/livez/nope', '/readyz/loopback-serving-certificate', '/other', '/livez/ping/more'])('%s is no path of health', (path) => {
  expect(ask(path)).toBeUndefined()
})

test('with verbose every check is listed', () => {
  const lines = (ask('/livez?verbose') ?? '').split('\n')
  expect([lines[0], lines[3], lines.at(-2)]).toEqual(['200 [+]ping ok', '[+]etcd ok', 'livez check passed'])
  expect(lines.filter((line) => line.includes('[+]'))).toHaveLength(healthPaths.filter((path) => path.startsWith('/livez/')).length)
})

test('checks can be left out, and unknown ones are said', () => {
  expect(ask('/livez?verbose&exclude=etcd&exclude=nope')).toMatch(
    /\[\+\]etcd excluded: ok\n[^]*\nwarn: some health checks cannot be excluded: no matches for "nope"\nlivez check passed\n$/,
  )
})

test('a server that is still starting lives but is not ready', () => {
  expect(ask('/livez', false)).toBe('200 ok')
  expect(ask('/readyz', false)).toMatch(/^500 [^]*\[-\]informer-sync failed: reason withheld\n[^]*readyz check failed\n$/)
  expect(ask('/readyz?exclude=informer-sync', false)).toBe('200 ok')
})
