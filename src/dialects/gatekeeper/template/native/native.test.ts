import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { Json, JsonObject } from '../../../../core/json.ts'
import type { KubeObject } from '../../../../kube/object.ts'
import type { Compilation, DialectOptions } from '../../../../policy/dialect.ts'
import type { PolicyRequest } from '../../../../policy/request.ts'
import { validatingVerdict } from '../../admission/verdict.ts'
import { gatekeeper } from '../../dialect.ts'
import { constraint, factsOf, fileRequest, manifestOf, messages, outcomes, pod, request, template } from '../../testbed.ts'
import { templateWarnings } from '../template.ts'
import { readNativeSource } from './source.ts'

/*
 * Expectations are what gator 3.23 says of the same templates and objects.
 */

const engine = (source: Json): Json => ({ engine: 'K8sNativeValidation', source })
const schema: JsonObject = { type: 'object', properties: { a: { type: 'string', default: 'dflt' }, n: { type: 'integer' } } }
const native = (source: Json): KubeObject => template({ code: [engine(source)], schema })
const subject = pod({ name: 'p' }, { priority: 1000000, containers: [{ name: 'a', image: 'nginx' }] })

function compiled(source: Json, parameters?: JsonObject): Compilation {
  const policy = constraint(parameters === undefined ? {} : { parameters })
  return gatekeeper.compile([native(source), policy].map(manifestOf))
}

function refusals(source: Json): readonly string[] {
  return compiled(source)
    .rejected.slice(0, 1)
    .flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))
}

const said = (source: JsonObject, parameters?: JsonObject, asked: PolicyRequest = fileRequest(subject)): readonly string[] =>
  messages(compiled(source, parameters).policies, asked)

/** The text that an expression makes as a message; FALLBACK where it makes none. */
const shown = (messageExpression: string, parameters?: JsonObject, asked?: PolicyRequest): string =>
  said({ validations: [{ expression: 'false', message: 'FALLBACK', messageExpression }] }, parameters, asked).join()

const errorOf = (expression: string, variables: readonly JsonObject[] = []): string =>
  said({ variables, validations: [{ expression }] }, {}).join()

const variable = (name: string, expression: string): JsonObject => ({ name, expression })

test.each<[string, JsonObject, readonly string[]]>([
  ['what holds says nothing', { validations: [{ expression: 'true', message: 'm' }] }, []],
  ['the message', { validations: [{ expression: 'false', message: ' m ' }] }, ['m']],
  ['no message', { validations: [{ expression: ' false \n' }] }, ['failed expression: false']],
  ['a message of blanks', { validations: [{ expression: 'false', message: '  ' }] }, ['failed expression: false']],
  ['a message of several lines', { validations: [{ expression: 'false', message: 'a\nb' }] }, ['a\nb']],
  ['a made message, trimmed', { validations: [{ expression: 'false', message: 'm', messageExpression: '"  a  "' }] }, ['a']],
  ['a made message of several lines', { validations: [{ expression: 'false', message: 'm', messageExpression: '"a\\nb"' }] }, ['m']],
  ['a made message that may be no text', { validations: [{ expression: 'false', message: 'm', messageExpression: 'object.kind' }] }, ['m']],
  ['a made message that fails', { validations: [{ expression: 'false', message: 'm', messageExpression: 'string(object.x)' }] }, ['m']],
  [
    'a made message that does not compile',
    { validations: [{ expression: 'false', messageExpression: 'a +' }] },
    ['failed expression: false'],
  ],
  [
    'the longest made message',
    { validations: [{ expression: 'false', message: 'm', messageExpression: `"${'a'.repeat(5120)}"` }] },
    ['a'.repeat(5120)],
  ],
  ['a longer one', { validations: [{ expression: 'false', message: 'm', messageExpression: `"${'a'.repeat(5121)}"` }] }, ['m']],
  ['a longer one in bytes', { validations: [{ expression: 'false', message: 'm', messageExpression: `"${'é'.repeat(2561)}"` }] }, ['m']],
  [
    'equal violations twice',
    {
      validations: [
        { expression: 'false', message: 'm' },
        { expression: 'false', message: 'm' },
      ],
    },
    ['m', 'm'],
  ],
  ['nothing to validate', {}, []],
  ['an unknown field', { validations: [{ expression: 'false', message: 'm', reason: 'Forbidden' }], foo: 1 }, ['m']],
  ['null for a list', { validations: null }, []],
  ['a policy that is generated elsewhere', { generateVAP: true, validations: [{ expression: 'false', message: 'm' }] }, ['m']],
])('%s', (_, source, expected) => {
  expect(said(source, {})).toEqual(expected)
})

