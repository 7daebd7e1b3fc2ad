import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { Facts, Question } from '../../policy/facts.ts'
import { factsOf, factsToCome, givenOf, podOf, requesterOf, requestOf, said, updateOf } from './testbed.ts'
import type { RuleSettings } from './testbed.ts'

/** What a message shows of its context, or why it cannot. */
const shown = (context: string, message: string, settings: RuleSettings = {}): string =>
  said(
    `context: [${context}], preconditions: {all: [{key: ${JSON.stringify(`=${message}`)}, operator: NotEquals, value: never}]}, validate: {message: ${JSON.stringify(`=${message}`)}, deny: {}}`,
    settings,
  )
    .join()
    .replace('fail: =', '')
    .replace('error: failed to evaluate preconditions: failed to substitute variables in condition key: ', 'error: ')

const failedTo = (variable: string, why: string): string => `error: failed to resolve ${variable} at path : ${why}`

describe('variable', () => {
  test.each([
    ['a value', '{name: v, variable: {value: x}}', 'x'],
    ['a value of any type', '{name: v, variable: {value: {a: [1, true]}}}', '{"a":[1,true]}'],
    ['a value with variables', "{name: v, variable: {value: {is: '{{request.object.metadata.name}}'}}}", '{"is":"p"}'],
    ['a path of the context', '{name: v, variable: {jmesPath: request.object.metadata.name}}', 'p'],
    ['a path with variables', '{name: v, variable: {jmesPath: "request.object.metadata.{{ \'name\' }}"}}', 'p'],
    ['a path of its value', '{name: v, variable: {value: {a: {b: c}}, jmesPath: a.b}}', 'c'],
    ['a default that is not needed', '{name: v, variable: {value: x, default: d}}', 'x'],
    ['a default for a path that fails', '{name: v, variable: {jmesPath: request.object.x, default: d}}', 'd'],
    ['a default for nothing', "{name: v, variable: {jmesPath: '`null`', default: d}}", 'd'],
    ['a default for a value whose path fails', '{name: v, variable: {value: {a: b}, jmesPath: x, default: d}}', 'd'],
    ['a default with variables', "{name: v, variable: {jmesPath: request.object.x, default: '{{request.namespace}}'}}", 'nn'],
    ['false is a value', '{name: v, variable: {value: false, default: d}}', 'false'],
    ['so is an empty text', "{name: v, variable: {value: '', default: d}}", ''],
  ])('%s', (_, context, expected) => {
    expect(shown(context, '{{v}}')).toBe(expected)
  })

  test.each([
    [
      'a path that fails',
      '{name: v, variable: {jmesPath: request.object.x}}',
      'failed to apply JMESPath for variable v: JMESPath query failed: Unknown key "x" in path',
    ],
    ['nothing', "{name: v, variable: {jmesPath: '`null`'}}", 'failed to add context entry for variable v since it evaluated to nil'],
    ['neither value nor path', '{name: v, variable: {}}', 'failed to add context entry for variable v since it evaluated to nil'],
  ])('%s is an error', (_, context, why) => {
    expect(shown(context, '{{v}}')).toBe(failedTo('v', why))
  })
})

