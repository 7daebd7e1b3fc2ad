import { describe, expect, test } from 'vitest'
import { kyverno } from '../dialect.ts'
import {
  anyPod,
  compileText,
  deletionOf,
  evaluateText,
  factsOf,
  givenOf,
  manifestsOf,
  objectOf,
  outcomes,
  podOf,
  policyText,
  requestOf,
  said,
  updateOf,
} from '../testbed.ts'
import type { RuleSettings } from '../testbed.ts'

const unknown = (key: string): string => `JMESPath query failed: Unknown key "${key}" in path`
const unresolved = (path: string): string => `failed to resolve request.object.x at path ${path}: ${unknown('x')}`
const failedAt = (path: string): string => `fail: validation error: m. rule r failed at path ${path}`
const passed = "pass: validation rule 'r' passed."

describe('pattern', () => {
  test.each([
    ['it holds', 'message: m, pattern: {metadata: {name: p}}', passed],
    ['it does not', 'message: m, pattern: {metadata: {name: q}}', failedAt('/metadata/name/')],
    ['a message with its full stop', 'message: m., pattern: {metadata: {name: q}}', failedAt('/metadata/name/')],
    ['no message', 'pattern: {metadata: {name: q}}', 'fail: validation error: rule r failed at path /metadata/name/'],
    ['an empty message', "message: '', pattern: {metadata: {name: q}}", 'fail: validation error: rule r failed at path /metadata/name/'],
    [
      'an index is part of the path',
      "message: m, pattern: {spec: {containers: [{image: '!*:latest'}]}}",
      failedAt('/spec/containers/0/image/'),
    ],
    ['what is missing', "message: m, pattern: {spec: {x: '?*'}}", failedAt('/spec/x/')],
    ['a star that finds nothing names the parent', "message: m, pattern: {spec: {x: '*'}}", failedAt('/spec/')],
    ['a negation', 'message: m, pattern: {spec: {X(containers): null}}', failedAt('/spec/containers/')],
    [
      'a message with variables',
      "message: '{{request.object.metadata.name}} is', pattern: {metadata: {name: q}}",
      'fail: validation error: p is. rule r failed at path /metadata/name/',
    ],
    [
      'a message with a variable that is missing',
      "message: '{{request.object.x}}', pattern: {metadata: {name: q}}",
      `fail: validation error: variables substitution error in rule r execution error: ${unresolved('')}`,
    ],
    ['a message nobody needs', "message: '{{request.object.x}}', pattern: {metadata: {name: p}}", passed],
    ['variables', "message: m, pattern: {metadata: {namespace: '{{request.namespace}}'}}", passed],
    [
      'a variable that is missing',
      "message: m, pattern: {metadata: {name: '{{request.object.x}}'}}",
      `error: variable substitution failed: ${unresolved('/metadata/name')}`,
    ],
    [
      'a condition that does not hold',
      'message: m, pattern: {metadata: {(name): q, labels: {x: z}}}',
      expect.stringMatching(/^skip: .*conditional anchor mismatch/),
    ],
    [
      'a global condition that does not hold',
      'message: m, pattern: {metadata: {<(name): q}}',
      expect.stringMatching(/^skip: .*global anchor mismatch/),
    ],
  ])('%s', (_, validate, expected) => {
    expect(said(`validate: {${validate}}`)).toEqual([expected])
  })
})

