import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Result } from '../../core/result.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { RuleContext } from './context.ts'
import { createExpressions } from './expressions.ts'
import { deletionOf, factsOf, objectOf, podOf, requestOf, updateOf, valueOf } from './testbed.ts'
import { expressionsIn, findVariable, hasVariables, substitute } from './variables.ts'

const contextOf = (request: PolicyRequest): RuleContext =>
  new RuleContext({ expressions: createExpressions(), request, facts: factsOf(), policyNamespace: '', policy: 'policy', rule: 'r' })

const pod = objectOf(`
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: nn, labels: {app: a, 'x/y': z}}
spec: {count: 3, ratio: 1.5, whole: 2.0, flag: true, none: null, list: [1, b, {c: d}], empty: {}}
texts:
  name: '{{request.object.metadata.name}}'
  again: '{{request.object.texts.name}}!'
  endless: '{{request.object.texts.endless}}x'
  itself: '{{request.object.texts.itself}}'
  inside: {of: ['{{request.object.metadata.name}}']}
`)

const put = (value: Json, request: PolicyRequest = requestOf(pod)): Result<Json, string> => substitute(value, contextOf(request))
function given(value: Json, object: KubeObject = pod): Json {
  const result = put(value, requestOf(object))
  return result.ok ? result.value : `error: ${result.error}`
}

const spec = (field: string): string => `{{request.object.spec.${field}}}`

describe('a text that is one variable becomes its value', () => {
  test.each<[string, string, Json]>([
    ['text', '{{request.object.metadata.name}}', 'p'],
    ['an integer', spec('count'), 3],
    ['a fraction', spec('ratio'), 1.5],
    ['true', spec('flag'), true],
    ['null', spec('none'), null],
    ['a list', spec('list'), [1, 'b', { c: 'd' }]],
    ['a map', '{{request.object.metadata.labels}}', { app: 'a', 'x/y': 'z' }],
    ['spaces inside do not count', '{{   request.object.spec.count\t}}', 3],
    ['but those outside do', ` ${spec('count')}`, ' 3'],
    ['an expression with braces', '{{ {a: `1`, b: request.object.spec.count} }}', { a: 1, b: 3 }],
    ['a literal', '{{ `{"a": [1]}` }}', { a: [1] }],
    ['a function', "{{ join('-', ['a', 'b']) }}", 'a-b'],
    ['what is missing, with something in its place', "{{ request.object.spec.missing || '' }}", ''],
  ])('%s', (_, text, expected) => {
    expect(given(text)).toEqual(expected)
  })
})

describe('within other text it is printed', () => {
  test.each([
    ['text as it is', 'a-{{request.object.metadata.name}}-b', 'a-p-b'],
    ['an integer', `n=${spec('count')}`, 'n=3'],
    ['a whole number stays whole', `n=${spec('whole')}`, 'n=2'],
    ['a fraction', `n=${spec('ratio')}`, 'n=1.5'],
    ['true', `t=${spec('flag')}`, 't=true'],
    ['null', `z=${spec('none')}`, 'z=null'],
    ['a list', `l=${spec('list')}`, 'l=[1,"b",{"c":"d"}]'],
    ['a map, its keys in order', '{{ {b: `1`, a: `2`} }}!', '{"a":2,"b":1}!'],
    ['several', '{{request.object.metadata.namespace}}/{{request.object.metadata.name}}', 'nn/p'],
    ['one after another without space', `${spec('count')}${spec('count')}`, '33'],
  ])('%s', (_, text, expected) => {
    expect(given(text)).toBe(expected)
  })
})

describe('variables in variables', () => {
  test.each<[string, string, Json]>([
    ['the innermost comes first', "{{ request.object.metadata.{{ 'name' }} }}", 'p'],
    ['its value is part of the outer one', '{{ request.object.metadata.labels."{{ \'x/y\' }}" }}', 'z'],
    ['within text', "<{{ request.object.metadata.{{ 'name' }} }}>", '<p>'],
    ['what is put into a text is looked at in turn', '<{{request.object.texts.again}}>', '<p!>'],
    ['a text in place of the whole is not', '{{request.object.texts.again}}', '{{request.object.texts.name}}!'],
    ['but maps and lists are', '{{request.object.texts.inside}}', { of: ['p'] }],
    ['`{{-` leaves it alone', '{{- request.object.texts.name }}', '{{request.object.metadata.name}}'],
    ['within text as well', '<{{- request.object.texts.name }}>', '<{{request.object.metadata.name}}>'],
    ['and in maps', '{{- request.object.texts.inside }}', { of: ['{{request.object.metadata.name}}'] }],
  ])('%s', (_, text, expected) => {
    expect(given(text)).toEqual(expected)
  })

  test.each(['x{{request.object.texts.itself}}', '{{request.object.texts.endless}}.'])('one without end comes to an end: %s', (text) => {
    expect(given({ a: text })).toBe('error: variables at path /a did not settle in 64 rounds')
  })

  test('nor can one become too long', () => {
    const object = { ...pod, big: `{{request.object.big}}{{request.object.big}}` }
    expect(given('x{{request.object.big}}', object)).toMatch(
      /^error: variables at path \/ (expand to more than \d+ characters|did not settle)/,
    )
  })
})

