import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { compileMatch } from './match.ts'
import { deletionOf, factsOf, objectOf, outcomes, podOf, requesterOf, requestOf, updateOf, valueOf } from './testbed.ts'
import type { RuleSettings } from './testbed.ts'

const applies = (match: string, settings: RuleSettings = {}): boolean => outcomes('validate: {deny: {}}', { ...settings, match }).length > 0
const resources = (attributes: string): string => `{any: [{resources: {${attributes}}}]}`
const about = (object: KubeObject): RuleSettings => ({ request: requestOf(object) })

const deployment = objectOf('{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: nn}}')
const namespace = objectOf('{apiVersion: v1, kind: Namespace, metadata: {name: nn, labels: {team: a}}}')

describe('kinds', () => {
  test.each([
    ['Pod', true],
    ['pod', false],
    ['P?d', true],
    ['*', true],
    ['v1/Pod', true],
    ['v2/Pod', false],
    ['*/Pod', true],
    ['*/v1/Pod', false],
    ['apps/v1/Pod', false],
    ['*/*', true],
    ['Pod/status', false],
    ['Pod.status', false],
    ['a/b/c/d/e', false],
  ])('%s on a Pod: %s', (kind, expected) => {
    expect(applies(resources(`kinds: ['${kind}']`))).toBe(expected)
  })

  test.each([
    ['Deployment', true],
    ['v1/Deployment', true],
    ['apps/v1/Deployment', true],
    ['apps/*/Deployment', true],
    ['*/*/Deployment', false],
    ['batch/v1/Deployment', false],
  ])('%s on a Deployment: %s', (kind, expected) => {
    expect(applies(resources(`kinds: ['${kind}']`), about(deployment))).toBe(expected)
  })

  test.each([
    ['Pod', 'status', false],
    ['*', 'status', false],
    ['*/*', 'status', true],
    ['*/status', 'status', true],
    ['*/scale', 'status', false],
    ['Pod/status', 'status', true],
    ['Pod.status', 'status', true],
    ['v1/Pod/status', 'status', true],
    ['v1/Pod.status', 'status', true],
    ['*/v1/Pod/stat*', 'status', true],
    ['Pod/exec', 'status', false],
    ['Pod', 'ephemeralcontainers', true],
    ['Pod/ephemeralcontainers', 'ephemeralcontainers', true],
    ['Pod/status', 'ephemeralcontainers', false],
  ])('%s on the subresource %s of a Pod: %s', (kind, subresource, expected) => {
    expect(applies(resources(`kinds: ['${kind}']`), { request: requestOf(podOf(), { subresource }) })).toBe(expected)
  })

  test('one of several is enough', () => {
    expect(applies(resources('kinds: [Service, Pod]'))).toBe(true)
  })
})

