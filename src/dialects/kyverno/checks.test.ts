import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../core/diagnostic.ts'
import { isJsonArray, isJsonObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { isKubeObject } from '../../kube/object.ts'
import { loadDocuments, printYaml, toManifests } from '../../kube/yaml/yaml.ts'
import { checkException, checkPolicy, checkUnknownFields } from './checks.ts'

function manifestOf(text: string): Manifest {
  const [manifest] = toManifests(loadDocuments({ name: 'policy.yaml', text }).documents).manifests
  if (manifest === undefined) throw new Error(`no manifest in\n${text}`)
  return manifest
}

/** `code "what is underlined": message` */
function print(found: readonly Diagnostic[]): readonly string[] {
  return found.map(({ code, message, source, span }) => `${code} ${JSON.stringify(source.text.slice(span.start, span.end))}: ${message}`)
}

const policy = (spec: string, head = 'kind: ClusterPolicy\nmetadata: {name: p}'): string =>
  `apiVersion: kyverno.io/v1\n${head}\nspec:\n${indent(spec, 2)}`
const rule = (body: string, spec = ''): string =>
  policy(`${spec}rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod]}}]}\n${indent(body, 2)}`)
const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))
const validate = 'validate: {message: m, pattern: {metadata: {name: "?*"}}}'

describe('a policy that upstream takes has no problems', () => {
  test.each([
    ['validate', rule(validate)],
    [
      'foreach with element',
      rule(
        'validate:\n  foreach:\n  - list: request.object.spec.containers\n    deny: {conditions: {any: [{key: "{{ element.image }}", operator: Equals, value: "{{ elementIndex }}"}]}}',
      ),
    ],
    [
      'mutate existing with target',
      rule(
        'mutate:\n  targets: [{apiVersion: v1, kind: ConfigMap, name: "{{ request.object.metadata.name }}"}]\n  patchStrategicMerge: {data: {a: "{{ target.data.b }}"}}',
      ),
    ],
    [
      'users in an admission-only policy',
      policy(
        'background: false\nrules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod]}, clusterRoles: [admin]}]}\n  validate: {deny: {conditions: {all: [{key: "{{ request.userInfo.username }}", operator: Equals, value: x}]}}}',
      ),
    ],
    [
      'names of context entries',
      rule(
        `context: [{name: cm, configMap: {name: a, namespace: b}}]\npreconditions: {all: [{key: "{{ cm.data.x || '' }}", operator: NotEquals, value: ""}]}\n${validate}`,
      ),
    ],
    ['an escaped variable', rule('validate: {message: "\\\\{{ not a variable", pattern: {a: b}}')],
    ['the older form of match', policy(`rules:\n- name: r\n  match: {resources: {kinds: [Pod]}}\n  ${validate}`)],
    [
      'generate',
      rule(
        'generate: {apiVersion: v1, kind: ConfigMap, name: a, namespace: "{{ request.object.metadata.namespace }}", data: {data: {x: "y"}}}',
      ),
    ],
  ])('%s', (_, text) => {
    expect(print(checkPolicy(manifestOf(text)))).toEqual([])
  })
})

describe('structure', () => {
  test.each([
    [
      'an unknown field, with the nearest known one',
      policy(`rules:\n- name: r\n  match:\n    any:\n    - resource: {kinds: [Pod]}\n  ${validate}`),
      ['unknown-field "resource": unknown field `spec.rules[0].match.any[0].resource`'],
    ],
    [
      'a wrong type',
      rule('validate: {message: 5, pattern: {a: b}}'),
      ['wrong-type "5": expected a string at `spec.rules[0].validate.message`, found a number'],
    ],
    [
      'a value outside an enumeration',
      rule('validate: {failureAction: Deny, pattern: {a: b}}'),
      [
        'invalid-value "Deny": expected `spec.rules[0].validate.failureAction` to be one of `Audit`, `Enforce`, `audit`, `enforce`, found `Deny`',
      ],
    ],
    ['a missing field', policy(`rules:\n- name: r\n  ${validate}`), ['missing-field "name": expected field `match` in `spec.rules[0]`']],
    ['no spec', 'apiVersion: kyverno.io/v1\nkind: Policy\n', ['missing-field "apiVersion": expected field `spec`']],
    ['a null field is absent', rule(`exclude: null\n${validate}`), []],
    [
      'a field that only v1 has',
      policy(`rules:\n- name: r\n  match: {resources: {kinds: [Pod]}}\n  ${validate}`).replace('/v1', '/v2beta1'),
      ['unknown-field "resources": unknown field `spec.rules[0].match.resources`'],
    ],
  ])('%s', (_, text, expected) => {
    expect(print(checkPolicy(manifestOf(text)))).toEqual(expected)
  })

  test('the help of an unknown field', () => {
    const [found] = checkUnknownFields(manifestOf(rule('validat: {}')))
    expect(found?.help).toBe('did you mean `validate`?')
  })
})