const eof =
  "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

test.each<[string, string, readonly JsonObject[]]>([
  ['object.foo == 1', "expression 'object.foo == 1' resulted in error: no such key: foo", []],
  [' object.foo == 1 \n', "expression ' object.foo == 1 \n' resulted in error: no such key: foo", []],
  ['1', 'compilation error: must evaluate to bool but got int', []],
  ['dyn(false)', 'compilation error: must evaluate to bool but got dyn', []],
  ['foo +', `compilation error: compilation failed: ERROR: <input>:1:6: ${eof}\n | foo +\n | .....^`, []],
  ['', `compilation error: compilation failed: ERROR: <input>:1:0: ${eof}`, []],
  ['baz', "compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference to 'baz' (in container '')\n | baz\n | ^", []],
  [
    'params == null',
    "compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params == null\n | ^",
    [],
  ],
  [
    'has(variables.no)',
    "compilation error: compilation failed: ERROR: <input>:1:4: undefined field 'no'\n | has(variables.no)\n | ...^",
    [],
  ],
  [
    "authorizer.path('/x').check('get').allowed()",
    "compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | authorizer.path('/x').check('get').allowed()\n | ^",
    [],
  ],
  ["int('x') == 1", "compilation error: program instantiation failed: type conversion error from 'string' to 'int'", []],
  ["namespaceObject.metadata.name=='d'", "expression 'namespaceObject.metadata.name=='d'' resulted in error: no such key: metadata", []],
  ['request.userInfo.groups == []', "expression 'request.userInfo.groups == []' resulted in error: no such key: groups", []],
  [
    'variables.v == 1',
    `expression 'variables.v == 1' resulted in error: composited variable "v" fails to evaluate: no such key: foo`,
    [variable('v', 'object.foo')],
  ],
  [
    'has(variables.v)',
    `expression 'has(variables.v)' resulted in error: composited variable "v" fails to evaluate: no such key: foo`,
    [variable('v', 'object.foo')],
  ],
  [
    'variables.w == 1',
    `expression 'variables.w == 1' resulted in error: composited variable "w" fails to evaluate: composited variable "v" fails to evaluate: no such key: foo`,
    [variable('v', 'object.foo'), variable('w', 'variables.v + 1')],
  ],
  [
    'variables.v == 1',
    `expression 'variables.v == 1' resulted in error: composited variable "v" fails to compile: compilation failed: ERROR: <input>:1:10: undefined field 'w'\n | variables.w\n | .........^`,
    [variable('v', 'variables.w'), variable('w', '1')],
  ],
  ['false', 'failed expression: false', [variable('v', 'foo +')]],
])('%s fails with %s', (expression, expected, variables) => {
  expect(errorOf(expression, variables)).toBe(expected)
})

test.each<[string, string, JsonObject | undefined]>([
  ['string(variables.params == null)', 'true', undefined],
  ['string(has(variables.params.a))', 'false', undefined],
  ['string(variables.params.a)', 'dflt', {}],
  ['string(variables.params.n)', '1', { n: 1 }],
  ['variables.params.a', 'FALLBACK', { a: 'x' }],
  ['string(variables.anyObject.spec.priority)', '1000000', undefined],
])('%s is %s with parameters %j', (expression, expected, parameters) => {
  expect(shown(expression, parameters)).toBe(expected)
})

test.each([
  ['null', 'null_type'],
  ["duration('1h')", 'google.protobuf.Duration'],
  ['[null]', 'list(null_type)'],
])('a validation %s is refused as %s', (expression, type) => {
  expect(said({ validations: [{ expression }] })).toEqual([`compilation error: must evaluate to bool but got ${type}`])
})

test('the whole constraint is `params`, for variables alone', () => {
  const variables = [variable('v', 'params.spec.parameters.n')]
  expect(said({ variables, validations: [{ expression: 'false', messageExpression: 'string(variables.v)' }] }, { n: 7 })).toEqual(['7'])
  expect(said({ validations: [{ expression: 'params == null' }] }, { n: 7 }).join()).toContain("undeclared reference to 'params'")
})

test('a request is printed with nulls for its objects and no uid', () => {
  expect(shown('"%s".format([request])')).toContain('"object":null, "oldObject":null, "operation":"", "options":null')
  expect(shown('"%s".format([request])')).toContain('"uid":"", "userInfo":{}')
})