describe('loading is lazy', () => {
  const bad = '{name: bad, variable: {jmesPath: request.object.x}}'
  const fails = expect.stringContaining('failed to apply JMESPath for variable bad') as string
  test.each([
    ['an entry nobody mentions does no harm', bad, 'm', 'm'],
    ['nor does one whose name is a field', bad, "{{ request.object.bad || 'm' }}", 'm'],
    ['nor one whose name begins another', bad, '{{badly || `1`}}', '1'],
    ['nor one whose name ends another', bad, '{{notbad || `1`}}', '1'],
    ['a word in a literal counts', bad, "{{ 'is bad' }}", fails],
    ['an index follows', bad, '{{bad[0]}}', fails],
    ['a function is around', bad, '{{length(bad)}}', fails],
    ['an entry that another needs', '{name: a, variable: {value: x}}, {name: b, variable: {value: "{{a}}y"}}', '{{b}}', 'xy'],
    ['whatever their order', '{name: b, variable: {value: "{{a}}y"}}, {name: a, variable: {value: x}}', '{{b}}', 'xy'],
    ['of one name, the later sees the earlier', '{name: a, variable: {value: x}}, {name: a, variable: {value: "{{a}}y"}}', '{{a}}', 'xy'],
    ['and replaces it', '{name: a, variable: {value: x}}, {name: a, variable: {value: z}}', '{{a}}', 'z'],
  ])('%s', (_, context, message, expected) => {
    expect(shown(context, message)).toEqual(expected)
  })

  test('entries that need each other come to an end', () => {
    const circle = "{name: a, variable: {value: '{{b}}'}}, {name: b, variable: {value: '{{a}}'}}"
    expect(shown(circle, '{{a}}')).toMatch(/^error: /)
    expect(shown("{name: a, variable: {value: '{{a}}'}}", '{{a}}')).toMatch(/^error: /)
  })

  test('an entry is loaded once', () => {
    const asked: Question[] = []
    const facts = factsOf((question) => {
      asked.push(question)
      return { data: { k: 'v' } }
    })
    expect(shown('{name: cm, configMap: {name: x}}', '{{cm.data.k}}{{cm.data.k}}', { facts })).toBe('vv')
    expect(asked).toHaveLength(1)
  })
})

describe('configMap', () => {
  const stored = factsOf((question) =>
    question.ask === 'object' && question.kind === 'ConfigMap'
      ? {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: question.name, namespace: question.namespace },
          data: { k: '["a","b"]' },
          binaryData: { b: 'eA==' },
        }
      : undefined,
  )
  test.each([
    ['its data', '{name: x, namespace: far}', '{{cm.data.k}}', '["a","b"]'],
    ['lists are text', '{name: x, namespace: far}', '{{ parse_json(cm.data.k)[1] }}', 'b'],
    ['its metadata', '{name: x, namespace: far}', '{{cm.metadata.namespace}}/{{cm.metadata.name}}', 'far/x'],
    [
      'names with variables',
      "{name: '{{request.object.metadata.name}}', namespace: '{{request.namespace}}'}",
      '{{cm.metadata.namespace}}/{{cm.metadata.name}}',
      'nn/p',
    ],
    ['namespace `default` where none is given', '{name: x}', '{{cm.metadata.namespace}}', 'default'],
    ['no binary data', '{name: x}', "{{ cm.binaryData || 'none' }}", 'none'],
  ])('%s', (_, configMap, message, expected) => {
    expect(shown(`{name: cm, configMap: ${configMap}}`, message, { facts: stored })).toBe(expected)
  })

  test('one that there is not', () => {
    const facts = factsOf(() => null)
    const why = 'failed to get configmap far/x : configmaps "x" not found'
    expect(shown('{name: cm, configMap: {name: x, namespace: far}}', '{{cm.data.k}}', { facts })).toBe(failedTo('cm.data.k', why))
  })
})

