import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { parseTestFile } from './test-file.ts'

function manifest(fields: JsonObject): Manifest {
  const object: KubeObject = { apiVersion: 'cli.kyverno.io/v1alpha1', kind: 'Test', ...fields }
  return { object, document: { source: { name: 'kyverno-test.yaml', text: '' }, start: 0, end: 0, base: [], value: object } }
}

test('a result is read with all that a row needs', () => {
  const { expectations, diagnostics } = parseTestFile(
    manifest({
      results: [
        {
          policy: 'ns/p',
          rule: 'r',
          kind: 'Pod',
          resources: ['a', 'ns/b'],
          resourceSpecs: [{ group: 'apps', version: 'v1', namespace: 'ns', name: 'web' }],
          result: 'fail',
          operation: 'DELETE',
          patchedResources: 'patched.yaml',
          generatedResource: 'one.yaml',
          generatedResources: ['two.yaml'],
          failOnMissingResources: true,
          isMUtatingPolicy: true,
        },
      ],
    }),
  )
  expect(diagnostics).toEqual([])
  expect(expectations).toEqual([
    {
      entry: 0,
      policy: 'ns/p',
      policyKind: 'MutatingPolicy',
      rule: 'r',
      resources: ['a', 'ns/b'],
      resourceSpecs: [{ apiVersion: 'apps/v1', namespace: 'ns', name: 'web' }],
      result: 'fail',
      operation: 'DELETE',
      patchedResources: 'patched.yaml',
      generatedResources: ['one.yaml', 'two.yaml'],
      cloneSourceResource: '',
      failOnMissingResources: true,
    },
  ])
})

test.each([
  ['no policy', { result: 'pass' }, '`results[0]`: expected `policy` to name a policy'],
  [
    'an unknown result',
    { policy: 'p', result: 'ok' },
    '`results[0]`: expected `result` to be one of pass, fail, warn, error, skip, found "ok"',
  ],
  ['no result', { policy: 'p' }, '`results[0]`: expected `result` to be one of pass, fail, warn, error, skip, found null'],
  [
    'an operation that no request has',
    { policy: 'p', result: 'pass', operation: 'PATCH' },
    '`results[0]`: expected `operation` to be CREATE, UPDATE or DELETE, found "PATCH"',
  ],
])('%s is reported, and the other entries stay', (_, bad, message) => {
  const file = parseTestFile(manifest({ results: [bad, { policy: 'p', result: 'pass' }] }))
  expect(file.diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message])
  expect(file.expectations.map(({ entry }) => entry)).toEqual([1])
})

test('no input makes it throw', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 3 }), (results, policies) => {
      parseTestFile(manifest({ results: results as never, policies: policies as never, values: policies as never }))
    }),
  )
})