describe('what is no variable stays', () => {
  test.each([
    ['one brace', '{request}', '{request}'],
    ['an open one', '{{request', '{{request'],
    ['an escaped one, without its escape', '\\{{request.object}}', '{{request.object}}'],
    ['an escaped one beside another', '\\{{x}} {{request.object.metadata.name}}', '{{x}} p'],
    ['an escaped reference', '\\$(./../x)', '$(./../x)'],
    ['two levels of braces', '{{ {a: {b: {c: `1`}}} }}', '{{ {a: {b: {c: `1`}}} }}'],
    ['a Go template with a dollar', '${HOME} $HOME', '${HOME} $HOME'],
  ])('%s', (_, text, expected) => {
    expect(given(text)).toBe(expected)
  })

  test('numbers, booleans and null', () => {
    const value = { a: 1, b: [true, null, 1.5], __c: 'plain' }
    expect(given(value)).toBe(value)
  })
})

describe('keys', () => {
  test('are texts like others', () => {
    expect(given({ 'x-{{request.object.metadata.name}}': { '{{request.object.metadata.namespace}}': 1 } })).toEqual({ 'x-p': { nn: 1 } })
  })
  test('must be text', () => {
    expect(given({ [spec('list')]: 1 })).toMatch(/^error: expected the variable in key .* to be a string/)
  })
  test('`__proto__` is one like any other', () => {
    const result = given(JSON.parse('{"__proto__": "{{request.object.metadata.name}}"}') as Json)
    expect(Object.entries(result as object)).toEqual([['__proto__', 'p']])
  })
})

describe('what cannot be resolved says where it stands', () => {
  const unknown = (key: string): string => `JMESPath query failed: Unknown key "${key}" in path`
  test.each([
    ['a key', { a: { b: '{{request.object.x}}' } }, `failed to resolve request.object.x at path /a/b: ${unknown('x')}`],
    ['in a list', { a: ['', 'x {{request.object.x}}'] }, `failed to resolve request.object.x at path /a/1: ${unknown('x')}`],
    ['a name', ['{{nothing}}'], `failed to resolve nothing at path /0: ${unknown('nothing')}`],
    ['in a key', { '{{nothing}}': 1 }, `failed to resolve nothing at path : ${unknown('nothing')}`],
    ['a text alone', '{{nothing}}', `failed to resolve nothing at path : ${unknown('nothing')}`],
    ['nothing at all', { a: '{{}}' }, 'failed to resolve  at path /a: invalid query (nil)'],
  ])('%s', (_, value, error) => {
    expect(put(value)).toEqual({ ok: false, error })
  })

  test('an expression that cannot be read', () => {
    expect(given({ a: '{{ a..b }}' })).toMatch(/^error: failed to resolve a\.\.b at path \/a: incorrect query a\.\.b: /)
  })

  test('of several the first written is reported', () => {
    expect(given({ b: '{{one}}', a: '{{two}}' })).toContain('failed to resolve one at path /b')
  })
})

describe('`@` is the value at the same place of the resource', () => {
  const object = podOf("{spec: {containers: [{name: c, image: i}], 'odd key': 1}}")
  test.each<[string, Json, Json]>([
    ['of a map', { metadata: { name: '{{@}}' } }, { metadata: { name: 'p' } }],
    ['within text', { metadata: { name: 'x-{{ @ }}' } }, { metadata: { name: 'x-p' } }],
    ['of a list', { spec: { containers: [{ image: '{{@}}' }] } }, { spec: { containers: [{ image: 'i' }] } }],
    ['a key with spaces', { spec: { 'odd key': '{{@}}' } }, { spec: { 'odd key': 1 } }],
    ['under an anchor', { spec: { '(containers)': [{ '=(image)': '{{@}}' }] } }, { spec: { '(containers)': [{ '=(image)': 'i' }] } }],
  ])('%s', (_, value, expected) => {
    expect(given(value, object)).toEqual(expected)
  })
  test('of the target, where a rule patches existing objects', () => {
    const context = contextOf(requestOf(pod))
    context.set('target', { metadata: { name: 't' } })
    expect(substitute({ metadata: { name: '{{@}}' } }, context)).toEqual({ ok: true, value: { metadata: { name: 't' } } })
  })
})

