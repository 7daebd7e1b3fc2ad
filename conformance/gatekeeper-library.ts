import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { loadPaths } from '../src/cli/load.ts'
import { testHost } from '../src/cli/test-host.ts'
import { findFiles } from '../src/cluster/files.ts'
import { gatekeeperTestSuite } from '../src/dialects/gatekeeper/test-suite.ts'
import type { Manifest } from '../src/kube/manifest.ts'
import type { TestRow } from '../src/policy/test-suite.ts'
import { silentHost } from './host.ts'
import type { Outcome, Suite } from './outcome.ts'
import { uniqueIds } from './outcome.ts'

const name = 'gatekeeper-library'

/** The suites of Gatekeeper's library and of every version of it that was published: one outcome for each assertion. */
export const gatekeeperLibrary: Suite = {
  name,
  run: async (root) => {
    const folder = join(root, name)
    if (!existsSync(folder)) return undefined
    const outcomes: Outcome[] = []
    const unique = uniqueIds()
    const files = findFiles(folder, gatekeeperTestSuite.fileNames, silentHost.cwd)
    for (const file of files.ok ? files.value : []) {
      for (const document of (await loadPaths([file], silentHost)).manifests) {
        const id = `${name}:${relative(folder, file)}`
        for (const outcome of await outcomesOf(file, document)) outcomes.push({ ...outcome, id: unique(`${id}#${outcome.id}`) })
      }
    }
    return outcomes
  },
}

async function outcomesOf(file: string, document: Manifest): Promise<readonly Outcome[]> {
  if (!gatekeeperTestSuite.recognises(document)) return [{ id: '', verdict: 'failed', reason: 'no suite of Gatekeeper' }]
  try {
    const everything = { policy: '*', rule: '*', resource: '*' }
    const run = await gatekeeperTestSuite.run(document, testHost(file, silentHost), { select: everything })
    return run.rows.map(outcomeOf)
  } catch (error) {
    return [{ id: '', verdict: 'failed', reason: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` }]
  }
}

function outcomeOf({ policy, rule, status, reason }: TestRow): Outcome {
  const id = `${policy}//${rule}`
  return status === 'failed' ? { id, verdict: 'failed', reason } : { id, verdict: 'passed' }
}
