import { expect, test } from 'vitest'
import type { Manifest } from '../kube/manifest.ts'
import { nameOf } from '../kube/object.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Dialect } from '../policy/dialect.ts'
import type { FactSource, Question } from '../policy/facts.ts'
import { questionKey } from '../policy/facts.ts'
import type { CompiledPolicy, Effect, PolicyOutcome, RuleOutcome } from '../policy/policy.ts'
import { ruleOutcome } from '../policy/policy.ts'
import { createEngine } from './engine.ts'
import { FactTable, withFacts } from './facts.ts'
import { requestFor } from './request.ts'
import { inNamespace } from '../kube/resources.ts'

const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' } }
const now = new Date(0)
const manifestOf = (object: KubeObject): Manifest => ({
  object,
  document: { source: { name: 'f', text: '' }, start: 0, end: 0, base: [], value: object },
})

const outcome = (message: string): RuleOutcome =>
  ruleOutcome({ rule: 'r', effect: 'validate', result: 'pass', message, enforcement: 'audit' })

type Evaluate = (self: CompiledPolicy, ...rest: Parameters<CompiledPolicy['evaluate']>) => PolicyOutcome

/** A dialect whose policies do what a test says, by their name. */
function dialectOf(
  policies: Readonly<Record<string, { readonly effects: readonly Effect[]; readonly kind?: string; readonly evaluate: Evaluate }>>,
): Dialect {
  return {
    name: 'fake',
    kinds: [
      { apiVersions: ['fake/v1'], kind: 'Fake', plural: 'fakes', shortNames: [], namespaced: false, role: 'policy', check: () => [] },
    ],
    testSuites: [],
    compile: (manifests) => ({
      rejected: [],
      policies: manifests.flatMap((manifest) => {
        const name = nameOf(manifest.object)
        const behaviour = policies[name]
        if (behaviour === undefined) return []
        const policy: CompiledPolicy = {
          apiVersion: 'fake/v1',
          kind: 'Fake',
          name,
          namespace: '',
          manifest,
          rules: [],
          effects: new Set(behaviour.effects),
          selectors: [{ group: '', version: 'v1', kind: behaviour.kind ?? 'Pod', subresource: '', operations: ['CREATE'] }],
          failurePolicy: 'Fail',
          admission: true,
          background: true,
          enforces: true,
          scored: true,
          severity: '',
          category: '',
          reportSource: 'fake',
          evaluate: (phase, request, facts) => behaviour.evaluate(policy, phase, request, facts),
        }
        return [policy]
      }),
    }),
  }
}

const fakes = (...names: readonly string[]): readonly Manifest[] =>
  names.map((name) => manifestOf({ apiVersion: 'fake/v1', kind: 'Fake', metadata: { name } }))
const nothing: FactSource = { fetch: () => Promise.resolve({ known: false, reason: 'nothing is known' }) }

test('later phases see what mutation made', () => {
  const dialect = dialectOf({
    check: { effects: ['validate'], evaluate: (policy, _, { object }) => ({ policy, rules: [outcome(String(object?.['spec']))] }) },
    change: {
      effects: ['mutate'],
      evaluate: (policy, _, { object }) => ({ policy, rules: [outcome('changed')], object: { ...(object ?? pod), spec: 'new' } }),
    },
  })
  const decision = createEngine([dialect], fakes('check', 'change')).decideNow(requestFor(pod, { now }))
  expect(decision?.outcomes.map(({ rules }) => rules[0]?.message)).toEqual(['changed', 'new'])
  expect(decision?.object).toMatchObject({ spec: 'new' })
})

test('policies of other kinds are not asked, wildcards are', () => {
  const evaluate: Evaluate = (policy) => ({ policy, rules: [outcome(policy.name)] })
  const dialect = dialectOf({
    pods: { effects: ['validate'], evaluate },
    services: { effects: ['validate'], kind: 'Service', evaluate },
    any: { effects: ['validate'], kind: '*', evaluate },
  })
  const engine = createEngine([dialect], fakes('pods', 'services', 'any'))
  const asked = (object: KubeObject): readonly string[] | undefined =>
    engine.decideNow(requestFor(object, { now }))?.outcomes.map(({ policy }) => policy.name)
  expect(asked(pod)).toEqual(['pods', 'any'])
  expect(asked({ ...pod, kind: 'ConfigMap' })).toEqual(['any'])
})

