import { expect, test } from 'vitest'
import { loadDocuments, toManifests } from '../../kube/yaml/yaml.ts'
import type { Answer, Facts, Question } from '../../policy/facts.ts'
import { questionKey } from '../../policy/facts.ts'
import type { CompiledPolicy, PolicyOutcome } from '../../policy/policy.ts'
import { effects } from '../../policy/policy.ts'
import type { TestHost } from '../../policy/test-suite.ts'
import { kyverno } from './dialect.ts'
import { kyvernoTestSuite } from './test-suite.ts'

type Files = Readonly<Record<string, string>>

function memoryHost(files: Files): TestHost {
  const load = (path: string): ReturnType<typeof loadDocuments> => loadDocuments({ name: path, text: files[path] ?? '' })
  return {
    manifests: (path) => Promise.resolve({ ...toManifests(load(path).documents), diagnostics: load(path).diagnostics }),
    documents: (path) => Promise.resolve(load(path)),
    now: () => new Date(0),
    compile: (manifests) => kyverno.compile(manifests),
    evaluate: async (policies, request, source) => {
      const answers = new Map<string, Answer>()
      for (;;) {
        const missing: Question[] = []
        const facts: Facts = {
          missing,
          read: (question) => {
            const known = answers.get(questionKey(question))
            if (known === undefined) missing.push(question)
            return known
          },
        }
        const outcomes = evaluateAll(policies, request, facts)
        if (missing.length === 0) return outcomes
        for (const question of missing) answers.set(questionKey(question), await source.fetch(question))
      }
    },
  }
}

function evaluateAll(
  policies: readonly CompiledPolicy[],
  original: Parameters<CompiledPolicy['evaluate']>[1],
  facts: Facts,
): readonly PolicyOutcome[] {
  let request = original
  return effects.flatMap((phase) =>
    policies.map((policy) => {
      const outcome = policy.evaluate(phase, request, facts)
      if (outcome.object !== undefined) request = { ...request, object: outcome.object }
      return outcome
    }),
  )
}

async function rowsOf(files: Files): Promise<readonly string[]> {
  const [document] = toManifests(loadDocuments({ name: 'kyverno-test.yaml', text: files['test'] ?? '' }).documents).manifests
  if (document === undefined || !kyvernoTestSuite.recognises(document)) return ['not a test']
  const run = await kyvernoTestSuite.run(document, memoryHost(files), { select: { policy: '*', rule: '*', resource: '*' } })
  return [
    ...run.diagnostics.map(({ message }) => message),
    ...run.rows.map(({ resource, status, reason }) => `${resource} ${status} ${reason}`),
  ]
}

const header = 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: t}\npolicies: [policy]\nresources: [pods]\n'
const pods =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {env: prod}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: other}\n'
const policy = (rule: string): string =>
  `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n  - name: r\n    match: {any: [{resources: {kinds: [Pod]}}]}\n${rule}`
const needsEnv = policy('    validate: {message: m, pattern: {metadata: {labels: {env: "?*"}}}}\n')
const noDeletes = policy(
  '    validate: {message: m, deny: {conditions: {any: [{key: "{{request.operation}}", operator: Equals, value: DELETE}]}}}\n',
)
const result = (fields: string): string => `results:\n- {policy: p, rule: r, ${fields}}\n`

test.each<readonly [string, Files, readonly string[]]>([
  [
    'pods without a namespace are in `default`',
    { test: header + result('resources: [default/a, other/b], result: pass'), policy: needsEnv, pods },
    ['v1/Pod/default/a passed Ok', 'v1/Pod/other/b failed Want pass, got fail'],
  ],
  [
    'an entry with an operation has a run of its own',
    {
      test: `${header}${result('resources: [a], result: fail, operation: DELETE')}- {policy: p, rule: r, resources: [a], result: pass}\n`,
      policy: noDeletes,
      pods,
    },
    ['v1/Pod/default/a passed Ok', 'v1/Pod/default/a passed Ok'],
  ],
  [
    'values set the operation for one resource',
    {
      test: `${header}variables: values\n${result('resources: [a], result: fail')}- {policy: p, rule: r, resources: [b], result: pass}\n`,
      values: 'policies: [{name: p, resources: [{name: a, values: {request.operation: DELETE}}]}]\n',
      policy: noDeletes,
      pods,
    },
    ['v1/Pod/default/a passed Ok', 'v1/Pod/other/b passed Ok'],
  ],
  [
    'values may be inline',
    {
      test: `${header}values: {globalValues: {request.operation: DELETE}}\n${result('resources: [a], result: fail')}`,
      policy: noDeletes,
      pods,
    },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'an exception skips',
    {
      test: `${header}exceptions: [exception]\n${result('resources: [b], result: skip')}`,
      exception:
        'apiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: e, namespace: x}\nspec:\n  exceptions: [{policyName: p, ruleNames: [r]}]\n  match: {any: [{resources: {kinds: [Pod]}}]}\n',
      policy: needsEnv,
      pods,
    },
    ['v1/Pod/other/b skipped Ok'],
  ],
  [
    'objects of the cluster answer what policies ask',
    {
      test: `${header}clusterResources: [cluster]\n${result('resources: [a], result: fail')}`,
      cluster:
        'apiVersion: cli.kyverno.io/v1alpha1\nkind: ClusterResource\nspec:\n  resources:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: default}, data: {closed: "true"}}\n',
      policy: policy(
        '    context: [{name: map, configMap: {name: m, namespace: default}}]\n    validate: {message: m, deny: {conditions: {any: [{key: "{{map.data.closed}}", operator: Equals, value: "true"}]}}}\n',
      ),
      pods,
    },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'so do calls of the API server',
    {
      test: `${header}clusterResources: [cluster]\n${result('resources: [a], result: fail')}`,
      cluster: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: default}\n',
      policy: policy(
        '    context: [{name: count, apiCall: {urlPath: /api/v1/namespaces/default/configmaps, jmesPath: "items | length(@)"}}]\n    validate: {message: m, deny: {conditions: {any: [{key: "{{count}}", operator: Equals, value: 1}]}}}\n',
      ),
      pods,
    },
    ['v1/Pod/default/a passed Ok'],
  ],
  ['what is no test is not recognised', { test: 'apiVersion: v1\nkind: Test\n' }, ['not a test']],
])('%s', async (_, files, rows) => {
  expect(await rowsOf(files)).toEqual(rows)
})
