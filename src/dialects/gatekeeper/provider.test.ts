import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { validatingVerdict } from './admission/verdict.ts'
import { gatekeeper } from './dialect.ts'
import { caBundle, compile, manifestOf, rejections, request } from './testbed.ts'

const good: JsonObject = { url: 'https://p.example/validate', timeout: 1, caBundle }
const provider = (spec: Json, name = 'p'): KubeObject => ({
  apiVersion: 'externaldata.gatekeeper.sh/v1beta1',
  kind: 'Provider',
  metadata: { name },
  spec,
})
const refusal = (object: KubeObject): string | undefined => validatingVerdict(request(object), []).message
const encoded = (text: string): string => Buffer.from(text).toString('base64')

test.each<[string, JsonObject, string]>([
  ['without a url', { ...good, url: '' }, 'invalid provider url. value: '],
  ['over http', { ...good, url: 'http://p' }, 'only HTTPS scheme is supported for Providers'],
  ['without a scheme', { ...good, url: 'p.example' }, 'only HTTPS scheme is supported for Providers'],
  ['with a url that is none', { ...good, url: 'https://:x' }, 'failed to parse provider URL https://:x'],
  ['with a timeout below zero', { ...good, timeout: -1 }, 'provider timeout should be a positive integer. value: -1'],
  ['without a bundle', { url: 'https://p' }, 'caBundle should be set for HTTPS scheme'],
  ['with a bundle that is no base64', { ...good, caBundle: 'abc$' }, 'failed to decode CA bundle: illegal base64 data at input byte 3'],
  ['with a bundle that ends early', { ...good, caBundle: 'abcde' }, 'failed to decode CA bundle: illegal base64 data at input byte 4'],
  ['with a bundle that is no PEM', { ...good, caBundle: encoded('ca') }, 'bad CA bundle'],
  [
    'with a bundle that holds no certificate',
    { ...good, caBundle: encoded('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
    'bad CA bundle',
  ],
])('a provider %s is refused, and is not asked', (_, spec, expected) => {
  expect(refusal(provider(spec))).toBe(expected)
  expect(validatingVerdict(request(provider(spec)), [])).toMatchObject({ allowed: false, code: 422 })
  expect(rejections(provider(spec))).toEqual([expected])
})

test.each<[string, JsonObject]>([
  ['with everything', good],
  ['without a timeout', { url: 'https://p', caBundle }],
  ['with a bundle on several lines', { ...good, caBundle: caBundle.replaceAll(/.{64}/g, '$&\n') }],
])('a provider %s is taken', (_, spec) => {
  expect(refusal(provider(spec))).toBeUndefined()
  expect(compile(provider(spec)).companions).toHaveLength(1)
})

test('a provider of another group is no provider', () => {
  const other = { ...provider({}), apiVersion: 'aws.upbound.io/v1' }
  expect(refusal(other)).toBeUndefined()
})

test('the structure of a provider is checked', () => {
  const kind = gatekeeper.kinds.find((one) => one.kind === 'Provider')
  expect(kind?.check(manifestOf(provider({ ...good, timeout: 'soon' }))).map(({ message }) => message)).toEqual([
    'spec.timeout: Invalid value: "string": spec.timeout in body must be of type integer: "string"',
  ])
})

test('the status says whether a provider is asked', () => {
  const kind = gatekeeper.kinds.find((one) => one.kind === 'Provider')
  const manifest = manifestOf({ ...provider(good), metadata: { name: 'p', uid: 'u', generation: 2 } })
  expect(kind?.status?.(manifest, { ready: true }, new Date(0))).toMatchObject({
    byPod: [{ active: true, providerUID: 'u', observedGeneration: 2 }],
  })
  expect(kind?.status?.(manifest, { ready: false, message: 'bad' }, new Date(0))).toMatchObject({
    byPod: [{ active: false, errors: [{ type: 'UpsertCache', message: 'bad' }] }],
  })
})

test('no spec makes it throw', () => {
  const spec = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        url: fc.oneof(fc.webUrl(), fc.string(), fc.jsonValue()),
        timeout: fc.jsonValue(),
        caBundle: fc.oneof(fc.base64String(), fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(spec, (value) => {
      const { companions = [], rejected } = compile(provider(value as Json))
      expect(companions.length + rejected.length).toBe(1)
    }),
  )
})
