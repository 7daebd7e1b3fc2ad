import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { KubeObject } from '../../kube/object.ts'
import { loadDocuments, toManifests } from '../../kube/yaml/yaml.ts'
import type { Facts, Question } from '../../policy/facts.ts'
import type { Effect, RuleOutcome } from '../../policy/policy.ts'
import { effects } from '../../policy/policy.ts'
import type { PolicyRequest } from '../../policy/request.ts'
import { kyverno } from './dialect.ts'
import { factsOf, objectOf, requestOf } from './testbed.ts'

const podOf = (rest = ''): KubeObject =>
  objectOf(
    `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: nn, labels: {app: a}}, spec: {containers: [{name: c, image: 'nginx:latest'}]}${rest}}`,
  )

interface Settings {
  readonly object?: KubeObject
  readonly request?: Partial<PolicyRequest>
  readonly facts?: Facts
  readonly spec?: string
  readonly match?: string
  readonly exclude?: string
}

const anyPod = '{any: [{resources: {kinds: [Pod]}}]}'

function compile(rules: string, spec = '', extra = ''): ReturnType<typeof kyverno.compile> {
  const text = `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: policy}\nspec: {background: false, ${spec} rules: [${rules}]}\n${extra}`
  const { documents, diagnostics } = loadDocuments({ name: 'policy.yaml', text })
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message)
  return kyverno.compile(toManifests(documents).manifests)
}

/** What one rule called `r`, written in flow style, says. */
function outcomes(
  rule: string,
  { object = podOf(), request = {}, facts = factsOf(), spec = '', match = anyPod, exclude = '' }: Settings = {},
): readonly RuleOutcome[] {
  const exclusion = exclude === '' ? '' : `exclude: ${exclude},`
  const { policies, rejected } = compile(`{name: r, match: ${match}, ${exclusion} ${rule}}`, spec)
  if (rejected.length > 0) throw new Error(rejected[0]?.diagnostics[0]?.message)
  return effects.flatMap((phase: Effect) => policies.flatMap((policy) => policy.evaluate(phase, requestOf(object, request), facts).rules))
}

const said = (rule: string, settings?: Settings): readonly string[] =>
  outcomes(rule, settings).map(({ result, message }) => `${result}: ${message}`)

