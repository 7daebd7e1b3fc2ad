import { expect, test } from 'vitest'
import { call, constraint, deployment, expansion, pod, template, words } from './gator-testbed.ts'

/** What gator 3.23 printed for files that are out of the ordinary. */

const saying = template('Say', 'violation[{"msg": "m"}] { input.review.kind.kind == "Pod" }')
const policy = (spec: string): string => `${saying}${constraint('c1', spec)}${pod}`
const adding = 'auditing objects: adding constraint "c1": '

test.each([
  [
    'a null for the action',
    '{enforcementAction: null}',
    'schema validation failed: [].spec.enforcementAction: Invalid value: "null": spec.enforcementAction in body must be of type string: "null"',
  ],
  [
    'a null where there is a default',
    '{parameters: {text: null}}',
    'schema validation failed: [].spec.parameters.text: Invalid value: "null": spec.parameters.text in body must be of type string: "null"',
  ],
  [
    'a fraction',
    '{parameters: {num: 2.5}}',
    'schema validation failed: [[].spec.parameters.num: Invalid value: "number": spec.parameters.num in body must be of type integer: "number", []: Invalid value: "": Checked value must be of type integer (default format) in spec.parameters.num]',
  ],
  ['a number as spec', '5', 'invalid Constraint: .spec.match accessor error: 5 is of the type float64, expected map[string]interface{}'],
  [
    'a number as selector',
    '{match: {labelSelector: 12345678}}',
    'invalid Constraint: .spec.match.labelSelector accessor error: 1.2345678e+07 is of the type float64, expected map[string]interface{}',
  ],
])('test refuses a constraint with %s', async (_, spec, error) => {
  expect(await call(['test'], policy(spec))).toEqual({ status: 1, out: '', err: `${adding}${error}\n` })
})

test.each([
  ['{n: {type: integer, enum: [1000000, 2.5]}}', '{n: 3000000}', 'n: Unsupported value: 3e+06: supported values: "1000000", "2.5"'],
  [
    '{n: {type: number, maximum: 1000000}}',
    '{n: 12345678}',
    'n: Invalid value: 1.2345678e+07: spec.parameters.n in body should be less than or equal to 1e+06',
  ],
])('numbers are floats in what is wrong with %s', async (properties, parameters, error) => {
  const typed = template('Say', 'violation[{"msg": "m"}] { true }', properties.replace('n:', '"n":'))
  const { err } = await call(['test'], `${typed}${constraint('c1', `{parameters: ${parameters.replace('n:', '"n":')}}`)}`)
  expect(err).toBe(`${adding}schema validation failed: [].spec.parameters.${error}\n`)
})

test('no scoped actions at all is none here', async () => {
  expect(await call(['test'], policy('{enforcementAction: scoped, scopedEnforcementActions: []}'))).toEqual({ status: 0, out: '', err: '' })
})

const bare = (spec: string, version = 'v1'): string =>
  `apiVersion: templates.gatekeeper.sh/${version}\nkind: ConstraintTemplate\nmetadata: {name: say}\nspec: ${spec}\n`
const kind = 'crd: {spec: {names: {kind: Say}}}'
const converting = 'converting unstructured "say" to template: adding template: '

test.each([
  ['v1', '5', `${converting}json: cannot unmarshal number into Go struct field ConstraintTemplate.spec of type v1.ConstraintTemplateSpec`],
  [
    'v7',
    '{}',
    `${converting}no kind "ConstraintTemplate" is registered for version "templates.gatekeeper.sh/v7" in scheme "pkg/runtime/scheme.go:111"`,
  ],
  ['v1', '{}', 'adding template "say": invalid ConstraintTemplate: must declare exactly one target'],
  ['v1', '{targets: [{}]}', 'adding template "say": invalid ConstraintTemplate: target name must not be empty'],
  [
    'v1',
    `{${kind}, targets: [{target: admission.k8s.gatekeeper.sh, code: [{engine: Rego, source: 5}]}]}`,
    'adding template "say": could not recognize the type',
  ],
  [
    'v1',
    `{${kind}, targets: [{target: admission.k8s.gatekeeper.sh, code: [{engine: Rego, source: {rego: 5}}]}]}`,
    'adding template "say": .rego accessor error: 5 is of the type float64, expected string: while extracting Rego source',
  ],
])('test refuses a template of %s with %s', async (version, spec, error) => {
  expect((await call(['test'], bare(spec, version))).err).toBe(`auditing objects: ${error}\n`)
})

