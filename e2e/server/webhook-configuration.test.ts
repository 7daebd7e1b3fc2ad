import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { guardedApi, policies, validating } from './guarded-api.ts'
import { at, clusterPolicy, configMap, listAt, until } from './server.ts'

const { ask, put, webhooksAt, tryRed } = guardedApi()

const mutating = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/kyverno-resource-mutating-webhook-cfg'
const configMaps = '/api/v1/namespaces/default/configmaps'

const rulesAt = async (path: string): Promise<readonly Json[]> => (await webhooksAt(path)).map((webhook) => webhook['rules'] ?? null)
const rule = (group: string, resources: readonly string[], scope: string, operations = ['CONNECT', 'CREATE', 'DELETE', 'UPDATE']) => ({
  apiGroups: [group],
  apiVersions: [group === '' || group === 'apps' ? 'v1' : '*'],
  operations,
  resources,
  scope,
})

describe('what is registered', () => {
  test('without policies nothing but the checks of policies themselves', async () => {
    expect(await webhooksAt(validating)).toEqual([])
    expect(await webhooksAt(mutating)).toEqual([])
    expect((await tryRed()).status).toBe(201)
    const own = await webhooksAt(
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kyverno-policy-validating-webhook-cfg',
    )
    expect(own.map(({ name }) => name)).toEqual(['validate-policy.kyverno.svc'])
  })

  test.each([
    ['a kind', ['ConfigMap'], {}, [rule('', ['configmaps'], 'Namespaced')]],
    ['the operations it names', ['ConfigMap'], { operations: ['CREATE'] }, [rule('', ['configmaps'], 'Namespaced', ['CREATE'])]],
    ['a kind outside namespaces', ['Namespace'], {}, [rule('', ['namespaces'], 'Cluster')]],
    ['Pods with their ephemeral containers', ['Pod'], {}, [rule('', ['pods', 'pods/ephemeralcontainers'], 'Namespaced')]],
    ['a subresource', ['Pod/exec'], {}, [rule('', ['pods/exec'], 'Namespaced')]],
    ['a group and version', ['apps/v1/Deployment'], {}, [rule('apps', ['deployments'], 'Namespaced')]],
    [
      'kinds of two groups',
      ['ConfigMap', 'Secret', 'Deployment'],
      {},
      [rule('', ['configmaps', 'secrets'], 'Namespaced'), rule('apps', ['deployments'], 'Namespaced')],
    ],
  ])('a policy about %s registers that and no more', async (_, kinds, match, rules) => {
    const policy = clusterPolicy('one', { kinds, match })
    // Without the rules for controllers of Pods.
    const annotations = { 'pod-policies.kyverno.io/autogen-controllers': 'none' }
    await put(policies, { ...policy, metadata: { name: 'one', annotations } })
    expect(await rulesAt(validating)).toEqual([rules])
    expect(await webhooksAt(mutating)).toEqual([])
  })

  test('policies share a webhook, those that may be ignored have another, and the longest timeout counts', async () => {
    await put(policies, clusterPolicy('a', { kinds: ['ConfigMap'] }))
    await put(policies, clusterPolicy('b', { kinds: ['Secret'], spec: { webhookTimeoutSeconds: 20 } }))
    await put(policies, clusterPolicy('c', { kinds: ['Service'], spec: { failurePolicy: 'Ignore' } }))
    const webhooks = await webhooksAt(validating)
    expect(webhooks.map(({ name, failurePolicy, timeoutSeconds }) => [name, failurePolicy, timeoutSeconds])).toEqual([
      ['validate.kyverno.svc-ignore', 'Ignore', 10],
      ['validate.kyverno.svc-fail', 'Fail', 20],
    ])
    expect(webhooks.map((webhook) => new URL(String(at(webhook, 'clientConfig', 'url'))).pathname)).toEqual([
      '/validate/ignore',
      '/validate/fail',
    ])
    expect(webhooks.map((webhook) => listAt(webhook, 'rules').map(({ resources }) => resources))).toEqual([
      [['services']],
      [['configmaps', 'secrets']],
    ])
    for (const webhook of webhooks)
      expect(webhook).toMatchObject({ sideEffects: 'NoneOnDryRun', matchPolicy: 'Equivalent', admissionReviewVersions: ['v1'] })
  })

  test('a policy that mutates is registered as mutating, for what can be changed', async () => {
    const labels = { '+(team)': 'a' }
    const rules = [
      {
        name: 'team',
        match: { any: [{ resources: { kinds: ['ConfigMap'] } }] },
        mutate: { patchStrategicMerge: { metadata: { labels } } },
      },
    ]
    await put(policies, clusterPolicy('team', { spec: { rules } }))
    expect(await webhooksAt(validating)).toEqual([])
    const [webhook] = await webhooksAt(mutating)
    expect(webhook).toMatchObject({ name: 'mutate.kyverno.svc-fail', reinvocationPolicy: 'IfNeeded' })
    expect(await rulesAt(mutating)).toEqual([[rule('', ['configmaps'], 'Namespaced', ['CREATE', 'UPDATE'])]])
    const reply = await ask({ method: 'POST', path: `${configMaps}?dryRun=All`, body: configMap('mutated') })
    expect(at(reply.json, 'metadata', 'labels')).toEqual({ team: 'a' })
  })

  test('a policy of a namespace concerns no cluster-wide kind', async () => {
    const policy = { ...clusterPolicy('mine', { kinds: ['ConfigMap'] }), kind: 'Policy' }
    await put('/apis/kyverno.io/v1/namespaces/default/policies', policy)
    expect(await rulesAt(validating)).toEqual([[rule('', ['configmaps'], 'Namespaced')]])
    expect((await tryRed()).status).toBe(400)
    expect((await tryRed('kube-public')).status).toBe(201)
  })

  test('a kind that nobody serves is registered when somebody does', async () => {
    await put(policies, clusterPolicy('widgets', { kinds: ['Widget'] }))
    expect(await webhooksAt(validating)).toEqual([])
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    await put('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    })
    await until('a webhook for widgets', async () => (await webhooksAt(validating)).length === 1)
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, data: { colour: 'red' } }
    const reply = await ask({ method: 'POST', path: '/apis/example.com/v1/namespaces/default/widgets', body: widget })
    expect(reply.text).toContain('red is not allowed')
  })

  test('matchConditions of a policy give it a webhook of its own', async () => {
    const matchConditions = [{ name: 'not-root', expression: "request.userInfo.username != 'root'" }]
    await put(
      policies,
      clusterPolicy('conditional', { kinds: ['Secret'], spec: { webhookConfiguration: { matchConditions, timeoutSeconds: 15 } } }),
    )
    const [webhook, ...others] = await webhooksAt(validating)
    expect(others).toEqual([])
    expect(webhook).toMatchObject({ name: 'validate.kyverno.svc-fail-finegrained-conditional', timeoutSeconds: 15, matchConditions })
    expect(String(at(webhook, 'clientConfig', 'url'))).toMatch(/\/validate\/fail\/finegrained\/conditional$/)
  })
})

describe('namespaces', () => {
  test("Kanon's own namespace is never held up, nor is kube-system", async () => {
    await put(policies, clusterPolicy('no-red'))
    expect((await tryRed()).status).toBe(400)
    expect((await tryRed('kanon')).status).toBe(201)
    expect((await tryRed('kube-system')).status).toBe(201)
  })

  test('the settings of the cluster exclude more, and add conditions', async () => {
    await put(policies, clusterPolicy('no-red'))
    const selector = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'default'] }] }
    await put('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyverno' } })
    await put('/api/v1/namespaces/kyverno/configmaps', {
      ...configMap('kyverno'),
      data: { webhooks: JSON.stringify({ namespaceSelector: selector }) },
    })
    await until('the new selector', async () => JSON.stringify(await webhooksAt(validating)).includes('"default"'))
    const [webhook] = await webhooksAt(validating)
    expect(at(webhook, 'namespaceSelector', 'matchExpressions')).toEqual([
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kanon'] },
      ...selector.matchExpressions,
    ])
    expect((await tryRed()).status).toBe(201)
    expect((await tryRed('kanon')).status).toBe(201)
    expect((await tryRed('kube-public')).status).toBe(201)
  })
})
