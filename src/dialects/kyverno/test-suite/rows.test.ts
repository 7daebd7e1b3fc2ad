import { expect, test } from 'vitest'
import type { KubeObject } from '../../../kube/object.ts'
import type { CompiledPolicy, RuleOutcome } from '../../../policy/policy.ts'
import { ruleOutcome } from '../../../policy/policy.ts'
import type { PolicyResponse, ResourceResponses } from './responses.ts'
import { keyOf } from './responses.ts'
import { rowsOf } from './rows.ts'
import type { Expectation } from './test-file.ts'

const pod = (name: string, fields: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  ...fields,
})

function policyNamed(name: string, fields: Partial<CompiledPolicy> = {}): CompiledPolicy {
  const object: KubeObject = { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name } }
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    namespace: '',
    manifest: { object, document: { source: { name: '', text: '' }, start: 0, end: 0, base: [], value: object } },
    rules: [],
    effects: new Set(),
    selectors: [],
    failurePolicy: 'Fail',
    admission: true,
    background: true,
    enforces: false,
    scored: true,
    severity: '',
    category: '',
    reportSource: 'kyverno',
    evaluate: () => ({ policy: policyNamed(name), rules: [] }),
    ...fields,
  }
}

const outcome = (rule: string, result: RuleOutcome['result'], fields: Partial<RuleOutcome> = {}): RuleOutcome =>
  ruleOutcome({ rule, effect: 'validate', result, message: `${rule} says ${result}`, enforcement: 'audit', ...fields })

const expectation = (fields: Partial<Expectation>): Expectation => ({
  entry: 0,
  policy: 'p',
  policyKind: '',
  rule: 'r',
  resources: [],
  resourceSpecs: [],
  result: 'pass',
  operation: undefined,
  patchedResources: '',
  generatedResources: [],
  cloneSourceResource: '',
  failOnMissingResources: false,
  ...fields,
})

interface World {
  readonly policy?: CompiledPolicy
  readonly objects?: readonly (readonly [KubeObject, readonly RuleOutcome[]])[]
  readonly files?: Readonly<Record<string, readonly KubeObject[]>>
}

function judge(wanted: Partial<Expectation>, { policy = policyNamed('p'), objects = [], files = {} }: World): readonly string[] {
  const responses = objects.map(([object, rules]): ResourceResponses => {
    const response: PolicyResponse = { policy, rules: rules.map((rule) => ({ outcome: rule, object })) }
    return { key: keyOf(object), run: undefined, policies: [response] }
  })
  const rows = rowsOf(expectation(wanted), {
    compilation: { policies: [policy], rejected: [] },
    responses,
    expectedFile: (path) => (Object.hasOwn(files, path) ? { objects: files[path] ?? [] } : { problem: `no such file: ${path}` }),
  })
  return rows.map(({ resource, status, reason }) => `${resource} ${status} ${reason}`)
}

