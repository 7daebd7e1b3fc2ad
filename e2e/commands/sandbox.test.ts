import { expect, test } from 'vitest'
import { policy, workspace } from '../kanon.ts'
import { takenPort } from './running.ts'

const good = policy(
  'good',
  '      validate:\n        message: denied\n        pattern:\n          spec:\n            containers:\n              - image: "!*:latest"\n',
)
const both = policy('both', '      validate:\n        message: denied\n        pattern: {}\n        deny: {}\n')
const files = {
  'good.yaml': good,
  'both.yaml': both,
  'broken.yaml': 'a: [\n',
  'unserved.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\n',
  file: '',
  'keys/keys.json': '{{{',
  'other-keys/keys.json': '{"authority":null}',
  'database/sandbox.db': 'this is no database at all'.repeat(50),
}

test('its help says what it is for and what it is not', () => {
  const { status, out } = workspace({}).kanon('sandbox', '--help')
  expect(status).toBe(0)
  expect(out).toMatch(/^Usage: kanon sandbox \[POLICIES\.\.\.\] \[OPTIONS\]\n/)
  for (const text of [
    'not for production',
    'Exit status: 0 interrupted, 2 it could not start',
    '--data-dir <directory>',
    '--port <number>',
    '--api-only',
  ])
    expect(out).toContain(text)
})

test.each<[string, readonly string[], RegExp]>([
  ['an unknown option', ['--prt', '1'], /unknown option '--prt'\n\(Did you mean --port\?\)/],
  ['a port that is no number', ['--port', 'abc'], /^--port: expected a number from 0 to 65535, not `abc`\n$/],
  ['a port that is too large', ['--port', '65536'], /^--port: expected a number from 0 to 65535, not `65536`\n$/],
  ['an option without its value', ['--port'], /option '--port <number>' argument missing/],
  [
    'a version that is a word',
    ['--kubernetes-version', 'latest'],
    /^--kubernetes-version: expected a version such as `v1\.36\.2`, not `latest`\n$/,
  ],
  ['a version that is too short', ['--kubernetes-version', '1'], /^--kubernetes-version: expected a version/],
  ['a policy that is not there', ['nope.yaml'], /no such file or folder: nope\.yaml/],
  ['YAML that does not parse', ['broken.yaml'], /error\[invalid-yaml\]: .+\n +--> broken\.yaml:\d+:\d+/],
  ['a policy that cannot work', ['good.yaml', 'both.yaml'], /error\[validate-form\]: expected only one of .+\n +--> both\.yaml:\d+:\d+/],
  ['a kind that nobody serves', ['--api-only', 'unserved.yaml'], /^the sandbox cannot start: nothing serves example\.com\/v1 Thing\n$/],
  [
    'a data directory that is a file',
    ['--data-dir', 'file'],
    /^the sandbox cannot start: --data-dir: \/.+\/file is a file, a directory is needed\n$/,
  ],
  ['a data directory in a file', ['--data-dir', 'file/data'], /--data-dir: \/.+\/file is a file, a directory is needed\n$/],
  ['a data directory that the system does not take', ['--data-dir', '/proc/kanon'], /--data-dir: \/proc\/kanon cannot be made: /],
  [
    'keys that are none',
    ['--data-dir', 'keys'],
    /keys\/keys\.json does not hold the keys of a sandbox: remove the directory to start anew\n$/,
  ],
  ['keys of something else', ['--data-dir', 'other-keys'], /other-keys\/keys\.json does not hold the keys of a sandbox/],
  [
    'a database that is none',
    ['--data-dir', 'database'],
    /database\/sandbox\.db cannot be opened: .+; remove the directory to start anew\n$/,
  ],
  ['a kubeconfig in a file', ['--kubeconfig', 'file/config'], /--kubeconfig: \/.+\/file is a file, a directory is needed\n$/],
  ['a kubeconfig that is a directory', ['--kubeconfig', 'keys'], /keys is a directory, a file is needed\n$/],
])('%s: it says so and ends with 2', (_, args, message) => {
  const own = args.includes('--kubeconfig') ? [] : ['--kubeconfig', 'kubeconfig']
  const { status, out, err } = workspace(files).kanon('sandbox', ...own, ...args)
  expect(err).toMatch(message)
  expect(err).not.toMatch(/\n\s+at /)
  expect([status, out]).toEqual([2, ''])
})

test('a port that somebody has', async () => {
  const { port, free } = await takenPort()
  const { status, err } = workspace({}).kanon('sandbox', '--kubeconfig', 'kubeconfig', '--port', String(port))
  free()
  expect([status, err]).toEqual([2, `the sandbox cannot start: port ${port} of 127.0.0.1 is in use, choose another with --port\n`])
})
