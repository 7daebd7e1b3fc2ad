import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { isKubeObject } from '../../kube/object.ts'
import type { TestHost } from '../../policy/test-suite.ts'
import { gatekeeper } from './dialect.ts'
import { gatekeeperTestSuite } from './test-suite.ts'
import { judge } from './test-suite/assertions.ts'
import { constraint, factsOf, manifestOf, pod, template } from './testbed.ts'

const rego = `package k
violation[{"msg": msg}] { msg := sprintf("%v is bad", [input.review.object.metadata.name]) }
violation[{"msg": msg}] { msg := sprintf("found %v", [data.inventory.namespace[_].v1.Pod[name].metadata.name]) }
violation[{"msg": msg}] { msg := sprintf("by %v: %v", [input.review.userInfo.username, input.review.operation]) }`

const files: Readonly<Record<string, readonly KubeObject[]>> = {
  template: [template({ rego, schema: { type: 'object', properties: { a: { type: 'string' } } } })],
  broken: [template({ rego: 'package k' })],
  constraint: [constraint()],
  selecting: [constraint({ match: { namespaceSelector: { matchLabels: { a: 'b' } } } })],
  invalid: [constraint({ parameters: { a: 1 } })],
  pod: [pod()],
  other: [pod({ name: 'o' })],
  two: [pod(), pod({ name: 'q' })],
  namespace: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { a: 'b' } } }],
  review: [
    {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        operation: 'DELETE',
        userInfo: { username: 'me' },
        oldObject: pod(),
        name: 'p',
        kind: { group: '', version: 'v1', kind: 'Pod' },
      },
    },
  ],
  nothing: [{ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { operation: 'CREATE' } }],
}

const host: TestHost = {
  manifests: (path) =>
    Promise.resolve({ manifests: (Object.hasOwn(files, path) ? (files[path] ?? []) : []).map(manifestOf), diagnostics: [] }),
  documents: () => Promise.resolve({ documents: [], diagnostics: [] }),
  compile: (manifests) => gatekeeper.compile(manifests),
  now: () => new Date(0),
  evaluate: async (policies, request, source) => {
    const known = async (ask: Parameters<typeof source.fetch>[0]) => [JSON.stringify(ask), await source.fetch(ask)] as const
    const answers = new Map(await Promise.all([known({ ask: 'inventory', kinds: [] }), known({ ask: 'namespaceLabels', name: 'default' })]))
    return policies.map((policy) =>
      policy.evaluate(
        'validate',
        request,
        factsOf((question) => answers.get(JSON.stringify(question))),
      ),
    )
  },
}

async function run(test: JsonObject, select = { policy: '*', rule: '*', resource: '*' }): Promise<readonly string[]> {
  const suite: Json = {
    apiVersion: 'test.gatekeeper.sh/v1alpha1',
    kind: 'Suite',
    metadata: { name: 's' },
    tests: [{ name: 't', template: 'template', constraint: 'constraint', ...test }],
  }
  if (!isKubeObject(suite)) throw new Error('no suite')
  const { rows } = await gatekeeperTestSuite.run(manifestOf(suite), host, { select })
  return rows.map(({ policy, rule, status, reason }) => `${policy}/${rule} ${status}: ${reason}`)
}

const cases = (...list: readonly JsonObject[]): JsonObject => ({ cases: list.map((one) => ({ name: 'c', object: 'pod', ...one })) })
const bad = 'unexpected number of violations: got'