describe('anyPattern', () => {
  test.each([
    [
      'the first that holds',
      '[{metadata: {name: q}}, {metadata: {name: p}}, {kind: Pod}]',
      "pass: validation rule 'r' anyPattern[1] passed.",
    ],
    [
      'none holds',
      '[{metadata: {name: q}}, {spec: {x: z}}]',
      'fail: validation error: m. rule r[0] failed at path /metadata/name/ rule r[1] failed at path /spec/x/',
    ],
    [
      'those that skip are not named',
      '[{metadata: {(name): q}}, {spec: {x: z}}]',
      'fail: validation error: m. rule r[1] failed at path /spec/x/',
    ],
    [
      'all skip',
      '[{metadata: {(name): q}}, {metadata: {(name): z}}]',
      expect.stringMatching(/^skip: rule r\[0\] skipped: .*conditional anchor mismatch.* rule r\[1\] skipped: /),
    ],
    [
      'a variable that is missing',
      "[{metadata: {name: '{{request.object.x}}'}}]",
      `error: variable substitution failed: ${unresolved('/metadata/name')}`,
    ],
  ])('%s', (_, patterns, expected) => {
    expect(said(`validate: {message: m, anyPattern: ${patterns}}`)).toEqual([expected])
  })

  test('no message', () => {
    const rule = 'validate: {anyPattern: [{metadata: {name: q}}]}'
    expect(said(rule)).toEqual(['fail: validation error: rule r[0] failed at path /metadata/name/'])
  })
})

const equals = (a: string, b: string, more = ''): string => `{key: ${a}, operator: Equals, value: ${b}${more}}`

describe('deny', () => {
  const missing = "'{{request.object.x}}'"
  test.each([
    ['without conditions it always denies', 'message: m, deny: {}', 'fail: m'],
    ['conditions that hold', `message: m, deny: {conditions: {any: [${equals('a', 'a')}]}}`, 'fail: m'],
    ['conditions that do not', `message: m, deny: {conditions: {any: [${equals('a', 'b')}]}}`, passed],
    ['an empty any is false', 'message: m, deny: {conditions: {any: []}}', passed],
    ['an empty all is true', 'message: m, deny: {conditions: {all: []}}', 'fail: m'],
    ['both parts must hold', `message: m, deny: {conditions: {any: [${equals('a', 'a')}], all: [${equals('a', 'b')}]}}`, passed],
    ['a bare list', `message: m, deny: {conditions: [${equals('a', 'a')}, ${equals('a', 'b')}]}`, passed],
    [
      'the message of the condition that decided',
      `message: m, deny: {conditions: {any: [${equals('a', 'b', ', message: other')}, ${equals('a', 'a', ', message: why')}]}}`,
      'fail: m; why',
    ],
    [
      'the messages of all that did',
      `message: m, deny: {conditions: {all: [${equals('a', 'a', ', message: one')}, ${equals('b', 'b', ', message: two')}]}}`,
      'fail: m; one; two',
    ],
    ['no message but that of a condition', `deny: {conditions: {any: [${equals('a', 'a', ', message: why')}]}}`, 'fail: why'],
    ['no message at all', 'deny: {}', 'fail: validation error: rule r failed'],
    ['a message with variables', "message: '{{request.object.metadata.name}}!', deny: {}", 'fail: p!'],
    [
      'a message that cannot be made',
      `message: ${missing}, deny: {conditions: {any: [${equals('a', 'a', ', message: why')}]}}`,
      'fail: why',
    ],
    [
      'a variable that is missing in a key',
      `message: m, deny: {conditions: {any: [${equals(missing, 'a')}]}}`,
      `error: failed to check deny conditions: failed to substitute variables in condition key: ${unresolved('')}`,
    ],
    [
      'a variable that is missing in a value',
      `message: m, deny: {conditions: {any: [${equals('a', missing)}]}}`,
      `error: failed to check deny conditions: failed to substitute variables in condition value: ${unresolved('')}`,
    ],
    ['it comes before a pattern', 'message: m, deny: {}, pattern: {metadata: {name: p}}', 'fail: m'],
  ])('%s', (_, validate, expected) => {
    expect(said(`validate: {${validate}}`)).toEqual([expected])
  })
})

