import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Dialect } from '../../policy/dialect.ts'
import type { CompiledPolicy } from '../../policy/policy.ts'
import type { Reach } from './wanted.ts'
import { clientConfigOf, isTrusted, wantedWebhooks } from './wanted.ts'

const configuration = (name: string, more: JsonObject = {}, kind = 'ValidatingWebhookConfiguration'): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
  ...more,
})

const service: Reach = { kind: 'service', namespace: 'kanon', name: 'kanon-svc' }
const url: Reach = { kind: 'url', host: '127.0.0.1', port: 9443 }
test.each<[string, Reach, JsonObject]>([
  ['a Service by its name', service, { service: { namespace: 'kanon', name: 'kanon-svc', path: '/validate', port: 443 } }],
  ['a process by its address', url, { url: 'https://127.0.0.1:9443/validate' }],
])('%s', (_, reach, expected) => {
  expect(clientConfigOf(reach, 'PEM', '/validate')).toEqual({ caBundle: 'UEVN', ...expected })
})

/** A dialect whose configuration says what it was asked with. */
const dialect = (name: string, kind: string): Dialect => ({
  name,
  kinds: [
    {
      apiVersions: ['test/v1'],
      kind,
      plural: `${kind.toLowerCase()}s`,
      shortNames: [],
      namespaced: false,
      role: 'policy',
      check: () => [],
    },
  ],
  testSuites: [],
  compile: () => ({ policies: [], rejected: [] }),
  admission: {
    policyRoutes: [],
    manifestRoutes: [],
    ignores: () => false,
    webhookConfigurations: (policies, context) => [
      configuration(name, {
        policies: policies.map((policy) => policy.name),
        settings: context.settings ?? null,
        ownNamespace: context.ownNamespace,
        clientConfig: context.clientConfig(`/${name}`),
      }),
    ],
  },
})
const policy = (kind: string, name: string): CompiledPolicy => ({
  apiVersion: 'test/v1',
  kind,
  name,
  namespace: '',
  manifest: {
    object: { apiVersion: 'test/v1', kind },
    document: { source: { name: '', text: '' }, start: 0, end: 0, base: [], value: null },
  },
  rules: [],
  effects: new Set(['validate']),
  selectors: [],
  failurePolicy: 'Fail',
  admission: true,
  background: true,
  enforces: true,
  scored: true,
  severity: '',
  category: '',
  reportSource: 'test',
  evaluate: () => ({ policy: policy(kind, name), rules: [] }),
})

test('each dialect is asked with its own policies and settings; one that no webhook serves is not', () => {
  const { admission: _, ...silent } = dialect('c', 'Gamma')
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', data: { x: 'y' } }
  const wanted = wantedWebhooks({
    dialects: [dialect('a', 'Alpha'), dialect('b', 'Beta'), silent],
    policies: [policy('Alpha', 'one'), policy('Beta', 'two'), policy('Alpha', 'three'), policy('Gamma', 'four')],
    settings: { b: settings },
    resources: [],
    clientConfig: (path) => clientConfigOf(url, '', path),
    ownNamespace: 'kanon',
  })
  const common = { ownNamespace: 'kanon' }
  expect(wanted).toEqual([
    configuration('a', {
      ...common,
      policies: ['one', 'three'],
      settings: null,
      clientConfig: { caBundle: '', url: 'https://127.0.0.1:9443/a' },
    }),
    configuration('b', { ...common, policies: ['two'], settings, clientConfig: { caBundle: '', url: 'https://127.0.0.1:9443/b' } }),
  ])
})

const trusting = (caBundle: string): JsonObject => ({ webhooks: [{ name: 'w', clientConfig: { caBundle } }] })
const mutating = 'MutatingWebhookConfiguration'
test.each<[string, readonly KubeObject[], boolean]>([
  ['none of ours is there', [], false],
  ['ours holds the bundle', [configuration('ours', trusting('UEVN'))], true],
  ['ours holds another', [configuration('ours', trusting('T0xE'))], false],
  ['ours has no webhooks', [configuration('ours')], true],
  ['one of two holds another', [configuration('ours', trusting('UEVN')), configuration('ours', trusting('T0xE'), mutating)], false],
  ['both hold it', [configuration('ours', trusting('UEVN')), configuration('ours', trusting('UEVN'), mutating)], true],
  ['another’s holds another', [configuration('ours', trusting('UEVN')), configuration('theirs', trusting('T0xE'))], true],
  ['only another’s holds it', [configuration('theirs', trusting('UEVN'))], false],
  ['one of the name but of another kind', [configuration('ours', trusting('UEVN'), 'Other')], false],
])('whether an authority is trusted: %s', (_, actual, expected) => {
  expect(isTrusted('PEM', [configuration('ours'), configuration('ours', {}, mutating)], actual)).toBe(expected)
})
