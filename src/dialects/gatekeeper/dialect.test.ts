import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { PolicyState } from '../../policy/dialect.ts'
import { claims } from '../../policy/dialect.ts'
import type { Answer, Question } from '../../policy/facts.ts'
import { gatekeeper } from './dialect.ts'
import {
  caBundle,
  compile,
  constraint,
  factsOf,
  fileRequest,
  manifestOf,
  messages,
  outcomes,
  pod,
  rejections,
  request,
  template,
} from './testbed.ts'

const always = template({ rego: 'package k\nviolation[{"msg": "no", "details": {"a": 1}}] { true }' })
const saying = (term: string): KubeObject =>
  template({ rego: `package k\nviolation[{"msg": msg}] { msg := json.marshal(${term}) }`, legacySchema: true })

const shown = (term: string, ...[asked, facts]: [Parameters<typeof messages>[1], Parameters<typeof messages>[2]?]): readonly Json[] =>
  messages(compile(saying(term), constraint()).policies, asked, facts).map((text) => JSON.parse(text) as Json)

test('constraints of any kind are of the dialect, by their group', () => {
  const kind = gatekeeper.kinds.find((one) => claims(one, { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sFoo' }))
  expect(kind).toMatchObject({ kind: '*', role: 'policy' })
  expect(gatekeeper.kinds.some((one) => claims(one, { apiVersion: 'constraints.gatekeeper.sh/v2', kind: 'K8sFoo' }))).toBe(false)
})

test('a constraint needs its template, whatever the order', () => {
  expect(rejections(constraint())).toEqual(['missing ConstraintTemplate: template "k" not found'])
  expect(compile(constraint(), always).policies.map(({ kind, name }) => [kind, name])).toEqual([['K', 'c']])
})

test('a file is reviewed as gator does', () => {
  expect(shown('input', fileRequest(pod({ labels: { a: 'b' } })))).toEqual([
    {
      parameters: {},
      review: {
        kind: { group: '', kind: 'Pod', version: 'v1' },
        name: 'p',
        namespace: 'default',
        namespaceObject: {},
        object: pod({ labels: { a: 'b' } }),
        oldObject: null,
        operation: '',
        options: null,
        resource: { group: '', resource: '', version: '' },
        uid: '',
        userInfo: {},
      },
    },
  ])
})

test('a request without an AdmissionReview is made into one', () => {
  expect(shown('input.review', request(pod(), { operation: 'UPDATE', oldObject: pod({ labels: {} }) }))).toEqual([
    {
      dryRun: false,
      kind: { group: '', kind: 'Pod', version: 'v1' },
      name: 'p',
      namespace: 'default',
      namespaceObject: {},
      object: pod(),
      oldObject: pod({ labels: {} }),
      operation: 'UPDATE',
      options: null,
      requestKind: { group: '', kind: 'Pod', version: 'v1' },
      requestResource: { group: '', resource: 'pods', version: 'v1' },
      resource: { group: '', resource: 'pods', version: 'v1' },
      uid: 'u',
      userInfo: { username: 'me' },
    },
  ])
})

test('an AdmissionReview is handed on as it came', () => {
  const review: JsonObject = { uid: 'u', operation: 'CREATE', userInfo: { username: 'me' }, options: { kind: 'CreateOptions' }, extra: 1 }
  expect(shown('input.review', request(pod(), { review }))).toEqual([{ ...review, object: pod(), oldObject: null, namespaceObject: {} }])
})

test('what is deleted stands as the object', () => {
  const deleted = request(pod(), { operation: 'DELETE', object: undefined, oldObject: pod() })
  expect(shown('[input.review.object, input.review.oldObject]', deleted)).toEqual([[pod(), pod()]])
})

test('the Namespace is asked for where the Rego wants it', () => {
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { team: 'a' } } }
  const asked: Question[] = []
  const facts = factsOf((question): Answer => {
    asked.push(question)
    return { known: true, value: namespace }
  })
  expect(shown('input.review.namespaceObject', request(pod()), facts)).toEqual([namespace])
  expect(shown('input.review.name', request(pod()), facts)).toEqual(['p'])
  expect(asked).toEqual([{ ask: 'object', apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'default' }])
})

test('numbers of the object are floats, those of parameters are not', () => {
  const rego =
    'package k\nviolation[{"msg": msg}] { msg := sprintf("%v %v %v", [input.review.object.spec, input.parameters, input.review.object.spec.x]) }'
  const { policies } = compile(template({ rego, legacySchema: true }), constraint({ parameters: { a: 1000000 } }))
  expect(messages(policies, fileRequest(pod({}, { x: 1000000, y: 1.5, z: [2e6, 999999, 0.00001], big: 12345678.5, zero: 0 })))).toEqual([
    '{"big": 1.23456785e+07, "x": 1e+06, "y": 1.5, "z": [2e+06, 999999, 1e-05], "zero": 0} {"a": 1000000} 1e+06',
  ])
})

const point = (name: string, action: string): JsonObject => ({ action, enforcementPoints: [{ name }] })
const scoped = (...entries: readonly JsonObject[]): JsonObject => ({ enforcementAction: 'scoped', scopedEnforcementActions: entries })

test.each<[string, JsonObject, readonly string[], readonly string[], readonly string[]]>([
  ['nothing', {}, ['fail deny'], ['fail deny'], ['fail deny']],
  ['deny', { enforcementAction: 'deny' }, ['fail deny'], ['fail deny'], ['fail deny']],
  ['warn', { enforcementAction: 'warn' }, ['warn warn'], ['warn warn'], ['warn warn']],
  ['dryrun', { enforcementAction: 'dryrun' }, ['warn audit'], ['warn audit'], ['warn audit']],
  ['a word that is unknown', { enforcementAction: 'foo' }, ['warn audit'], ['warn audit'], ['warn audit']],
  ['deny at the webhook', scoped(point('validation.gatekeeper.sh', 'deny')), ['fail deny'], [], []],
  ['deny in audits', scoped(point('audit.gatekeeper.sh', 'deny')), [], ['fail deny'], []],
  [
    'deny in files, warn everywhere',
    scoped(point('gator.gatekeeper.sh', 'deny'), point('*', 'warn')),
    ['warn warn'],
    ['warn warn'],
    ['fail deny', 'warn warn'],
  ],
  ['an action twice', scoped(point('*', 'deny'), point('*', 'deny')), ['fail deny'], ['fail deny'], ['fail deny']],
  ['a point that is unknown', scoped(point('foo', 'deny')), [], [], []],
])('%s', (_, spec, webhook, audit, file) => {
  const { policies } = compile(always, constraint(spec))
  const at = (asked: Parameters<typeof outcomes>[1]): readonly string[] =>
    outcomes(policies, asked).map(({ result, enforcement }) => `${result} ${enforcement}`)
  expect([at(request(pod())), at(request(pod(), { background: true })), at(fileRequest(pod()))]).toEqual([webhook, audit, file])
})

test('a template may be for some operations of requests', () => {
  const target = { target: 'admission.k8s.gatekeeper.sh', rego: 'package k\nviolation[{"msg": "no"}] { true }', operations: ['UPDATE'] }
  const { policies } = compile(template({ spec: { targets: [target] } }), constraint())
  expect(messages(policies, request(pod()))).toEqual([])
  expect(messages(policies, request(pod(), { operation: 'UPDATE', oldObject: pod() }))).toEqual(['no'])
  expect(messages(policies, request(pod(), { background: true }))).toEqual(['no'])
  expect(messages(policies, fileRequest(pod()))).toEqual(['no'])
})

test('scoped actions have to be there', () => {
  expect(rejections(always, constraint({ enforcementAction: 'scoped' }))).toEqual([
    'missing required field: spec.scopedEnforcementActions must be defined',
  ])
})

test('details are kept, a constraint that is met passes, one that is for others says nothing', () => {
  const failing = outcomes(compile(always, constraint()).policies, request(pod()))
  expect(failing).toMatchObject([{ message: 'no', properties: { details: '{"a":1}' } }])
  const passing = template({ rego: 'package k\nviolation[{"msg": "no"}] { false }' })
  expect(outcomes(compile(passing, constraint()).policies, request(pod()))).toMatchObject([{ result: 'pass', message: '' }])
  expect(outcomes(compile(always, constraint({ match: { namespaces: ['other'] } })).policies, request(pod()))).toEqual([])
})

test('an object is matched by what it was, too', () => {
  const { policies } = compile(always, constraint({ match: { labelSelector: { matchLabels: { a: 'b' } } } }))
  const update = request(pod(), { operation: 'UPDATE', oldObject: pod({ labels: { a: 'b' } }) })
  expect(messages(policies, update)).toEqual(['no'])
  expect(messages(policies, { ...update, oldObject: pod() })).toEqual([])
})

test('a namespace that is not known violates constraints that select namespaces', () => {
  const { policies } = compile(always, constraint({ match: { namespaceSelector: { matchLabels: { a: 'b' } } } }))
  const none = factsOf(() => ({ known: false, reason: 'none' }))
  expect(messages(policies, request(pod()), none)).toEqual([
    'unable to match constraints: error matching the requested object: p :failed to run Match criteria: namespace selector for namespace-scoped object but missing Namespace',
  ])
  expect(
    messages(
      policies,
      request(pod()),
      factsOf(() => ({ known: true, value: { a: 'b' } })),
    ),
  ).toEqual(['no'])
  expect(
    messages(
      policies,
      request(pod()),
      factsOf(() => ({ known: true, value: { a: 'c' } })),
    ),
  ).toEqual([])
})

const config = (spec: JsonObject, namespace = 'gatekeeper-system'): KubeObject => ({
  apiVersion: 'config.gatekeeper.sh/v1alpha1',
  kind: 'Config',
  metadata: { name: 'config', namespace },
  spec,
})
const exclusion = (...processes: readonly string[]): JsonObject => ({ match: [{ excludedNamespaces: ['def*'], processes }] })

test.each<[string, KubeObject, number, number, number]>([
  ['from everything', config(exclusion('*')), 0, 0, 1],
  ['from the webhook', config(exclusion('webhook')), 0, 1, 1],
  ['from audits', config(exclusion('audit')), 1, 0, 1],
  ['from replication', config(exclusion('sync')), 1, 1, 1],
  ['by a Config of another namespace', config(exclusion('*'), 'default'), 1, 1, 1],
])('a namespace is excluded %s', (_, object, webhook, audit, file) => {
  const { policies } = compile(always, constraint(), object)
  const count = (asked: Parameters<typeof messages>[1]): number => messages(policies, asked).length
  expect([count(request(pod())), count(request(pod(), { background: true })), count(fileRequest(pod()))]).toEqual([webhook, audit, file])
})

test('the inventory is what Config and SyncSets name, without what is not replicated', () => {
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'shop' } }
  const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: '__proto__' } }
  const asked: Question[] = []
  const facts = factsOf((question): Answer => {
    asked.push(question)
    return { known: true, value: [service, pod(), node] }
  })
  const syncSet: KubeObject = {
    apiVersion: 'syncset.gatekeeper.sh/v1alpha1',
    kind: 'SyncSet',
    metadata: { name: 's' },
    spec: { gvks: [{ group: '', version: 'v1', kind: 'Service' }] },
  }
  const sync = config({ sync: { syncOnly: [{ group: '', version: 'v1', kind: 'Node' }] }, ...exclusion('sync') })
  const { policies } = compile(saying('data.inventory'), constraint(), sync, syncSet)
  expect(messages(policies, request(pod()), facts)).toEqual([
    `{"cluster":{"v1":{"Node":{"__proto__":${JSON.stringify(node)}}}},"namespace":{"shop":{"v1":{"Service":{"s":${JSON.stringify(service)}}}}}}`,
  ])
  expect(asked).toEqual([
    {
      ask: 'inventory',
      kinds: [
        { group: '', version: 'v1', kind: 'Node' },
        { group: '', version: 'v1', kind: 'Service' },
      ],
    },
  ])
})

