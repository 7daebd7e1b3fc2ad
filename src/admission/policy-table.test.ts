import { expect, test } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { allow } from '../policy/admission.ts'
import type { Dialect, PolicyKind } from '../policy/dialect.ts'
import type { CompiledPolicy, PolicyOutcome } from '../policy/policy.ts'
import { ruleOutcome } from '../policy/policy.ts'
import type { PolicyRequest } from '../policy/request.ts'
import { creationOf } from '../policy/request.ts'
import { judge, manifestOf } from './handler.ts'
import { createPolicyTable, diagnose } from './policy-table.ts'

const kind: PolicyKind = {
  apiVersions: ['test/v1'],
  kind: 'Rule',
  plural: 'rules',
  shortNames: [],
  namespaced: false,
  role: 'policy',
  check: ({ object }) =>
    object['wrong'] === true
      ? [{ code: 'wrong', severity: 'error', message: 'it is wrong', source: { name: 'a', text: '' }, span: { start: 0, end: 0 } }]
      : [],
}

const passed = ruleOutcome({ rule: 'r', effect: 'validate', result: 'pass', message: '' })

const evaluations: Readonly<Record<string, (self: CompiledPolicy) => PolicyOutcome>> = {
  passing: (policy) => ({ policy, rules: [passed] }),
  throwing: () => {
    throw new Error('bug')
  },
}

/** The smallest dialect: a policy does what its name says. */
const dialect: Dialect = {
  name: 'test',
  kinds: [kind],
  testSuites: [],
  compile: (manifests) => ({
    policies: manifests.map((manifest): CompiledPolicy => {
      const name = String((manifest.object['metadata'] as { readonly name: string }).name)
      const self: CompiledPolicy = {
        apiVersion: 'test/v1',
        kind: 'Rule',
        name,
        namespace: '',
        manifest,
        rules: [],
        effects: new Set(['validate']),
        selectors: [{ group: '*', version: '*', kind: '*', subresource: '', operations: ['CREATE'] }],
        failurePolicy: 'Fail',
        admission: true,
        background: true,
        enforces: true,
        scored: true,
        severity: '',
        category: '',
        reportSource: 'test',
        evaluate: () => (evaluations[name] ?? evaluations['passing'])?.(self) ?? { policy: self, rules: [] },
      }
      return self
    }),
    rejected: [],
  }),
  admission: {
    policyRoutes: [
      {
        path: '/decide',
        phases: ['validate'],
        takes: (policy, rest) => rest === '' || rest === `/${policy.name}`,
        answer: (_, outcomes) => ({
          ...allow,
          allowed: outcomes.every(({ rules }) => rules.every(({ result }) => result !== 'error')),
          warnings: outcomes.map(({ policy }) => policy.name),
        }),
      },
    ],
    manifestRoutes: [{ path: '/check', answer: (_, found) => ({ ...allow, allowed: found.length === 0 }) }],
    webhookConfigurations: () => [],
    ignores: ({ namespace }) => namespace === 'ignored',
  },
}

const rule = (name: string, more = {}): KubeObject => ({ apiVersion: 'test/v1', kind: 'Rule', metadata: { name }, ...more })
const request = (more: Partial<PolicyRequest> = {}): PolicyRequest =>
  creationOf(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    { uid: 'u', namespace: 'default', resource: 'configmaps', now: new Date(0), ...more },
  )

function tableOf(...names: readonly string[]) {
  const bugs: string[] = []
  const manifests = names.map((name) => manifestOf(rule(name)))
  const table = createPolicyTable({ dialects: [dialect], manifests, settings: {}, onBug: ({ name }) => bugs.push(name) })
  const parts = { table, source: { fetch: () => Promise.resolve({ known: false, reason: 'nothing' } as const) }, known: () => undefined }
  return { bugs, table, ask: (path: string, more: Partial<PolicyRequest> = {}) => judge(path, request(more), parts) }
}

test.each<[string, readonly string[] | 'unknown path']>([
  ['/decide', ['one', 'two']],
  ['/decide/two', ['two']],
  ['/decide/three', []],
  ['/decided', 'unknown path'],
  ['/', 'unknown path'],
])('%s is answered by %j', async (path, names) => {
  const answer = await tableOf('one', 'two').ask(path)
  expect(answer.ok ? answer.value.verdict.warnings : answer.error).toEqual(names)
})

test('a policy that throws is an error of its own, and is reported', async () => {
  const { ask, bugs } = tableOf('one', 'throwing')
  const answer = await ask('/decide')
  expect(answer.ok && answer.value.verdict.allowed).toBe(false)
  expect(answer.ok && answer.value.outcomes.flatMap(({ rules }) => rules.map(({ message }) => message))).toEqual([
    '',
    'internal error: bug',
  ])
  expect(bugs).toEqual(['throwing'])
})

test('what a dialect ignores no policy sees', async () => {
  const { ask, bugs } = tableOf('throwing')
  const answer = await ask('/decide', { namespace: 'ignored' })
  expect(answer).toEqual({ ok: true, value: { verdict: allow, patch: [], outcomes: [] } })
  expect(bugs).toEqual([])
})

test('a manifest is checked by its kind; a deletion and another kind are not', async () => {
  const { ask } = tableOf()
  const allowed = async (more: Partial<PolicyRequest>) => {
    const answer = await ask('/check', more)
    return answer.ok && answer.value.verdict.allowed
  }
  const wrong = rule('a', { wrong: true })
  expect(await allowed({ object: wrong })).toBe(false)
  expect(await allowed({ object: wrong, operation: 'DELETE' })).toBe(true)
  expect(await allowed({ object: { ...wrong, apiVersion: 'other/v1' } })).toBe(true)
  expect(diagnose(dialect, manifestOf(wrong)).map(({ code }) => code)).toEqual(['wrong'])
})

test('a path means the same however often it is asked, and however many others were', () => {
  const { table } = tableOf('one')
  const first = table.match('/decide')
  for (let i = 0; i < 6_000; i += 1) table.match(`/decide/${i}`)
  expect(table.match('/decide')).toBe(first)
  expect(table.match('/decide/one')?.kind).toBe('policies')
  expect(table.match('/nothing')).toBeUndefined()
})