const backgroundMode =
  'only select variables are allowed in background mode. Set spec.background=false to disable background mode for this policy rule: '

describe('what admission refuses', () => {
  test.each([
    [
      'two rules of one name',
      policy(
        `rules:\n- {name: r, match: {any: [{resources: {kinds: [Pod]}}]}, ${validate}}\n- {name: r, match: {any: [{resources: {kinds: [Pod]}}]}, ${validate}}`,
      ),
      [`duplicate-rule-name "r": Duplicate rule name: 'r'`],
    ],
    [
      'a rule without operation',
      rule('context: []'),
      [`no-operation "r": No operation defined in the rule 'r'.(supported operations: mutate,validate,generate,verifyImages)`],
    ],
    [
      'two operations',
      rule(`${validate}\nmutate: {patchStrategicMerge: {a: b}}`),
      [
        `several-operations "validate": Multiple operations defined in the rule 'r', only one operation (mutate,validate,generate,verifyImages) is allowed per rule`,
      ],
    ],
    [
      'neither admission nor background',
      rule(validate, 'admission: false\nbackground: false\n'),
      ['nothing-enabled "false": disabling both admission and background processing is not allowed'],
    ],
    [
      'no admission for a mutation',
      rule('mutate: {patchStrategicMerge: {a: b}}', 'admission: false\n'),
      ['admission-disabled "false": disabling admission processing is only allowed with validation policies'],
    ],
    [
      'a ClusterPolicy in a namespace',
      policy(
        `rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod]}}]}\n  ${validate}`,
        'kind: ClusterPolicy\nmetadata: {name: p, namespace: ns}',
      ),
      ['cluster-policy-namespace "ns": a ClusterPolicy must not have a namespace'],
    ],
    ['an empty match', policy(`rules:\n- name: r\n  match: {}\n  ${validate}`), ['empty-match "match": match cannot be empty']],
    [
      'users in the background',
      policy(`rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod]}, roles: ["a:b"]}]}\n  ${validate}`),
      [`background-variable "roles": ${backgroundMode}invalid variable used at path: spec/rules/0/match/any/0/roles`],
    ],
    [
      'user variables in the background',
      rule('validate: {message: "{{ request.userInfo.username }}", pattern: {a: b}}'),
      [`background-variable "request": ${backgroundMode}variable {{request.userInfo}} is not allowed`],
    ],
    [
      'a variable in match',
      policy(`rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod], names: ["{{ x }}"]}}]}\n  ${validate}`),
      ['variable-not-allowed "{{ x }}": rule "r" should not have variables in match section'],
    ],
    [
      'element outside foreach',
      rule('validate: {pattern: {a: "{{ element.b }}"}}'),
      [`element-outside-foreach "element": variable 'element' present outside of foreach at path /spec/rules/0/validate/pattern/a`],
    ],
    [
      'an unknown variable',
      rule('validate: {pattern: {a: "{{ reqest.object }}"}}'),
      ['unknown-variable "reqest": variable `reqest` is not defined in the context of the rule'],
    ],
    [
      'a reserved name',
      rule(`context: [{name: images, variable: {value: 1}}]\n${validate}`),
      ['reserved-name "images": entry name images is invalid as it conflicts with a pre-defined variable images'],
    ],
    [
      'two sources',
      rule(`context: [{name: a, variable: {value: 1}, configMap: {name: c}}]\n${validate}`),
      [
        'context-source "configMap": expected exactly one of `variable`, `configMap`, `apiCall`, `imageRegistry`, `globalReference` in the context entry, found `variable` and `configMap`',
      ],
    ],
    [
      'a wildcard in the background',
      policy(`rules:\n- name: r\n  match: {any: [{resources: {kinds: ["*"]}}]}\n  ${validate}`),
      [
        'wildcard-policy "\\"*\\"": wildcard policy not allowed in background mode. Set spec.background=false to disable background mode for this policy rule',
      ],
    ],
    [
      'a wildcard with more than metadata',
      policy('background: false\nrules:\n- name: r\n  match: {any: [{resources: {kinds: ["*"]}}]}\n  validate: {pattern: {spec: {a: b}}}'),
      ['wildcard-policy "spec": policy can only deal with the metadata field of the resource if the rule does not match any kind'],
    ],
    [
      'a subresource in the background',
      policy(`rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod/exec]}}]}\n  ${validate}`),
      ['background-subresource "Pod/exec": background scan enabled with subresource Pod/exec'],
    ],
    [
      'an operator',
      rule(`preconditions: {all: [{key: a, operator: Equls, value: b}]}\n${validate}`),
      ['invalid-operator "Equls": unknown operator `Equls`'],
    ],
    [
      'a JSON patch path',
      rule('mutate:\n  patchesJson6902: |\n    - {op: add, path: spec/x, value: 1}\n'),
      ['json-patch-path "spec/x": path must begin with a forward slash'],
    ],
    [
      'a variable in a JSON patch path',
      rule('mutate:\n  patchesJson6902: |\n    - {op: add, path: "/spec/{{ request.name }}", value: 1}\n'),
      ['variable-not-allowed "/spec/{{ request.name }}": rule "r" should not have variables in patchesJSON6902 path section'],
    ],
    [
      'generating what is matched',
      rule('generate: {apiVersion: v1, kind: Pod, name: a, data: {a: b}}'),
      ['generate-same-kind "Pod": generation kind and match resource kind should not be the same'],
    ],
    [
      'an existence anchor without a list',
      rule('validate: {pattern: {spec: {"^(a)": {b: c}}}}'),
      ['invalid-anchor "\\"^(a)\\"": existence anchor `^(a)` should have a list value'],
    ],
    [
      'another namespace',
      policy(
        'rules:\n- name: r\n  match: {any: [{resources: {kinds: [Pod]}}]}\n  generate: {apiVersion: v1, kind: Secret, name: a, namespace: b, data: {x: "y"}}',
        'kind: Policy\nmetadata: {name: p, namespace: a}',
      ),
      ['other-namespace "b": a namespaced policy cannot generate resources in other namespaces, expected: a, received: b'],
    ],
    [
      'an attestor of two kinds',
      rule(
        'verifyImages: [{imageReferences: ["*"], attestors: [{entries: [{keys: {kms: a}, keyless: {issuer: b}}]}], failureAction: Enforce}]',
      ),
      ['attestor-kind "{": expected exactly one of `keys`, `certificates`, `keyless`, `attestor` in the entry'],
    ],
    [
      'context in a CEL rule',
      rule('context: [{name: a, variable: {value: 1}}]\nvalidate: {cel: {expressions: [{expression: "true"}]}}'),
      ['cel-context "context": context is not allowed in `validate.cel` rules'],
    ],
  ])('%s', (_, text, expected) => {
    expect(print(checkPolicy(manifestOf(text)))).toEqual(expected)
  })
})

