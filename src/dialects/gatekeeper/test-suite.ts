import type { Manifest } from '../../kube/manifest.ts'
import type { TestHost, TestRun, TestSelector, TestSuiteFormat } from '../../policy/test-suite.ts'
import { parseSuite } from './test-suite/suite-file.ts'
import { runSuite } from './test-suite/run.ts'

/** `suite.yaml`, as `gator verify` runs it. */
export const gatekeeperTestSuite: TestSuiteFormat = {
  fileNames: ['suite.yaml'],
  recognises: ({ object }) => object.kind === 'Suite' && object.apiVersion.startsWith('test.gatekeeper.sh/'),
  run,
}

async function run(document: Manifest, host: TestHost, { select }: { readonly select: TestSelector }): Promise<TestRun> {
  const suite = parseSuite(document)
  return { name: suite.name, rows: await runSuite(suite, host, select), diagnostics: suite.diagnostics }
}
