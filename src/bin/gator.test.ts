import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import { call, cwd, pods, words } from './gator-testbed.ts'

/** `kanon gator` through the front door. Texts are those that gator 3.23 printed for the same files. */

const both = `v1/Pod a: ["c1"] Message: "no <b> a"\nv1/Pod ns/b: ["c1"] Message: "no <b> b"\n`

test.each([
  ['violations in the order of their messages', '-f policy.yaml -f pods.yaml', 1, both],
  ['files of a folder, by their extension', '-f dir', 0, 'v1/Pod j: ["c2"] Message: "said j"\n'],
  [
    'actions before messages',
    '-f policy.yaml -f warn.yaml -f pods.yaml',
    1,
    `${both}v1/Pod a: ["w"] Message: "aaa a"\nv1/Pod ns/b: ["w"] Message: "aaa b"\n`,
  ],
  ['only what is denied', '--deny-only -f policy.yaml -f warn.yaml -f pods.yaml', 1, both],
  ['a warning denies nothing', '-f template.yaml -f warn.yaml -f dir/b.json', 0, 'v1/Pod j: ["w"] Message: "aaa j"\n'],
  ['a warning is none of what is denied', '--deny-only -f template.yaml -f warn.yaml -f dir/b.json', 0, ''],
  ['a scoped action for the command line', '-f template.yaml -f scoped.yaml -f dir/b.json', 1, 'v1/Pod j: ["sc"] Message: "s j"\n'],
  ['a scoped action for another place', '-f template.yaml -f elsewhere.yaml -f dir/b.json', 0, ''],
  ['parameters are floats', '-f num.yaml -f float.yaml -f dir/b.json', 1, /Pod j: \["f"\] Message: "1e\+06"/],
  ['flags in all forms', '-f=policy.yaml --filename=pods.yaml -v --deny-only=false', 1, both],
  [
    'what an object would make',
    '-f policy.yaml -f expansion.yaml -f deployment.yaml',
    0,
    'apps/v1/Deployment ns/d: ["c1"] Message: "[Implied by deploys] no <b> d-pod"\n',
  ],
  ['nothing to say as JSON', '-f template.yaml -f pods.yaml -o json', 0, 'null'],
  ['nothing to say as YAML', '-f template.yaml -f pods.yaml -o yaml', 0, '[]\n'],
] as const)('test: %s', async (_, args, status, out) => {
  const answer = await call(['test', ...words(args)])
  expect({ status: answer.status, err: answer.err }).toEqual({ status, err: '' })
  if (typeof out === 'string') expect(answer.out).toBe(out)
  else expect(answer.out).toMatch(out)
})

test.each([
  ['{namespaces: [ns]}', ['b']],
  ['{namespaces: ["*"]}', ['a', 'b']],
  ['{excludedNamespaces: ["*"]}', []],
  ['{scope: Namespaced}', ['a', 'b']],
  ['{scope: Cluster}', []],
  [
    '{namespaceSelector: {matchExpressions: [{key: a, operator: Exists}]}}',
    [
      'unable to match constraints: error matching the requested object: b :failed to run Match criteria: namespace selector for namespace-scoped object but missing Namespace',
    ],
  ],
])('test takes what has no namespace to be in one without a name: match %s', async (match, names) => {
  const constraint = `apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Say\nmetadata: {name: c}\nspec: {match: ${match}, parameters: {text: x}}\n`
  const { out } = await call(['test', '-f', 'template.yaml'], `${constraint}---\n${pods}`)
  const messages = [...out.matchAll(/Message: "(?:x )?(.*)"/g)].map(([, text]) => text)
  expect(messages.filter((text) => text !== 'c' && text !== 'say')).toEqual(names)
})

test('test reads standard input as well', async () => {
  expect(await call(['test', '-f', 'policy.yaml'], pods)).toEqual({ status: 1, out: both, err: '' })
})

const shown = (name: string, spec: string): string => `        "violatingObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": "${name}"
            }${spec}
        },
        "trace": null`