const provider: KubeObject = {
  apiVersion: 'externaldata.gatekeeper.sh/v1beta1',
  kind: 'Provider',
  metadata: { name: 'p' },
  spec: { url: 'https://p.example/validate', caBundle, timeout: 1 },
}

const empty = { responses: [], errors: [] }

test.each<[string, Answer, Json]>([
  [
    'values and errors',
    {
      known: true,
      value: {
        statusCode: 201,
        idempotent: true,
        systemError: 'tired',
        items: [
          { key: 'a', value: 1, error: '' },
          { key: 'b', value: null, error: 'no' },
        ],
      },
    },
    { responses: [['a', 1]], errors: [['b', 'no']], status_code: 201, system_error: 'tired' },
  ],
  ['a failure', { known: true, value: { statusCode: 502, failure: 'bad' } }, { ...empty, status_code: 502, system_error: 'bad' }],
  ['nothing', { known: false, reason: 'down' }, { ...empty, status_code: 500, system_error: 'down' }],
])('a provider answers %s', (_, answer, expected) => {
  const asked: Question[] = []
  const facts = factsOf((question) => {
    asked.push(question)
    return answer
  })
  const { policies } = compile(saying('external_data({"provider": "p", "keys": ["a", "b"]})'), constraint(), provider)
  expect(messages(policies, request(pod()), facts).map((text) => JSON.parse(text) as Json)).toEqual([expected])
  const described = { url: 'https://p.example/validate', caBundle, timeoutSeconds: 1 }
  expect(asked).toEqual([{ ask: 'externalData', provider: described, keys: ['a', 'b'], mayBeKept: true }])
})