describe('validate', () => {
  const tag = "spec: {containers: [{image: '!*:latest'}]}"
  test.each([
    [
      'a pattern that holds',
      "validate: {message: m, pattern: {spec: {containers: [{image: '*:*'}]}}}",
      "pass: validation rule 'r' passed.",
    ],
    [
      'a pattern that does not',
      `validate: {message: no latest, pattern: {${tag}}}`,
      'fail: validation error: no latest. rule r failed at path /spec/containers/0/image/',
    ],
    [
      'a message that ends in a full stop',
      `validate: {message: no., pattern: {${tag}}}`,
      'fail: validation error: no. rule r failed at path /spec/containers/0/image/',
    ],
    ['no message', `validate: {pattern: {${tag}}}`, 'fail: validation error: rule r failed at path /spec/containers/0/image/'],
    [
      'a message with a variable',
      `validate: {message: '{{request.object.metadata.name}}', pattern: {${tag}}}`,
      'fail: validation error: p. rule r failed at path /spec/containers/0/image/',
    ],
    [
      'a pattern with a variable that is missing',
      "validate: {message: m, pattern: {metadata: {name: '{{request.object.x}}'}}}",
      'error: variable substitution failed: failed to resolve request.object.x at path /metadata/name: JMESPath query failed: Unknown key "x" in path',
    ],
    [
      'a pattern with a variable',
      "validate: {message: m, pattern: {metadata: {namespace: '{{request.namespace}}'}}}",
      "pass: validation rule 'r' passed.",
    ],
    [
      'a condition that does not hold',
      'validate: {message: m, pattern: {metadata: {labels: {(app): b}}}}',
      expect.stringMatching(/^skip: .*conditional anchor mismatch/),
    ],
    [
      'one of several patterns',
      'validate: {message: m, anyPattern: [{metadata: {name: q}}, {metadata: {name: p}}]}',
      "pass: validation rule 'r' anyPattern[1] passed.",
    ],
    [
      'none of several patterns',
      "validate: {message: m, anyPattern: [{metadata: {name: q}}, {spec: {x: '?*'}}]}",
      'fail: validation error: m. r[0]'.replace('r[0]', 'rule r[0] failed at path /metadata/name/ rule r[1] failed at path /spec/x/'),
    ],
    [
      'deny',
      "validate: {message: m, deny: {conditions: {any: [{key: '{{request.object.metadata.name}}', operator: Equals, value: p}]}}}",
      'fail: m',
    ],
    [
      'deny with the message of a condition',
      'validate: {message: m, deny: {conditions: {any: [{key: a, operator: Equals, value: a, message: why}]}}}',
      'fail: m; why',
    ],
    ['deny without any message', 'validate: {deny: {}}', 'fail: validation error: rule r failed'],
    [
      'deny that does not hold',
      'validate: {message: m, deny: {conditions: {all: [{key: a, operator: Equals, value: b}]}}}',
      "pass: validation rule 'r' passed.",
    ],
    [
      'deny that cannot be evaluated',
      "validate: {message: m, deny: {conditions: {all: [{key: '{{x}}', operator: Equals, value: b}]}}}",
      'error: failed to check deny conditions: failed to substitute variables in condition key: failed to resolve x at path : JMESPath query failed: Unknown key "x" in path',
    ],
    [
      'foreach that fails',
      `validate: {message: m, foreach: [{list: request.object.spec.containers, pattern: {image: '!*:latest'}}]}`,
      'fail: validation failure: validation error: m. rule r failed at path /image/',
    ],
    [
      'foreach that passes',
      `validate: {message: m, foreach: [{list: request.object.spec.containers, pattern: {name: c}}]}`,
      'pass: rule passed',
    ],
    [
      'nested foreach sees both elements',
      "validate: {message: '{{element0.name}} {{element1}}', foreach: [{list: request.object.spec.containers, foreach: [{list: '[`1`]', deny: {}}]}]}",
      'fail: validation failure: validation failure: c 1',
    ],
    [
      'preconditions that do not hold',
      'preconditions: {all: [{key: a, operator: Equals, value: b}]}, validate: {deny: {}}',
      'skip: preconditions not met',
    ],
    [
      'preconditions that cannot be evaluated',
      "preconditions: {all: [{key: '{{x}}', operator: Equals, value: b}]}, validate: {deny: {}}",
      expect.stringMatching(/^error: failed to evaluate preconditions: /),
    ],
    ['a signed manifest', 'validate: {manifests: {}}', 'error: rules of type validate.manifests are not supported yet'],
    ['images', 'verifyImages: [{imageReferences: ["*"]}]', 'error: rules of type verifyImages are not supported yet'],
  ])('%s', (_, rule, message) => {
    expect(said(rule)).toEqual([message])
  })

  test.each([
    ['foreach over nothing has nothing to say', "validate: {message: m, foreach: [{list: '`[]`', deny: {}}]}", {}],
    ['nor over a key that is missing', 'validate: {message: m, foreach: [{list: request.object.spec.x, deny: {}}]}', {}],
    [
      'a pattern has nothing to say of a deletion',
      'validate: {message: m, pattern: {metadata: {name: q}}}',
      { request: { operation: 'DELETE', object: undefined, oldObject: podOf() } },
    ],
    ['a rule for others has nothing to say', 'validate: {deny: {}}', { match: '{any: [{resources: {kinds: [Service]}}]}' }],
  ] as const)('%s', (_, rule, settings) => {
    expect(said(rule, settings)).toEqual([])
  })

  test('on a deletion request.object means the old object', () => {
    const rule =
      "validate: {message: '{{request.object.metadata.name}}', deny: {conditions: {any: [{key: '{{request.operation}}', operator: Equals, value: DELETE}]}}}"
    expect(said(rule, { request: { operation: 'DELETE', object: undefined, oldObject: podOf() } })).toEqual(['fail: p'])
  })

  test.each([
    ['the policy decides', 'validationFailureAction: Enforce,', '', 'n', 'deny'],
    ['the rule decides before it', 'validationFailureAction: Enforce,', 'failureAction: Audit,', 'n', 'audit'],
    [
      'an override of the policy names the namespace',
      "validationFailureActionOverrides: [{action: enforce, namespaces: ['n*']}],",
      '',
      'n',
      'deny',
    ],
    ['an override for others does not count', 'validationFailureActionOverrides: [{action: enforce, namespaces: [x]}],', '', 'n', 'audit'],
    [
      'an override of the rule comes first',
      'validationFailureAction: Enforce,',
      'failureActionOverrides: [{action: Audit, namespaces: [nn]}],',
      'n',
      'audit',
    ],
    ['emitWarning warns', 'emitWarning: true,', '', 'n', 'warn'],
  ])('%s', (_, spec, rule, __, enforcement) => {
    expect(outcomes(`validate: {${rule} deny: {}}`, { spec })[0]?.enforcement).toBe(enforcement)
  })

  test('an update of what was broken before is let through, unless the rule says otherwise', () => {
    const update = { operation: 'UPDATE', oldObject: podOf() } as const
    const spec = 'validationFailureAction: Enforce,'
    expect(said('validate: {deny: {}}', { spec, request: update })).toEqual([
      'skip: skipping the rule evaluation as pre-existing violations are allowed',
    ])
    expect(said('validate: {allowExistingViolations: false, deny: {}}', { spec, request: update })).toEqual([
      'fail: validation error: rule r failed',
    ])
    expect(said('validate: {deny: {}}', { request: update })).toEqual(['fail: validation error: rule r failed'])
  })

  test('applyRules One stops after the first rule that says something', () => {
    const rules = [
      '{key: a, operator: Equals, value: b}',
      '{key: a, operator: Equals, value: a}',
      '{key: a, operator: Equals, value: a}',
    ].map((condition, index) => `{name: r${index}, match: ${anyPod}, preconditions: {all: [${condition}]}, validate: {deny: {}}}`)
    const { policies } = compile(rules.join(', '), 'applyRules: One,')
    expect(policies[0]?.evaluate('validate', requestOf(podOf()), factsOf()).rules.map(({ rule, result }) => `${rule} ${result}`)).toEqual([
      'r0 skip',
      'r1 fail',
    ])
  })

  test('a failure points at what broke it', () => {
    expect(outcomes("validate: {pattern: {spec: {containers: [{image: '!*:latest'}]}}}")[0]?.at).toEqual([
      ['spec', 'containers', 0, 'image'],
    ])
    expect(outcomes("validate: {pattern: {spec: {containers: [{x: '?*'}]}}}")[0]?.at).toEqual([['spec', 'containers', 0]])
    expect(outcomes("validate: {foreach: [{list: 'request.object.spec.containers', pattern: {image: '!*:latest'}}]}")[0]?.at).toEqual([
      ['spec', 'containers', 0, 'image'],
    ])
  })
})