test('the last variable of a name is the one that is evaluated', () => {
  const source = {
    variables: [variable('v', '1'), variable('v', '"two"')],
    validations: [{ expression: 'false', messageExpression: 'string(variables.v)' }],
  }
  expect(said(source)).toEqual(['two'])
})

test.each<[string, string]>([
  ["'<' + request.operation + '>'", '<>'],
  ['request.kind.kind + request.requestKind.version', 'Podv1'],
  ["request.resource.resource + '-'", '-'],
  ['request.name + request.namespace', 'pdefault'],
  ['string(has(request.subResource)) + string(has(request.userInfo.username))', 'falsefalse'],
  ['string(has(request.operation)) + string(has(request.dryRun)) + string(has(request.options))', 'truetruetrue'],
  ['string(request.dryRun) + string(request.options == null)', 'falsetrue'],
  ['string(oldObject == null) + string(namespaceObject == null)', 'truetrue'],
])('of a file %s is %s', (expression, expected) => {
  expect(shown(expression)).toBe(expected)
})

const old = pod({ name: 'old' })
const nameOr = (what: string): string => `${what} == null ? 'null' : string(${what}.metadata.name)`

test.each<[Partial<PolicyRequest>, string, string, string]>([
  [{ operation: 'CREATE' }, 'p', 'p', 'null'],
  [{ operation: 'UPDATE', oldObject: old }, 'p', 'p', 'old'],
  [{ operation: 'DELETE', object: undefined, oldObject: old }, 'null', 'old', 'old'],
  [{ operation: 'DELETE', oldObject: old }, 'null', 'old', 'old'],
  [{ operation: 'CREATE', object: undefined, oldObject: old }, 'null', 'null', 'old'],
])('of a request %j the objects are %s, %s, %s', (more, object, any, oldObject) => {
  const asked = request(subject, more)
  const names = ['object', 'variables.anyObject', 'oldObject'].map((what) => shown(nameOr(what), undefined, asked))
  expect(names).toEqual([object, any, oldObject])
})

test('the request is what upstream makes of a review', () => {
  const review: JsonObject = {
    uid: 'u',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    requestKind: { group: 'g', version: 'v2', kind: 'Other' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'status',
    requestSubResource: 'other',
    operation: 'CREATE',
    userInfo: { username: 'me', uid: '', groups: ['g'] },
    dryRun: true,
    options: { kind: 'CreateOptions', fieldManager: 'x' },
  }
  const asked = request(subject, { review })
  const all = [
    'request.requestKind.kind',
    'request.requestResource.resource',
    'request.requestSubResource',
    'request.userInfo.groups[0]',
    'string(has(request.userInfo.uid))',
    'string(request.dryRun)',
    'string(request.options.fieldManager)',
  ]
  expect(shown(all.join(` + ' ' + `), undefined, asked)).toBe('Pod pods status g false true x')
})

test('the Namespace of the object is there in clusters', () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { team: 'a' } } }
  const { policies } = compiled({ validations: [{ expression: "namespaceObject.metadata.labels['team'] == 'b'", message: 'm' }] })
  const facts = factsOf((question) =>
    question.ask === 'object' && question.kind === 'Namespace' ? { known: true, value: namespace } : undefined,
  )
  expect(messages(policies, request(subject), facts)).toEqual(['m'])
})

const condition = (name: string, expression: string): JsonObject => ({ name, expression })
const conditioned = (conditions: Json, more: JsonObject = {}): readonly string[] =>
  said({ matchCondition: conditions, validations: [{ expression: 'false', message: 'M' }], ...more }, {})

test.each<[string, readonly JsonObject[], readonly string[]]>([
  ['one that holds', [condition('a', 'true')], ['M']],
  ['one that does not', [condition('a', 'false')], []],
  ['one of several that does not', [condition('a', 'object.foo == 1'), condition('b', 'false')], []],
  ['one that fails', [condition('a', 'object.foo == 1')], ["expression 'object.foo == 1' resulted in error: no such key: foo"]],
  ['one that is no condition', [condition('a', '1')], ['compilation error: must evaluate to bool but got int']],
  [
    'several that fail',
    [condition('a', '1'), condition('b', 'object.foo == 1')],
    ["[compilation error: must evaluate to bool but got int, expression 'object.foo == 1' resulted in error: no such key: foo]"],
  ],
  [
    'equal errors once',
    [condition('a', 'object.foo == 1'), condition('b', 'object.foo == 1')],
    ["expression 'object.foo == 1' resulted in error: no such key: foo"],
  ],
  ['one that uses variables', [condition('a', "variables.params.a == 'dflt'")], ['M']],
])('match conditions: %s', (_, conditions, expected) => {
  expect(conditioned(conditions)).toEqual(expected)
})