describe('preconditions', () => {
  const rule = (conditions: string): string => `preconditions: ${conditions}, validate: {message: m, deny: {}}`
  test.each([
    ['hold', `{all: [${equals('a', 'a')}]}`, 'fail: m'],
    ['do not', `{all: [${equals('a', 'b')}]}`, 'skip: preconditions not met'],
    ['do not, and say why', `{all: [${equals('a', 'b', ', message: why')}]}`, 'skip: preconditions not met; why'],
    ['are none', '{}', 'fail: m'],
    ['are an empty any', '{any: []}', 'skip: preconditions not met'],
    ['are a bare list', `[${equals('a', 'a')}]`, 'fail: m'],
    [
      'cannot be evaluated',
      `{all: [${equals("'{{request.object.x}}'", 'b')}]}`,
      `error: failed to evaluate preconditions: failed to substitute variables in condition key: ${unresolved('')}`,
    ],
    ['say themselves what is in place of the missing', `{all: [${equals('"{{request.object.x || \'\'}}"', "''")}]}`, 'fail: m'],
  ])('that %s', (_, conditions, expected) => {
    expect(said(rule(conditions))).toEqual([expected])
  })

  test('a list of any and all is no form of preconditions', () => {
    const { rejected } = kyverno.compile(manifestsOf(policyText(`{name: r, match: ${anyPod}, ${rule('[{any: []}]')}}`)))
    expect(rejected[0]?.diagnostics[0]?.message).toContain('rule `r`: ')
  })
})

describe('foreach', () => {
  const containers = 'list: request.object.spec.containers'
  const broken = "list: 'to_number(`[]`, `1`)'"
  const nested = 'list: request.object.spec.nested'
  const request = requestOf(
    podOf('{spec: {containers: [{name: a, image: x}, {name: b, image: z}], names: [s, t], nested: [{l: [1, 2]}, {l: [3]}]}}'),
  )
  const denyIf = (key: string, value: string): string => `deny: {conditions: {any: [${equals(`'${key}'`, value)}]}}`
  const onlyIf = (key: string, value: string): string => `preconditions: {all: [${equals(`'${key}'`, value)}]}`
  const fine = 'pass: rule passed'

  test.each<[string, string, readonly unknown[]]>([
    ['each element holds', `[{${containers}, pattern: {image: '?'}}]`, [fine]],
    [
      'one does not',
      `[{${containers}, pattern: {image: x}}]`,
      ['fail: validation failure: validation error: m. rule r failed at path /image/'],
    ],
    ['anyPattern', `[{${containers}, anyPattern: [{image: x}, {name: b}]}]`, [fine]],
    [
      'anyPattern that fails',
      `[{${containers}, anyPattern: [{image: x}]}]`,
      ['fail: validation failure: validation error: m. rule r[0] failed at path /image/'],
    ],
    ['deny', `[{${containers}, ${denyIf('{{element.name}}', 'b')}}]`, ['fail: validation failure: m']],
    ['the index', `[{${containers}, ${denyIf('{{elementIndex}}', '1')}}]`, ['fail: validation failure: m']],
    ['elements that skip do not count', `[{${containers}, pattern: {(name): a, image: x}}]`, [fine]],
    ['no element counts, so nothing is said', `[{${containers}, pattern: {(name): none, image: x}}]`, []],
    ['an empty list', "[{list: '`[]`', pattern: {a: b}}]", []],
    ['a list that is not there', '[{list: request.object.spec.none, pattern: {a: b}}]', []],
    ['null', "[{list: '`null`', pattern: {a: b}}]", []],
    ['one thing is a list of one', '[{list: request.object.metadata, pattern: {name: p}}]', [fine]],
    ['a list that cannot be read', `[{${broken}, pattern: {a: b}}]`, [expect.stringMatching(/^error: failed to evaluate list: /)]],
    ['which is forgotten if another was applied', `[{${broken}, pattern: {a: b}}, {${containers}, pattern: {image: '?'}}]`, [fine]],
    ['preconditions choose elements', `[{${containers}, ${onlyIf('{{element.name}}', 'a')}, pattern: {image: x}}]`, [fine]],
    [
      'preconditions that cannot be evaluated choose none',
      `[{${containers}, ${onlyIf('{{element.x}}', 'a')}, pattern: {image: none}}]`,
      [],
    ],
    [
      'context of an element',
      `[{${containers}, context: [{name: v, variable: {value: '{{element.image}}'}}], ${denyIf('{{v}}', 'z')}}]`,
      ['fail: validation failure: m'],
    ],
    [
      'several entries, of which one fails',
      `[{${containers}, pattern: {image: '?'}}, {${containers}, pattern: {name: a}}]`,
      ['fail: validation failure: validation error: m. rule r failed at path /name/'],
    ],
    ['elements that are no maps see the whole object', '[{list: request.object.spec.names, pattern: {metadata: {name: p}}}]', [fine]],
    ['maps do where they are told to', `[{${containers}, elementScope: false, pattern: {metadata: {name: p}}}]`, [fine]],
    [
      'what is no map cannot be the scope',
      '[{list: request.object.spec.names, elementScope: true, pattern: {a: b}}]',
      [expect.stringContaining('cannot use elementScope=true foreach rules for elements that are not maps')],
    ],
    ['loops in loops', `[{${nested}, foreach: [{list: element.l, ${denyIf('{{element}}', '4')}}]}]`, [fine]],
    [
      'each level has its element',
      `[{${nested}, foreach: [{list: element.l, ${denyIf('{{element0.l[0]}}-{{elementIndex0}}-{{element1}}-{{elementIndex1}}', '1-0-2-1')}}]}]`,
      ['fail: validation failure: validation failure: m'],
    ],
    ['the element is gone after its loop', `[{${containers}, pattern: {image: '?'}}, {list: element, pattern: {image: none}}]`, [fine]],
  ])('%s', (_, foreach, expected) => {
    expect(said(`validate: {message: m, foreach: ${foreach}}`, { request })).toEqual(expected)
  })

  test('the message sees the element', () => {
    const rule = `validate: {message: '{{element.name}} is bad', foreach: [{${containers}, ${denyIf('{{element.name}}', 'b')}}]}`
    expect(said(rule, { request })).toEqual(['fail: validation failure: b is bad'])
  })
})