describe('match', () => {
  test.each([
    ['a kind', '{any: [{resources: {kinds: [Pod]}}]}', true],
    ['a kind with its version', '{any: [{resources: {kinds: [v1/Pod]}}]}', true],
    ['another version', '{any: [{resources: {kinds: [v2/Pod]}}]}', false],
    ['every kind', "{any: [{resources: {kinds: ['*']}}]}", true],
    ['the older form', '{resources: {kinds: [Pod], namespaces: [nn]}}', true],
    ['a namespace with a wildcard', "{any: [{resources: {kinds: [Pod], namespaces: ['??']}}]}", true],
    ['a name', '{any: [{resources: {kinds: [Pod], names: [q, p]}}]}', true],
    ['a label', '{any: [{resources: {kinds: [Pod], selector: {matchLabels: {app: a}}}}]}', true],
    ['a label with wildcards', "{any: [{resources: {kinds: [Pod], selector: {matchLabels: {'a*': '?'}}}}]}", true],
    ['a label that no wildcard meets', "{any: [{resources: {kinds: [Pod], selector: {matchLabels: {'b*': '?'}}}}]}", false],
    ['an operation', '{any: [{resources: {kinds: [Pod], operations: [UPDATE]}}]}', false],
    ['all filters must hold', '{all: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Pod], names: [q]}}]}', false],
    ['any filter may hold', '{any: [{resources: {kinds: [Service]}}, {resources: {kinds: [Pod]}}]}', true],
    ['nobody asks, so a filter of users alone matches nothing', '{any: [{subjects: [{kind: User, name: u}]}]}', false],
    ['nobody asks, so users beside kinds do not count', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: User, name: u}]}]}', true],
    ['labels of the namespace', '{any: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {team: a}}}}]}', true],
  ])('%s', (_, match, matches) => {
    const facts = factsOf((question) => (question.ask === 'namespaceLabels' ? { team: 'a' } : undefined))
    expect(said('validate: {deny: {}}', { match, facts }).length > 0).toBe(matches)
  })

  test.each([
    ['a kind and a name', '{any: [{resources: {kinds: [Pod], names: [p]}}]}', true],
    ['another name', '{any: [{resources: {kinds: [Pod], names: [q]}}]}', false],
    ['all of several', '{all: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Pod], names: [q]}}]}', false],
    ['nobody asks, so nobody is excluded', '{any: [{clusterRoles: [admin]}]}', false],
  ])('exclude: %s', (_, exclude, excluded) => {
    expect(said('validate: {deny: {}}', { exclude }).length === 0).toBe(excluded)
  })

  test.each([
    ['a user', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: User, name: "al*"}]}]}', true],
    ['a group', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: Group, name: dev}]}]}', true],
    ['a service account', '{any: [{resources: {kinds: [Pod]}, subjects: [{kind: ServiceAccount, namespace: x, name: y}]}]}', false],
    [
      'roles and subjects must both hold',
      '{any: [{resources: {kinds: [Pod]}, roles: ["nn:r"], subjects: [{kind: User, name: bob}]}]}',
      false,
    ],
    ['a cluster role', '{any: [{resources: {kinds: [Pod]}, clusterRoles: [admin]}]}', true],
  ])('who asks: %s', (_, match, matches) => {
    const requester = { userInfo: { username: 'alice', uid: '', groups: ['dev'], extra: {} }, roles: ['nn:r'], clusterRoles: ['admin'] }
    expect(said('validate: {deny: {}}', { match, request: { requester } }).length > 0).toBe(matches)
  })

  test('a kind does not mean its subresources, but Pod means ephemeralcontainers', () => {
    expect(said('validate: {deny: {}}', { request: { subresource: 'status' } })).toEqual([])
    expect(said('validate: {deny: {}}', { request: { subresource: 'ephemeralcontainers' } })).toHaveLength(1)
    expect(
      said('validate: {deny: {}}', { match: '{any: [{resources: {kinds: [Pod/status]}}]}', request: { subresource: 'status' } }),
    ).toHaveLength(1)
  })
})