test('the key of match conditions is matchCondition', () => {
  expect(said({ matchConditions: [condition('a', 'false')], validations: [{ expression: 'false', message: 'M' }] })).toEqual(['M'])
})

test.each<[string, readonly string[]]>([
  ['Fail', ['m', "expression 'object.foo == 1' resulted in error: no such key: foo"]],
  ['Ignore', ['m']],
])('with failure policy %s', (failurePolicy, expected) => {
  const validations = [{ expression: 'false', message: 'm' }, { expression: 'object.foo == 1' }]
  expect(said({ failurePolicy, validations })).toEqual(expected)
  expect(conditioned([condition('a', 'object.foo == 1')], { failurePolicy })).toHaveLength(failurePolicy === 'Fail' ? 1 : 0)
})

const loops = (depth: number): string =>
  `${Array.from({ length: depth }, (_, at) => `[0,1,2,3,4,5,6,7,8,9].all(i${at}, `).join('')}true${')'.repeat(depth)}`
const exhausted = 'validation failed due to running out of cost budget, no further validation rules will be run'

test('what costs too much fails as a whole', () => {
  const validations = [{ expression: 'false', message: 'm' }, { expression: loops(6) }]
  expect(said({ validations })).toEqual([exhausted])
  expect(said({ validations, failurePolicy: 'Ignore' })).toEqual([])
  expect(said({ validations: [{ expression: 'variables.v' }], variables: [variable('v', loops(6))] })).toEqual([exhausted])
  expect(said({ validations: [{ expression: loops(5) }] })).toEqual([])
})

test('messages that cost too much are failures of everything, be it that it holds', () => {
  const validations = [
    { expression: 'false', message: 'm', messageExpression: `string(${loops(6)})` },
    { expression: 'false' },
    { expression: 'object.foo == 1' },
    { expression: 'true' },
  ]
  const failure = `failed messageExpression: ${exhausted}`
  expect(said({ validations })).toEqual([failure, failure, "expression 'object.foo == 1' resulted in error: no such key: foo", failure])
  expect(said({ validations: [{ expression: 'true', messageExpression: `string(${loops(6)})` }] })).toEqual([failure])
  const variables = [variable('v', loops(6))]
  expect(said({ variables, validations: [{ expression: 'true', messageExpression: 'string(variables.v)' }] })).toEqual([failure])
})

test.each<[Json, string]>([
  ['x', 'could not recognize the type'],
  [[], 'could not recognize the type'],
  [{ validations: 'x' }, 'cannot restore slice from string'],
  [{ validations: {} }, 'cannot restore slice from map'],
  [{ validations: 1 }, 'cannot restore slice from float64'],
  [{ validations: ['x'] }, 'cannot restore struct from: string'],
  [{ validations: [[]] }, 'cannot restore struct from: slice'],
  [{ validations: [{ expression: 1 }] }, 'unrecognized type: string'],
  [{ validations: [{ expression: 'true', message: true }] }, 'unrecognized type: string'],
  [{ failurePolicy: 'Foo' }, 'invalid failure policy: unrecognized failure policy: Foo'],
  [{ failurePolicy: '' }, 'invalid failure policy: unrecognized failure policy: '],
  [{ generateVAP: 'x' }, 'unrecognized type: bool'],
  [
    { variables: [variable('params', '1')] },
    'invalid variable definition: params an invalid variable name, "params" is a reserved keyword',
  ],
  [
    { variables: [variable('gatekeeper_internal_x', '1')] },
    'invalid variable definition: gatekeeper_internal_x is not a valid variable; cannot have "gatekeeper_internal_" as a prefix',
  ],
  [
    { matchCondition: [condition('gatekeeper_internal_x', 'true')] },
    'invalid match condition: gatekeeper_internal_x is not a valid match condition; cannot have "gatekeeper_internal_" as a prefix',
  ],
])('the source %j is refused: %s', (source, expected) => {
  expect(refusals(source)).toEqual([expected])
})

test('a refusal points at what is wrong', () => {
  const source = { failurePolicy: 'Foo' }
  const [rejected] = compiled(source).rejected
  const [diagnostic] = rejected?.diagnostics ?? []
  expect(diagnostic?.source.text.slice(diagnostic.span.start, diagnostic.span.end)).toBe('"Foo"')
})

test('expressions that do not compile are warnings, at their places', () => {
  const manifest = manifestOf(native({ validations: [{ expression: 'object.a == nothing', messageExpression: '1' }] }))
  const shownAt = templateWarnings(manifest).map(({ severity, message, source, span }) => [
    severity,
    message.split('\n')[0],
    source.text.slice(span.start, span.end),
  ])
  expect(shownAt).toEqual([
    ['warning', "compilation failed: ERROR: <input>:1:13: undeclared reference to 'nothing' (in container '')", 'n'],
    ['warning', 'must evaluate to string but got int', '1'],
  ])
  expect(templateWarnings(manifest, { nativeValidation: false })).toEqual([])
  expect(validatingVerdict(request(manifest.object), [])).toMatchObject({ allowed: true })
})

const rego = { engine: 'Rego', source: { rego: 'package k\nviolation[{"msg": "rego"}] { true }' } }
const cel = (message: string): Json => engine({ validations: [{ expression: 'false', message }] })
const noDriver = 'no language driver is installed that handles this constraint template: available drivers: map[Rego:1], wanted ""'

function chosen(code: readonly Json[], options: DialectOptions, legacy?: string): readonly string[] {
  const dialect = gatekeeper.withOptions?.(options) ?? gatekeeper
  const { policies, rejected } = dialect.compile(
    [template({ code, ...(legacy === undefined ? {} : { rego: legacy }) }), constraint()].map(manifestOf),
  )
  const [first] = rejected.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))
  return first === undefined ? messages(policies, fileRequest(subject)) : [first]
}

