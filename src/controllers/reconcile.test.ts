import { expect, test } from 'vitest'
import { err, ok } from '../core/result.ts'
import type { Manifest } from '../kube/manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { nameOf } from '../kube/object.ts'
import type { Status } from '../kube/status.ts'
import type { Dialect } from '../policy/dialect.ts'
import type { Api } from './api.ts'
import { reconcileCluster } from './reconcile.ts'

const failure = (code: number): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  code,
  message: `is ${code}`,
})

/** An API server without any of what is wanted, and what was written to it. It refuses paths with a word. */
function emptyApi(refused?: string): { readonly api: Api; readonly written: string[] } {
  const written: string[] = []
  const api: Api = {
    call: ({ method, path }) => {
      if (method === 'GET') return Promise.resolve(err(failure(404)))
      if (refused !== undefined && path.includes(refused)) return Promise.resolve(err(failure(403)))
      written.push(`${method} ${path.split('/').slice(3).join('/')}`)
      return Promise.resolve(ok({}))
    },
  }
  return { api, written }
}

/** Each manifest is a companion in force, and defines a kind of its name. */
const dialect: Dialect = {
  name: 'test',
  kinds: [
    {
      apiVersions: ['test/v1'],
      kind: 'Rule',
      plural: 'rules',
      shortNames: [],
      namespaced: false,
      role: 'companion',
      check: () => [],
      status: (_, state, now) => ({ ready: state.ready, at: now.toISOString() }),
    },
  ],
  testSuites: [],
  compile: () => ({ policies: [], rejected: [] }),
  definitions: (manifests) => manifests.map(({ object }) => ({ ...object, kind: 'CustomResourceDefinition', spec: {} })),
}
const rule: KubeObject = { apiVersion: 'test/v1', kind: 'Rule', metadata: { name: 'one' } }
const manifest: Manifest = { object: rule, document: { source: { name: '', text: '' }, start: 0, end: 0, base: [], value: rule } }
const webhook: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'hooks' },
}

const run = (api: Api, current: (manifest: Manifest) => KubeObject | undefined = ({ object }) => object): Promise<readonly Status[]> =>
  reconcileCluster(api, {
    dialects: [dialect],
    manifests: [manifest],
    compilation: { policies: [], companions: [manifest], rejected: [] },
    webhooks: () => [webhook],
    definition: () => undefined,
    current,
    now: () => new Date(0),
  })

const [definition, configuration, status] = [
  'POST v1/customresourcedefinitions',
  'POST v1/validatingwebhookconfigurations',
  'PATCH v1/rules/one/status',
]

test('definitions come first, then webhooks, then the status', async () => {
  const { api, written } = emptyApi()
  expect(await run(api)).toEqual([])
  expect(written).toEqual([definition, configuration, status])
})

test.each<[string, string, readonly string[]]>([
  ['a webhook', 'webhookconfigurations', [definition]],
  ['a definition', 'customresourcedefinitions', [configuration]],
])('where %s is refused nothing is said to be ready', async (_, refused, expected) => {
  const { api, written } = emptyApi(refused)
  expect(await run(api)).toMatchObject([{ code: 403 }])
  expect(written).toEqual(expected)
})

test('a refused status is told', async () => {
  expect(await run(emptyApi('status').api)).toMatchObject([{ code: 403 }])
})

test('what is gone, or says so already, gets no status', async () => {
  const says = { ...rule, status: { ready: true, at: '1970-01-01T00:00:00.000Z', more: 1 } }
  for (const current of [undefined, says]) {
    const { api, written } = emptyApi()
    expect(await run(api, () => current)).toEqual([])
    expect(written, nameOf(rule)).toEqual([definition, configuration])
  }
})