const nativeTemplate = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: native}
spec:
  crd: {spec: {names: {kind: Native}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      code: [{engine: K8sNativeValidation, source: {validations: [{expression: 'object.kind != "Pod"', message: no pods}]}}]
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Native
metadata: {name: c}
---
`

test('what is said in CEL has no details', async () => {
  const { out } = await call(['test', '-o', 'json'], `${nativeTemplate}${pods}`)
  expect(out).toContain('"msg": "no pods",\n        "constraint": {')
  expect(out).not.toContain('details')
})

test('test prints JSON as gator does', async () => {
  const { out } = await call(['test', '-f', 'template.yaml', '-f', 'scoped.yaml', '-f', 'one.yaml', '-o', 'json'])
  expect(out).toMatch(
    /^\[\n {4}\{\n {8}"target": "admission.k8s.gatekeeper.sh",\n {8}"msg": "s one",\n {8}"metadata": \{\n {12}"details": \{\}/,
  )
  expect(out).toContain(
    `        "enforcementAction": "scoped",\n        "scopedActions": [\n            "warn",\n            "deny"\n        ],\n`,
  )
  expect(out.endsWith(`${shown('one', '')}\n    }\n]`)).toBe(true)
  const escaped = await call(['test', '-f', 'policy.yaml', '-f', 'one.yaml', '-o', 'json'])
  expect(escaped.out).toContain('"msg": "no \\u003cb\\u003e one"')
})

const yaml = `- result:
    target: admission.k8s.gatekeeper.sh
    msg: no <b> a
    metadata:
        details: {}
    constraint:
        object:
            apiVersion: constraints.gatekeeper.sh/v1beta1
            kind: Say
            metadata:
                name: c1
            spec:
                enforcementAction: deny
                parameters:
                    text: no <b>
    enforcementaction: deny
    scopedenforcementactions: []
  violatingObject:
    apiVersion: v1
    kind: Pod
    metadata:
        name: a
    spec:
        big: 1.234567e+06
  trace: null