describe('a deletion', () => {
  const list = 'list: request.object.spec.containers'
  test.each<[string, string, readonly string[]]>([
    ['pattern says nothing', '{message: m, pattern: {metadata: {name: q}}}', []],
    ['nor does anyPattern', '{message: m, anyPattern: [{metadata: {name: q}}]}', []],
    ['nor a pattern in a foreach', `{message: m, foreach: [{${list}, pattern: {name: q}}]}`, []],
    ['deny does, and means the old object', "{message: '{{request.object.metadata.name}}', deny: {}}", ['fail: p']],
    ['deny in a foreach as well', `{message: m, foreach: [{${list}, deny: {}}]}`, ['fail: validation failure: m']],
  ])('%s', (_, validate, expected) => {
    expect(said(`validate: ${validate}`, { request: deletionOf(podOf()) })).toEqual(expected)
  })
})

describe('an update of what was broken before', () => {
  const bad = podOf('{data: bad}')
  const good = podOf('{data: good}')
  const request = updateOf(bad, podOf('{data: bad, more: 1}'))
  const rule = (more = ''): string => `validate: {${more} message: m, pattern: {data: good}}`
  const enforced = rule('failureAction: Enforce,')
  const tolerated = 'skip: skipping the rule evaluation as pre-existing violations are allowed'
  test.each<[string, string, RuleSettings, string]>([
    ['is let through', enforced, { request }, tolerated],
    ['unless it was good', enforced, { request: updateOf(good, bad) }, failedAt('/data/')],
    ['unless the rule says so', rule('failureAction: Enforce, allowExistingViolations: false,'), { request }, failedAt('/data/')],
    ['unless the rule only reports', rule(), { request }, failedAt('/data/')],
    [
      'unless the rule is about updates alone',
      enforced,
      { request, match: '{any: [{resources: {kinds: [Pod], operations: [UPDATE]}}]}' },
      failedAt('/data/'),
    ],
    ['and a good one passes', enforced, { request: updateOf(bad, good) }, passed],
    ['and where the policy enforces', rule(), { request, spec: 'validationFailureAction: Enforce,' }, tolerated],
    [
      'and where the old one cannot be evaluated',
      `validate: {failureAction: Enforce, message: m, deny: {conditions: {all: [${equals("'{{request.object.more}}'", '1')}]}}}`,
      { request },
      'skip: failed to validate old object',
    ],
    ['but not where values are given', enforced, { request: { ...request, given: givenOf({}) } }, failedAt('/data/')],
    [
      'nor is what a rule about a subresource says',
      enforced,
      { request: { ...request, subresource: 'ephemeralcontainers' }, match: "{any: [{resources: {kinds: ['*/ephemeralcontainers']}}]}" },
      failedAt('/data/'),
    ],
  ])('%s', (_, body, settings, expected) => {
    expect(said(body, settings)).toEqual([expected])
  })
})

