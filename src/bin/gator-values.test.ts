import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cwd } from './gator-testbed.ts'

/** How `kanon gator` reads and prints values. Texts are those that gator 3.23 printed for the same files. */

const schema =
  '{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {size: {type: integer}, half: {type: number, multipleOf: 0.5, minimum: 2.5}, day: {type: string, format: date}}}'
const inRego = (rule: string): string => `    rego: |
      package t
      ${rule}
`
const message = (term: string): string => `violation[{"msg": msg}] { input.review.kind.kind == "Pod"; msg := sprintf("%v", [${term}]) }`
const inCel = (expression: string, variable = '1'): string => `    code:
    - engine: K8sNativeValidation
      source:
        variables: [{name: v, expression: ${JSON.stringify(variable)}}]
        validations: [{expression: "object.kind != 'Pod'", messageExpression: ${JSON.stringify(expression)}}]
`
const template = (source: string): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: t}
spec:
  crd: {spec: {names: {kind: T}, validation: {openAPIV3Schema: ${schema}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
${source}`

const constraint = (spec: string): string => `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: T
metadata: {name: c}
spec: ${spec}
`
const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default}\nspec: {size: 1000000}\n'
const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: default}\nsize: 2000000\n'
const suite = `kind: Suite
apiVersion: test.gatekeeper.sh/v1alpha1
metadata: {name: s}
tests:
- name: t
  template: template.yaml
  constraint: constraint.yaml
  cases: [{name: c, object: pod.yaml, inventory: [other.yaml], assertions: [{violations: 99}]}]
`

let folders = 0
async function run(source: string, constraintSpec = '{}'): ReturnType<typeof call> {
  folders += 1
  const folder = `values-${folders}`
  mkdirSync(join(cwd, folder))
  const files = { 'template.yaml': template(source), 'constraint.yaml': constraint(constraintSpec), 'pod.yaml': pod, 'other.yaml': other }
  for (const [name, text] of Object.entries({ ...files, 'suite.yaml': suite })) writeFileSync(join(cwd, folder, name), text)
  return call(['verify', `${folder}/suite.yaml`])
}

/** What `gator verify` says of the Pod, or why there is nothing to say. */
async function verified(source: string, constraintSpec: string): Promise<string> {
  const { out } = await run(source, constraintSpec)
  return /got messages \[(.*)\]$/m.exec(out)?.[1] ?? /^ {2}(.*)$/m.exec(out)?.[1] ?? out
}

/** What `gator test` says of the Pod, as it is printed. */
async function tested(source: string, constraintSpec: string): Promise<readonly string[]> {
  const { out, err } = await call(['test'], [template(source), constraint(constraintSpec), pod, other].join('---\n'))
  const lines = [...out.matchAll(/^v1\/Pod .*Message: (.*)$/gm)].map(([, text]) => text ?? '')
  return err === '' ? lines : [err.trim()]
}

const spec = '{parameters: {size: 1000000, part: 1250000.5, long: 1.0e+18}}'
const inventory = message('data.inventory.namespace["default"]["v1"].ConfigMap.m.size')

test.each([
  [
    'parameters',
    inRego(message('input.parameters')),
    '{"long": 1000000000000000000, "part": 1.2500005e+06, "size": 1000000}',
    '{"long": 1e+18, "part": 1.2500005e+06, "size": 1e+06}',
  ],
  ['the object', inRego(message('input.review.object.spec')), '{"size": 1e+06}', '{"size": 1e+06}'],
  ['the inventory', inRego(inventory), '2e+06', '2e+06'],
  [
    'parameters in CEL',
    inCel("string(variables.params.size) + ' ' + string(variables.params.part)"),
    '1000000 1.2500005e+06',
    '1e+06 1.2500005e+06',
  ],
  ['the object in CEL', inCel('string(object.spec.size)'), '1000000', '1000000'],
  ['the constraint in a variable', inCel('string(variables.v)', 'params.spec.parameters.size'), '1000000', '1e+06'],
])('numbers of %s: `gator verify` has integers where `gator test` has floats', async (_, source, inVerify, inTest) => {
  expect(await verified(source, spec)).toBe(inVerify)
  expect(await tested(source, spec)).toEqual([JSON.stringify(inTest)])
})

const anyPod = inRego(message('"hit"'))
const missing = JSON.stringify(
  'unable to match constraints: error matching the requested object: p :failed to run Match criteria: namespace selector for namespace-scoped object but missing Namespace',
)
const labelled = (operator: string): string => `{match: {namespaceSelector: {matchExpressions: [{key: env, operator: ${operator}}]}}}`

test.each([
  ['a Namespace `default` without labels', anyPod, labelled('DoesNotExist'), ['"hit"']],
  ['labels that it lacks', anyPod, labelled('Exists'), []],
  ['nor is it in the inventory', inRego(message('object.get(data.inventory, ["cluster", "v1", "Namespace"], "none")')), '{}', ['"none"']],
  ['a message of control characters', inRego(message('"a\\n\\u0001<é>"')), '{}', ['"a\\n\\x01<é>"']],
])('test: %s', async (_, source, constraintSpec, said) => {
  expect(await tested(source, constraintSpec)).toEqual(said)
})

test('no provider is known', async () => {
  const source = inRego(message('external_data({"provider": "x", "keys": ["a"]})'))
  const wrong = 'unable to compile modules: 1 error occurred: template:2: rego_type_error: undefined function external_data'
  expect(await verified(source, '{}')).toBe(`adding template: ${wrong}`)
  expect(await tested(source, '{}')).toEqual([`auditing objects: adding template "t": ${wrong}`])
})

test('verify knows no Namespace', async () => {
  expect(JSON.stringify(await verified(anyPod, labelled('Exists')))).toBe(missing)
})

test('an empty message is left out of JSON', async () => {
  const all = [template(inRego(message('""'))), constraint('{}'), pod].join('---\n')
  const { out } = await call(['test', '-o', 'json'], all)
  expect(out).not.toContain('"msg"')
  expect(out).toContain('"violatingObject"')
})

test.each([
  ['a number', '5', '5', 'json.Number'],
  ['a map', '{"a": [1, null]}', 'map[a:[1 <nil>]]', 'map[string]interface {}'],
])('a message that is %s', async (_, term, shown, type) => {
  const { out } = await run(inRego(`violation[{"msg": msg}] { msg := ${term} }`))
  expect(out).toContain(`Rego: extracting message binding: .msg accessor error: ${shown} is of the type ${type}, expected string`)
})

test('a part of a number where an integer is wanted', async () => {
  expect(await verified(anyPod, '{parameters: {size: 1.5}}')).toBe(
    'schema validation failed: [[].spec.parameters.size: Invalid value: "number": spec.parameters.size in body must be of type integer: "number", []: Invalid value: "": Checked value must be of type integer (default format) in spec.parameters.size]',
  )
})

test('bounds of whole numbers are compared as they are written', async () => {
  expect(await verified(anyPod, '{parameters: {half: 3}}')).toBe('hit')
  expect(await verified(anyPod, '{parameters: {half: 2}}')).toBe(
    'schema validation failed: [].spec.parameters.half: Invalid value: 2: spec.parameters.half in body should be greater than or equal to 2.5',
  )
})

test('a number where a text of a format is wanted is a float', async () => {
  expect(await verified(anyPod, '{parameters: {day: 5}}')).toBe(
    'schema validation failed: [].spec.parameters.day: Invalid value: "float64": spec.parameters.day in body must be of type date: "float64"',
  )
})