describe('autogen', () => {
  const names = (rule: string, metadata = '', match = anyPod): readonly (readonly [string, boolean])[] => {
    const text = `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p${metadata}}\nspec: {rules: [{name: r, match: ${match}, ${rule}}]}`
    return kyverno
      .compile(toManifests(loadDocuments({ name: 'p', text }).documents).manifests)
      .policies.flatMap(({ rules }) => rules.map(({ name, derived }) => [name, derived] as const))
  }
  const all = [
    ['r', false],
    ['autogen-r', true],
    ['autogen-cronjob-r', true],
  ]

  test.each([
    ['a rule for Pods gets two more', names('validate: {deny: {}}'), all],
    [
      'CronJobs alone',
      names('validate: {deny: {}}', ', annotations: {pod-policies.kyverno.io/autogen-controllers: CronJob}'),
      [
        ['r', false],
        ['autogen-cronjob-r', true],
      ],
    ],
    ['none', names('validate: {deny: {}}', ', annotations: {pod-policies.kyverno.io/autogen-controllers: none}'), [['r', false]]],
    [
      'a selector switches it off',
      names('validate: {deny: {}}', '', '{any: [{resources: {kinds: [Pod], selector: {matchLabels: {a: b}}}}]}'),
      [['r', false]],
    ],
    ['so do other kinds beside Pod', names('validate: {deny: {}}', '', '{any: [{resources: {kinds: [Pod, Service]}}]}'), [['r', false]]],
    ['and generating', names('generate: {apiVersion: v1, kind: ConfigMap, name: x, namespace: y, data: {}}'), [['r', false]]],
    ['and a JSON patch', names("mutate: {patchesJson6902: '[]'}"), [['r', false]]],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test('patterns move to the Pod template, and so do variables', () => {
    const deployment = objectOf(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: nn}, spec: {template: {spec: {containers: [{name: c, image: 'nginx:latest'}]}}}}",
    )
    expect(
      said("validate: {message: '{{request.object.spec.containers[0].name}}', pattern: {spec: {containers: [{image: '!*:latest'}]}}}", {
        object: deployment,
      }),
    ).toEqual(['fail: validation error: c. rule autogen-r failed at path /spec/template/spec/containers/0/image/'])
  })
})

