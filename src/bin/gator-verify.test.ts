import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call, cwd, rooted, words } from './gator-testbed.ts'

/** `kanon gator` through the front door. Texts are those that gator 3.23 printed for the same files. */

/** Times differ. */
const timeless = (text: string): string => text.replaceAll(/\d+\.\d{3}s/g, 'T')

const failures = `    --- FAIL: bad\t(T)
        unexpected number of violations: got 1 violations but want none: got messages [no <b> one]
    --- FAIL: many\t(T)
        object file must contain exactly one object: "${rooted}/pods.yaml" defines 2 objects
    --- FAIL: none\t(T)
        open ${rooted}/nothere.yaml: no such file or directory
--- FAIL: first\t(T)
--- FAIL: valid\t(T)
  constraint should have failed schema validation: got error %!w(<nil>) but want schema validation failed
--- FAIL: unsafe\t(T)
  adding template: unable to compile modules: 1 error occurred: template:2: rego_unsafe_var_error: var y is unsafe
--- FAIL: swapped\t(T)
  path "${rooted}/constraint.yaml": not a ConstraintTemplate
--- FAIL: lacking\t(T)
  invalid Suite: missing template
FAIL\tsuite.yaml\tT
FAIL

`

const selected = `=== RUN   first
    === RUN   good
    --- PASS: good\t(T)
    === SKIP  bad
    === SKIP  rest
    === SKIP  many
    === SKIP  none
--- PASS: first\t(T)
=== SKIP  later
=== SKIP  invalid
=== SKIP  valid
=== SKIP  unsafe
=== SKIP  swapped
=== SKIP  lacking
ok\tsuite.yaml\tT
PASS

`

test.each([
  ['failures alone', 'suite.yaml', 1, failures, 'Error: FAIL\n'],
  ['what was selected', 'suite.yaml -v --run ^first$//good', 0, selected, ''],
  ['either name', 'suite.yaml -v --run good', 0, selected, ''],
  ['every suite below a folder', 'deep/...', 0, 'ok\tdeep/more/skipped.yml\tT\nok\tdeep/ok.yaml\tT\nPASS\n\n', ''],
  ['the suites of a folder', './deep', 0, 'ok\t./deep/ok.yaml\tT\nPASS\n\n', ''],
  ['files that are no suites', 'pods.yaml', 0, 'PASS\n\n', ''],
  ['no such place', 'nothere', 1, '', `Error: listing test files: stat ${rooted}/nothere: no such file or directory\n`],
  ['a file of another kind', 'dir/ignored.txt', 1, '', 'Error: listing test files: unsupported extension: ".txt"\n'],
  [
    'a suite that is none',
    'broken',
    1,
    '',
    'Error: listing test files: invalid yaml: json: cannot unmarshal number into Go struct field Suite.tests of type []verify.Test\n',
  ],
  [
    'a filter of three parts',
    'suite.yaml -r a//b//c',
    1,
    '',
    'Error: compiling filter: invalid test filter: a filter may include at most one "//"\n',
  ],
  [
    'a filter that is no pattern',
    'suite.yaml -r ([',
    1,
    '',
    'Error: compiling filter: invalid test filter: error parsing regexp: missing closing ]: `[`\n',
  ],
] as const)('verify: %s', async (_, args, status, out, err) => {
  const answer = await call(['verify', ...words(args)])
  expect({ ...answer, out: timeless(answer.out) }).toEqual({ status, out, err })
})

test('verify takes one path', async () => {
  for (const args of [[], ['a', 'b']]) {
    const { status, err } = await call(['verify', ...args])
    expect({ status, first: err.split('\n')[0] }).toEqual({ status: 1, first: `Error: accepts 1 arg(s), received ${args.length}` })
  }
})

const json = fc.jsonValue({ maxDepth: 4 })

test('no suite makes it throw', async () => {
  const part = fc.oneof(json, fc.constantFrom('template.yaml', 'constraint.yaml', 'one.yaml', '..'))
  const one = fc.record({ name: part, object: part, assertions: json, inventory: json })
  const tests = fc.array(
    fc.record({
      name: part,
      template: part,
      constraint: part,
      expansion: part,
      invalid: json,
      cases: fc.oneof(fc.array(one, { maxLength: 2 }), json),
    }),
    { maxLength: 3 },
  )
  await fc.assert(
    fc.asyncProperty(tests, async (all) => {
      writeFileSync(join(cwd, 'fuzzed.yaml'), JSON.stringify({ apiVersion: 'test.gatekeeper.sh/v1alpha1', kind: 'Suite', tests: all }))
      expect([0, 1]).toContain((await call(['verify', 'fuzzed.yaml'])).status)
    }),
    { numRuns: 60 },
  )
})