describe('JMESPath', () => {
  test.each([
    [
      'a syntax error points into the expression',
      rule('validate: {message: "a {{ request.object. }}", pattern: {a: b}}'),
      ['jmespath-syntax'],
    ],
    ['an unknown function', rule('validate: {message: "a {{ lenght(request.object) }}", pattern: {a: b}}'), ['jmespath-unknown-function']],
    ['fields that hold expressions', rule('validate: {foreach: [{list: "request.object.[", pattern: {a: b}}]}'), ['jmespath-syntax']],
  ])('%s', (_, text, expected) => {
    expect(checkPolicy(manifestOf(text)).map((d) => d.code)).toEqual(expected)
  })

  test('the caret and the nearest function', () => {
    const manifest = manifestOf(rule('validate:\n  message: |\n    one\n    two {{ lenght(request.object) }}\n  pattern: {a: b}'))
    expect(print(checkPolicy(manifest))).toEqual(['jmespath-unknown-function "lenght": no function `lenght`'])
    expect(checkPolicy(manifest)[0]?.help).toBe('did you mean `length`?')
  })
})

test('deprecations are warnings', () => {
  const found = checkPolicy(
    manifestOf(rule(`preconditions: [{key: a, operator: In, value: [b]}]\n${validate}`, 'validationFailureAction: enforce\n')),
  )
  expect(found.map((d) => `${d.severity} ${d.code}`)).toEqual([
    'warning deprecated-field',
    'warning deprecated-value',
    'warning deprecated-operator',
  ])
})

