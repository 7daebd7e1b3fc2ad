import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { policy, workspace } from '../kanon.ts'
import type { Running } from './running.ts'
import { start } from './running.ts'

const good = policy(
  'good',
  '      validate:\n        message: denied\n        pattern:\n          spec:\n            containers:\n              - image: "!*:latest"\n',
)
const cleanups: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

function begin(cwd: string, ...args: readonly string[]): Running {
  const running = start(cwd, 'sandbox', ...args)
  cleanups.push(() => running.end('SIGKILL'))
  return running
}

test('it starts with policies, says how to reach it, and ends when it is asked to', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'kanon-'))
  cleanups.push(() => rmSync(cwd, { recursive: true, force: true }))
  writeFileSync(join(cwd, 'good.yaml'), good)
  const running = begin(cwd, 'good.yaml', '--data-dir', 'data', '--kubernetes-version', '1.36.2')
  await running.says('Press Ctrl-C to stop.')
  expect(running.out()).toMatch(
    /^Kanon sandbox, Kubernetes v?1\.36\.2 API at https:\/\/127\.0\.0\.1:\d+ \(not for production\)\n1 policy loaded\n\n {2}export KUBECONFIG=data\/kubeconfig\n/,
  )
  for (const file of ['kubeconfig', 'keys.json']) expect(statSync(join(cwd, 'data', file)).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(cwd, 'data/kubeconfig'), 'utf8')).toContain('current-context: kanon-sandbox')
  expect(await running.end('SIGINT')).toBe(0)
  expect(running.err()).toBe('')
})

test('an object that is refused ends it again, with the reason', () => {
  const invalid = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name}\n'
  const { status, err } = workspace({ 'invalid.yaml': invalid }).kanon('sandbox', '--kubeconfig', 'kubeconfig', 'invalid.yaml')
  expect(err).toMatch(/^the sandbox cannot start: ConfigMap Not_A_Name: ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value/m)
  expect(status).toBe(2)
})