describe('apiCall', () => {
  const answers = (value: Json): { facts: Facts; asked: Question[] } => {
    const asked: Question[] = []
    return {
      asked,
      facts: factsOf((question) => {
        asked.push(question)
        return value
      }),
    }
  }
  test.each<[string, string, Json, Json]>([
    ['a path', '{urlPath: /api/v1/x}', { ask: 'apiCall', method: 'GET', urlPath: '/api/v1/x', body: null }, { num: 1 }],
    [
      'a path with variables',
      "{urlPath: '/x/{{request.namespace}}'}",
      { ask: 'apiCall', method: 'GET', urlPath: '/x/nn', body: null },
      { num: 1 },
    ],
    [
      'data',
      "{urlPath: /x, method: POST, data: [{key: a, value: '{{request.object.metadata.name}}'}, {key: b, value: {c: 1}}]}",
      { ask: 'apiCall', method: 'POST', urlPath: '/x', body: { a: 'p', b: { c: 1 } } },
      { num: 1 },
    ],
    [
      'a service',
      '{method: GET, service: {url: https://s/, caBundle: CA, headers: [{key: h, value: v}]}}',
      { ask: 'service', method: 'GET', url: 'https://s/', headers: { h: 'v' }, body: null, caBundle: 'CA' },
      { num: 1 },
    ],
    ['a path of the answer', '{urlPath: /x, jmesPath: num}', { ask: 'apiCall', method: 'GET', urlPath: '/x', body: null }, 1],
  ])('%s', (_, apiCall, question, expected) => {
    const { facts, asked } = answers({ num: 1 })
    expect(shown(`{name: a, apiCall: ${apiCall}}`, '{{a}}', { facts })).toBe(JSON.stringify(expected))
    expect(asked).toEqual([question])
  })

  test.each([
    ['a default where the call fails', '{urlPath: /x, default: d}', 'd'],
    ['nothing in its place', '{urlPath: /x}', failedTo('a', 'failed to fetch data for APICall a: there is none')],
  ])('%s', (_, apiCall, expected) => {
    expect(shown(`{name: a, apiCall: ${apiCall}}`, '{{a}}')).toBe(expected)
  })

  test('the default is for the call, not for its path', () => {
    const { facts } = answers({ num: 1 })
    expect(shown('{name: a, apiCall: {urlPath: /x, jmesPath: z, default: d}}', '{{a}}', { facts })).toMatch(/Unknown key "z" in path$/)
  })
})

describe('imageRegistry and globalReference', () => {
  const facts = factsOf((question) =>
    question.ask === 'image'
      ? { image: question.reference, configData: { config: { User: 'u' } } }
      : question.ask === 'globalContext' && question.name === 'pods'
        ? [{ num: 1 }]
        : undefined,
  )
  test.each([
    ["{name: i, imageRegistry: {reference: '{{request.object.spec.containers[0].image}}'}}", '{{i.image}}', 'nginx:latest'],
    ['{name: i, imageRegistry: {reference: x, jmesPath: configData.config.User}}', '{{i}}', 'u'],
    ['{name: g, globalReference: {name: pods}}', '{{g[0].num}}', '1'],
    ["{name: g, globalReference: {name: '{{ `pods` }}', jmesPath: '[0]'}}", '{{g}}', '{"num":1}'],
    ['{name: g, globalReference: {name: other}}', '{{g}}', failedTo('g', 'failed to fetch global context entry other: there is none')],
    ['{name: none}', '{{none}}', expect.stringContaining('context entry none has no source') as string],
  ])('%s', (context, message, expected) => {
    expect(shown(context, message, { facts })).toEqual(expected)
  })
})

describe('facts that are not here yet', () => {
  test.each<[string, string, string, Question]>([
    [
      'a ConfigMap',
      '{name: v, configMap: {name: x, namespace: far}}',
      '{{v.data.k}}',
      { ask: 'object', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'far', name: 'x' },
    ],
    [
      'a call, even with a default',
      '{name: v, apiCall: {urlPath: /x, default: d}}',
      '{{v}}',
      { ask: 'apiCall', method: 'GET', urlPath: '/x', body: null },
    ],
    ['an image', '{name: v, imageRegistry: {reference: x}}', '{{v}}', { ask: 'image', reference: 'x' }],
    ['a global entry', '{name: v, globalReference: {name: x}}', '{{v}}', { ask: 'globalContext', name: 'x' }],
  ])('%s is asked for', (_, context, message, question) => {
    const facts = factsToCome()
    shown(`${context}, {name: unused, configMap: {name: unused}}`, message, { facts })
    expect(facts.missing).toContainEqual(question)
    expect(new Set(facts.missing.map((one) => JSON.stringify(one))).size).toBe(1)
  })
})