test.each<[string, readonly Json[], string, string]>([
  ['both', [rego, cel('cel')], 'cel', 'rego'],
  ['both, CEL first', [cel('cel'), rego], 'cel', 'rego'],
  ['CEL alone', [cel('cel')], 'cel', noDriver],
  ['CEL twice', [cel('cel'), cel('other')], 'cel', noDriver],
  ['Rego that is wrong', [cel('cel'), { engine: 'Rego', source: {} }], 'cel', 'rego source missing required field: rego'],
  ['CEL that is wrong', [rego, engine({ failurePolicy: 'x' })], 'invalid failure policy: unrecognized failure policy: x', 'rego'],
])('of %s the switch chooses', (_, code, on, off) => {
  expect(chosen(code, {})).toEqual([on])
  expect(chosen(code, { k8sNativeValidation: true })).toEqual([on])
  expect(chosen(code, { k8sNativeValidation: false })).toEqual([off])
})

test('CEL is preferred over the Rego of the target', () => {
  const legacy = 'package k\nviolation[{"msg": "legacy"}] { true }'
  expect(chosen([cel('cel')], {}, legacy)).toEqual(['cel'])
  expect(chosen([cel('cel')], { k8sNativeValidation: false }, legacy)).toEqual(['legacy'])
})

test('violations take the action of their constraint', () => {
  const warn = constraint({ enforcementAction: 'warn' })
  const { policies } = gatekeeper.compile([native({ validations: [{ expression: 'false', message: 'm' }] }), warn].map(manifestOf))
  expect(outcomes(policies, request(subject))).toMatchObject([{ result: 'warn', enforcement: 'warn', message: 'm' }])
})

test('no source makes reading or evaluating throw', () => {
  const text = fc.constantFrom('false', 'true', 'object.a', 'variables.v', '1 +', '', '__proto__', 'variables.params.n > 1')
  const named = fc.record({ name: fc.constantFrom('v', 'w', '__proto__', 'params'), expression: text }, { requiredKeys: [] })
  const validation = fc.record({ expression: text, message: text, messageExpression: text }, { requiredKeys: [] })
  const orAny = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: fc.jsonValue() })
  const sources = fc.record(
    {
      variables: orAny(fc.array(orAny(named), { maxLength: 3 })),
      matchCondition: orAny(fc.array(orAny(named), { maxLength: 2 })),
      validations: orAny(fc.array(orAny(validation), { maxLength: 3 })),
      failurePolicy: orAny(fc.constantFrom('Fail', 'Ignore')),
      generateVAP: orAny(fc.boolean()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(orAny(sources), (source) => {
      const { ok } = readNativeSource(source as Json)
      const { policies, rejected } = compiled(source as Json)
      expect(rejected.length > 0).toBe(!ok)
      messages(policies, fileRequest(subject))
    }),
    { numRuns: 150 },
  )
})