describe('on DELETE request.object means the old object', () => {
  const old = podOf('{old: true}')
  test.each<[string, Json]>([
    ['{{request.object.metadata.name}}', 'p'],
    ['{{request.oldObject.metadata.name}}', 'p'],
    ["{{ 'request.object' }}", 'request.oldObject'],
    ['{{ request.object.old && request.oldObject.old }}', true],
    ['request.object outside', 'request.object outside'],
  ])('%s', (text, expected) => {
    expect(put(text, deletionOf(old))).toEqual({ ok: true, value: expected })
  })
  test('and the error says so', () => {
    expect(put({ a: '{{request.object.x}}' }, deletionOf(old))).toMatchObject({
      ok: false,
      error: 'failed to resolve request.oldObject.x at path /a: JMESPath query failed: Unknown key "x" in path',
    })
  })
  test('on UPDATE they are two', () => {
    const request = updateOf(podOf('{v: 1}'), podOf('{v: 2}'))
    expect(put('{{request.object.v}} {{request.oldObject.v}}', request)).toEqual({ ok: true, value: '2 1' })
  })
})

describe('$() is another place of the same document', () => {
  const limits = (memory: string): Json => valueOf(`{spec: {requests: {memory: 1Gi, cpu: 2, half: 0.5}, limits: {memory: '${memory}'}}}`)
  const memoryOf = (memory: string): Json => {
    const result = given(limits(memory))
    return isJsonObject(result) ? ((result['spec'] as { limits: { memory: Json } }).limits.memory as Json) : result
  }
  test.each([
    ['relative', '$(./../../requests/memory)', '1Gi'],
    ['absolute', '$(/spec/requests/memory)', '1Gi'],
    ['with an operator', '$(<=./../../requests/memory)', '<=1Gi'],
    ['with another', '$(!/spec/requests/memory)', '!1Gi'],
    ['within text', 'x$(/spec/requests/memory)y', 'x1Giy'],
    ['an integer behind an operator', '$(>/spec/requests/cpu)', '>2'],
    ['a fraction behind an operator', '$(>/spec/requests/half)', '>0.500000'],
    ['before variables', '$(/spec/requests/memory){{request.object.metadata.name}}', '1Gip'],
  ])('%s', (_, text, expected) => {
    expect(memoryOf(text)).toBe(expected)
  })

  test.each([
    ['nothing there', '$(/spec/x)', '/spec/x'],
    ['a number without operator', '$(/spec/requests/cpu)', '/spec/requests/cpu'],
    ['a map', '$(/spec/requests)', '/spec/requests'],
  ])('%s', (_, text, place) => {
    expect(memoryOf(text)).toBe(`error: NotResolvedReferenceErr,reference $(${place}) not resolved at path /spec/limits/memory`)
  })

  test('anchors do not count', () => {
    const pattern = valueOf("{spec: {=(requests): {(memory): 1Gi}, (limits): {memory: '$(./../../requests/memory)'}}}")
    expect(given(pattern)).toEqual({ spec: { '=(requests)': { '(memory)': '1Gi' }, '(limits)': { memory: '1Gi' } } })
  })

  test('it may refer to a variable', () => {
    const pattern = valueOf("{a: '{{request.object.metadata.name}}', b: '$(/a)'}")
    expect(given(pattern)).toEqual({ a: 'p', b: 'p' })
  })
})

describe('finding variables', () => {
  test.each([
    ['{{a}}', ['a']],
    ['x {{ a }} y {{- b }}', ['a', 'b']],
    ['\\{{a}} {{b}}', ['b']],
    ['{{ a.{{ b }} }}', ['b']],
    ['{{ {x: y} }}', ['{x: y}']],
    ['{{a} }', []],
    ['{{{a}}}', ['{a}']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(expressionsIn(text)).toEqual(expected)
  })

  test('what has no variables is left as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const json = value as Json
        if (!hasVariables(json)) expect(given(json)).toBe(json)
      }),
      { numRuns: 200 },
    )
  })

  test('a variable found begins and ends with two braces, and lies in the text', () => {
    const text = fc
      .array(fc.constantFrom('{', '}', '{{', '}}', '\\', 'a', ' ', '-', '$('), { maxLength: 24 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (written) => {
        const found = findVariable(written, 0)
        if (found === undefined) return
        expect(written.slice(found.start, found.end)).toMatch(/^\{\{.*\}\}$/)
        expect(written[found.start - 1]).not.toBe('\\')
      }),
    )
  })

  test('no text makes it throw', () => {
    const part = fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '\\',
      '$(',
      ')',
      './../',
      '/',
      '@',
      '-',
      ' ',
      'request.object',
      '.texts',
      '.endless',
      "'a'",
      '`1`',
    )
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (key, value) => void put({ [key]: [value] })),
      { numRuns: 500 },
    )
  })
})
