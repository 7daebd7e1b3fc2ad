import { expect, test } from 'vitest'
import { pod, policy, workspace } from './kanon.ts'

const good = policy(
  'good',
  '      validate:\n        message: denied\n        pattern:\n          spec:\n            containers:\n              - image: "!*:latest"\n',
)
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghijk')
  .map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghijk'[i]}`).join(',')}]\n`)
  .join('')}`

const bad: Readonly<Record<string, readonly [text: string, diagnostic: RegExp]>> = {
  'YAML that does not parse': ['apiVersion: v1\nkind: [Pod\n', /error\[invalid-yaml\]: .+\n +--> bad\.yaml:\d+:\d+/],
  'a tab for indentation': ['apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n', /error\[invalid-yaml\]: .+\n +--> bad\.yaml:4:/],
  'a text that is no object': ['hello\n', /error\[not-an-object\]: expected a Kubernetes object .+\n +--> bad\.yaml:1:1/],
  'aliases that explode': [bomb, /error\[invalid-yaml\]: expected at most \d+ values after aliases are expanded/],
  'an alias that is not defined': ['apiVersion: v1\nkind: Pod\nmetadata: *nope\n', /error\[invalid-yaml\]/],
}

test.each(Object.entries(bad))('%s: one diagnostic with its place, the other file is evaluated, exit status 2', (_, [text, diagnostic]) => {
  const { kanon } = workspace({ 'policy.yaml': good, 'bad.yaml': text, 'pod.yaml': pod('a', 'nginx:latest') })
  const run = kanon('apply', 'policy.yaml', '-r', 'bad.yaml', '-r', 'pod.yaml')
  expect(run.err).toMatch(diagnostic)
  expect(run.err.match(/error\[/g)).toHaveLength(1)
  expect(run.err).not.toMatch(/\n\s+at /)
  expect(run.out).toContain('fail: 1')
  expect(run.status).toBe(2)
})

test.each([
  ['a missing file', ['apply', 'nope.yaml', '-r', 'pod.yaml'], /no such file or folder: nope\.yaml/],
  ['a glob that matches nothing', ['apply', 'policy.yaml', '-r', 'x/*.yaml'], /no file matches x\/\*\.yaml/],
  ['a resource where a policy is expected', ['apply', 'pod.yaml', '-r', 'pod.yaml'], /expected a policy, found Pod `a` of v1/],
  [
    'a kind that is misspelt',
    ['apply', 'kind.yaml', '-r', 'pod.yaml'],
    /expected a policy, found ClusterPolcy `good`[^]+did you mean `ClusterPolicy`\?/,
  ],
  ['a test of the old schema', ['test', '.', '-f', 'old.yaml'], /old\.yaml:1: uses a deprecated schema/],
  ['an unknown command', ['aply'], /no command `aply`, did you mean `apply`\?/],
  ['an unknown option', ['apply', 'policy.yaml', '--resorce', 'x'], /unknown option '--resorce'/],
  ['an unknown output', ['apply', 'policy.yaml', '-r', 'pod.yaml', '-o', 'xml'], /Allowed choices are text, table, json/],
  ['no resources', ['apply', 'policy.yaml'], /expected resources to evaluate/],
  ['an expression that does not parse', ['jp', 'query', '-i', 'pod.yaml', 'a..b'], /error\[syntax\]: .+\n +--> expression:1:3/],
  ['an unknown function', ['jp', 'function', 'lenght'], /no function `lenght`, did you mean `length`\?/],
])('%s says so and exits with 2', (_, args, message) => {
  const files = {
    'policy.yaml': good,
    'pod.yaml': pod('a', 'b:1'),
    'kind.yaml': good.replace('ClusterPolicy', 'ClusterPolcy'),
    'old.yaml': 'name: old\npolicies: []\n',
  }
  const run = workspace(files).kanon(...args)
  expect(run.err).toMatch(message)
  expect(run.status).toBe(2)
})

test('a regular expression that would backtrack takes no time', () => {
  const rule = `      validate:
        message: denied
        deny:
          conditions:
            any:
              - { key: "{{ regex_match('^(a+)+$', request.object.metadata.annotations.text) }}", operator: Equals, value: true }
`
  const metadata = `  annotations:\n    text: ${'a'.repeat(5000)}!\n`
  expect(
    workspace({ 'policy.yaml': policy('re', rule), 'pod.yaml': pod('a', 'b:1', metadata) }).kanon('apply', 'policy.yaml', '-r', 'pod.yaml')
      .out,
  ).toContain('pass: 1')
})

test('keys like __proto__ are ordinary', () => {
  const rule =
    "      validate:\n        message: denied\n        pattern:\n          metadata:\n            labels:\n              __proto__: 'x'\n              constructor: 'z'\n"
  const { kanon } = workspace({
    'policy.yaml': policy('proto', rule),
    'yes.yaml': pod('a', 'b:1', '  labels:\n    __proto__: x\n    constructor: z\n'),
    'no.yaml': pod('a', 'b:1'),
  })
  expect(kanon('apply', 'policy.yaml', '-r', 'yes.yaml').out).toContain('pass: 1')
  expect(kanon('apply', 'policy.yaml', '-r', 'no.yaml').out).toContain('fail: 1')
})

test('mistakes in a policy are shown where they are, with the nearest known word', () => {
  const wrong = good.replace('resources:', 'resource:').replace('message: denied', 'message: "{{ lenght(request.object) }}"')
  const { status, out, err } = workspace({ 'policy.yaml': wrong }).kanon('lint', 'policy.yaml')
  expect(err).toContain('unknown field `spec.rules[0].match.any[0].resource`\n  --> policy.yaml:10:13')
  expect(err).toContain('did you mean `resources`?')
  expect(err).toContain('no function `lenght`')
  expect(out).toContain('1 policy checked: 2 errors')
  expect(status).toBe(1)
})