test.each<readonly [string, Partial<Expectation>, World, readonly string[]]>([
  ['what is as expected is ok', { resources: ['a'] }, { objects: [[pod('a'), [outcome('r', 'pass')]]] }, ['v1/Pod/default/a passed Ok']],
  [
    'what is not says both',
    { resources: ['a'] },
    { objects: [[pod('a'), [outcome('r', 'fail')]]] },
    ['v1/Pod/default/a failed Want pass, got fail'],
  ],
  [
    'a rule answers for those made of it',
    { resources: ['a'] },
    { objects: [[pod('a'), [outcome('autogen-r', 'pass'), outcome('autogen-cronjob-r', 'fail'), outcome('other', 'fail')]]] },
    ['v1/Pod/default/a passed Ok', 'v1/Pod/default/a failed Want pass, got fail'],
  ],
  [
    'a kind without rules answers to any name',
    { resources: ['a'] },
    { objects: [[pod('a'), [outcome('', 'pass')]]] },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'a rule with nothing to say is excluded, whatever was expected',
    { resources: ['a'], result: 'fail' },
    { objects: [[pod('a'), []]] },
    ['v1/Pod/default/a skipped Excluded'],
  ],
  ['an unknown policy is not found', { policy: 'q', resources: ['a'] }, { objects: [[pod('a'), []]] }, ['a failed Not found']],
  [
    'names that do not exist mean every resource',
    { resources: ['x'] },
    {
      objects: [
        [pod('a'), [outcome('r', 'pass')]],
        [pod('b'), []],
      ],
    },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'names that do not exist and no answer anywhere is not found',
    { resources: ['x'] },
    { objects: [[pod('a'), []]] },
    ['x failed Not found'],
  ],
  [
    'a name that does not exist beside one that does is left out',
    { resources: ['x', 'a'] },
    { objects: [[pod('a'), [outcome('r', 'pass')]]] },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'a name with a namespace is only that one',
    { resources: ['other/a', 'default/a'] },
    { objects: [[pod('a'), [outcome('r', 'pass')]]] },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'a policy that is not scored warns',
    { resources: ['a'], result: 'warn' },
    { policy: policyNamed('p', { scored: false }), objects: [[pod('a'), [outcome('r', 'fail')]]] },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'a patched object that is as in the file is ok',
    { resources: ['a'], patchedResources: 'f' },
    { objects: [[pod('a', { spec: {} }), [outcome('r', 'pass')]]], files: { f: [pod('b'), pod('a')] } },
    ['v1/Pod/default/a passed Ok'],
  ],
  [
    'one that is not differs',
    { resources: ['a'], patchedResources: 'f' },
    { objects: [[pod('a', { spec: { a: 1 } }), [outcome('r', 'pass')]]], files: { f: [pod('a')] } },
    ['v1/Pod/default/a failed Resource diff'],
  ],
  [
    'which is what a failure expects',
    { resources: ['a'], patchedResources: 'f', result: 'fail' },
    { objects: [[pod('a', { spec: { a: 1 } }), [outcome('r', 'pass')]]], files: { f: [pod('a')] } },
    ['v1/Pod/default/a passed Resource diff'],
  ],
  [
    'an object that the file does not have is left out',
    { resources: ['a'], patchedResources: 'f' },
    { objects: [[pod('a'), [outcome('r', 'pass')]]], files: { f: [pod('b')] } },
    [],
  ],
  [
    'unless missing ones fail',
    { resources: ['a'], patchedResources: 'f', failOnMissingResources: true },
    { objects: [[pod('a'), [outcome('r', 'pass')]]], files: { f: [pod('b')] } },
    ['v1/Pod/default/a failed Resource error'],
  ],
  [
    'a file that cannot be read is an error',
    { resources: ['a'], patchedResources: 'f' },
    { objects: [[pod('a'), [outcome('r', 'pass')]]] },
    ['v1/Pod/default/a failed Resource error'],
  ],
  [
    'a target is found by its own name, as the rule left it',
    { resources: ['target'], patchedResources: 'f' },
    {
      objects: [
        [
          pod('a'),
          [outcome('r', 'pass', { effect: 'mutate', targets: [{ before: pod('target'), after: pod('target', { spec: { a: 1 } }) }] })],
        ],
      ],
      files: { f: [pod('target', { spec: { a: 1 } })] },
    },
    ['v1/Pod/default/target passed Ok'],
  ],
  [
    'what was generated is compared, object by object',
    { resources: ['a'], generatedResources: ['f'] },
    {
      objects: [[pod('a'), [outcome('r', 'pass', { effect: 'generate', generated: [pod('g'), pod('h', { spec: { a: 1 } })] })]]],
      files: { f: [pod('g'), pod('h')] },
    },
    ['g passed Ok', 'h failed Resource diff'],
  ],
])('%s', (_, wanted, world, rows) => {
  expect(judge(wanted, world)).toEqual(rows)
})