- {result: {target: admission.k8s.gatekeeper.sh, msg: no <b> b, metadata: {details: {}}, constraint: {object: {apiVersion: constraints.gatekeeper.sh/v1beta1, kind: Say, metadata: {name: c1}, spec: {enforcementAction: deny, parameters: {text: no <b>}}}}, enforcementaction: deny, scopedenforcementactions: []}, violatingObject: {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: ns}}, trace: null}
`

test('test prints YAML as gator does: every result but the first on one line', async () => {
  expect((await call(['test', '-f', 'policy.yaml', '-f', 'pods.yaml', '-o', 'yaml'])).out).toBe(yaml)
})

test('statistics stand beside the results', async () => {
  const { out } = await call(['test', '-f', 'policy.yaml', '-f', 'one.yaml', '-o', 'json', '--stats'])
  const { results, stats } = JSON.parse(out) as { readonly results: readonly unknown[]; readonly stats: readonly unknown[] }
  expect(results).toHaveLength(1)
  expect(stats[0]).toMatchObject({
    scope: 'template',
    statsFor: 'Say',
    stats: [{ name: 'templateRunTimeNS' }, { name: 'constraintCount', value: 1 }],
  })
})

test('in CEL each constraint has a statistic, before those of Rego, and results have no details', async () => {
  const { out } = await call(['test', '-f', 'policy.yaml', '-f', 'both.yaml', '-f', 'one.yaml', '-o', 'json', '--stats'])
  const { results, stats } = JSON.parse(out) as { readonly results: readonly JsonObject[]; readonly stats: readonly JsonObject[] }
  expect(results.map(({ msg, metadata }) => [msg, metadata])).toEqual([
    ['in CEL', undefined],
    ['in CEL', undefined],
    ['no <b> one', { details: {} }],
  ])
  expect(stats.slice(0, 3).map(({ statsFor }) => statsFor)).toEqual(['Both/b1', 'Both/b2', 'Say'])
  expect(stats[0]).toEqual({
    scope: 'constraint',
    statsFor: 'Both/b1',
    stats: [{ name: 'runTimeNS', value: expect.any(Number) as number, source: { type: 'engine', value: 'K8sNativeValidation' } }],
    labels: [{ name: 'target', value: 'admission.k8s.gatekeeper.sh' }],
  })
})

test.each([
  ['both.yaml', 'true', ['in CEL', 'in CEL'], ''],
  ['both.yaml', 'false', ['in Rego', 'in Rego'], ''],
  [
    'cel.yaml',
    'false',
    [],
    'auditing objects: adding template "native": no language driver is installed that handles this constraint template: available drivers: map[Rego:1], wanted ""\n',
  ],
] as const)('test of %s with CEL switched to %s says %j', async (file, isOn, messages, problem) => {
  const { out, err } = await call(['test', '-f', file, '-f', 'one.yaml', `--enable-k8s-native-validation=${isOn}`])
  const said = [...out.matchAll(/Message: "(.*)"\n/g)].map(([, message]) => message)
  expect({ said, err }).toEqual({ said: messages, err: problem })
})

const usage = /^Error: .*\nUsage:\n {2}kanon gator test \[flags\]\n\nExamples:\n[^]*\nFlags:\n {6}--deny-only /

test.each([
  ['nothing to read', '', 'no input data identified\n'],
  ['files without documents', '-f empty.yaml', 'no input data identified\n'],
  [
    'no such file',
    '-f nothere.yaml',
    'reading: reading from filenames: stat on path "nothere.yaml": stat nothere.yaml: no such file or directory\n',
  ],
  [
    'a file of another kind',
    '-f dir/ignored.txt',
    'reading: reading from filenames: path "dir/ignored.txt" must be of extensions: [.yaml .yml .json]\n',
  ],
  [
    'a document that is no map',
    '-f scalar.yaml',
    'reading: reading from filenames: reading file "scalar.yaml": reading yaml source: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}\n',
  ],
  [
    'a constraint without its template',
    '-f constraint.yaml',
    'auditing objects: adding constraint "c1": missing ConstraintTemplate: template "say" not found\n',
  ],
  [
    'a constraint of the wrong type',
    '-f template.yaml -f wrong.yaml',
    'auditing objects: adding constraint "bad": schema validation failed: [].spec.parameters.num: Invalid value: "string": spec.parameters.num in body must be of type integer: "string"\n',
  ],
  [
    'a constraint with unknown fields',
    '-f template.yaml -f unknown.yaml',
    'auditing objects: adding constraint "unk": invalid Constraint: unknown fields: [spec.foo spec.match.kind]\n',
  ],
  [
    'a template that does not compile',
    '-f unsafe.yaml',
    'auditing objects: adding template "say": unable to compile modules: 1 error occurred: template:2: rego_unsafe_var_error: var y is unsafe\n',
  ],
  [
    'a message that is no text',
    '-f number.yaml -f constraint.yaml',
    'auditing objects: reviewing templates.gatekeeper.sh/v1, Kind=ConstraintTemplate /say: admission.k8s.gatekeeper.sh: Rego: extracting message binding: .msg accessor error: 1 is of the type json.Number, expected string\n\n\n',
  ],
  [
    'an object without a kind',
    '-f nokind.yaml',
    'auditing objects: adding data of GVK "/v1, Kind=": admission.k8s.gatekeeper.sh: invalid request object: resource x has no kind\n\n',
  ],
  [
    'an expansion without a source',
    '-f noexpansion.yaml',
    'auditing objects: error creating expander: error upserting template deploys: ExpansionTemplate deploys has empty source field\n',
  ],
  ['an image', '-i example.com/x:1', /^reading: pulling image: pulling artifact "example.com\/x:1": --image is not supported/],
  ['an unknown flag', '--filenam x', usage],
  ['an unknown letter', '-vx', usage],
  ['a flag without its value', '-f', usage],
  ['a switch that is neither on nor off', '--deny-only=foo', usage],
  ['an argument', 'foo', usage],
] as const)('test refuses %s', async (_, args, err) => {
  const answer = await call(['test', ...words(args)])
  expect({ status: answer.status, out: answer.out }).toEqual({ status: 1, out: '' })
  if (typeof err === 'string') expect(answer.err).toBe(err)
  else expect(answer.err).toMatch(err)
})

test('traces are none of ours', async () => {
  const { status, out, err } = await call(['test', '-tf', 'policy.yaml', '-f', 'pods.yaml'])
  expect({ status, out }).toEqual({ status: 1, out: both })
  expect(err).toMatch(/^Warning: evaluations are not traced/)
})

test('objects of one name are told of', async () => {
  const { err } = await call(['test', '-f', 'template.yaml', '-f', 'policy.yaml'])
  expect(err).toBe(
    '2024/01/02 03:04:05 WARNING - Resource named "say" (from file: "policy.yaml") is already defined in file: "template.yaml"\n',
  )
})

const made = `apiVersion: v1
kind: Pod
metadata:
  labels:
    app: x
  name: d-pod
  namespace: ns
  ownerReferences:
  - apiVersion: apps/v1
    kind: Deployment
    name: d
    uid: ""
