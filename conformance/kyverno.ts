import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { loadPaths } from '../src/cli/load.ts'
import { testHost } from '../src/cli/test-host.ts'
import { findFiles } from '../src/cluster/files.ts'
import type { JsonObject } from '../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../src/core/json.ts'
import type { Manifest } from '../src/kube/manifest.ts'
import type { TestHost, TestRow, TestRun, TestSuiteFormat } from '../src/policy/test-suite.ts'
import { silentHost } from './host.ts'
import { notYet } from './not-yet.ts'
import type { Outcome, Suite, Verdict } from './outcome.ts'
import { uniqueIds } from './outcome.ts'

/** The tests of Kyverno's CLI, or of its policies: one outcome for each resource of each entry of `results`. */
export function kyvernoSuite(name: string): Suite {
  return {
    name,
    run: async (root) => {
      const folder = join(root, name)
      if (!existsSync(folder)) return undefined
      const outcomes: Outcome[] = []
      const unique = uniqueIds()
      const files = findFiles(folder, ['kyverno-test.yaml'], silentHost.cwd)
      for (const file of files.ok ? files.value : []) {
        const prefix = `${name}:${relative(folder, file)}`
        for (const document of (await loadPaths([file], silentHost)).manifests) {
          for (const outcome of await outcomesOf(file, document)) outcomes.push({ ...outcome, id: unique(`${prefix}#${outcome.id}`) })
        }
      }
      return outcomes
    },
  }
}

async function outcomesOf(file: string, document: Manifest): Promise<readonly Outcome[]> {
  const format = formatOf(document)
  if (format === undefined) return [{ id: '', verdict: 'failed', reason: 'nothing recognises this test file' }]
  const host = testHost(file, silentHost)
  const policies = (await Promise.all(listOf(document.object, 'policies').map((path) => host.manifests(String(path))))).flatMap(
    ({ manifests }) => manifests.map(({ object }) => object),
  )
  const run = await runSafely(format, document, host)
  const mustFail = file.split('/').includes('test-fail')
  return listOf(document.object, 'results')
    .filter(isJsonObject)
    .flatMap((result, entry) => {
      const reason = notYet(result, policies, silentHost.dialects)
      return resourcesOf(result).map((resource): Outcome => {
        const id = [text(result, 'policy'), text(result, 'rule'), text(result, 'kind'), resource].join('/')
        const operation = text(result, 'operation')
        const verdict: Verdict = reason === undefined ? verdictOf(run, { entry, resource }, mustFail) : { verdict: 'not yet', reason }
        return { id: operation === '' ? id : `${id}@${operation}`, ...verdict }
      })
    })
}

function formatOf(document: Manifest): TestSuiteFormat | undefined {
  return silentHost.dialects.flatMap(({ testSuites }) => testSuites).find((format) => format.recognises(document))
}

/** A defect of ours in one file must not hide the others. */
async function runSafely(format: TestSuiteFormat, document: Manifest, host: TestHost): Promise<TestRun | Error> {
  try {
    return await format.run(document, host, { select: { policy: '*', rule: '*', resource: '*' } })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function verdictOf(run: TestRun | Error, about: { readonly entry: number; readonly resource: string }, mustFail: boolean): Verdict {
  if (run instanceof Error) return { verdict: 'failed', reason: `threw ${run.stack ?? run.message}` }
  if (mustFail) {
    return run.rows.some(({ status }) => status === 'failed')
      ? { verdict: 'passed' }
      : { verdict: 'failed', reason: 'expected the test to fail, it passed' }
  }
  const ofEntry = run.rows.filter(({ entry }) => entry === about.entry)
  const rows = ofEntry.filter(({ asked }) => asked === '' || asked === about.resource)
  // No row is no failure: upstream leaves out an object that the expected file does not have, and a name that does not exist beside one that does.
  const failed = (rows.length > 0 ? rows : ofEntry).find(({ status }) => status === 'failed')
  return failed === undefined ? { verdict: 'passed' } : { verdict: 'failed', reason: reasonOf(failed, run) }
}

function reasonOf(row: TestRow, run: TestRun): string {
  const problems = run.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return [`${row.reason}: ${row.resource}: ${row.message}`, ...problems].join('\n')
}

function listOf(object: JsonObject, key: string): readonly unknown[] {
  const value = ownValue(object, key)
  return value !== undefined && isJsonArray(value) ? value : []
}

function resourcesOf(result: JsonObject): readonly string[] {
  const names = listOf(result, 'resources').map(String)
  return names.length === 0 ? [''] : names
}

function text(object: JsonObject, key: string): string {
  const value = ownValue(object, key)
  return typeof value === 'string' ? value : ''
}