describe('what a failure means', () => {
  const facts = factsOf((question) => (question.ask === 'namespaceLabels' ? { env: 'prod' } : undefined))
  const spec = (overrides: string): string => `validationFailureActionOverrides: [${overrides}],`
  const here = '{action: Enforce, namespaces: [nn]}'
  const selecting = (env: string, more = ''): string => `{action: Enforce, ${more} namespaceSelector: {matchLabels: {env: ${env}}}}`
  test.each([
    ['it is reported', '', '', 'audit'],
    ['the policy enforces', '', 'validationFailureAction: Enforce,', 'deny'],
    ['in lower case', '', 'validationFailureAction: enforce,', 'deny'],
    ['the rule enforces', 'failureAction: Enforce,', 'validationFailureAction: Audit,', 'deny'],
    ['the rule audits', 'failureAction: Audit,', 'validationFailureAction: Enforce,', 'audit'],
    ['a warning', '', 'emitWarning: true,', 'warn'],
    ['an override of the policy', '', spec(here), 'deny'],
    ['with a wildcard', '', spec("{action: Enforce, namespaces: ['n?']}"), 'deny'],
    ['for another namespace', '', spec('{action: Enforce, namespaces: [x]}'), 'audit'],
    ['the first that applies', '', spec(`{action: Audit, namespaces: [nn]}, ${here}`), 'audit'],
    ['by labels of the namespace', '', spec(selecting('prod')), 'deny'],
    ['by other labels', '', spec(selecting('dev')), 'audit'],
    ['by both', '', spec(selecting('prod', 'namespaces: [x],')), 'audit'],
    ['an override of the rule', `failureActionOverrides: [${here}],`, '', 'deny'],
    [
      'which comes before the action of the rule',
      'failureAction: Enforce, failureActionOverrides: [{action: Audit, namespaces: [nn]}],',
      '',
      'audit',
    ],
    ['the action of a rule comes before overrides of the policy', 'failureAction: Audit,', spec(here), 'audit'],
  ])('%s', (_, rule, policy, expected) => {
    expect(outcomes(`validate: {${rule} deny: {}}`, { spec: policy, facts })[0]?.enforcement).toBe(expected)
  })
})

describe('applyRules', () => {
  const skips = 'preconditions: {any: []}, validate: {deny: {}}'
  const passes = 'validate: {pattern: {kind: Pod}}'
  const fails = 'validate: {deny: {}}'
  const errs = "validate: {pattern: {a: '{{request.object.x}}'}}"
  test.each([
    ['One', [passes, fails], ['pass']],
    ['One', [fails, passes], ['fail']],
    ['One', [errs, passes], ['error']],
    ['One', [skips, passes, fails], ['skip', 'pass']],
    ['All', [passes, fails, skips], ['pass', 'fail', 'skip']],
  ])('%s of %j', (apply, bodies, expected) => {
    const rules = bodies.map((body, index) => `{name: r${index}, match: ${anyPod}, ${body}}`).join(', ')
    const { rules: found } = evaluateText(policyText(rules, `applyRules: ${apply},`), 'validate', requestOf(podOf()))
    expect(found.map(({ result }) => result)).toEqual(expected)
  })
})