describe('exceptions', () => {
  const exception = (rules: string, extra = ''): string =>
    `---\napiVersion: kyverno.io/v2\nkind: PolicyException\nmetadata: {name: e, namespace: ns}\nspec: {exceptions: [{policyName: policy, ruleNames: [${rules}]}], match: ${anyPod} ${extra}}\n`
  test.each([
    ['the rule by its name', exception('r'), 'skip: rule is skipped due to policy exceptionsns/e'],
    ['by a wildcard', exception("'*'"), 'skip: rule is skipped due to policy exceptionsns/e'],
    ['another rule', exception('x'), 'fail: validation error: rule r failed'],
    [
      'conditions that hold',
      exception('r', ", conditions: {all: [{key: '{{request.object.metadata.name}}', operator: Equals, value: p}]}"),
      'skip: rule is skipped due to policy exceptionsns/e',
    ],
    [
      'conditions that do not',
      exception('r', ', conditions: {all: [{key: a, operator: Equals, value: p}]}'),
      'fail: validation error: rule r failed',
    ],
  ])('%s', (_, extra, message) => {
    const { policies } = compile(`{name: r, match: ${anyPod}, validate: {deny: {}}}`, '', extra)
    const rules = policies[0]?.evaluate('validate', requestOf(podOf()), factsOf()).rules ?? []
    expect(rules.map((rule) => `${rule.result}: ${rule.message}`)).toEqual([message])
  })
})