test('there is no external data on the command line', async () => {
  const asking = template('Say', 'violation[{"msg": "m"}] { external_data({"provider": "p", "keys": []}) }')
  expect((await call(['test'], asking)).err).toContain('rego_type_error: undefined function external_data')
})

test.each([
  ['metadata: {name: ns, labels: {a: 5}}', false],
  ['metadata: 5', false],
  ['metadata: {name: ns}\nspec: {finalizers: a}', false],
  ['metadata: {name: ns}\nstatus: {phase: 5}', false],
  ['metadata: {name: ns, creationTimestamp: soon}', false],
  ['metadata: {name: ns, labels: {a: null}}\nother: 5', true],
])('a Namespace with %j', async (fields, isTaken) => {
  const { err } = await call(['test'], `${saying}---\napiVersion: v1\nkind: Namespace\n${fields}\n`)
  const problem = 'admission.k8s.gatekeeper.sh: cannot cache non-namespace type: cannot cache Namespace: nil'
  expect(err).toBe(isTaken ? '' : `auditing objects: adding data of GVK "/v1, Kind=Namespace": ${problem}\n\n`)
})

const pods = 'applyTo: [{groups: [""], kinds: [Pod], versions: [v1]}]'
const mutator = (mutatorKind: string, spec: string): string =>
  `---\napiVersion: mutations.gatekeeper.sh/v1\nkind: ${mutatorKind}\nmetadata: {name: m}\nspec: ${spec}\n`
const set = (parameters: string): string => mutator('ModifySet', `{${pods}, location: spec.args, parameters: ${parameters}}`)
const external = (data: string): string =>
  mutator('Assign', `{${pods}, location: "spec.containers[name: c].image", parameters: {assign: {externalData: ${data}}}}`)
const noCertificate =
  'failed to resolve external data placeholders: failed to get client TLS certificate: external data client certificate watcher is not initialized'

test.each([
  ['a set without an operation', set('{values: {fromList: [a]}}'), /unrecognized operation for modifyset: \n$/],
  ['a set without values', set('{operation: merge}'), /args: null/],
  ['a set with values of another kind', set('{values: [a]}'), /error parsing resources: cannot restore struct from: slice\n$/],
  [
    'a match that is none',
    mutator('Assign', `{${pods}, match: 5, location: spec.a, parameters: {assign: {value: 1}}}`),
    /parsing resources: cannot restore struct from: float64/,
  ],
  [
    'external data, with a default',
    external('{provider: p, failurePolicy: UseDefault, default: d}'),
    new RegExp(`d-pod: ${noCertificate}\n$`),
  ],
  ['external data from a source that is not known', external('{provider: p, dataSource: foo}'), new RegExp(`d-pod: ${noCertificate}\n$`)],
])('expand %s', async (_, mutators, expected) => {
  const { out, err } = await call(['expand'], `${expansion}---\n${deployment}${mutators}`)
  expect(out + err).toMatch(expected)
})

test('expand says that a source is no map', async () => {
  const { err } = await call(
    ['expand'],
    `${expansion.replace('spec.template', 'spec.replicas')}---\n${deployment.replace('{template', '{replicas: 3, template')}`,
  )
  expect(err).toContain('.spec.replicas accessor error: 3 is of the type float64, expected map[string]interface{}')
})

test('expand takes numbers for floats', async () => {
  const { out } = await call(
    ['expand'],
    `${expansion}---\n${deployment.replace('containers:', 'num: [1000000, 999999, 1.5], containers:')}`,
  )
  expect(out).toMatch(/num:\n *- 1e\+06\n *- 999999\n *- 1\.5\n/)
})

test.each([
  ['{source: foo}', /invalid source field "foo"/],
  ['{source: foo, name: other}', /^apiVersion/],
])('a source that is not known is told of where the rest matches: %s', async (match, expected) => {
  const assigning = mutator('Assign', `{${pods}, match: ${match}, location: spec.a, parameters: {assign: {value: 1}}}`)
  const { out, err } = await call(['expand'], `${expansion}---\n${deployment}${assigning}`)
  expect(out + err).toMatch(expected)
})