describe('the other attributes, all of which must hold', () => {
  const pod = podOf('{metadata: {name: web-1, namespace: prod, labels: {app: a, tier: front}, annotations: {owner: me, x/y: z}}}')
  const labels = factsOf((question) =>
    question.ask === 'namespaceLabels' && question.name === 'prod' ? { 'kubernetes.io/metadata.name': 'prod', env: 'p' } : undefined,
  )
  test.each([
    ['a name', 'name: web-1', true],
    ['a name with a wildcard', "name: 'web-*'", true],
    ['another name', 'name: web-2', false],
    ['one of the names', "names: [db, 'web-?']", true],
    ['none of the names', 'names: [db]', false],
    ['name and names must both hold', 'name: web-1, names: [db]', false],
    ['an empty name says nothing', "name: ''", true],
    ['one of the namespaces', "namespaces: [dev, 'pro*']", true],
    ['none of the namespaces', 'namespaces: [dev]', false],
    ['an annotation', 'annotations: {owner: me}', true],
    ['an annotation with wildcards in key and value', "annotations: {'x/*': '?'}", true],
    ['each annotation must be there', 'annotations: {owner: me, missing: x}', false],
    ['an annotation with another value', 'annotations: {owner: you}', false],
    ['labels', 'selector: {matchLabels: {app: a, tier: front}}', true],
    ['each label must be there', 'selector: {matchLabels: {app: a, tier: back}}', false],
    ['labels with wildcards', "selector: {matchLabels: {'t*r': 'f?ont'}}", true],
    ['the wildcard of a value needs the label', "selector: {matchLabels: {missing: '*'}}", false],
    ['expressions', 'selector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}', true],
    ['an empty selector', 'selector: {}', true],
    ['an operation', 'operations: [CREATE, UPDATE]', true],
    ['another operation', 'operations: [DELETE]', false],
    ['no operations are all operations', 'operations: []', true],
    ['labels of the namespace', 'namespaceSelector: {matchLabels: {env: p}}', true],
    ['labels of the namespace with wildcards', "namespaceSelector: {matchLabels: {'e*': '*'}}", true],
    ['other labels of the namespace', 'namespaceSelector: {matchLabels: {env: q}}', false],
    ['expressions on the namespace', 'namespaceSelector: {matchExpressions: [{key: env, operator: NotIn, values: [q]}]}', true],
  ])('%s', (_, attributes, expected) => {
    expect(applies(resources(`kinds: [Pod], ${attributes}`), { request: requestOf(pod), facts: labels })).toBe(expected)
  })

  test('an object without a name goes by its generateName', () => {
    const generated = requestOf(podOf('{metadata: {generateName: web-, namespace: prod}}'))
    expect(applies(resources("kinds: [Pod], names: ['web-']"), { request: generated })).toBe(true)
    expect(applies(resources('kinds: [Pod], name: web-1'), { request: generated })).toBe(false)
  })

  test('a Policy is about its own namespace, and about no Namespace', () => {
    const match = compileMatch({ match: valueOf("{any: [{resources: {kinds: ['*']}}]}") }, { namespace: 'nn' })
    const matches = (object: KubeObject, more = {}): boolean =>
      match.ok && match.value.whyNot(requestOf(object, more), factsOf()) === undefined
    expect(matches(podOf())).toBe(true)
    expect(matches(podOf('{metadata: {name: p, namespace: other}}'))).toBe(false)
    expect(matches(namespace, { namespace: 'nn' })).toBe(false)
  })

  test('labels of the namespace that are not known yet are asked for', () => {
    const facts = { read: () => undefined, missing: [] }
    expect(applies(resources('kinds: [Pod], namespaceSelector: {matchLabels: {env: p}}'), { facts })).toBe(false)
  })
})

describe('Namespaces', () => {
  const facts = factsOf((question) => (question.ask === 'namespaceLabels' ? { team: 'a' } : undefined))
  test.each([
    ['namespaces mean their own name', 'namespaces: [nn]', true],
    ['namespaces mean no other name', 'namespaces: [other]', false],
    ['a namespaceSelector never selects them', 'namespaceSelector: {matchLabels: {team: a}}', false],
    ['not even an empty one', 'namespaceSelector: {}', false],
    ['a selector looks at their labels', 'selector: {matchLabels: {team: a}}', true],
  ])('%s', (_, attributes, expected) => {
    const match = resources(`kinds: [Namespace], ${attributes}`)
    for (const requestNamespace of ['', 'nn'])
      expect(applies(match, { request: requestOf(namespace, { namespace: requestNamespace }), facts })).toBe(expected)
  })
})

describe('several filters', () => {
  const pods = '{resources: {kinds: [Pod]}}'
  const services = '{resources: {kinds: [Service]}}'
  test.each([
    ['any: one holds', `{any: [${services}, ${pods}]}`, true],
    ['any: none holds', `{any: [${services}]}`, false],
    ['all: one does not', `{all: [${services}, ${pods}]}`, false],
    ['all: each holds', `{all: [{resources: {kinds: [Pod], namespaces: [nn]}}, ${pods}]}`, true],
    ['the older form', '{resources: {kinds: [Pod]}}', true],
    ['the older form, all of whose attributes must hold', '{resources: {kinds: [Pod], namespaces: [x]}}', false],
    ['nothing', '{}', false],
    ['an empty filter', '{any: [{}]}', false],
    ['an empty filter beside one that holds', `{any: [{}, ${pods}]}`, true],
    ['all: an empty filter beside one that holds', `{all: [{}, ${pods}]}`, false],
    ['empty lists', '{any: [], all: []}', false],
  ])('%s', (_, match, expected) => {
    expect(applies(match)).toBe(expected)
  })
})

