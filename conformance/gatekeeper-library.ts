import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Host } from '../src/cli/host.ts'
import { loadPaths } from '../src/cli/load.ts'
import { testHost } from '../src/cli/test-host.ts'
import { findFiles } from '../src/cluster/files.ts'
import { gatekeeperTestSuite } from '../src/dialects/gatekeeper/test-suite.ts'
import type { Manifest } from '../src/kube/manifest.ts'
import type { DialectOptions } from '../src/policy/dialect.ts'
import { dialectsWith } from '../src/policy/dialect.ts'
import type { TestRow } from '../src/policy/test-suite.ts'
import { silentHost } from './host.ts'
import type { Outcome, Suite } from './outcome.ts'
import { uniqueIds } from './outcome.ts'

const data = 'gatekeeper-library'

/**
 * The suites of Gatekeeper's library and of every version of it that was published: one outcome for each assertion. Templates that have both
 * languages are in CEL, as gator takes them.
 */
export const gatekeeperLibrary: Suite = suiteOf('gatekeeper-library', {})

/** The same without CEL. */
export const gatekeeperLibraryRego: Suite = suiteOf('gatekeeper-library-rego', { k8sNativeValidation: false })

function suiteOf(name: string, options: DialectOptions): Suite {
  const host = { ...silentHost, dialects: dialectsWith(silentHost.dialects, options) }
  return {
    name,
    run: async (root) => {
      const folder = join(root, data)
      if (!existsSync(folder)) return undefined
      const outcomes: Outcome[] = []
      const unique = uniqueIds()
      const files = findFiles(folder, gatekeeperTestSuite.fileNames, host.cwd)
      for (const file of files.ok ? files.value : []) {
        for (const document of (await loadPaths([file], host)).manifests) {
          const id = `${name}:${relative(folder, file)}`
          for (const outcome of await outcomesOf(file, document, host)) outcomes.push({ ...outcome, id: unique(`${id}#${outcome.id}`) })
        }
      }
      return outcomes
    },
  }
}

async function outcomesOf(file: string, document: Manifest, host: Host): Promise<readonly Outcome[]> {
  if (!gatekeeperTestSuite.recognises(document)) return [{ id: '', verdict: 'failed', reason: 'no suite of Gatekeeper' }]
  try {
    const everything = { policy: '*', rule: '*', resource: '*' }
    const run = await gatekeeperTestSuite.run(document, testHost(file, host), { select: everything })
    return run.rows.map(outcomeOf)
  } catch (error) {
    return [{ id: '', verdict: 'failed', reason: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` }]
  }
}

function outcomeOf({ policy, rule, status, reason }: TestRow): Outcome {
  const id = `${policy}//${rule}`
  return status === 'failed' ? { id, verdict: 'failed', reason } : { id, verdict: 'passed' }
}