test.each<[string, JsonObject, readonly string[]]>([
  [
    'violations are counted',
    cases({ assertions: [{ violations: 1 }, { violations: 'yes' }, { violations: true }, {}] }),
    ['t/c passed: Ok', 't/c passed: Ok', 't/c passed: Ok', 't/c passed: Ok'],
  ],
  [
    'and are too many',
    cases({ assertions: [{ violations: 'no' }, { violations: 2 }] }),
    [
      `t/c failed: ${bad} 1 violations but want none: got messages [p is bad]`,
      `t/c failed: ${bad} 1 violations but want exactly 2: got messages [p is bad]`,
    ],
  ],
  [
    'only those with the message count',
    cases({ assertions: [{ message: '^p', violations: 1 }, { message: 'xyz' }, { message: 'xyz', violations: false }] }),
    ['t/c passed: Ok', `t/c failed: ${bad} 0 violations containing "xyz" but want at least 1: got messages [p is bad]`, 't/c passed: Ok'],
  ],
  [
    'the inventory is what the case names',
    cases({ inventory: ['other'], assertions: [{ message: '^found o$', violations: 1 }, { violations: 2 }] }),
    ['t/c passed: Ok', 't/c passed: Ok'],
  ],
  [
    'a namespace that is not in the inventory is not known',
    {
      constraint: 'selecting',
      ...cases(
        { assertions: [{ message: 'missing Namespace', violations: 1 }] },
        { inventory: ['namespace'], assertions: [{ message: 'p is bad', violations: 1 }] },
      ),
    },
    ['t/c passed: Ok', 't/c passed: Ok'],
  ],
  [
    'an AdmissionReview is a request',
    cases({ object: 'review', assertions: [{ message: '^by me: DELETE$', violations: 1 }, { message: 'p is bad' }] }),
    ['t/c passed: Ok', 't/c passed: Ok'],
  ],
  [
    'one without objects is none',
    cases({ object: 'nothing', assertions: [{}] }),
    ['t/c failed: no object or oldObject found to review: AdmissionRequest does not contain an "object" or "oldObject" to review'],
  ],
  [
    'a file with two objects',
    cases({ object: 'two', assertions: [{}] }),
    ['t/c failed: object file must contain exactly one object: "two" defines 2 objects'],
  ],
  ['a file that is not there', cases({ object: 'gone', assertions: [{}] }), ['t/c failed: gone defines no object']],
  ['a case without assertions', cases({}), ['t/c failed: invalid Case: assertions must be non-empty']],
  ['a case without an object', cases({ object: '', assertions: [{}] }), ['t/c failed: invalid Case: must define object']],
  ['a case that is skipped', cases({ skip: true }), ['t/c skipped: Excluded']],
  ['a test that is skipped', { skip: true, template: 'broken' }, ['t/ skipped: Excluded']],
  ['a test without cases', {}, ['t/ passed: Ok']],
  [
    'a template that is wrong',
    { template: 'broken', ...cases({ assertions: [{}] }) },
    ['t/ failed: adding template: invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [violation]'],
  ],
  [
    'a constraint that is wrong',
    { constraint: 'invalid' },
    [
      't/ failed: adding constraint: schema validation failed: [].spec.parameters.a: Invalid value: "integer": spec.parameters.a in body must be of type string: "integer"',
    ],
  ],
  ['no template', { template: '' }, ['t/ failed: invalid Suite: missing template']],
  ['no constraint', { constraint: '' }, ['t/ failed: invalid Suite: missing constraint']],
  ['a constraint that is to be wrong', { invalid: true, constraint: 'invalid' }, ['t/ passed: Ok']],
  [
    'one that is not',
    { invalid: true },
    ['t/ failed: constraint should have failed schema validation: got error <nil> but want schema validation failed'],
  ],
])('%s', async (_, suite, rows) => {
  expect(await run(suite)).toEqual(rows)
})

test('some tests and cases can be chosen', async () => {
  const two = cases({ name: 'a', assertions: [{}] }, { name: 'b', assertions: [{}] })
  expect(await run(two, { policy: 't*', rule: 'b', resource: '*' })).toEqual(['t/b passed: Ok'])
  expect(await run(two, { policy: 'x', rule: '*', resource: '*' })).toEqual([])
})

test.each([
  [
    { violations: undefined, message: undefined },
    'invalid yaml: assertion.violation, if set, must be a nonnegative integer, "yes", or "no": got messages [a b]',
  ],
  [{ violations: 'yes', message: '(' }, 'message contains invalid regular expression: error parsing regexp: missing closing ): `(`'],
] as const)('the assertion %j is none', (assertion, reason) => {
  expect(judge(assertion, ['a', 'b'])).toEqual({ holds: false, reason })
})