describe('who asks', () => {
  const alice = requesterOf('alice', { groups: ['dev', 'system:authenticated'], roles: ['nn:editor'], clusterRoles: ['admin'] })
  const robot = requesterOf('system:serviceaccount:ci:robot')
  const pods = 'resources: {kinds: [Pod]}'
  test.each([
    ['a user', alice, 'subjects: [{kind: User, name: alice}]', true],
    ['a user with a wildcard', alice, "subjects: [{kind: User, name: 'al*'}]", true],
    ['another user', alice, 'subjects: [{kind: User, name: bob}]', false],
    ['a group', alice, 'subjects: [{kind: Group, name: dev}]', true],
    ['a group with a wildcard', alice, "subjects: [{kind: Group, name: 'system:*'}]", true],
    ['another group', alice, 'subjects: [{kind: Group, name: ops}]', false],
    ['a group is not a user', alice, 'subjects: [{kind: User, name: dev}]', false],
    ['one of several subjects', alice, 'subjects: [{kind: User, name: bob}, {kind: Group, name: dev}]', true],
    ['a service account', robot, 'subjects: [{kind: ServiceAccount, namespace: ci, name: robot}]', true],
    ['a service account with wildcards', robot, "subjects: [{kind: ServiceAccount, namespace: 'c*', name: '*'}]", true],
    ['a service account elsewhere', robot, 'subjects: [{kind: ServiceAccount, namespace: cd, name: robot}]', false],
    ['a service account is a user as well', robot, "subjects: [{kind: User, name: 'system:serviceaccount:ci:robot'}]", true],
    ['a role', alice, "roles: ['nn:viewer', 'nn:editor']", true],
    ['another role', alice, "roles: ['nn:viewer']", false],
    ['roles take no wildcards', alice, "roles: ['nn:*']", false],
    ['a cluster role', alice, 'clusterRoles: [admin]', true],
    ['cluster roles take no wildcards', alice, "clusterRoles: ['*']", false],
    ['roles and subjects: both hold', alice, "roles: ['nn:editor'], subjects: [{kind: User, name: alice}]", true],
    ['roles and subjects: one does not', alice, "roles: ['nn:editor'], subjects: [{kind: User, name: bob}]", false],
    ['roles and cluster roles: one does not', alice, "roles: ['nn:editor'], clusterRoles: [view]", false],
    ['a subject of unknown kind', alice, 'subjects: [{kind: Robot, name: alice}]', false],
  ])('%s', (_, requester, who, expected) => {
    const settings = { request: requestOf(podOf(), { requester }) }
    expect(applies(`{any: [{${pods}, ${who}}]}`, settings)).toBe(expected)
    expect(applies(`{any: [{${who}}]}`, settings)).toBe(expected)
    expect(applies(`{${pods}, ${who}}`, settings)).toBe(expected)
    expect(applies('{any: [{resources: {kinds: [Pod]}}]}', { ...settings, exclude: `{any: [{${who}}]}` })).toBe(!expected)
  })

  test('where nobody asks, users of a match do not count, and a filter of nothing else matches nothing', () => {
    expect(applies(`{any: [{${pods}, clusterRoles: [admin]}]}`)).toBe(true)
    expect(applies('{any: [{clusterRoles: [admin]}]}')).toBe(false)
    expect(applies(`{all: [{clusterRoles: [admin]}, {${pods}}]}`)).toBe(false)
  })

  test('where nobody asks, an exclusion by user excludes nobody', () => {
    const match = `{any: [{${pods}}]}`
    expect(applies(match, { exclude: '{any: [{clusterRoles: [admin]}]}' })).toBe(true)
    expect(applies(match, { exclude: `{any: [{${pods}, clusterRoles: [admin]}]}` })).toBe(true)
  })
})