test.each([
  ['{"provider": "p"}', { ...empty, status_code: 0, system_error: '' }],
  ['{"provider": "q", "keys": []}', { ...empty, status_code: 400, system_error: 'key is not found in provider cache: q' }],
])('external_data(%s) asks nobody', (asked, expected) => {
  const { policies } = compile(saying(`external_data(${asked})`), constraint(), provider)
  expect(messages(policies, request(pod())).map((text) => JSON.parse(text) as Json)).toEqual([expected])
})

test('a key that is no text makes the call undefined', () => {
  const { policies } = compile(saying('external_data({"provider": "p", "keys": [1]})'), constraint(), provider)
  expect(messages(policies, request(pod()))).toEqual([])
})

test('parameters may be of any type', () => {
  const { policies } = compile(
    template({ rego: 'package k\nviolation[{"msg": input.parameters[_]}] { true }', schema: { type: 'array', items: { type: 'string' } } }),
    constraint({ parameters: ['a', 'b'] }),
  )
  expect(messages(policies, request(pod()))).toEqual(['a', 'b'])
})

test('what a constraint may be for is in its selectors', () => {
  const selectorsOf = (match: JsonObject): readonly string[] =>
    compile(always, constraint({ match })).policies.flatMap(({ selectors }) => selectors.map(({ group, kind }) => `${group}/${kind}`))
  expect(selectorsOf({})).toEqual(['*/*'])
  expect(selectorsOf({ kinds: [{ apiGroups: ['', 'apps'], kinds: ['Pod'] }, { apiGroups: ['*'] }] })).toEqual(['/Pod', 'apps/Pod', '*/*'])
})