spec:
  containers:
  - image: nginx:1
    name: c
`

test.each([
  ['what is made', '-n expansion.yaml -n deployment.yaml', 0, `${made}\n`, ''],
  ['nothing', '-n pods.yaml', 0, '\n', ''],
  ['a format that is none', '-n pods.yaml -f xml', 1, '', 'unrecognized value for format flag: xml\n'],
  [
    'an expansion that is wrong',
    '-n noexpansion.yaml -n deployment.yaml',
    1,
    '',
    'error expanding resources: error upserting template deploys: ExpansionTemplate deploys has empty source field\n',
  ],
  [
    'a file that cannot be',
    '-n pods.yaml -o no/such/place',
    1,
    'Writing output to file: no/such/place\n',
    'error creating file at path no/such/place: open no/such/place: no such file or directory\n',
  ],
] as const)('expand: %s', async (_, args, status, out, err) => {
  expect(await call(['expand', ...words(args)])).toEqual({ status, out, err })
})

test('expand writes a file', async () => {
  const answer = await call(words('expand -n expansion.yaml -n deployment.yaml -o made.yaml'))
  expect(answer).toEqual({ status: 0, out: 'Writing output to file: made.yaml\n', err: '' })
  expect(readFileSync(join(cwd, 'made.yaml'), 'utf8')).toBe(made)
})

const unmet = 'the following requirements were not met: \nneedy:\n- /v1:Service\n- a/v1:B OR a/v1:C OR z/v1:Z\n\n'
const assumed =
  'ignoring absence of supported GVK manifest due to --force-omit-gvk-manifest flag; will assume all synced GVKs are supported by cluster\n'

test.each([
  ['what is not synced', '-f -n needy.yaml', 1, assumed, unmet],
  ['what is synced', '-f -n needy.yaml -n synced.yaml', 0, assumed, ''],
  ['what the cluster supports', '-n needy.yaml -n synced.yaml -n supported.yaml', 0, '', ''],
  ['what the cluster does not support', '-n needy.yaml -n synced.yaml -n unsupported.yaml', 1, '', unmet.replace('- /v1:Service\n', '')],
  [
    'no list of what is supported',
    '-n needy.yaml',
    1,
    '',
    'checking: no GVK manifest found; please provide a manifest enumerating the GVKs supported by the cluster\n',
  ],
  [
    'what says nothing of it',
    '-f -n one.yaml',
    0,
    `skipping unstructured "one" because it is not a syncset, config, gvk manifest, or template\n${assumed}`,
    '',
  ],
  [
    'requirements of another shape',
    '-f -n misshapen.yaml',
    1,
    '',
    'encountered errors parsing the following templates: \nneedy:\njson: cannot unmarshal object into Go value of type parser.CompactSyncRequirements\n\n',
  ],
] as const)('sync test: %s', async (_, args, status, out, err) => {
  expect(await call(['sync', 'test', ...words(args)])).toEqual({ status, out, err })
})

test('help of every subcommand, and of all', async () => {
  expect((await call(['--help'])).out).toMatch(/Available Commands:\n {2}bench {7}Benchmark/)
  for (const name of ['test', 'verify', 'expand', 'bench']) {
    const { status, out } = await call([name, '--help'])
    expect({ status, usage: out.includes(`Usage:\n  kanon gator ${name} `) }).toEqual({ status: 0, usage: true })
    expect(out).toContain(`help for ${name}`)
  }
  expect(await call(['tes'])).toEqual({
    status: 1,
    out: '',
    err: 'Error: unknown command "tes" for "kanon gator"\n\nDid you mean this?\n\ttest\n\nRun \'kanon gator --help\' for usage.\n',
  })
})

const json = fc.jsonValue({ maxDepth: 4 })

test('no input makes it throw', async () => {
  const object = fc.record({
    apiVersion: fc.constantFrom(
      'v1',
      'constraints.gatekeeper.sh/v1beta1',
      'templates.gatekeeper.sh/v1',
      'expansion.gatekeeper.sh/v1alpha1',
      'mutations.gatekeeper.sh/v1',
      '',
      3,
    ),
    kind: fc.constantFrom('Pod', 'Say', 'ConstraintTemplate', 'ExpansionTemplate', 'Assign', ''),
    metadata: json,
    spec: json,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(object, json), { maxLength: 3 }),
      fc.constantFrom('test', 'expand'),
      fc.constantFrom('json', 'yaml', ''),
      async (objects, command, format) => {
        const input = objects.map((one) => JSON.stringify(one)).join('\n---\n')
        const file = command === 'test' ? ['-f', 'template.yaml', '-o', format] : ['-n', 'expansion.yaml', '-f', format]
        expect([0, 1]).toContain((await call([command, ...file], input)).status)
      },
    ),
    { numRuns: 60 },
  )
})

const assign = (name: string, rest: string, location: string): string =>
  `{apiVersion: mutations.gatekeeper.sh/v1, kind: Assign, metadata: {name: ${name}}, spec: {${rest}, location: "${location}", parameters: {assign: {value: 1}}}}\n---\n`
const workloads = 'applyTo: [{groups: [apps], versions: [v1], kinds: [Deployment]}]'
const generated = 'applyTo: [{groups: [""], versions: [v1], kinds: [Pod]}]'

test.each([
  ['mutates the object itself first', assign('m', workloads, 'spec.template.spec.x'), '', '  namespace: ns\n', /^spec:\n {2}x: 1\n$/m],
  [
    'takes what has no namespace to be in one',
    assign('m', `match: {scope: Namespaced}, ${generated}`, 'spec.x'),
    'other',
    '',
    /^spec:\n {2}x: 1\n$/m,
  ],
  [
    'tells why an object itself cannot be mutated',
    assign('m', workloads, 'spec[a:b].x'),
    '',
    '  namespace: ns\n',
    /^error expanding resources: error mutating base resource d: mutation \S+ for mutator Assign\.mutations\.gatekeeper\.sh \/m failed for apps Deployment ns d: mismatch/,
  ],
  [
    'tells which mutators are at odds',
    assign('m', workloads, 'spec.a.b') + assign('o', workloads, 'spec.a[b:c].d'),
    '',
    '  namespace: ns\n',
    /^error expanding resources: error upserting mutator: the following mutators have conflicting schemas/,
  ],
])('expand %s', async (_, mutators, own, namespace, expected) => {
  const template = `apiVersion: expansion.gatekeeper.sh/v1beta1
kind: ExpansionTemplate
metadata: {name: e}
spec: {templateSource: spec.template, generatedGVK: {kind: Pod, group: '', version: v1}, ${workloads}}
---
`
  const metadata = own === '' ? '{}' : `{namespace: ${own}}`
  const deployment = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n${namespace}spec: {template: {metadata: ${metadata}, spec: {}}}\n`
  const { out, err } = await call(['expand'], `${template}${mutators}${deployment}`)
  expect(out + err).toMatch(expected)
  expect(out).not.toContain('other')
})