describe('variables and context', () => {
  const shown = (context: string, text: string, settings: Settings = {}): string =>
    said(`context: [${context}], validate: {message: ${JSON.stringify(text)}, deny: {}}`, settings)[0] ?? ''
  const configMap = factsOf((question) =>
    question.ask === 'object' && question.name === 'cm' ? { apiVersion: 'v1', kind: 'ConfigMap', data: { k: 'v' } } : undefined,
  )

  test.each([
    ['text is put in as it is', '', 'a {{request.object.metadata.name}} b', 'fail: a p b'],
    ['the rest as JSON', '', 'x {{request.object.metadata.labels}}', 'fail: x {"app":"a"}'],
    ['the innermost first', '', "{{ request.object.metadata.{{ 'name' }} }}", 'fail: p'],
    ['an escaped one stays', '', '\\{{x}}', 'fail: {{x}}'],
    ['an entry with a value', '{name: v, variable: {value: {a: 1}}}', '{{v.a}}!', 'fail: 1!'],
    ['an entry by a path', '{name: v, variable: {jmesPath: request.object.metadata.name}}', '{{v}}', 'fail: p'],
    ['a default where the path finds nothing', '{name: v, variable: {jmesPath: request.object.x, default: d}}', '{{v}}', 'fail: d'],
    ['an entry that uses another', "{name: a, variable: {value: x}}, {name: b, variable: {value: '{{a}}y'}}", '{{b}}', 'fail: xy'],
    [
      'of one name the later uses the earlier',
      "{name: a, variable: {value: x}}, {name: a, variable: {value: '{{a}}y'}}",
      '{{a}}',
      'fail: xy',
    ],
    ['an entry that nobody mentions is not loaded', '{name: bad, apiCall: {urlPath: /x}}', 'm', 'fail: m'],
    ['images', '', '{{images.containers.c.tag}} {{images.containers.c.registry}}', 'fail: latest docker.io'],
    ['the clock of the request', '', '{{time_now_utc()}}', 'fail: 1970-01-01T00:00:00Z'],
  ])('%s', (_, context, text, message) => {
    expect(shown(context, text)).toBe(message)
  })

  test('a ConfigMap is a fact', () => {
    expect(shown('{name: cm, configMap: {name: cm, namespace: x}}', '{{cm.data.k}}', { facts: configMap })).toBe('fail: v')
  })

  test('a fact that is not known yet is asked for, once the variable is used', () => {
    const asked: Question[] = []
    const facts: Facts = { read: (question) => void asked.push(question) as undefined, missing: asked }
    shown('{name: cm, configMap: {name: cm, namespace: x}}, {name: other, configMap: {name: other}}', '{{cm.data.k}}', { facts })
    expect(asked).toEqual([{ ask: 'object', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'x', name: 'cm' }])
  })

  test('values that a person gives take the place of what would be loaded', () => {
    const given = { variables: () => ({ 'cm.data.k': 'given' }), foreachVariables: () => ({}) }
    expect(shown('{name: cm, configMap: {name: cm, namespace: x}}', '{{cm.data.k}}', { request: { given } })).toBe('fail: given')
  })

  test('data is not searched for variables where `{{-` says so, and an endless one comes to an end', () => {
    const object = podOf(", data: '{{request.object.metadata.name}}', loop: '{{request.object.loop}}x'")
    expect(shown('', '{{- request.object.data }}!', { object })).toBe('fail: {{request.object.metadata.name}}!')
    expect(shown('', 'a {{request.object.loop}}', { object })).toBe('fail: ')
  })

  test('a reference is to another place of the pattern', () => {
    const rule = "validate: {message: m, pattern: {metadata: {name: p, namespace: '$(./../name)'}}}"
    expect(said(rule)).toEqual(['fail: validation error: m. rule r failed at path /metadata/namespace/'])
  })
})