describe('exceptions', () => {
  const exception = (spec: string, version = 'kyverno.io/v2'): string =>
    `apiVersion: ${version}\nkind: PolicyException\nmetadata: {name: e, namespace: ns}\nspec: ${spec}\n`
  test.each([
    ['a good one', exception('{exceptions: [{policyName: p, ruleNames: ["*"]}], match: {any: [{resources: {kinds: [Pod]}}]}}'), []],
    [
      'an unknown field',
      exception('{exceptions: [{policy: p, policyName: p, ruleNames: ["*"]}], match: {any: [{resources: {kinds: [Pod]}}]}}'),
      ['unknown-field "policy": unknown field `spec.exceptions[0].policy`'],
    ],
    [
      'users in the background',
      exception('{exceptions: [{policyName: p, ruleNames: ["*"]}], match: {any: [{subjects: [{kind: User, name: a}]}]}}'),
      [`background-variable "subjects": ${backgroundMode}invalid variable used at path: spec/match/any/0/subjects`],
    ],
    [
      'a Pod-level control with images',
      exception(
        '{exceptions: [{policyName: p, ruleNames: ["*"]}], match: {any: [{resources: {kinds: [Pod]}}]}, podSecurity: [{controlName: Sysctls, images: ["*"]}]}',
      ),
      ['pod-security-images "images": exclude.images must not be specified for the pod level control Sysctls'],
    ],
    [
      'a restricted field without values',
      exception(
        '{exceptions: [{policyName: p, ruleNames: ["*"]}], match: {any: [{resources: {kinds: [Pod]}}]}, podSecurity: [{controlName: Sysctls, restrictedField: "spec.securityContext.sysctls[*].name"}]}',
      ),
      ['pod-security-values "restrictedField": spec.podSecurity[0].values: Forbidden: values is required'],
    ],
    [
      'values without a restricted field',
      exception(
        '{exceptions: [{policyName: p, ruleNames: ["*"]}], match: {any: [{resources: {kinds: [Pod]}}]}, podSecurity: [{controlName: Sysctls, values: [a]}]}',
      ),
      ['pod-security-values "values": spec.podSecurity[0].restrictedField: Forbidden: restrictedField is required'],
    ],
    ['the CEL kind has other fields', exception('{policyRefs: []}', 'policies.kyverno.io/v1'), []],
  ])('%s', (_, text, expected) => {
    expect(print(checkException(manifestOf(text)))).toEqual(expected)
  })
})

/** Every value of a policy replaced by something else, one at a time. */
function replaceAt(value: Json, target: number, by: Json, counter = { at: 0 }): Json {
  counter.at += 1
  if (counter.at - 1 === target) return by
  if (isJsonArray(value)) return value.map((item) => replaceAt(item, target, by, counter))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceAt(member, target, by, counter)]))
}

test('no policy makes it throw', () => {
  const seeds = [
    rule(
      `context: [{name: a, apiCall: {urlPath: /api, jmesPath: "items[]"}}]\npreconditions: {any: [{key: "{{ a }}", operator: In, value: [1]}]}\nvalidate: {foreach: [{list: a, context: [], foreach: [{list: b, anyPattern: [{}]}]}]}`,
    ),
    rule(
      'mutate: {targets: [{apiVersion: v1, kind: A, context: []}], foreach: [{list: "request.object", patchesJson6902: "- {op: add, path: /a}"}]}',
    ),
    rule('generate: {foreach: [{list: "a", cloneList: {kinds: [v1/Secret], namespace: x}}]}'),
    rule(
      'verifyImages: [{imageReferences: [a], attestors: [{count: 1, entries: [{keys: {}}]}], attestations: [{type: a, conditions: [{all: []}]}]}]',
    ),
    rule('validate: {podSecurity: {level: baseline, exclude: [{controlName: Seccomp, restrictedField: a, values: [b]}]}}'),
  ].map((text): Json => manifestOf(text).object)
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.nat(80),
      fc.oneof(fc.jsonValue(), fc.constantFrom('{{', '{{ a[ }}', '^(x)', '*', '*/*', 'a/b/c/d/e')),
      (seed, target, by) => {
        const object = replaceAt(seed, target, by as Json)
        if (!isKubeObject(object)) return
        const text = printYaml(object)
        for (const { span } of [...checkPolicy(manifestOf(text)), ...checkException(manifestOf(text))])
          expect(span.start <= span.end && span.end <= text.length).toBe(true)
      },
    ),
    { numRuns: 1000 },
  )
})