describe('what is not supported yet is an error, never a pass', () => {
  test.each([
    ["validate: {cel: {expressions: [{expression: 'true'}]}}", 'rules of type validate.cel'],
    ['validate: {manifests: {attestors: []}}', 'rules of type validate.manifests'],
    ["verifyImages: [{imageReferences: ['*']}]", 'rules of type verifyImages'],
  ])('%s', (rule, what) => {
    expect(said(rule)).toEqual([`error: ${what} are not supported yet`])
  })
})

describe('what a failure points at', () => {
  const name = ['metadata', 'name']
  const image = ['spec', 'containers', 0, 'image']
  test.each([
    ['a pattern', "pattern: {spec: {containers: [{image: '!*:latest'}]}}", [image]],
    ['each of several patterns', 'anyPattern: [{metadata: {name: q}}, {metadata: {namespace: q}}]', [name, ['metadata', 'namespace']]],
    ['the field a denial reads', `deny: {conditions: {any: [${equals("'{{request.object.metadata.name}}'", 'p')}]}}`, [name]],
    ['the element', 'foreach: [{list: request.object.spec.containers, pattern: {image: x}}]', [image]],
  ])('%s', (_, validate, at) => {
    expect(outcomes(`validate: {${validate}}`)[0]?.at).toEqual(at)
  })
})

describe('reportProperties', () => {
  const rule = (properties: string): string => `reportProperties: {${properties}}, validate: {message: m, deny: {}}`
  test('are copied, their variables resolved', () => {
    const [outcome] = outcomes(rule("who: '{{request.object.metadata.name}}', what: x"))
    expect(outcome?.properties).toEqual({ process: 'admission review', who: 'p', what: 'x' })
  })
  test.each([
    ['failMessage', 'failMessage: other', 'fail: other'],
    ['message', 'message: other', 'fail: other'],
    ['the more particular comes first', 'message: one, failMessage: two', 'fail: two'],
    ['that of another result does not count', 'passMessage: other', 'fail: m'],
  ])('may replace the message: %s', (_, properties, expected) => {
    expect(said(rule(properties))).toEqual([expected])
  })
})

describe('a policy as a whole', () => {
  const [policy] = compileText(
    `apiVersion: kyverno.io/v1
kind: Policy
metadata:
  name: one
  namespace: nn
  annotations: {policies.kyverno.io/severity: high, policies.kyverno.io/category: c, policies.kyverno.io/scored: 'false'}
spec: {failurePolicy: Ignore, rules: [{name: r, match: {any: [{resources: {kinds: [v1/ConfigMap], operations: [CREATE]}}]}, validate: {failureAction: Enforce, deny: {}}}]}
`,
  )
  test('tells what generic code asks', () => {
    expect(policy).toMatchObject({
      kind: 'Policy',
      name: 'one',
      namespace: 'nn',
      failurePolicy: 'Ignore',
      admission: true,
      background: true,
      enforces: true,
      scored: false,
      severity: 'high',
      category: 'c',
      reportSource: 'kyverno',
      selectors: [{ group: '*', version: 'v1', kind: 'ConfigMap', subresource: '', operations: ['CREATE'] }],
    })
  })
  test.each([
    ['nn', 1],
    ['other', 0],
  ])('a Policy is about its own namespace: %s', (namespace, count) => {
    const object = objectOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: ${namespace}}}`)
    expect(policy?.evaluate('validate', requestOf(object), factsOf()).rules).toHaveLength(count)
  })
  test('a rule without any type is refused', () => {
    const { policies, rejected } = kyverno.compile(manifestsOf(policyText(`{name: r, match: ${anyPod}}`)))
    expect(policies).toEqual([])
    expect(rejected[0]?.diagnostics[0]?.message).toBe('rule `r`: expected one of validate, mutate, generate, verifyImages')
  })
})
