import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pod, policy, workspace } from './kanon.ts'

const version = (JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { readonly version: string }).version
const rule =
  '      validate:\n        message: denied\n        pattern:\n          spec:\n            containers:\n              - image: "!*:latest"\n'
const suite = (result: string): string => `apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: { name: tags }
policies: [policy.yaml]
resources: [pods.yaml]
results:
  - { policy: tags, rule: rule, kind: Pod, resources: [good], result: pass }
  - { policy: tags, rule: rule, kind: Pod, resources: [bad], result: ${result} }
`
const files = {
  'policy.yaml': policy('tags', rule),
  'pods.yaml': `${pod('good', 'nginx:1')}---\n${pod('bad', 'nginx:latest')}`,
  'pod.yaml': pod('a', 'b:1'),
}

test('tests that hold pass', () => {
  const { status, out } = workspace({ ...files, 'kyverno-test.yaml': suite('fail') }).kanon('test', '.')
  expect(out).toContain('Test Summary: 2 tests passed and 0 tests failed')
  expect(status).toBe(0)
})

test('a test that does not hold fails and says what was wanted', () => {
  const { status, out } = workspace({ ...files, 'kyverno-test.yaml': suite('pass') }).kanon('test', '.', '--fail-only')
  expect(out).toContain('Want pass, got fail')
  expect(out).toContain('1 out of 2 tests failed')
  expect(status).toBe(1)
})

test('a selector runs some of them', () => {
  const { out } = workspace({ ...files, 'kyverno-test.yaml': suite('pass') }).kanon('test', '.', '-t', 'resource=good')
  expect(out).toContain('Test Summary: 1 tests passed and 0 tests failed')
})

test.each([
  ['json', '"status": "passed"'],
  ['junit', '<testsuite name="tags" tests="2" failures="0">'],
  ['markdown', '| 1 | tags | rule |'],
])('test results as %s', (format, text) => {
  expect(workspace({ ...files, 'kyverno-test.yaml': suite('fail') }).kanon('test', '.', '-o', format).out).toContain(text)
})

test('no tests is no failure unless they are required', () => {
  const { kanon } = workspace({ 'x.yaml': '' })
  expect(kanon('test', '.')).toMatchObject({ status: 0, out: 'No test yamls available\n' })
  expect(kanon('test', '.', '--require-tests').status).toBe(2)
})

test.each([
  ['the version is that of the package', ['version'], `kanon ${version}\n`],
  ['the version as JSON', ['version', '-o', 'json'], `{"version":"${version}"}\n`],
  ['a query', ['jp', 'query', '-i', 'pod.yaml', 'spec.containers[].image'], '[\n  "b:1"\n]\n'],
  ['a query without quotes', ['jp', 'query', '-u', '-i', 'pod.yaml', 'metadata.name'], 'a\n'],
  ['how an expression is understood', ['jp', 'parse', 'a.b'], '# a.b\nsubexpression\n  field a\n  field b\n'],
])('%s', (_, args, out) => {
  expect(workspace(files).kanon(...args)).toMatchObject({ status: 0, out })
})

test.each(['test', 'values', 'user-info', 'exception', 'policy'])('create %s prints YAML that reads back', (name) => {
  const { kanon, pipe } = workspace({})
  expect(pipe(kanon('create', name).out, 'jp', 'query', '-u', 'kind')).toMatchObject({ status: 0 })
})

test('a policy made by create has no mistakes', () => {
  const { kanon, pipe } = workspace({})
  expect(pipe(kanon('create', 'policy').out, 'lint', '-')).toMatchObject({ status: 0, out: '1 policy checked: 0 errors, 0 warnings\n' })
})

test.each(['bash', 'zsh', 'fish'])('completion for %s knows the commands and their options', (shell) => {
  const { status, out } = workspace({}).kanon('completion', shell)
  expect(status).toBe(0)
  for (const word of ['apply', 'resource', 'values-file']) expect(out).toContain(word)
})

test('help lists every command, and each has help of its own', () => {
  const { kanon } = workspace({})
  const { out } = kanon('--help')
  const names = [...out.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name = '']) => name)
  expect(names).toContain('apply')
  for (const name of names)
    expect(kanon(name, '--help')).toMatchObject({ status: 0, out: expect.stringMatching(new RegExp(`Usage:\\s+kanon ${name}`)) })
})