test('expand prints the last names first', async () => {
  const second = deployment.replace('name: d,', 'name: e,')
  const json = await call(['expand', '-f', 'json'], `${expansion}---\n${deployment}---\n${second}`)
  expect([...json.out.matchAll(/"name": "(.-pod)"/g)].map(([, name]) => name)).toEqual(['e-pod', 'd-pod'])
  expect(json.out).toContain('\n}---\n{\n')
  expect((await call(['expand', '-f', 'JSON'], `${expansion}---\n${deployment}`)).err).toBe('unrecognized value for format flag: JSON\n')
})

test.each([
  [
    '',
    0,
    /^gator is a suite of authorship tools for Gatekeeper\n\nUsage:\n {2}kanon gator \[command\]\n\nAvailable Commands:\n {2}bench {7}Benchmark/,
  ],
  [
    'sync -h',
    0,
    /^Manage SyncSets and Config\n\nUsage:\n {2}kanon gator sync \[flags\]\n {2}kanon gator sync \[command\]\n\nAvailable Commands:\n {2}test {8}Test that/,
  ],
  ['help sync test', 0, /^Test that the provided/],
  ['help help', 0, /^Help provides help/],
  ['help nothing', 0, /^Unknown help topic \[`nothing`\]\nUsage:/],
  ['--help test', 0, /^gator is a suite/],
  ['-x', 1, /^Error: unknown shorthand flag: 'x' in -x\nUsage:\n {2}kanon gator \[command\]/],
  ['sync --foo test', 1, /^Error: unknown flag: --foo\nUsage:\n {2}kanon gator sync \[flags\]/],
  ['expand foo', 1, /^Error: accepts 0 arg\(s\), received 1\n/],
  ['version --json', 0, /^\{\n {2}"gitVersion": "v3\.23\.0",\n {2}"kanonVersion": "0"\n\}\n$/],
  ['--version', 0, /^gator version v3\.23\.0 \(Kanon 0\)\n$/],
  [
    'policy install --bundle x y',
    1,
    /^Error: kanon gator policy install is not supported: the catalog of gatekeeper-library is on the network/,
  ],
  ['policy search -h', 0, /^Not supported: /],
  ['completion bash', 0, /^_kanon\(\) \{/],
  ['completion powershell', 1, /no completion script for powershell/],
  ['test -i example.com/policies:1', 1, /^reading: pulling image: pulling artifact "example.com\/policies:1": --image is not supported/],
])('gator %s', async (args, status, expected) => {
  const answer = await call(words(args))
  expect(answer.status).toBe(status)
  expect(answer.out + answer.err).toMatch(expected)
})

const syncing = (kind: string, spec: string, version = 'v1alpha1'): string =>
  `apiVersion: ${kind.toLowerCase()}.gatekeeper.sh/${version}\nkind: ${kind}\nmetadata: {name: s}\nspec: ${spec}\n`

test.each([
  [
    'SyncSet',
    '{gvks: 5}',
    'v1alpha1',
    'json: cannot unmarshal number into Go struct field SyncSetSpec.spec.gvks of type []v1alpha1.GVKEntry',
  ],
  ['Config', '{}', 'v9', 'no kind "Config" is registered for version "config.gatekeeper.sh/v9" in scheme "pkg/runtime/scheme.go:111"'],
])('sync test refuses a %s of %s', async (kind, spec, version, problem) => {
  const word = kind.toLowerCase()
  const err = `checking: converting unstructured "s" to ${word}: adding ${word}: ${problem}\n`
  expect(await call(['sync', 'test', '-f'], syncing(kind, spec, version))).toEqual({ status: 1, out: '', err })
})

test('sync test knows the fields of requirements', async () => {
  const annotations = `annotations: {metadata.gatekeeper.sh/requires-sync-data: '[[{"kind": ["Pod"]}]]'}`
  const { err } = await call(['sync', 'test'], bare('{}').replace('name: say', `name: say, ${annotations}`))
  expect(err).toBe('encountered errors parsing the following templates: \nsay:\njson: unknown field "kind"\n\n')
})