describe('mutate', () => {
  const patched = (rule: string, settings?: Settings): KubeObject | undefined => outcomes(rule, settings).at(-1)?.patched
  test.each([
    ['a label', 'mutate: {patchStrategicMerge: {metadata: {labels: {b: c}}}}', { metadata: { labels: { app: 'a', b: 'c' } } }],
    [
      'only what is not there',
      'mutate: {patchStrategicMerge: {metadata: {labels: {+(app): x, +(b): c}}}}',
      { metadata: { labels: { app: 'a', b: 'c' } } },
    ],
    [
      'elements that a condition means',
      "mutate: {patchStrategicMerge: {spec: {containers: [{(image): '*:latest', imagePullPolicy: Always}]}}}",
      { spec: { containers: [{ name: 'c', imagePullPolicy: 'Always' }] } },
    ],
    [
      'a JSON patch',
      "mutate: {patchesJson6902: '[{op: add, path: /metadata/annotations/x, value: z}]'}",
      { metadata: { annotations: { x: 'z' } } },
    ],
    [
      'each element',
      "mutate: {foreach: [{list: request.object.spec.containers, patchesJson6902: '[{op: replace, path: /spec/containers/{{elementIndex}}/image, value: x}]'}]}",
      { spec: { containers: [{ image: 'x' }] } },
    ],
  ])('%s', (_, rule, expected) => {
    expect(patched(rule)).toMatchObject(expected)
  })

  test.each([
    ['what changes says so', 'mutate: {patchStrategicMerge: {metadata: {labels: {b: c}}}}', 'pass: mutated Pod/p in namespace nn'],
    ['what changes nothing is a skip', 'mutate: {patchStrategicMerge: {metadata: {labels: {app: a}}}}', 'skip: no patches applied'],
    [
      'a condition that does not hold empties the patch',
      'mutate: {patchStrategicMerge: {metadata: {(name): q, labels: {b: c}}}}',
      'skip: no patches applied',
    ],
    [
      'a test that fails',
      "mutate: {patchesJson6902: '[{op: test, path: /metadata/name, value: q}]'}",
      expect.stringMatching(/^error: failed to patch resource: /),
    ],
    [
      'a variable that is missing',
      "mutate: {patchStrategicMerge: {metadata: {labels: {b: '{{request.object.x}}'}}}}",
      expect.stringMatching(/^error: variable substitution failed: /),
    ],
    ['foreach over nothing', "mutate: {foreach: [{list: '`[]`', patchStrategicMerge: {}}]}", 'skip: 0 elements processed'],
  ])('%s', (_, rule, message) => {
    expect(said(rule)).toEqual([message])
  })

  test('each rule sees what the one before made', () => {
    const rules = ['{metadata: {labels: {b: c}}}', "{metadata: {labels: {d: '{{request.object.metadata.labels.b}}'}}}"].map(
      (patch, index) => `{name: r${index}, match: ${anyPod}, mutate: {patchStrategicMerge: ${patch}}}`,
    )
    const { policies } = compile(rules.join(', '))
    expect(policies[0]?.evaluate('mutate', requestOf(podOf()), factsOf()).object).toMatchObject({
      metadata: { labels: { b: 'c', d: 'c' } },
    })
  })

  test('existing objects are patched one by one', () => {
    const secret = (name: string): Json => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'nn' } })
    const facts = factsOf((question) => (question.ask === 'objects' ? [secret('a'), secret('b')] : undefined))
    const found = outcomes(
      "mutate: {targets: [{apiVersion: v1, kind: Secret, namespace: nn, name: '*'}], patchStrategicMerge: {metadata: {labels: {of: '{{target.metadata.name}}'}}}}",
      { facts },
    )
    expect(found.map(({ targets }) => targets?.map(({ after }) => after['metadata']))).toEqual([
      [{ name: 'a', namespace: 'nn', labels: { of: 'a' } }],
      [{ name: 'b', namespace: 'nn', labels: { of: 'b' } }],
    ])
  })
})

