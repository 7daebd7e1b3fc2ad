import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, constraint, deployment, pod, template } from './gator-testbed.ts'

/** What gator 3.23 printed for suites that are out of the ordinary. */

const folder = mkdtempSync(join(tmpdir(), 'kanon-gator-suites-'))
const rooted = folder.slice(1)
const files: Readonly<Record<string, string>> = {
  't.yaml': template(
    'Say',
    'violation[{"msg": msg}] { msg := sprintf("%v", [object.get(input.review.object.metadata, "labels", "none")]) }',
  ),
  'print.yaml': template('Say', 'violation[{"msg": "m"}] { print("one\\ntwo", input.foo); print() }'),
  'old.yaml': template('Say', 'violation[{"msg": "m"}] { true }').replace('gatekeeper.sh/v1', 'gatekeeper.sh/v7'),
  'c.yaml': constraint('c', '{}').slice(4),
  'pod.yaml': pod,
  'words.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: w, labels: {a: yes, b: off, c: true, d: 2024-01-01, yes: y}}\n',
  'dep.yaml': deployment,
  'empty.yaml': '# nothing\n',
  'nokind.yaml': 'apiVersion: v1\n',
  'scalar.yaml': 'hi\n',
  'ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: 5\n',
  'review.yaml': 'apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\n',
}
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)

let count = 0

/** Runs a suite of these tests; what its times and its name are is left out. */
async function verify(tests: string, ...flags: readonly string[]): Promise<string> {
  count += 1
  const file = join(folder, `s${count}.yaml`)
  writeFileSync(file, `apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests: ${tests}\n`)
  const { out, err } = await call(['verify', file, '-v', ...flags])
  return `${out}${err}`
    .replaceAll(/\t\(?\d+\.\d{3}s\)?/g, '')
    .replaceAll(file, 'FILE')
    .replaceAll(rooted, 'DIR')
}

const one = (single: string, files = 'template: t.yaml, constraint: c.yaml'): string =>
  `[{name: t, ${files}, cases: [{name: x, ${single}}]}]`
const failed = (why: string): string =>
  `=== RUN   t\n    === RUN   x\n    --- FAIL: x\n        ${why}\n--- FAIL: t\nFAIL\tFILE\nFAIL\n\nError: FAIL\n`
const broken = (why: string): string => `=== RUN   t\n--- FAIL: t\n  ${why}\nFAIL\tFILE\nFAIL\n\nError: FAIL\n`
const notRead = (why: string): string => `Error: listing test files: invalid yaml: json: cannot unmarshal ${why}\n`
const wants = 'assertions: [{violations: 5}]'