test('templates define the kinds of their constraints', () => {
  const definitions = gatekeeper.definitions?.([
    manifestOf(template({ kind: 'K8sFoo', rego: '' })),
    manifestOf(template({ name: 'other' })),
    manifestOf(constraint()),
  ])
  expect(definitions).toMatchObject([
    {
      kind: 'CustomResourceDefinition',
      metadata: { name: 'k8sfoo.constraints.gatekeeper.sh', labels: { 'gatekeeper.sh/constraint': 'yes' } },
      spec: {
        group: 'constraints.gatekeeper.sh',
        scope: 'Cluster',
        names: { kind: 'K8sFoo', listKind: 'K8sFooList', plural: 'k8sfoo', singular: 'k8sfoo', categories: ['constraint', 'constraints'] },
        versions: [
          { name: 'v1beta1', storage: true },
          { name: 'v1alpha1', storage: false },
        ],
      },
    },
  ])
})

test('a definition is made once for as long as the template lives', () => {
  const manifest = manifestOf(template({ rego: '' }))
  const [first] = gatekeeper.definitions?.([manifest]) ?? []
  expect(gatekeeper.definitions?.([manifest])[0]).toBe(first)
})

test('a definition belongs to the template of a cluster', () => {
  const stored = template({ rego: '' })
  const [definition] = gatekeeper.definitions?.([manifestOf({ ...stored, metadata: { name: 'k', uid: 'x' } })]) ?? []
  expect(definition?.['metadata']).toMatchObject({
    ownerReferences: [{ kind: 'ConstraintTemplate', name: 'k', uid: 'x', controller: true }],
  })
})

test('what was written before v1 is legacy in whatever version it is read', () => {
  const kind = gatekeeper.kinds.find((one) => one.kind === 'ConstraintTemplate')
  const legacyIn = (version: string): unknown =>
    JSON.stringify(kind?.schema?.(`templates.gatekeeper.sh/${version}`)).includes('"default":true')
  expect(['v1', 'v1beta1', 'v1alpha1'].map(legacyIn)).toEqual([false, true, true])
})

const stateOf = (kind: string, object: KubeObject, state: PolicyState): JsonObject | undefined =>
  gatekeeper.kinds.find((one) => one.kind === kind)?.status?.(manifestOf(object), state, new Date(0))

test('the status says what became of a manifest', () => {
  const object: KubeObject = { ...constraint(), metadata: { name: 'c', uid: 'x', generation: 3 }, status: { totalViolations: 2 } }
  expect(stateOf('*', object, { ready: true })).toMatchObject({
    totalViolations: 2,
    byPod: [{ constraintUID: 'x', enforced: true, observedGeneration: 3 }],
  })
  expect(stateOf('*', object, { ready: false, message: 'why' })).toMatchObject({
    byPod: [{ enforced: false, errors: [{ message: 'why' }] }],
  })
  expect(stateOf('ConstraintTemplate', always, { ready: true })).toMatchObject({ created: true, byPod: [{ id: 'kanon' }] })
  const generating = (generateVAP: boolean) => template({ code: [{ engine: 'K8sNativeValidation', source: { generateVAP } }] })
  expect(stateOf('ConstraintTemplate', generating(true), { ready: true })).toMatchObject({
    created: true,
    byPod: [{ vapGenerationStatus: { state: 'error', observedGeneration: 1 } }],
  })
  expect(JSON.stringify(stateOf('ConstraintTemplate', generating(false), { ready: true }))).not.toContain('vapGenerationStatus')
  expect(stateOf('ConstraintTemplate', always, { ready: false, message: 'x: rego_parse_error: y' })).toMatchObject({
    created: false,
    byPod: [{ errors: [{ code: 'ingest_error' }] }],
  })
})