describe('generate', () => {
  const source = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'from', uid: 'u', labels: { l: 'x' } },
    data: { k: 'v' },
  }
  const facts = factsOf((question) => (question.ask === 'object' ? source : question.ask === 'objects' ? [source] : undefined))
  test.each([
    [
      'data',
      "generate: {apiVersion: v1, kind: ConfigMap, name: '{{request.object.metadata.name}}-x', namespace: nn, data: {data: {a: b}}}",
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p-x', namespace: 'nn' }, data: { a: 'b' } }],
    ],
    [
      'a clone',
      'generate: {apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: s, namespace: from}}',
      [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 't', namespace: 'to', labels: { l: 'x' } }, data: { k: 'v' } }],
    ],
    [
      'clones',
      'generate: {namespace: to, cloneList: {namespace: from, kinds: [v1/Secret], selector: {matchLabels: {l: x}}}}',
      [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'to', labels: { l: 'x' } }, data: { k: 'v' } }],
    ],
    [
      'one for each element',
      "generate: {foreach: [{list: request.object.spec.containers, apiVersion: v1, kind: ConfigMap, name: '{{element.name}}', namespace: nn, data: {}}]}",
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'nn' } }],
    ],
  ])('%s', (_, rule, expected) => {
    expect(outcomes(rule, { facts })[0]?.generated).toEqual(expected)
  })

  test('a source that does not exist is an error', () => {
    expect(
      said('generate: {apiVersion: v1, kind: Secret, name: t, namespace: to, clone: {name: s, namespace: from}}', {
        facts: factsOf((q) => (q.ask === 'object' ? null : undefined)),
      }),
    ).toEqual(['error: failed to generate resource: source resource v1 Secret from/s not found'])
  })
})

describe('no input makes it throw', () => {
  const key = fc.constantFrom(
    'name',
    'match',
    'exclude',
    'any',
    'all',
    'resources',
    'kinds',
    'selector',
    'validate',
    'pattern',
    'deny',
    'conditions',
    'key',
    'operator',
    'value',
    'foreach',
    'list',
    'mutate',
    'patchStrategicMerge',
    'patchesJson6902',
    'generate',
    'clone',
    'context',
    'variable',
    'jmesPath',
    'preconditions',
    'metadata',
    'labels',
    'spec',
    'containers',
    '(image)',
    '^(a)',
    '+(b)',
    '<(c)',
    'X(d)',
    '__proto__',
    'constructor',
    'toString',
  )
  const text = fc.oneof(
    fc.constantFrom(
      '{{ request.object }}',
      '{{request.object.spec.x}}',
      '$(./../a)',
      '*',
      '?*',
      '>1Gi',
      '1-5',
      '!a',
      'Equals',
      'AnyIn',
      'Pod',
      '[{op: add, path: /a, value: 1}]',
      '{{',
      'a.b',
    ),
    fc.string({ maxLength: 8 }),
  )
  const value = fc.letrec<{ any: Json }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc
        .array(fc.tuple(key, tie('any')), { maxLength: 4 })
        .map((entries) => JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`) as Json),
    ),
  })).any
  const body = fc.record({ validate: value, mutate: value, generate: value }, { requiredKeys: [] })
  const match = fc.oneof(fc.constant({ any: [{ resources: { kinds: ['*'] } }] } as Json), value)

  test('no policy, no resource', () => {
    fc.assert(
      fc.property(match, body, value, value, (matching, parts, extra, spec) => {
        const rule: Json = { name: 'r', match: matching, context: [{ name: 'v', variable: extra }], preconditions: extra, ...parts }
        const object: KubeObject = {
          apiVersion: 'kyverno.io/v1',
          kind: 'ClusterPolicy',
          metadata: { name: 'p' },
          spec: { rules: [rule, extra] },
        }
        const resource: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: spec, spec }
        const { policies } = kyverno.compile([
          { object, document: { source: { name: 'f', text: '' }, start: 0, end: 0, base: [], value: object } },
        ])
        for (const policy of policies)
          for (const phase of effects)
            policy.evaluate(
              phase,
              requestOf(resource),
              factsOf((question) => (question.ask === 'objects' ? [resource] : resource)),
            )
      }),
      { numRuns: 1500 },
    )
  })
})