describe('exclude', () => {
  const match = resources('kinds: [Pod]')
  test.each([
    ['any: one filter holds', '{any: [{resources: {names: [q]}}, {resources: {names: [p]}}]}', true],
    ['any: none holds', '{any: [{resources: {names: [q]}}]}', false],
    ['all: each holds', '{all: [{resources: {names: [p]}}, {resources: {namespaces: [nn]}}]}', true],
    ['all: one does not', '{all: [{resources: {names: [p]}}, {resources: {namespaces: [x]}}]}', false],
    ['the older form', '{resources: {namespaces: [nn]}}', true],
    ['an empty filter excludes nothing', '{any: [{}]}', false],
    ['nor does an empty exclude', '{}', false],
    ['a kind alone', '{any: [{resources: {kinds: [Pod]}}]}', true],
    ['another kind', '{any: [{resources: {kinds: [Service]}}]}', false],
    ['an operation', '{any: [{resources: {operations: [CREATE]}}]}', true],
  ])('%s', (_, exclude, excluded) => {
    expect(applies(match, { exclude })).toBe(!excluded)
  })
})

describe('operations', () => {
  const named = (name: string): string => resources(`kinds: [Pod], names: [${name}]`)
  const other = podOf('{metadata: {name: other, namespace: nn}}')
  test('a deletion is about the old object', () => {
    expect(applies(named('p'), { request: deletionOf(podOf()) })).toBe(true)
    expect(applies(resources('kinds: [Pod], operations: [DELETE]'), { request: deletionOf(podOf()) })).toBe(true)
  })
  test('an update is about the new object', () => {
    expect(applies(named('other'), { request: updateOf(podOf(), other) })).toBe(true)
    expect(applies(named('p'), { request: updateOf(podOf(), other) })).toBe(false)
  })
  test('a connection', () => {
    const request = requestOf(podOf(), { operation: 'CONNECT', subresource: 'exec' })
    expect(applies(resources('kinds: [Pod/exec], operations: [CONNECT]'), { request })).toBe(true)
  })
})

test('a selector that cannot be read is an error of the policy', () => {
  const match = compileMatch(
    { match: valueOf('{any: [{resources: {kinds: [Pod], selector: {matchExpressions: [{key: a, operator: Near}]}}}]}') },
    { namespace: '' },
  )
  expect(match).toMatchObject({ ok: false, error: expect.stringContaining('match: failed to parse selector: ') as string })
})

test('the order in which keys are written does not matter', () => {
  const filter = fc.record(
    {
      resources: fc.record(
        {
          kinds: fc.subarray(['Pod', 'Service', '*'], { minLength: 1 }),
          names: fc.subarray(['p', 'q*']),
          namespaces: fc.subarray(['nn', 'm*']),
          operations: fc.subarray(['CREATE', 'DELETE']),
          selector: fc.constantFrom<Json>({ matchLabels: { app: 'a', x: 'y' } }, { matchLabels: { app: '*' } }),
        },
        { requiredKeys: [] },
      ),
      subjects: fc.constantFrom<Json>([{ kind: 'User', name: 'u' }], [{ kind: 'User', name: 'v' }]),
    },
    { requiredKeys: [] },
  )
  const requests = [requestOf(podOf()), requestOf(podOf(), { requester: requesterOf('u') }), deletionOf(podOf())]
  const answers = (rule: Json): Json => {
    const match = compileMatch(isJsonObject(rule) ? rule : {}, { namespace: '' })
    return match.ok ? requests.map((request) => match.value.whyNot(request, factsOf()) === undefined) : match.error
  }
  fc.assert(
    fc.property(
      fc.constantFrom('any', 'all'),
      fc.array(filter, { maxLength: 3 }),
      fc.array(filter, { maxLength: 2 }),
      (mode, match, exclude) => {
        const rule: Json = { match: { [mode]: match }, exclude: { [mode]: exclude } } as Json
        expect(answers(backwards(rule))).toEqual(answers(rule))
      },
    ),
    { numRuns: 300 },
  )
})

function backwards(value: Json): Json {
  if (isJsonArray(value)) return value.map(backwards)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, Json] => [key, backwards(item)])
      .reverse(),
  )
}
