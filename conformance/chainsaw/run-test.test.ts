import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRelease, runSandbox } from '../../src/bin/sandbox.ts'
import type { TestCluster } from './cluster.ts'
import { openCluster } from './cluster.ts'
import type { Patience } from './context.ts'
import { runTest } from './run-test.ts'
import { readTests } from './test-file.ts'

const dist = join(import.meta.dirname, '../../dist')
const patience: Patience = { assert: 150, write: 150, delete: 2_000, script: 5_000, sleep: 10 }

interface Started {
  readonly cluster: TestCluster
  readonly stop: () => Promise<void>
}

let started: Started | undefined

beforeAll(async () => {
  if (!existsSync(join(dist, 'kubernetes.json'))) return
  const { server, authority, admin, sandbox } = await runSandbox(
    { port: 0, dataDirectory: undefined, kubernetesVersion: 'v1.36.2', kubeconfig: undefined },
    readRelease(dist),
  )
  const cluster = openCluster({
    server,
    certificateAuthority: authority.certificate,
    clientCertificate: admin.certificate,
    clientKey: admin.key,
  })
  started = {
    cluster,
    stop: async () => {
      cluster.close()
      await sandbox.stop()
    },
  }
})

afterAll(() => started?.stop())

/** Runs a test of these steps beside these files. */
async function run(cluster: TestCluster, steps: string, files: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const root = mkdtempSync(join(tmpdir(), 'chainsaw-test-'))
  try {
    const file = join(root, 'chainsaw-test.yaml')
    writeFileSync(file, `apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: own}\nspec:\n  steps:\n${steps}\n`)
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    const tests = readTests(file)
    if (!tests.ok) return tests.error
    const [first] = tests.value
    return first === undefined ? 'no test' : await runTest(first, cluster, patience)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const map = (name: string, data = '{a: "1"}'): string =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, labels: {of: own}}, data: ${data}}`

test.concurrent.each([
  ['what is applied is there', `  - try: [{apply: {file: a.yaml}}, {assert: {file: a.yaml}}]`, { 'a.yaml': map('a') }],
  [
    'applying again merges',
    `  - try: [{apply: {file: a.yaml}}, {apply: {file: b.yaml}}, {assert: {file: c.yaml}}]`,
    { 'a.yaml': map('a'), 'b.yaml': map('a', '{b: "2"}'), 'c.yaml': map('a', '{a: "1", b: "2"}') },
  ],
  [
    'updating replaces',
    `  - try: [{apply: {file: a.yaml}}, {update: {file: b.yaml}}, {error: {file: a.yaml}}]`,
    { 'a.yaml': map('a'), 'b.yaml': map('a', '{b: "2"}') },
  ],
  [
    'several documents and several files',
    `  - try: [{apply: {file: 'm*.yaml'}}, {assert: {file: all.yaml}}]`,
    { 'm1.yaml': map('a'), 'm2.yaml': map('b'), 'all.yaml': `${map('a')}\n---\n${map('b')}\n` },
  ],
  [
    'without a name, one of the kind suffices',
    `  - try: [{apply: {file: a.yaml}}, {assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {labels: {of: own}}, data: {a: "1"}}}}]`,
    { 'a.yaml': map('a') },
  ],
  [
    'an error is expected',
    `  - try: [{create: {file: bad.yaml, expect: [{check: {($error != null): true, "(contains($error, 'is invalid'))": true}}]}}]`,
    { 'bad.yaml': map('Not_A_Name') },
  ],
  [
    'expectations are about what matches',
    `  - try: [{apply: {file: a.yaml, expect: [{match: {kind: Secret}, check: {($error != null): true}}]}}]`,
    { 'a.yaml': map('a') },
  ],
  [
    'what is deleted is gone',
    `  - try: [{apply: {file: a.yaml}}, {delete: {ref: {apiVersion: v1, kind: ConfigMap, name: a}}}, {error: {file: a.yaml}}]`,
    { 'a.yaml': map('a') },
  ],
  [
    'deleting by labels',
    `  - try: [{apply: {file: a.yaml}}, {delete: {ref: {apiVersion: v1, kind: ConfigMap, labels: {of: own}}}}, {error: {file: a.yaml}}]`,
    { 'a.yaml': map('a') },
  ],
  ['deleting what is not there', `  - try: [{delete: {ref: {apiVersion: v1, kind: ConfigMap, name: absent}}}]`, {}],
  [
    'a kind that is not served is not there',
    `  - try: [{error: {resource: {apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}}}]`,
    {},
  ],
  [
    'templates and bindings',
    `  - use: {template: t/t.yaml, with: {bindings: [{name: of, value: ($test.metadata.name)}]}}\n  - try: [{assert: {resource: {apiVersion: v1, kind: ConfigMap, metadata: {name: own}}}}]`,
    { 't/t.yaml': `kind: StepTemplate\nspec: {try: [{apply: {resource: ${map('($of)')}}}]}` },
  ],
  ['a script with its namespace', `  - try: [{script: {content: 'echo $NAMESPACE', check: {($stdout == $namespace): true}}}]`, {}],
  [
    'a script that fails, as expected',
    `  - try: [{script: {content: 'echo no >&2; exit 3', check: {($error): exit status 3, ($stderr): 'no'}}}]`,
    {},
  ],
  [
    'what a script writes, a later operation reads',
    `  - try: [{script: {content: 'cp a.yaml b.yaml'}}, {apply: {file: b.yaml}}]`,
    { 'a.yaml': map('a') },
  ],
  ['a command with expressions', `  - try: [{command: {entrypoint: echo, args: [($test.metadata.name)], check: {($stdout): own}}}]`, {}],
  ['a failure that does not matter', `  - try: [{continueOnError: true, sleep: {duration: 1ms}}]`, {}],
])('%s', async (_, steps, files) => {
  if (started === undefined) return
  expect(await run(started.cluster, steps, files as Readonly<Record<string, string>>)).toBeUndefined()
})

test.concurrent.each([
  [
    'an assertion that does not hold',
    `  - {name: one, try: [{apply: {file: a.yaml}}, {assert: {file: b.yaml}}]}`,
    { 'a.yaml': map('a'), 'b.yaml': map('a', '{a: "2"}') },
    'one: assert: ConfigMap a: .data.a: expected "2", found "1"',
  ],
  [
    'something that should not be',
    `  - try: [{apply: {file: a.yaml}}, {error: {file: a.yaml}}]`,
    { 'a.yaml': map('a') },
    'step 1: error: ConfigMap a: there is one that is so',
  ],
  ['a refusal', `  - try: [{apply: {file: a.yaml}}]`, { 'a.yaml': map('Not_A_Name') }, 'is invalid'],
  [
    'no error where one is expected',
    `  - try: [{apply: {file: a.yaml, expect: [{check: {($error != null): true}}]}}]`,
    { 'a.yaml': map('a') },
    '.($error != null): expected true, found false',
  ],
  [
    'creating what is there',
    `  - try: [{create: {file: a.yaml}}, {create: {file: a.yaml}}]`,
    { 'a.yaml': map('a') },
    'already exists in the cluster',
  ],
  ['patching what is not there', `  - try: [{patch: {file: a.yaml}}]`, { 'a.yaml': map('a') }, 'not found'],
  ['a script that fails', `  - try: [{script: {content: 'echo no >&2; exit 3'}}]`, {}, 'step 1: script: exit status 3\nno'],
  ['an operation that nothing knows', `  - try: [{explode: {}}]`, {}, 'nothing is known of explode'],
])('%s is told', async (_, steps, files, message) => {
  if (started === undefined) return
  expect(await run(started.cluster, steps, files as Readonly<Record<string, string>>)).toContain(message)
})

test.concurrent('what a test made is gone, the last first', async () => {
  if (started === undefined) return
  const { cluster } = started
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'made' } }
  const inside = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'in', namespace: 'made' } }
  const files = { 'n.yaml': JSON.stringify(home), 'c.yaml': JSON.stringify(inside) }
  expect(await run(cluster, '  - try: [{apply: {file: n.yaml}}]\n  - try: [{apply: {file: c.yaml}}]', files)).toBeUndefined()
  expect((await cluster.get(inside)).ok).toBe(false)
  expect((await cluster.get(home)).ok).toBe(false)
})

test.concurrent('after a failure, catch runs, and finally in any case', async () => {
  if (started === undefined) return
  const kept = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mark', namespace: 'default' } }
  const steps = `  - try: [{script: {content: exit 1}}]
    catch: [{script: {content: 'echo caught > mark'}}]
    finally: [{script: {content: 'test -f mark && printf %s "$MARK" > mark.yaml', env: [{name: MARK, value: '${JSON.stringify(kept)}'}]}}, {apply: {file: mark.yaml}}]
    skipDelete: true`
  expect(await run(started.cluster, steps)).toContain('exit status 1')
  expect((await started.cluster.get(kept)).ok).toBe(true)
  await started.cluster.delete(kept)
})