test('policies for the object that a subresource shows are asked too, in their order', () => {
  const evaluate: Evaluate = (policy) => ({ policy, rules: [outcome(policy.name)] })
  const dialect = dialectOf({
    scales: { effects: ['validate'], kind: 'Scale', evaluate },
    any: { effects: ['validate'], kind: '*', evaluate },
    pods: { effects: ['validate'], evaluate },
  })
  const engine = createEngine([dialect], fakes('scales', 'any', 'pods'))
  const asked = (kind: string): readonly string[] | undefined =>
    engine
      .decideNow({ ...requestFor(pod, { now }), objectKind: { group: 'autoscaling', version: 'v1', kind } })
      ?.outcomes.map(({ policy }) => policy.name)
  expect(asked('Scale')).toEqual(['scales', 'any', 'pods'])
  expect(asked('Other')).toEqual(['any', 'pods'])
})

test('manifests of no dialect are left alone', () => {
  expect(createEngine([dialectOf({})], [manifestOf(pod)]).compilation).toEqual({ policies: [], companions: [], rejected: [] })
})

const question = (name: string): Question => ({ ask: 'namespaceLabels', name })

test('missing facts are fetched together, and the evaluation run again until none is missing', async () => {
  const fetched: string[][] = []
  let round: string[] = []
  const source: FactSource = {
    fetch: (asked) => {
      if (asked.ask === 'namespaceLabels') round.push(asked.name)
      return Promise.resolve({ known: true, value: 1 })
    },
  }
  const result = await withFacts((facts) => {
    if (round.length > 0) fetched.push(round)
    round = []
    const a = facts.read(question('a'))
    const b = facts.read(question('b'))
    const c = a === undefined || b === undefined ? undefined : facts.read(question('c'))
    return [a, b, c].map((answer) => answer?.known)
  }, source)
  expect(result).toEqual([true, true, true])
  expect(fetched).toEqual([['a', 'b'], ['c']])
})

test('a decision that needs facts is not made now', () => {
  const dialect = dialectOf({
    curious: {
      effects: ['validate'],
      evaluate: (policy, _, __, facts) => ({ policy, rules: [outcome(String(facts.read(question('x'))?.known))] }),
    },
  })
  const engine = createEngine([dialect], fakes('curious'))
  expect(engine.decideNow(requestFor(pod, { now }))).toBeUndefined()
  return expect(engine.decide(requestFor(pod, { now }), nothing)).resolves.toMatchObject({ outcomes: [{ rules: [{ message: 'false' }] }] })
})

test('a source that rejects is an unknown answer, and endless questions come to an end', async () => {
  const rejecting: FactSource = { fetch: () => Promise.reject(new Error('down')) }
  expect(await withFacts((facts) => facts.read(question('a')), rejecting)).toEqual({ known: false, reason: 'down' })
  let asked = 0
  await withFacts((facts) => facts.read(question(String((asked += 1)))), nothing, new FactTable())
  expect(asked).toBeLessThan(100)
})

test('equal questions have one key', () => {
  const a: Question = { ask: 'object', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'x' }
  const b: Question = { name: 'x', namespace: 'n', kind: 'ConfigMap', apiVersion: 'v1', ask: 'object' }
  expect(questionKey(a)).toBe(questionKey(b))
})

test('objects without a namespace are in default, cluster-scoped ones in none', () => {
  expect(inNamespace({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } })).toMatchObject({ metadata: { namespace: 'default' } })
  expect(inNamespace({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'p' } })).toEqual({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'p' },
  })
})

test('deleting has only an old object', () => {
  expect(requestFor(pod, { now, operation: 'DELETE' })).toMatchObject({
    operation: 'DELETE',
    object: undefined,
    oldObject: pod,
    resource: 'pods',
    namespace: 'n',
    name: 'p',
  })
})