describe('values that a person gives', () => {
  const call = '{name: cm, configMap: {name: x}}, {name: v, variable: {value: written}}'
  const settings = (values: Readonly<Record<string, Json>>): RuleSettings => ({
    request: requestOf(podOf(), { given: givenOf(values) }),
    facts: factsOf(() => ({ data: { k: 'stored' } })),
  })
  test.each<[string, Readonly<Record<string, Json>>, string, string]>([
    ['take the place of what would be loaded', { 'cm.data.k': 'given' }, '{{cm.data.k}}', 'given'],
    ['also of variables', { v: 'given' }, '{{v}}', 'given'],
    ['whole entries', { cm: { data: { k: 'given' } } }, '{{cm.data.k}}', 'given'],
    ['leave the rest alone', { 'cm.data.k': 'given' }, '{{v}}', 'written'],
    ['add to the request', { 'request.object.metadata.x': 1 }, '{{request.object.metadata.x}}{{request.object.metadata.name}}', '1p'],
    ['make names of their own', { other: 'o' }, '{{other}}', 'o'],
  ])('%s', (_, values, message, expected) => {
    expect(shown(call, message, settings(values))).toBe(expected)
  })

  test('what nobody gave and nobody has is unset', () => {
    const request = requestOf(podOf(), { given: givenOf({}) })
    expect(shown('{name: a, apiCall: {urlPath: /x}}', "{{ a || 'unset' }}", { request })).toBe('unset')
  })

  test('an element of a loop has the value of its index', () => {
    const rule =
      "validate: {message: m, foreach: [{list: request.object.spec.containers, deny: {conditions: {all: [{key: '{{element.tag}}', operator: Equals, value: b}]}}}]}"
    const two = podOf('{spec: {containers: [{name: x}, {name: y}]}}')
    const results = (tags: readonly string[]): readonly string[] =>
      said(rule, { request: requestOf(two, { given: givenOf({}, { 'element.tag': tags }) }) })
    expect(results(['a', 'a'])).toEqual(['pass: rule passed'])
    expect(results(['a', 'b'])).toEqual(['fail: validation failure: m'])
  })
})

test('what one rule loads is bounded', () => {
  const facts = factsOf(() => ({ data: { k: 'x'.repeat(3 * 1024 * 1024) } }))
  expect(shown('{name: cm, configMap: {name: x}}', '{{cm.data.k}}', { facts })).toMatch(
    /context size limit exceeded: \d+ bytes exceeds limit of 2097152 bytes$/,
  )
})

test('all that one rule loads together is bounded', () => {
  const facts = factsOf(() => ({ data: { k: 'x'.repeat(1024 * 1024) } }))
  const entries = ['a', 'b', 'c'].map((name) => `{name: ${name}, configMap: {name: ${name}}}`).join(', ')
  expect(shown(entries, '{{ length(a.data.k) }}', { facts })).toBe('1048576')
  expect(shown(entries, '{{ length(a.data.k) }}{{ length(b.data.k) }}{{ length(c.data.k) }}', { facts })).toMatch(
    /context size limit exceeded/,
  )
})

describe('what is always there', () => {
  const request = updateOf(podOf('{v: 1}'), podOf('{v: 2}'))
  const asked = {
    ...request,
    uid: 'id',
    resource: 'pods',
    dryRun: true,
    requester: requesterOf('system:serviceaccount:ns:sa', { groups: ['g'] }),
  }
  test.each([
    ['request.operation', 'UPDATE'],
    ['request.namespace', 'nn'],
    ['request.name', 'p'],
    ['request.uid', 'id'],
    ['request.dryRun', 'true'],
    ['request.kind', '{"group":"","kind":"Pod","version":"v1"}'],
    ['request.resource.resource', 'pods'],
    ['request.object.v', '2'],
    ['request.oldObject.v', '1'],
    ['request.userInfo.username', 'system:serviceaccount:ns:sa'],
    ['request.userInfo.groups', '["g"]'],
    ['serviceAccountName', 'sa'],
    ['serviceAccountNamespace', 'ns'],
    ['images.containers.c.name', 'nginx'],
    ['time_now_utc()', '1970-01-01T00:00:00Z'],
  ])('%s', (variable, expected) => {
    expect(shown('', `{{${variable}}}`, { request: asked })).toBe(expected)
  })

  test.each(['serviceAccountName', 'request.oldObject', 'request.subResource', 'request.roles', 'element', 'target'])(
    'not %s, where there is none',
    (variable) => {
      expect(shown('', `{{${variable} || 'unset'}}`)).toBe('unset')
    },
  )
})
