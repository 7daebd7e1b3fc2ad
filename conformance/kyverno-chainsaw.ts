import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { kubectlPath } from '../scripts/kubectl.ts'
import { runAdmission } from '../src/bin/admission.ts'
import { dialects } from '../src/bin/dialects.ts'
import { readRelease, runSandbox } from '../src/bin/sandbox.ts'
import type { ClusterAddress } from '../src/cluster/kube-client.ts'
import type { TestCluster } from './chainsaw/cluster.ts'
import { openCluster } from './chainsaw/cluster.ts'
import { needsMore } from './chainsaw/needs.ts'
import { runTest } from './chainsaw/run-test.ts'
import type { ChainsawTest } from './chainsaw/test-file.ts'
import { readTests } from './chainsaw/test-file.ts'
import type { Outcome, Suite, Verdict } from './outcome.ts'

/** The folders that are about admission. What the others are about has not been built. */
const areas = ['autogen', 'exceptions', 'filter', 'mutate', 'policy-validation', 'validate', 'webhook-configurations', 'webhooks']

const dist = join(import.meta.dirname, '../dist')

/** Kyverno's tests of whole clusters: each folder that has a test is one case. */
export const kyvernoChainsaw: Suite = {
  name: 'kyverno-chainsaw',
  run: async (root, grep) => {
    const folder = join(root, 'kyverno-chainsaw')
    if (!existsSync(folder)) return undefined
    const files = globSync('**/chainsaw-test.yaml', { cwd: folder }).toSorted()
    const cases = files
      .map((file) => ({ id: `kyverno-chainsaw:${dirname(file)}`, area: file.split('/')[0] ?? '', file: join(folder, file) }))
      .filter(({ id }) => id.includes(grep))
    return withKanon(async (address) => {
      const cluster = openCluster(address)
      const outcomes: Outcome[] = []
      for (const { id, area, file } of cases) outcomes.push({ id, ...(await verdictOf(file, area, cluster)) })
      cluster.close()
      return outcomes
    })
  },
}

async function verdictOf(file: string, area: string, cluster: TestCluster): Promise<Verdict> {
  const tests = readTests(file)
  if (!tests.ok)
    return areas.includes(area) ? { verdict: 'failed', reason: tests.error } : { verdict: 'not yet', reason: `the area ${area}` }
  const reason = tests.value.map(needsMore).find((one) => one !== undefined) ?? (areas.includes(area) ? undefined : `the area ${area}`)
  return reason === undefined ? runAll(tests.value, cluster) : { verdict: 'not yet', reason }
}

async function runAll(tests: readonly ChainsawTest[], cluster: TestCluster): Promise<Verdict> {
  for (const test of tests) {
    const problem = await runTest(test, cluster)
    if (problem !== undefined) return { verdict: 'failed', reason: problem }
  }
  return { verdict: 'passed' }
}

/** A sandbox with Kanon in it, for as long as it is used. */
async function withKanon<T>(use: (address: ClusterAddress) => Promise<T>): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'kanon-chainsaw-'))
  const kubeconfig = join(work, 'kubeconfig')
  const { server, authority, admin, sandbox } = await runSandbox(
    { port: 0, dataDirectory: undefined, kubernetesVersion: 'v1.36.2', kubeconfig },
    readRelease(dist),
  )
  const address = { server, certificateAuthority: authority.certificate, clientCertificate: admin.certificate, clientKey: admin.key }
  const kanon = await runAdmission({
    cluster: address,
    dialects,
    host: '127.0.0.1',
    port: 0,
    namespace: 'kyverno',
    reach: { kind: 'url' },
    identity: 'conformance',
    version: '0',
    installDefinitions: true,
    traceEndpoint: undefined,
    log: () => {},
  })
  await kanon.settled()
  const kubectl = kubectlPath()
  if (kubectl !== undefined) process.env['PATH'] = `${dirname(kubectl)}:${process.env['PATH'] ?? ''}`
  try {
    return await use(address)
  } finally {
    await kanon.stop({ remove: false })
    await sandbox.stop()
    rmSync(work, { recursive: true, force: true })
  }
}