test.each([
  ['5', notRead('number into Go struct field Suite.tests of type []verify.Test')],
  ['[{skip: x}]', notRead('string into Go struct field Test.tests.skip of type bool')],
  [
    one('object: pod.yaml, assertions: [{violations: true}]'),
    notRead('bool into Go struct field Assertion.tests.cases.assertions.violations of type int32'),
  ],
  ['[null]', '=== RUN   \n--- FAIL: \n  invalid Suite: missing template\nFAIL\tFILE\nFAIL\n\nError: FAIL\n'],
  [one(`object: pod.yaml, inventory: [empty.yaml], ${wants}`), failed('missing objects: path "DIR/empty.yaml" defines no YAML objects')],
  [
    one(`object: pod.yaml, inventory: [ns.yaml], ${wants}`),
    failed(
      'unable to add object to data.inventory: /v1, Kind=Namespace /: admission.k8s.gatekeeper.sh: cannot cache non-namespace type: cannot cache Namespace: nil\n',
    ),
  ],
  [
    one(`object: review.yaml, ${wants}`),
    failed('missing an AdmissionRequest object: request did not actually pass in an AdmissionRequest'),
  ],
  [
    one('object: pod.yaml, assertions: [{violations: 2, message: ""}]'),
    failed('unexpected number of violations: got 1 violations containing "" but want exactly 2: got messages [none]'),
  ],
  [
    one(`object: words.yaml, ${wants}`),
    failed(
      'unexpected number of violations: got 1 violations but want exactly 5: got messages [{"a": "yes", "b": "off", "c": true, "d": "2024-01-01T00:00:00Z", "yes": "y"}]',
    ),
  ],
  [
    one(`object: pod.yaml, ${wants}`, 'template: empty.yaml, constraint: c.yaml'),
    broken(`adding template: parsing ConstraintTemplate YAML from "DIR/empty.yaml": Object 'Kind' is missing in '{}'`),
  ],
  [
    one(`object: pod.yaml, ${wants}`, 'template: t.yaml, constraint: nokind.yaml'),
    broken(`adding constraint: parsing Constraint from "DIR/nokind.yaml": Object 'Kind' is missing in '{"apiVersion":"v1"}'`),
  ],
  [
    one(`object: pod.yaml, ${wants}`, 'template: scalar.yaml, constraint: c.yaml'),
    broken(
      'adding template: parsing ConstraintTemplate YAML from "DIR/scalar.yaml": yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `hi` into map[string]interface {}',
    ),
  ],
  [
    one(`object: pod.yaml, ${wants}`, 'template: old.yaml, constraint: c.yaml'),
    broken(
      'path "DIR/old.yaml": adding template: no kind "ConstraintTemplate" is registered for version "templates.gatekeeper.sh/v7" in scheme "pkg/runtime/scheme.go:111"',
    ),
  ],
  [
    one(`object: dep.yaml, ${wants}`, 'template: t.yaml, constraint: c.yaml, expansion: empty.yaml'),
    broken('not an Expansion Template: "DIR/empty.yaml"'),
  ],
])('tests of a suite: %s', async (tests, expected) => {
  expect(await verify(tests)).toBe(expected)
})

test('a pattern is read when there is something to compare it with', async () => {
  const pattern = 'object: pod.yaml, assertions: [{violations: 0, message: "("}]'
  expect(await verify(one(pattern))).toContain('message contains invalid regular expression')
  const silent = template('Say', 'violation[{"msg": "m"}] { false }')
  writeFileSync(join(folder, 'silent.yaml'), silent)
  expect(await verify(one(pattern, 'template: silent.yaml, constraint: c.yaml'))).toContain('--- PASS: x\n')
})

test('what templates print stands before the verdict of the case', async () => {
  const shown = await verify(one('object: pod.yaml, assertions: [{violations: 1}]', 'template: print.yaml, constraint: c.yaml'))
  const printed = ['=== PRINT ===', 'one', 'two <undefined>', ''].map((line) => `        ${line}\n`).join('')
  expect(shown).toBe(`=== RUN   t\n    === RUN   x\n${printed}    --- PASS: x\n--- PASS: t\nok\tFILE\nPASS\n\n`)
})

const filtered = ['a', 'b']
  .map(
    (name) =>
      `{name: ${name}, template: t.yaml, constraint: c.yaml, cases: [{name: x-${name}, object: pod.yaml, assertions: [{}]}, {name: z, object: pod.yaml, assertions: [{}]}]}`,
  )
  .join(', ')

test.each([
  ['a//', 'RUN a, RUN x-a, RUN z, SKIP b'],
  ['a//z', 'RUN a, SKIP x-a, RUN z, SKIP b'],
  ['//x-b', 'RUN a, SKIP x-a, SKIP z, RUN b, RUN x-b, SKIP z'],
  ['b', 'SKIP a, RUN b, RUN x-b, RUN z'],
  ['x-a', 'RUN a, RUN x-a, SKIP z, SKIP b'],
])('--run %s', async (filter, expected) => {
  const shown = await verify(`[${filtered}]`, '--run', filter)
  expect([...shown.matchAll(/=== (RUN|SKIP) +(.*)/g)].map(([, what, name]) => `${what} ${name}`).join(', ')).toBe(expected)
})

test('only folders have something below them', async () => {
  const { err } = await call(['verify', `${join(folder, 'pod.yaml')}/...`])
  expect(err).toBe(`Error: listing test files: can only recursively traverse directories, not a directory: "${rooted}/pod.yaml"\n`)
})
